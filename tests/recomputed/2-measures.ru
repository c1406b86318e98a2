# What each amount measures, and from where to where it reaches.
PREFIX dip: <https://w3id.org/diplograph/ns#>
PREFIX prov: <http://www.w3.org/ns/prov#>
PREFIX schema: <https://schema.org/>
PREFIX t: <https://example.org/recomputed#>

INSERT { ?amount t:measure ?measure } WHERE {
  ?amount a ?class . VALUES ?class { dip:Quantity dip:MonetaryValue }
  OPTIONAL { ?amount schema:unitText ?unit }
  OPTIONAL { ?amount schema:currency ?currency }
  OPTIONAL { ?amount dip:per ?per }
  OPTIONAL { ?amount dip:qualifier ?kind FILTER (?kind IN (dip:qualifier-additional, dip:qualifier-ordinal, dip:qualifier-about)) }
  BIND (CONCAT(COALESCE(CONCAT(?unit, "@", LANG(?unit)), ""), " ", COALESCE(?currency, ""), " ",
               COALESCE(STR(?per), ""), " ", COALESCE(STR(?kind), "")) AS ?measure)
} ;
INSERT { ?amount t:low ?number ; t:lowOpen ?open } WHERE {
  ?amount schema:value ?number .
  OPTIONAL { ?amount dip:qualifier ?qualifier }
  BIND (COALESCE(?qualifier = dip:qualifier-over, false) AS ?open)
  FILTER (COALESCE(?qualifier NOT IN (dip:qualifier-under, dip:qualifier-up-to), true))
} ;
INSERT { ?amount t:high ?number ; t:highOpen ?open } WHERE {
  ?amount schema:value ?number .
  OPTIONAL { ?amount dip:qualifier ?qualifier }
  BIND (COALESCE(?qualifier = dip:qualifier-under, false) AS ?open)
  FILTER (COALESCE(?qualifier NOT IN (dip:qualifier-over, dip:qualifier-at-least), true))
} ;
INSERT { ?amount t:low ?number ; t:lowOpen false } WHERE { ?amount schema:minValue ?number FILTER NOT EXISTS { ?amount schema:value ?v } } ;
INSERT { ?amount t:high ?number ; t:highOpen false } WHERE { ?amount schema:maxValue ?number FILTER NOT EXISTS { ?amount schema:value ?v } }
