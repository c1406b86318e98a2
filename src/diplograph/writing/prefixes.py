"""The prefixes of the output: the ontology, the kinds of data, and the vocabularies in use."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from diplograph.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable

VOCABULARIES: Final = {
    "dip": "https://w3id.org/diplograph/ns#",
    "dcterms": "http://purl.org/dc/terms/",
    "edtf-type": "http://id.loc.gov/datatypes/edtf/",
    "oa": "http://www.w3.org/ns/oa#",
    "org": "http://www.w3.org/ns/org#",
    "prov": "http://www.w3.org/ns/prov#",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "schema": "https://schema.org/",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "wd": "http://www.wikidata.org/entity/",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}


def prefixes(base: str, spaces: Iterable[str]) -> dict[str, str]:
    """Give all prefixes of a data set under a base IRI, by name.

    Raises:
        UsageError: the scheme of the base IRI is itself one of the prefixes, as in `claim:/`.
    """
    found = VOCABULARIES | {space: f"{base}{space}/" for space in spaces}
    if base.partition(":")[0] in found:
        raise UsageError(f"The base IRI '{base}' starts with a prefix of the output.", "Take one with https.")
    return found
