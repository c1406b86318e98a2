"""The terms that the mapping itself writes, made once: the structure of claims, values and text."""

from __future__ import annotations

from typing import Final

from pyoxigraph import NamedNode

from diplograph.vocabulary import DIP, RDF, RDFS, SKOS

_OA: Final = "http://www.w3.org/ns/oa#"
_PROV: Final = "http://www.w3.org/ns/prov#"
_DCTERMS: Final = "http://purl.org/dc/terms/"
_SCHEMA: Final = "https://schema.org/"

TYPE: Final = NamedNode(RDF + "type")
LABEL: Final = NamedNode(RDFS + "label")
ALT_LABEL: Final = NamedNode(SKOS + "altLabel")
NOTE: Final = NamedNode(SKOS + "note")
NOTATION: Final = NamedNode(SKOS + "notation")
IDENTIFIER: Final = NamedNode(_DCTERMS + "identifier")

CLAIM: Final = NamedNode(DIP + "Claim")
PROPOSITION: Final = NamedNode(DIP + "Proposition")
ARTICLE: Final = NamedNode(DIP + "Article")
MENTION: Final = NamedNode(DIP + "Mention")
QUOTATION: Final = NamedNode(DIP + "Quotation")
CONFLICT: Final = NamedNode(DIP + "Conflict")
TIME_VALUE: Final = NamedNode(DIP + "TimeValue")
QUANTITY: Final = NamedNode(DIP + "Quantity")
MONETARY_VALUE: Final = NamedNode(DIP + "MonetaryValue")

ABOUT: Final = NamedNode(DIP + "about")
CLAIMED_TYPE: Final = NamedNode(DIP + "claimedType")
CLAIMANT: Final = NamedNode(DIP + "claimant")
REPORTS: Final = NamedNode(DIP + "reports")
WITHIN: Final = NamedNode(DIP + "within")
CERTAINTY: Final = NamedNode(DIP + "certainty")
POLARITY: Final = NamedNode(DIP + "polarity")
STATUS: Final = NamedNode(DIP + "status")
EVIDENCE: Final = NamedNode(DIP + "evidence")
IN_ARTICLE: Final = NamedNode(_PROV + "hadPrimarySource")

OCCURRENCE: Final = NamedNode(DIP + "occurrence")
EARLIEST: Final = NamedNode(DIP + "earliest")
LATEST: Final = NamedNode(DIP + "latest")
ARTICLE_COUNT: Final = NamedNode(DIP + "articleCount")
SOURCE_COUNT: Final = NamedNode(DIP + "sourceCount")
CONFLICT_ON: Final = NamedNode(DIP + "conflictOn")
CONFLICTING_CLAIM: Final = NamedNode(DIP + "conflictingClaim")

WORDS: Final = NamedNode(DIP + "words")
EDTF: Final = NamedNode(DIP + "edtf")
GRANULARITY: Final = NamedNode(DIP + "granularity")
ANCHOR: Final = NamedNode(DIP + "anchor")
BASIS: Final = NamedNode(DIP + "basis")
QUALIFIER: Final = NamedNode(DIP + "qualifier")
TOTAL: Final = NamedNode(DIP + "total")
PER: Final = NamedNode(DIP + "per")
UNTIL: Final = NamedNode(DIP + "until")
VALUE: Final = NamedNode(_SCHEMA + "value")
MIN_VALUE: Final = NamedNode(_SCHEMA + "minValue")
MAX_VALUE: Final = NamedNode(_SCHEMA + "maxValue")
UNIT: Final = NamedNode(_SCHEMA + "unitText")
CURRENCY: Final = NamedNode(_SCHEMA + "currency")

LENGTH: Final = NamedNode(DIP + "length")
PART: Final = NamedNode(DIP + "part")
DIGEST: Final = NamedNode(DIP + "digest")
WRITTEN_AS: Final = NamedNode(DIP + "writtenAs")
MENTIONS: Final = NamedNode(_SCHEMA + "mentions")
SHA256: Final = NamedNode(_SCHEMA + "sha256")
IN_LANGUAGE: Final = NamedNode(_SCHEMA + "inLanguage")
PUBLISHER: Final = NamedNode(_SCHEMA + "publisher")
AUTHOR: Final = NamedNode(_SCHEMA + "author")
URL: Final = NamedNode(_SCHEMA + "url")
PUBLISHED: Final = NamedNode(DIP + "time")
DATE_PUBLISHED: Final = NamedNode(_SCHEMA + "datePublished")
SAME_AS: Final = NamedNode(_SCHEMA + "sameAs")

HAS_SOURCE: Final = NamedNode(_OA + "hasSource")
HAS_SELECTOR: Final = NamedNode(_OA + "hasSelector")
TEXT_POSITION: Final = NamedNode(_OA + "TextPositionSelector")
START: Final = NamedNode(_OA + "start")
END: Final = NamedNode(_OA + "end")

PROV_ACTIVITY: Final = NamedNode(_PROV + "Activity")
PROV_ENTITY: Final = NamedNode(_PROV + "Entity")
PROV_SOFTWARE: Final = NamedNode(_PROV + "SoftwareAgent")
PROV_USED: Final = NamedNode(_PROV + "used")
ATTRIBUTED_TO: Final = NamedNode(_PROV + "wasAttributedTo")
PROV_WITH: Final = NamedNode(_PROV + "wasAssociatedWith")
PROV_ENDED: Final = NamedNode(_PROV + "endedAtTime")
VERSION: Final = NamedNode(_SCHEMA + "softwareVersion")
CONFORMS_TO: Final = NamedNode(_DCTERMS + "conformsTo")
TITLE: Final = NamedNode(_DCTERMS + "title")
ONTOLOGY: Final = NamedNode(DIP.rstrip("#"))
