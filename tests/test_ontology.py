"""The ontology: complete, aligned, consistent with its own use, and free of invented foreign terms."""

from __future__ import annotations

import re
from pathlib import Path

import pyoxigraph as ox
import pytest
import rdflib
from rdflib.namespace import DCTERMS, OWL, RDF, RDFS, SKOS, VANN

ROOT = Path(__file__).parent.parent
DIP = rdflib.Namespace("https://w3id.org/diplograph/ns#")
FILES = sorted((ROOT / "ontology").glob("*.ttl"))
OWN = ("https://w3id.org/diplograph/",)
LICENCE = "https://creativecommons.org/licenses/by/4.0/"
EDTF_DATATYPE = "http://id.loc.gov/datatypes/edtf/EDTF"  # the one term of that namespace in use
ALIGNMENTS = (
    RDFS.subClassOf,
    RDFS.subPropertyOf,
    SKOS.exactMatch,
    SKOS.closeMatch,
    SKOS.broadMatch,
    SKOS.narrowMatch,
    SKOS.relatedMatch,
    DIP.noMatchIn,
)


@pytest.fixture(scope="module")
def ontology() -> rdflib.Graph:
    return rdflib.Graph().parse(ROOT / "ontology" / "diplomacy.ttl")


@pytest.fixture(scope="module")
def everything() -> rdflib.Graph:
    graph = rdflib.Graph()
    for file in FILES:
        graph.parse(file)
    return graph


def own(graph: rdflib.Graph, kind: rdflib.URIRef) -> list[rdflib.URIRef]:
    subjects = graph.subjects(RDF.type, kind)
    return sorted(s for s in subjects if isinstance(s, rdflib.URIRef) and s.startswith(str(DIP)))


def external_terms() -> set[str]:
    lists = (ROOT / "tests" / "vocabularies").glob("*.txt")
    lines = [line.strip() for file in lists for line in file.read_text("utf-8").splitlines()]
    return {line for line in lines if line and not line.startswith("#")}


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_both_parsers_read_the_same(file: Path) -> None:
    with file.open("rb") as stream:
        by_oxigraph = {str(quad.triple) for quad in ox.parse(stream, format=ox.RdfFormat.TURTLE)}
    by_rdflib = rdflib.Graph().parse(file)
    assert len(by_oxigraph) == len(by_rdflib) > 100
    assert not any(isinstance(term, rdflib.BNode) for triple in by_rdflib for term in triple)


def test_size_is_what_the_documentation_says(ontology: rdflib.Graph) -> None:
    classes = own(ontology, OWL.Class)
    properties = own(ontology, OWL.ObjectProperty) + own(ontology, OWL.DatatypeProperty)
    assert (len(classes), len(properties)) == (68, 77)


def test_every_term_is_labelled_described_and_aligned(ontology: rdflib.Graph) -> None:
    terms = [term for kind in (OWL.Class, OWL.ObjectProperty, OWL.DatatypeProperty) for term in own(ontology, kind)]
    for term in terms:
        label, comment = ontology.value(term, RDFS.label), ontology.value(term, RDFS.comment)
        assert isinstance(label, rdflib.Literal), term
        assert label.language == "en", term
        assert isinstance(comment, rdflib.Literal), term
        assert len(comment) > 10, term
        aligned = [value for predicate in ALIGNMENTS for value in ontology.objects(term, predicate)]
        assert any(not str(value).startswith(str(DIP)) for value in aligned), f"{term} is aligned with nothing"


def test_every_event_class_says_how_it_maps_to_both_code_lists(ontology: rdflib.Graph) -> None:
    events = set(ontology.transitive_subjects(RDFS.subClassOf, DIP.Event))
    assert len(events) > 30
    for event in sorted(events, key=str):
        said = {str(value) for predicate in ALIGNMENTS for value in ontology.objects(event, predicate)}
        for scheme in ("plover", "cameo"):
            assert any(f"/{scheme}#" in value for value in said), f"{event} says nothing of {scheme}"


def test_value_lists_have_words_and_definitions(ontology: rdflib.Graph) -> None:
    schemes = own(ontology, SKOS.ConceptScheme)
    assert len(schemes) == 14
    for scheme in schemes:
        concepts = list(ontology.subjects(SKOS.inScheme, scheme))
        assert len(concepts) > 1
        for concept in concepts:
            notation = ontology.value(concept, SKOS.notation)
            name = str(scheme).removeprefix(str(DIP)).removesuffix("-list")
            assert str(concept) == f"{DIP}{name}-{notation}"
            assert ontology.value(concept, SKOS.definition) is not None, concept


def test_external_terms_exist(everything: rdflib.Graph) -> None:
    known = external_terms() | {EDTF_DATATYPE, LICENCE}
    used = {str(term) for triple in everything for term in triple if isinstance(term, rdflib.URIRef)}
    datatypes = {str(o.datatype) for o in everything.objects() if isinstance(o, rdflib.Literal) and o.datatype}
    foreign = {term for term in used | datatypes if not term.startswith(OWN)}
    assert len(foreign) > 50
    assert sorted(foreign - known) == []


def test_external_terms_in_code_exist() -> None:
    """The IRIs that the mapping and the JSON-LD context write are terms of their vocabularies too."""
    from diplograph.mapping import terms  # noqa: PLC0415
    from diplograph.writing import jsonld  # noqa: PLC0415

    written = {value[1:-1] for value in vars(terms).values() if isinstance(value, str) and value.startswith("<")}
    written |= {iri for iri, _ in jsonld._FOREIGN.values()}  # noqa: SLF001
    foreign = {term for term in written if not term.startswith(OWN)}
    assert len(foreign) > 30
    assert sorted(foreign - external_terms()) == []


def test_own_terms_that_are_used_are_defined(everything: rdflib.Graph) -> None:
    used = {str(term) for triple in everything for term in triple if isinstance(term, rdflib.URIRef)}
    mine = {term for term in used if term.startswith(OWN) and "#" in term}
    undefined = [term for term in mine if (rdflib.URIRef(term), RDF.type, None) not in everything]
    assert undefined == []


def test_metadata_is_complete(ontology: rdflib.Graph) -> None:
    this = rdflib.URIRef(str(DIP).rstrip("#"))
    assert (this, RDF.type, OWL.Ontology) in ontology
    for predicate in (DCTERMS.title, DCTERMS.description, DCTERMS.created, DCTERMS.modified, OWL.versionIRI):
        assert ontology.value(this, predicate) is not None, predicate
    assert str(ontology.value(this, DCTERMS.creator)) == "diplograph contributors"
    assert str(ontology.value(this, DCTERMS.license)) == LICENCE
    assert str(ontology.value(this, VANN.preferredNamespacePrefix)) == "dip"
    assert str(ontology.value(this, VANN.preferredNamespaceUri)) == str(DIP)


def test_code_lists_are_whole(everything: rdflib.Graph) -> None:
    concepts = [str(concept) for concept in everything.subjects(RDF.type, SKOS.Concept)]
    cameo = [c.rpartition("#")[2] for c in concepts if "/cameo#" in c]
    assert {digits: sum(len(c) == digits for c in cameo) for digits in (2, 3, 4)} == {2: 20, 3: 147, 4: 144}
    plover = [c.rpartition("#")[2] for c in concepts if "/plover#" in c]
    assert sum(bool(re.fullmatch("[A-Z]+", c)) for c in plover) == 16
    assert sum(bool(re.fullmatch("[A-Z]+-.+", c)) for c in plover) == 67
    assert sum(c.startswith("context-") for c in plover) == 37


def test_conflict_rules_are_known_to_the_program(ontology: rdflib.Graph) -> None:
    """Every rule that the ontology gives a property is one that some code carries out."""
    source = "\n".join(file.read_text("utf-8") for file in (ROOT / "src/diplograph/situations").glob("*.py"))
    rules = {str(ontology.value(rule, SKOS.notation)) for rule in ontology.objects(None, DIP.conflictRule)}
    assert rules == {"single-value", "disjoint-times", "disjoint-ranges", "opposite-factuality", "incompatible-values"}
    assert all(f'"{rule}"' in source for rule in rules - {"opposite-factuality"})
    assert 'Clash("polarity"' in source
