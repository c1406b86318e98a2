"""A new class, property and shape are an edit of Turtle, and of no Python."""

from __future__ import annotations

from pathlib import Path

import pytest
import rdflib
from click.testing import CliRunner

import diplograph
from diplograph.cli import main

ROOT = Path(__file__).parent.parent
DIP = rdflib.Namespace("https://w3id.org/diplograph/ns#")

CLASS = """
dip:Blockade a owl:Class ;
    rdfs:label "blockade"@en ;
    rdfs:comment "Ships are kept from a port."@en ;
    rdfs:subClassOf dip:ForceAct .

dip:blockadedPort a owl:ObjectProperty ;
    rdfs:label "blockaded port"@en ;
    rdfs:comment "The port that ships are kept from."@en ;
    rdfs:range dip:Place ;
    dip:factKey "blockadedPort" ;
    dip:conflictRule dip:conflictRule-single-value .
"""
SHAPE = """
@prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix dip: <https://w3id.org/diplograph/ns#> .
@prefix shape: <https://w3id.org/diplograph/shapes#> .

shape:Blockade a sh:NodeShape ;
    sh:targetClass dip:Blockade ;
    sh:property shape:blockade-port .

shape:blockade-port a sh:PropertyShape ;
    sh:path ( [ sh:inversePath dip:about ] dip:blockadedPort ) ;
    sh:minCount 1 ;
    sh:name "blockade port" ;
    sh:message "Say which port is blockaded ('blockadedPort')." ;
    sh:severity sh:Violation .
"""
FACTS = """
article: {{id: one, language: en, text: {{sha256: {sha256}, length: 100}}}}
entities:
  fleet: {{type: ArmedActor, label: the fleet}}
  north-port: {{type: Place, label: North Port}}
facts:
  - id: complete
    type: Blockade
    actor: fleet
    blockadedPort: north-port
    evidence: 0-10
  - id: incomplete
    type: Blockade
    actor: fleet
    evidence: 0-10
"""


@pytest.fixture
def extended(tmp_path: Path) -> Path:
    """A copy of ontology and shapes with a class, a property and a shape added."""
    for folder in ("ontology", "shapes"):
        (tmp_path / folder).mkdir()
        for file in (ROOT / folder).glob("*.ttl"):
            (tmp_path / folder / file.name).write_bytes(file.read_bytes())
    ontology = tmp_path / "ontology" / "diplomacy.ttl"
    ontology.write_text(ontology.read_text("utf-8") + CLASS, "utf-8")
    (tmp_path / "shapes" / "blockades.ttl").write_text(SHAPE, "utf-8")
    (tmp_path / "facts.diplomacy.yaml").write_text(FACTS.format(sha256="a" * 64), "utf-8")
    return tmp_path


def test_a_new_class_maps_and_validates(extended: Path) -> None:
    facts = extended / "facts.diplomacy.yaml"
    with pytest.raises(diplograph.InputError, match="Unknown class of situations 'Blockade'"):
        diplograph.graph(diplograph.read(facts))
    corpus = diplograph.read(facts, ontology=[extended / "ontology"])
    graph = diplograph.graph(corpus)
    [port] = set(graph.objects(None, DIP.blockadedPort))
    assert str(port).endswith(".north-port")
    assert len(list(graph.subjects(rdflib.RDF.type, DIP.Blockade))) == 2
    [finding] = diplograph.validate(corpus, shapes=[extended / "shapes"])
    assert (finding.severity, finding.code) == ("violation", "blockade-port")
    assert finding.location.region is not None
    assert finding.location.region.line == 12
    assert diplograph.validate(corpus) == []


def test_the_command_line_takes_the_same(extended: Path) -> None:
    facts, ontology, shapes = (str(extended / name) for name in ("facts.diplomacy.yaml", "ontology", "shapes"))
    result = CliRunner().invoke(main, ["validate", facts, "--ontology", ontology, "--shapes", shapes])
    assert result.exit_code == 1
    assert "facts.diplomacy.yaml:12:5: violation[blockade-port] Say which port" in result.stdout
    schema = CliRunner().invoke(main, ["schema", "--ontology", ontology])
    assert '"blockadedPort"' in schema.stdout
    assert '"const": "Blockade"' in schema.stdout


def test_an_ontology_that_contradicts_itself_is_refused(tmp_path: Path) -> None:
    broken = tmp_path / "broken.ttl"
    broken.write_text(
        "@prefix dip: <https://w3id.org/diplograph/ns#> . @prefix owl: <http://www.w3.org/2002/07/owl#> .\n"
        "@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .\n"
        'dip:depth a owl:ObjectProperty ; rdfs:range dip:Ocean ; dip:factKey "depth" .\n',
        "utf-8",
    )
    result = CliRunner().invoke(main, ["schema", "--ontology", str(broken)])
    assert result.exit_code == 2
    assert "ns#depth" in result.stderr
    assert "no class of the ontology" in result.stderr


ENTITIES = """
dip:founded a owl:DatatypeProperty ;
    rdfs:label "founded"@en ; rdfs:comment "The year of foundation."@en ;
    rdfs:range xsd:integer ; dip:entityKey "founded" .
dip:motto a owl:DatatypeProperty ;
    rdfs:label "motto"@en ; rdfs:comment "What it says of itself."@en ;
    rdfs:range rdf:langString ; dip:entityKey "motto" .
dip:standing a owl:ObjectProperty ;
    rdfs:label "standing"@en ; rdfs:comment "Whether it still exists."@en ;
    rdfs:range skos:Concept ; dip:valueList dip:standing-list ; dip:entityKey "standing" .
dip:standing-list a skos:ConceptScheme .
dip:standing-dissolved a skos:Concept ;
    skos:inScheme dip:standing-list ; skos:notation "dissolved" ; skos:definition "It is no more."@en .
"""
REGISTER = """
entities:
  league:
    type: IntergovernmentalOrganisation
    label: the League
    founded: 0920
    motto: {la: in omnia paratus}
    standing: dissolved
"""


def test_properties_of_entities_take_literals_texts_and_words(tmp_path: Path) -> None:
    copy = tmp_path / "diplomacy.ttl"
    copy.write_text((ROOT / "ontology" / "diplomacy.ttl").read_text("utf-8") + ENTITIES, "utf-8")
    register = tmp_path / "our.register.yaml"
    register.write_text(REGISTER, "utf-8")
    graph = diplograph.graph(diplograph.read(register, ontology=[copy]))
    league = rdflib.URIRef("https://w3id.org/diplograph/id/entity/league")
    founded = graph.value(league, DIP.founded)
    assert isinstance(founded, rdflib.Literal)
    assert (str(founded), founded.datatype) == ("0920", rdflib.XSD.integer), "as written"
    assert graph.value(league, DIP.motto) == rdflib.Literal("in omnia paratus", lang="la")
    assert graph.value(league, DIP.standing) == DIP["standing-dissolved"]
    register.write_text(REGISTER.replace("0920", "long ago").replace("dissolved", "disolved"), "utf-8")
    with pytest.raises(diplograph.InputError) as raised:
        diplograph.graph(diplograph.read(register, ontology=[copy]))
    assert [
        (finding.code, finding.location.region.line) for finding in raised.value.findings if finding.location.region
    ] == [
        ("literal", 6),
        ("unknown-word", 8),
    ]
