# Which claims and propositions are compared on each property: those that firmly affirm the situation;
# where there is none those that call it possible, or else all that put it forward.
PREFIX dip: <https://w3id.org/diplograph/ns#>
PREFIX prov: <http://www.w3.org/ns/prov#>
PREFIX schema: <https://schema.org/>
PREFIX t: <https://example.org/recomputed#>

INSERT { ?told t:tier1 ?property } WHERE {
  ?property dip:factKey ?key . ?told dip:about ?situation ; ?property ?value ; a dip:Claim ; dip:certainty ?certainty .
  FILTER (?certainty IN (dip:certainty-certain, dip:certainty-probable))
  FILTER NOT EXISTS { ?told dip:polarity dip:polarity-negative }
} ;
INSERT { ?told t:tier2 ?property } WHERE {
  ?property dip:factKey ?key . ?told dip:about ?situation ; ?property ?value ; a dip:Claim ; dip:certainty dip:certainty-possible .
  FILTER NOT EXISTS { ?told dip:polarity dip:polarity-negative }
} ;
INSERT { ?told t:tier3 ?property } WHERE {
  ?property dip:factKey ?key . ?told dip:about ?situation ; ?property ?value .
  FILTER NOT EXISTS { ?told dip:polarity dip:polarity-negative }
} ;
INSERT { ?told t:compared ?property } WHERE { ?told t:tier1 ?property } ;
INSERT { ?told t:compared ?property } WHERE {
  ?told t:tier2 ?property ; dip:about ?situation .
  FILTER NOT EXISTS { ?better t:tier1 ?property ; dip:about ?situation }
} ;
INSERT { ?told t:compared ?property } WHERE {
  ?told t:tier3 ?property ; dip:about ?situation .
  FILTER NOT EXISTS { ?better t:tier1|t:tier2 ?property ; dip:about ?situation }
}
