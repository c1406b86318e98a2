"""The SPARQL 1.1 Protocol at /sparql, as clients of others and the W3C's tests of the protocol use it."""

from __future__ import annotations

import http.client
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import pyoxigraph as ox
import pytest
import rdflib
import requests
import SPARQLWrapper
from rdflib.plugins.stores.sparqlstore import SPARQLStore
from tests.web.serving import RESULTS, Served, serving

MEETINGS = "SELECT ?s { ?s a dip:Meeting } ORDER BY ?s"
LABELS = "CONSTRUCT { ?s rdfs:label ?l } WHERE { ?s a dip:Article ; rdfs:label ?l }"
ARTICLES = "https://w3id.org/diplograph/id/graph/638e68c58aa214f6"
FORM = "application/x-www-form-urlencoded"


@pytest.fixture(scope="module")
def server() -> Iterator[Served]:
    """The seeds, served."""
    with serving(Path(__file__).parent.parent / "seeds", "--max-rows", "500") as found:
        yield found


def post(server: Served, body: bytes | str, content_type: str | None, path: str = "/sparql") -> requests.Response:
    headers = {"Content-Type": content_type} if content_type else {}
    return requests.post(server.url + path, data=body, headers=headers, timeout=60)


@pytest.mark.parametrize(
    ("accept", "media_type"),
    [
        ("application/sparql-results+json", "application/sparql-results+json"),
        ("application/sparql-results+xml", "application/sparql-results+xml"),
        ("text/csv", "text/csv; charset=utf-8"),
        ("text/tab-separated-values", "text/tab-separated-values; charset=utf-8"),
        ("*/*", "application/sparql-results+json"),
        ("text/csv;q=0.1, application/sparql-results+xml;q=0.9, */*;q=0", "application/sparql-results+xml"),
        ("image/png, text/*;q=0.2", "text/csv; charset=utf-8"),
    ],
)
def test_a_select_comes_in_the_syntax_that_is_liked_best(server: Served, accept: str, media_type: str) -> None:
    found = server.ask(MEETINGS, accept)
    assert (found.status_code, found.headers["Content-Type"]) == (200, media_type)
    assert found.text.count("/situation/") == 7
    assert "Accept" in found.headers["Vary"]


@pytest.mark.parametrize(
    ("accept", "syntax"),
    [
        ("text/turtle", ox.RdfFormat.TURTLE),
        ("application/n-triples", ox.RdfFormat.N_TRIPLES),
        ("application/ld+json", ox.RdfFormat.JSON_LD),
        ("application/rdf+xml", ox.RdfFormat.RDF_XML),
    ],
)
def test_a_construct_comes_in_every_syntax_of_rdf(server: Served, accept: str, syntax: ox.RdfFormat) -> None:
    found = server.ask(LABELS, accept)
    assert found.headers["Content-Type"].startswith(accept)
    assert len(list(ox.parse(found.content, format=syntax))) == 5
    assert server.ask("DESCRIBE <https://w3id.org/diplograph/id/entity/ukraine>", accept).ok


def test_an_ask_is_answered(server: Served) -> None:
    assert server.ask("ASK { ?s a dip:Meeting }").json()["boolean"] is True
    assert server.ask("ASK { ?s a dip:Nothing }").json()["boolean"] is False


def test_what_cannot_be_sent_as_wanted_is_406(server: Served) -> None:
    found = server.ask(MEETINGS, "text/turtle")
    assert found.status_code == 406
    assert "text/csv" in found.text
    assert server.ask(LABELS, "text/csv").status_code == 406


def test_a_query_may_be_posted_in_both_ways(server: Served) -> None:
    for found in (
        post(server, f"query={quote(MEETINGS)}", FORM),
        post(server, MEETINGS, "application/sparql-query"),
        post(server, MEETINGS, "application/sparql-query; charset=UTF-8"),
    ):
        assert (found.status_code, len(found.json()["results"]["bindings"])) == (200, 7)


@pytest.mark.parametrize(
    ("body", "content_type", "status"),
    [  # the W3C's negative cases of the protocol, as far as they are about queries
        (f"query={quote(MEETINGS)}", None, 415),
        (MEETINGS, None, 415),
        (MEETINGS, "text/plain", 415),
        (MEETINGS.encode("utf-16"), "application/sparql-query", 400),
        (MEETINGS, "application/sparql-query; charset=utf-16", 415),
        ("query=ASK%20%7B%7D&query=SELECT%20*%20%7B%7D", FORM, 400),
        ("query=ASK%20%7B", FORM, 400),
        ("query=%FF", FORM, 400),
        ("nothing=here", FORM, 400),
        ("", "application/sparql-query", 400),
        ("update=CLEAR%20ALL", FORM, 403),
        ("CLEAR ALL", "application/sparql-update", 403),
        ("query=CLEAR%20ALL", FORM, 400),
    ],
)
def test_what_is_no_query_operation_is_refused(
    server: Served, body: bytes | str, content_type: str | None, status: int
) -> None:
    found = post(server, body, content_type)
    assert found.status_code == status
    assert found.headers["Content-Type"].startswith("text/plain")


def test_other_methods_are_refused_and_head_has_no_body(server: Served) -> None:
    for method in ("PUT", "DELETE", "PATCH"):
        found = requests.request(method, server.url + "/sparql?query=ASK%7B%7D", timeout=60)
        assert found.status_code == 405
        assert "GET" in found.headers["Allow"]
    head = requests.head(server.url + "/sparql?query=ASK%7B%7D", timeout=60)
    assert (head.status_code, head.content) == (200, b"")
    assert int(head.headers["Content-Length"]) > 0
    assert requests.options(server.url + "/sparql", timeout=60).headers["Allow"] == "GET, HEAD, POST, OPTIONS"


def test_more_than_one_query_is_refused_by_get_too(server: Served) -> None:
    assert server.get("/sparql?query=ASK%7B%7D&query=ASK%7B%7D").status_code == 400
    assert server.get("/sparql?update=CLEAR%20ALL").status_code == 403


def test_what_does_not_parse_is_told_with_its_place(server: Served) -> None:
    found = server.ask("SELECT *\n{ ?s ?p }")
    assert found.status_code == 400
    assert found.text.startswith("query:2:10: error[sparql-syntax]")


def test_a_long_body_is_refused(server: Served) -> None:
    host = urlsplit(server.url)
    connection = http.client.HTTPConnection(str(host.hostname), host.port, timeout=60)
    connection.putrequest("POST", "/sparql")
    connection.putheader("Content-Type", "application/sparql-query")
    connection.putheader("Content-Length", str(1 << 30))
    connection.endheaders()
    with pytest.raises(ConnectionError):  # it is refused before all of it is sent
        connection.send(bytes(1 << 28))
    connection.close()
    assert post(server, "#" * (5 << 20), "application/sparql-query").status_code == 413
    assert post(server, "ASK {}" + "#" * (2 << 20), "application/sparql-query").status_code == 400


def test_no_other_host_is_asked(server: Served) -> None:
    for query in (
        "SELECT * { SERVICE <http://127.0.0.1:1/> { ?s ?p ?o } }",
        "SELECT * { SERVICE SILENT <http://127.0.0.1:1/> { ?s ?p ?o } }",
    ):
        assert server.ask(query).status_code == 400


def test_the_graphs_of_the_protocol_are_the_data_set(server: Served) -> None:
    count = "SELECT (COUNT(*) AS ?n) { ?s a dip:Article }"

    def number(**graphs: str | list[str]) -> int:
        found = server.get("/sparql", params={"query": count, **graphs}, headers={"Accept": RESULTS})
        return int(found.json()["results"]["bindings"][0]["n"]["value"])

    other = ARTICLES.replace("638e68c58aa214f6", "7db52c2d6109e640")
    assert number() == 5
    assert number(**{"default-graph-uri": ARTICLES}) == 1
    assert number(**{"default-graph-uri": [ARTICLES, other]}) == 2
    assert number(**{"named-graph-uri": ARTICLES}) == 0
    form = f"query={quote('ASK { GRAPH ?g { ?s a dip:Article } }')}&named-graph-uri={quote(ARTICLES)}"
    assert post(server, form, FORM).json()["boolean"] is True
    posted = post(server, "ASK { ?s a dip:Article }", "application/sparql-query", f"/sparql?named-graph-uri={ARTICLES}")
    assert posted.json()["boolean"] is False


@pytest.mark.parametrize("graph", ["http://127.0.0.1:1/graph", "file:///etc/passwd", "no iri", ""])
def test_a_graph_that_is_not_here_is_refused(server: Served, graph: str) -> None:
    assert server.ask("ASK {}", **{"default-graph-uri": graph}).status_code == 400
    assert server.ask("ASK {}", **{"named-graph-uri": graph}).status_code == 400


def test_the_service_describes_itself(server: Served) -> None:
    found = server.get("/sparql", headers={"Accept": "text/turtle"})
    graph = rdflib.Graph().parse(data=found.text, format="turtle")
    sd = rdflib.Namespace("http://www.w3.org/ns/sparql-service-description#")
    service = graph.value(predicate=rdflib.RDF.type, object=sd.Service)
    assert str(graph.value(service, sd.endpoint)) == server.url + "/sparql"
    assert rdflib.URIRef(ARTICLES) in set(graph.objects(None, sd.name))
    assert len(list(graph.objects(service, sd.resultFormat))) == 8
    browser = server.get("/sparql", headers={"Accept": "text/html"})
    assert (browser.status_code, browser.headers["Content-Type"]) == (200, "text/turtle; charset=utf-8")
    assert server.get("/sparql", headers={"Accept": "image/png"}).status_code == 406


def test_variables_that_look_like_parameters_are_variables(server: Served) -> None:
    assert len(server.ask("SELECT ?_s_iri { ?_s_iri a dip:Meeting }").json()["results"]["bindings"]) == 7


@pytest.mark.parametrize("accept", ["application/sparql-results+json", "text/csv", "text/tab-separated-values"])
def test_a_long_answer_is_cut_and_says_so(server: Served, accept: str) -> None:
    whole = server.ask("SELECT ?s { ?s ?p ?o } LIMIT 500", accept)
    assert "Diplograph-Cut-At" not in whole.headers
    found = server.ask("SELECT ?s { ?s ?p ?o }", accept)
    assert found.headers["Diplograph-Cut-At"] == "500"
    rows = len(found.json()["results"]["bindings"]) if "json" in accept else found.text.count("\n") - 1
    assert rows == 500


def test_a_long_graph_is_cut_and_says_so(server: Served) -> None:
    found = server.ask("CONSTRUCT WHERE { ?s ?p ?o }", "application/n-triples")
    assert (found.headers["Diplograph-Cut-At"], found.text.count("\n")) == ("500", 500)


def test_sparqlwrapper_asks(server: Served) -> None:
    client = SPARQLWrapper.SPARQLWrapper(server.url + "/sparql")
    client.setQuery("PREFIX dip: <https://w3id.org/diplograph/ns#> " + MEETINGS)
    for method in (SPARQLWrapper.GET, SPARQLWrapper.POST):
        client.setMethod(method)
        for syntax in (SPARQLWrapper.JSON, SPARQLWrapper.XML, SPARQLWrapper.CSV, SPARQLWrapper.TSV):
            client.setReturnFormat(syntax)
            assert client.query().response.status == 200
    client.setReturnFormat(SPARQLWrapper.JSON)
    for way in (SPARQLWrapper.URLENCODED, SPARQLWrapper.POSTDIRECTLY):
        client.setRequestMethod(way)
        found: Any = client.queryAndConvert()
        assert len(found["results"]["bindings"]) == 7
    client.setQuery("SELECT nothing")
    with pytest.raises(SPARQLWrapper.SPARQLExceptions.QueryBadFormed):
        client.query()


def test_the_store_of_rdflib_asks(server: Served) -> None:
    graph = rdflib.Graph(SPARQLStore(server.url + "/sparql"))
    article = rdflib.URIRef("https://w3id.org/diplograph/ns#Article")
    assert len(list(graph.subjects(rdflib.RDF.type, article))) == 5
    rows = graph.query(f"SELECT ?l {{ ?s a <{article}> ; <{rdflib.RDFS.label}> ?l }}")
    assert len(list(rows)) == 5
