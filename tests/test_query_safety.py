"""What queries may not do is refused before anything is evaluated: two readings decide, and both must agree."""

from __future__ import annotations

from typing import Final

import pytest

from diplograph.errors import InputError
from diplograph.queries.library import saved_queries
from diplograph.queries.safety import checked

GRAPHS: Final = ("https://example.org/g", "https://example.org/from/service")
PREFIXES: Final = {"ex": "https://example.org/", "p": "https://example.org/"}


def verdict(query: str, **more: str) -> str:
    """Give the form of a query, or the code of the finding for which it is refused."""
    try:
        return checked(query, GRAPHS.__contains__, prefixes=PREFIXES, **more)
    except InputError as error:
        [finding] = error.findings
        return finding.code


def refusal(query: str) -> str:
    with pytest.raises(InputError) as caught:
        checked(query, GRAPHS.__contains__, prefixes=PREFIXES)
    return str(caught.value)


SERVICES: Final = [
    "SELECT * { SERVICE <HOST> { ?a ?b ?c } }",
    "SELECT * { service silent <HOST> { ?a ?b ?c } }",
    "SELECT*{SeRvIcE<HOST>{?a ?b ?c}}",
    "SELECT * { VALUES ?x { <HOST> } SERVICE ?x { ?a ?b ?c } }",
    "SELECT * { VALUES ?x { <HOST> } SERVICE?x{ ?a ?b ?c } }",
    "SELECT * { { SELECT ?a { SERVICE <HOST> { ?a ?b ?c } } } }",
    "SELECT (COUNT(*) AS ?n) { OPTIONAL { SERVICE <HOST> { ?a ?b ?c } } }",
    "ASK { FILTER NOT EXISTS { SERVICE <HOST> { ?a ?b ?c } } }",
    "SELECT (EXISTS { SERVICE <HOST> { ?a ?b ?c } } AS ?e) {}",
    "SELECT * {} ORDER BY (EXISTS { SERVICE <HOST> { ?a ?b ?c } })",
    "SELECT * {} HAVING (EXISTS { SERVICE <HOST> { ?a ?b ?c } })",
    "CONSTRUCT { ?a ?b ?c } { SERVICE <HOST> { ?a ?b ?c } }",
    "CONSTRUCT { ?a ?b ?c } { GRAPH ?g { SERVICE <HOST> { ?a ?b ?c } } }",
    "DESCRIBE ?a { SERVICE <HOST> { ?a ?b ?c } }",
    "ASK { {} UNION { SERVICE <HOST> { ?a ?b ?c } } }",
    "ASK { {} MINUS { SERVICE <HOST> { ?a ?b ?c } } }",
    "SELECT * { SERVICE#<\n<HOST>#>\n{ ?a ?b ?c } }",
    "SELECT * { #\rSERVICE\r\n<HOST> { ?a ?b ?c } }",
    "SELECT * { ?x ex:p 'a\\\\' . SERVICE <HOST> { ?a ?b ?c } }",
    "SELECT * { ?x ex:p '''a\n''' . SERVICE <HOST> { ?a ?b ?c } }",
    'SELECT * { ?x ex:p """a"b""c\\"""" . SERVICE <HOST> { ?a ?b ?c } }',
    "SELECT * { ?x ex:p '', 'x' . SERVICE <HOST> { ?a ?b 'y' } }",
    "SELECT * { ?x ex:p ''@en . SERVICE <HOST> { ?a ?b 'y' } }",
    "SELECT * { ?x ex:\U0001f600\\' ?y . SERVICE <HOST> { ?a ?b 'c' } }",
    "SELECT * { ?x\u00b7 ex:p ?y SERVICE <HOST> { ?a ?b 'c' } }",
    "SELECT * { ?x ex:p true.SERVICE <HOST> { ?a ?b ?c } }",
    "SELECT * { ?x ex:p 1.SERVICE <HOST> { ?a ?b ?c } }",
    "SELECT * { ?x ex:p 1e1SERVICE<HOST>{ ?a ?b ?c } }",
    "PREFIX service: <HOST> SELECT * { SERVICE service:x { ?a ?b ?c } }",
    "PREFIX service: <HOST> SELECT * { SERVICEservice:x { ?a ?b ?c } }",
    "PREFIX : <HOST> SELECT * { SERVICE: { ?a ?b ?c } }",
    "PREFIX silent: <HOST> SELECT * { SERVICEsilent:x { ?a ?b ?c } }",
    "SELECT * { FILTER(1<2)SERVICE#>\n<HOST>{ ?a ?b ?c } }",
    "SELECT * { FILTER(1<2)#>'\nSERVICE<HOST>{ ?a ?b 'c' } }",
    "SELECT * { FILTER(1<2)#>'''\nSERVICE<HOST>{ ?a ?b '''c''' } }",
    "SELECT * { FILTER(1<ex:b)#>'\nSERVICE<HOST>{ ?a ?b 'c' } }",
    "SELECT * { FILTER(1<2&&'>'='>')SERVICE<HOST>{ ?a ?b 'c' } }",
    "SELECT * { <<?x?y'>'>> ?p ?o SERVICE<HOST>{ ?a ?b 'c' } }",
    "BASE <HOST> SELECT * { SERVICE <> { ?a ?b ?c } }",
    "SELECT * { LATERAL { SERVICE <HOST> { ?a ?b ?c } } }",
]
"""Each would ask another host, if the engine got it."""

OTHERS: Final = [
    ("SELECT ?service { ?service ?p 'SERVICE', \"SERVICE\",\n'''SERVICE''', \"\"\"SERVICE \"\" \"\"\" } #SERVICE",
     "SELECT"),
    ("SELECT $SERVICE { $SERVICE ex:a.SERVICE ex:SERVICE 'a'@en-SERVICE }", "syntax"),
    ("SELECT $SERVICE { $SERVICE ex:a.SERVICE ex:SERVICE ; ex:p 'a'@en-SERVICE }", "SELECT"),
    ("PREFIX service: <e:> ASK { service:x service: _:service }", "ASK"),
    ("BASE <https://service/> CONSTRUCT { <SERVICE> <service> 1 } {}", "CONSTRUCT"),
    ("DESCRIBE <https://example.org/service>", "DESCRIBE"),
    ("ASK # SERVICE <http://e/> {}\n{}", "ASK"),
    ("SELECT ?\u00e9service {}", "SELECT"),
    ("SELECT (STRBEFORE(?x, 'from') AS ?from) { ?x ex:from '\\from\\\\from \\u005from' }", "SELECT"),
    ("SELECT ?_from_xsd_date { ?_from_xsd_date ex:p 'a\\nfrom' }", "SELECT"),
    # graphs
    ("ASK FROM ex:g {}", "ASK"),
    ("ASK FROM NAMED<https://example.org/g>FROM<https://example.org/from/service>{}", "ASK"),
    ("ASK from named p:g {}", "ASK"),
    ("BASE <https://example.org/a/b> ASK FROM <../g> {}", "ASK"),
    ("BASE <https://example.org/a/> BASE <b/> PREFIX s: <../> ASK FROM s:g {}", "unknown-graph"),
    ("BASE <https://example.org/a/> BASE <b/> PREFIX s: <../../> ASK FROM s:g FROM s:from\\/service {}", "ASK"),
    ("BASE <https://example.org/a/> BASE <b/> PREFIX s: <../../> ASK FROM s:g {}", "ASK"),
    ("PREFIX ex: <https://example.org/other/> ASK FROM ex:g {}", "unknown-graph"),
    ("ASK FROM <https://example.org/\\u0067> {}", "ASK"),
    ("ASK FROM <https://example.org/G> {}", "unknown-graph"),
    ("ASK FROM <https://example.org/g> FROM NAMED <https://example.org/h> {}", "unknown-graph"),
    ("ASK FROM#<https://example.org/g>\n<http://127.0.0.1/>{}", "unknown-graph"),
    ("ASK FROM NAMED:g {}", "syntax"),
    ("PREFIX NAMED: <https://example.org/> ASK FROM NAMED:g {}", "ambiguous"),
    ("PREFIX : <https://example.org/> ASK FROM:g {}", "ambiguous"),
    ("ASK FROMNAMED<https://example.org/g>{}", "ambiguous"),
    ("PREFIX FROM: <https://example.org/> ASK FROM FROM:g {}", "ASK"),
    ("VERSION '1.2' PREFIX : <https://example.org/> ASK FROM :g {}", "ASK"),
    # updates
    ("LOAD <http://127.0.0.1/>", "update"),
    ("load silent <http://127.0.0.1/> into graph <e:g>", "update"),
    ("PREFIX select: <e:> #SELECT\nINSERT DATA { select:a select:b 1 }", "update"),
    ("BASE <e:> DELETE WHERE { ?a ?b ?c }", "update"),
    ("WITH <e:g> DELETE { ?a ?b ?c } WHERE { ?a ?b ?c }", "update"),
    ("DELETE DATA { <e:a> <e:b> 1 } ; INSERT DATA { <e:a> <e:b> 2 }", "update"),
    ("CLEAR ALL", "update"), ("DROP DEFAULT", "update"), ("CREATE GRAPH <e:g>", "update"),
    ("COPY <e:a> TO <e:b>", "update"), ("MOVE <e:a> TO <e:b>", "update"), ("ADD <e:a> TO DEFAULT", "update"),
    ("SELECT * {} ; DROP ALL", "syntax"), ("ASK {} DROP ALL", "syntax"),
    ("ASK { ?a ex:load 'INSERT', 'DROP ALL' }", "ASK"),
    # what else is not SPARQL
    ('DEFINE get:soft "replace" ASK {}', "syntax"), ("EXPLAIN ASK {}", "syntax"), ("", "syntax"),
    ("\ufeffASK {}", "syntax"),
    ("ASK {} # \x00", "syntax"), ("ASK { '\x00' ex:p 1 }", "syntax"), ("\\u0041SK {}", "syntax"),
    ("SELECT * { \\u0053ERVICE <http://127.0.0.1/> {} }", "syntax"),
    # escapes that some engines resolve before they parse
    ("ASK { ?a ex:p '\\u0027 } SERVICE <http://127.0.0.1/> {} #' }", "ambiguous"),
    ("ASK { ?a ex:p '\\\\\\u0027 } #' }", "ambiguous"),
    ("ASK { ?a ex:p '\\\\u0027 } #' }", "ASK"),
    ("ASK { ?a ex:p '\\\\u0041' }", "ASK"),
    ("ASK { # \\u000A SERVICE <http://127.0.0.1/> {}\n }", "ambiguous"),
    ('ASK { ?a ex:p "\\u000D" }', "ambiguous"),
    ("ASK { ?a ex:p '\\u00e9\\u001B\\U0001F600' ; <https://example.org/\\u00e9> 1 }", "ASK"),
    # what the engine has no stack for
    ("ASK {" + "{" * 99 + "}" * 99 + "}", "ASK"), ("ASK {" + "{" * 100 + "}" * 100 + "}", "too-deep"),
    ("ASK { FILTER(1<2&&" + "(" * 50_000 + "1>0) }", "too-deep"),
    ("ASK { FILTER(1<2)#>'\n FILTER(" + "(" * 50_000 + "' }", "too-deep"),
    ("ASK { FILTER(1" + "+1" * 50_000 + ") }", "too-deep"), ("ASK { FILTER(" + "!" * 50_000 + "true) }", "too-deep"),
    ("ASK { FILTER(1<2" + "+1" * 50_000 + ">0) }", "too-deep"), ("ASK {{}" + "UNION{}" * 50_000 + "}", "too-deep"),
    ("ASK { VALUES ?x {" + " ex:a 'b' 1" * 5_000 + " true UNDEF" * 2_000 + "} }", "ASK"),
    ("ASK { VALUES ?x {" + " ':-(((' <https://example.org/a_(b)>" * 500 + "} }", "ASK"),
]  # fmt: skip


@pytest.mark.parametrize("query", SERVICES)
def test_no_service_passes(query: str) -> None:
    message = refusal(query.replace("HOST", "http://127.0.0.1:9/"))
    assert "SERVICE, which asks another host, is not allowed." in message


@pytest.mark.parametrize(("query", "expected"), OTHERS, ids=[query[:60] for query, _ in OTHERS])
def test_queries_pass_and_all_else_is_refused(query: str, expected: str) -> None:
    assert verdict(query).removeprefix("sparql-") == expected


def test_what_is_refused_has_its_place() -> None:
    place = "q.rq:2:12: error"
    for query, said in (
        ("ASK {\n  ?a ?b 1. SERVICE <e:h> {} }",
         "[sparql-service] SERVICE, which asks another host, is not allowed."),
        ("PREFIX\na: <e:/>   INSERT DATA {}",
         "[sparql-update] This is an update: it would change the store; queries only read."),
        ("ASK\nFROM NAMED <e:/h/> {}", "[unknown-graph] There is no graph <e:/h/>."),
    ):  # fmt: skip
        with pytest.raises(InputError) as caught:
            checked(query, GRAPHS.__contains__, name="q.rq")
        assert str(caught.value).startswith(place + said)


def test_a_base_from_outside_counts() -> None:
    assert verdict("ASK FROM <g> {}", base="https://example.org/") == "ASK"
    assert verdict("ASK FROM <h> {}", base="https://example.org/") == "unknown-graph"
    assert verdict("ASK FROM <g> {}") == "sparql-syntax"


def test_every_saved_query_passes() -> None:
    prefixes = dict.fromkeys(("dip", "rdf", "rdfs", "skos", "dcterms", "prov", "xsd", "entity", "oa", "foaf"), "e:")
    for query in saved_queries().values():
        checked(query.text, GRAPHS.__contains__, prefixes=prefixes)
