"""The pages of `diplograph serve`: every IRI has one, in HTML and in RDF; and nothing of the data acts on a page."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import quote

import pyoxigraph as ox
import pytest
import requests
from tests.web.serving import ENDLESS, Served, serving

from diplograph.queries.library import saved_queries

SEEDS = Path(__file__).parent.parent / "seeds"
ID = "https://w3id.org/diplograph/id/"
DIP = "https://w3id.org/diplograph/ns#"
BROWSER = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}
NAMES = {
    "who": "starmer",
    "country": "ukraine",
    "holder": "zelenskyy",
    "speaker": "zelenskyy",
    "least": "2",
    "type": "dip:Meeting",
    "day": "2024-09-14",
    "situation": "strikes-permission",
    "meeting": "starmer-biden-washington-talks",
}


@pytest.fixture(scope="module")
def server() -> Iterator[Served]:
    """The seeds, served."""
    with serving(SEEDS, "--timeout", "10", "--jobs", "3") as found:
        yield found


class Page(HTMLParser):
    """What is on a page: elements with their attributes, links, and the text."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data

    def attributes(self, tag: str) -> list[dict[str, str | None]]:
        return [found for name, found in self.elements if name == tag]

    @property
    def links(self) -> list[str]:
        return [found["href"] or "" for found in self.attributes("a")]


def page(server: Served, path: str, status: int = 200) -> Page:
    found = server.get(path, headers=BROWSER)
    assert (found.status_code, found.headers["Content-Type"]) == (status, "text/html; charset=utf-8"), found.text[
        -2000:
    ]
    read = Page(found.text)
    assert_sound(read)
    return read


def assert_sound(read: Page) -> None:
    """Check what holds for every page: landmarks, labels, nothing inline, and nothing from elsewhere."""
    tags = [name for name, _ in read.elements]
    for tag in ("html", "header", "nav", "main", "footer", "h1", "title"):
        assert tag in tags, tag
    assert tags.count("h1") == 1
    assert read.links[0] == "#main"
    ids = [attrs["id"] for _, attrs in read.elements if "id" in attrs]
    assert len(ids) == len(set(ids)), ids
    labels = {attrs.get("for") for attrs in read.attributes("label")}
    for field in (*read.attributes("input"), *read.attributes("textarea")):
        assert field.get("type") == "hidden" or field["id"] in labels
    assert all(attrs.get("scope") in ("col", "row") for attrs in read.attributes("th"))
    assert tags.count("caption") == tags.count("table")
    assert "style" not in tags
    for tag, attrs in read.elements:
        assert not any(name.startswith("on") or name == "style" for name in attrs), (tag, attrs)
        for address in (attrs.get("href"), attrs.get("src"), attrs.get("action")):
            if address is not None and not address.startswith(("/", "#")):
                assert tag == "a"
                assert re.match("https?://", address), address
                assert attrs["rel"] == "noreferrer noopener"
    assert all((attrs.get("src") or "").startswith("/static/") for attrs in read.attributes("script"))


def test_the_start_page_tells_what_is_in_the_graph(server: Served) -> None:
    found = page(server, "/")
    words = " ".join(found.text.split())
    assert "5 articles" in words
    assert "3 conflicts" in words
    assert "/list/situations" in found.links
    assert f"/list/situations?occurrence={quote(DIP + 'occurrence-planned', safe='')}" in found.links
    assert "/id/article/638e68c58aa214f6" in found.links


@pytest.mark.parametrize(("kind", "number"), [("articles", 5), ("entities", 175), ("conflicts", 3)])
def test_lists_link_everything_of_a_kind(server: Served, kind: str, number: int) -> None:
    space = {"articles": "article", "entities": "entity", "conflicts": "conflict"}[kind]
    assert sum(link.startswith(f"/id/{space}/") for link in page(server, f"/list/{kind}").links) == number


def test_long_lists_have_pages(server: Served) -> None:
    path, seen = "/list/situations", set[str]()
    while path:
        found = page(server, path)
        seen |= {link for link in found.links if link.startswith("/id/situation/")}
        path = next((a["href"] or "" for a in found.attributes("a") if a.get("rel") == "next"), "")
    assert len(seen) == 345
    assert page(server, "/list/situations?start=9999").text.count("There are none.") == 1
    page(server, "/list/situations?start=-1", 404)
    page(server, f"/list/situations?start={'1' * 5000}", 404)
    page(server, "/list/nothing", 404)
    page(server, "/list/situations?class=no%20iri", 404)


def test_a_list_says_how_many_there_are_and_can_be_searched(server: Served) -> None:
    assert "1 to 200 of 345" in page(server, "/list/situations").text
    assert "201 to 345 of 345" in page(server, "/list/situations?start=200").text
    for words in ("six spied", "ESPIONAGE-BY"):
        found = page(server, f"/list/situations?q={quote(words)}")
        assert "1 to 1 of 1, by name" in found.text
        assert "/id/situation/espionage-by-diplomats" in found.links
    meeting = f"class={quote(DIP + 'Meeting', safe='')}"
    within = page(server, f"/list/situations?{meeting}&q=washington")
    hidden = [(attrs["name"], attrs["value"]) for attrs in within.attributes("input") if attrs.get("type") == "hidden"]
    assert hidden == [("class", DIP + "Meeting")]
    links = [link for link in within.links if link.startswith("/id/situation/")]
    assert "/id/situation/starmer-biden-washington-talks" in links
    assert len(links) < len(page(server, f"/list/situations?{meeting}").links)
    assert "There are none with “no such thing”" in page(server, "/list/entities?q=no+such+thing").text
    assert "There are none" in page(server, f"/list/entities?q={quote(chr(34) + ' } #')}").text
    long = page(server, "/list/situations?q=e")
    after = next(a["href"] or "" for a in long.attributes("a") if a.get("rel") == "next")
    assert "q=e" in after


def test_the_list_of_conflicts_tells_on_what_who_disagrees(server: Served) -> None:
    words = " ".join(page(server, "/list/conflicts").text.split())
    assert "says that this is not so: article a003, citing Foreign Office" in words
    assert "Prime Minister of Ukraine: article a000" in words


def test_counts_of_the_start_page_lead_to_what_is_counted(server: Served) -> None:
    found = page(server, "/")
    assert "/list/claims" in found.links
    assert "each counted in the class itself" in found.text
    rows = server.get("/", headers=BROWSER).text.partition("Claims by class")[2].partition("</table>")[0]
    counted = re.findall(r'<a href="([^"]*)">[^<]*</a></th><td class="number">(\d+)', rows)
    assert counted
    for where, number in counted[:3]:
        assert where.startswith("/list/claims?class=")
        assert f" of {number}, by name" in page(server, where).text
    assert "1 to 200 of 514" in page(server, "/list/claims").text


def test_every_iri_of_the_data_has_its_page(server: Served) -> None:
    found = server.ask(
        f"SELECT DISTINCT ?s {{ ?s ?p ?o FILTER STRSTARTS(STR(?s), '{ID}') }} ORDER BY MD5(STR(?s)) LIMIT 40"
    )
    for row in found.json()["results"]["bindings"]:
        iri = row["s"]["value"]
        assert page(server, "/id/" + iri.removeprefix(ID))
        assert page(server, f"/about?iri={quote(iri, safe='')}")


def test_a_situation_tells_who_says_what_and_where_sources_disagree(server: Served) -> None:
    found = page(server, "/id/situation/espionage-by-diplomats")
    words = " ".join(found.text.split())
    assert (
        "Disputed: Some say that it is so and some that it is not. Affirmed in 1 article, by 1 first source." in words
    )
    assert "Where the sources disagree" in words
    assert "article a003, citing Russia" in words
    assert "certain, negative, past · at 3699–3766 (body)" in words
    for link in (
        "/id/entity/russia",
        "/id/article/681f88fd4ad79be2",
        "/id/situation/681f88fd4ad79be2.espionage-alleged",
    ):
        assert link in found.links
    planned = " ".join(page(server, "/id/situation/strikes-permission").text.split())
    assert "Affirmed in 3 articles, by 5 first sources. Time: not before 2024-09-20." in planned
    assert "article a004, citing The New York Times, " in planned
    assert ", citing European officials" in planned
    assert "What is put forward, and claimed by nobody" in planned
    assert "Note: Only named as an open question." in planned


def test_a_denial_is_told_in_words_and_no_label_stands_as_a_quotation(server: Served) -> None:
    claim = "/id/claim/681f88fd4ad79be2.espionage-rejected.denies.1"
    for path in ("/id/situation/espionage-by-diplomats", claim):
        words = " ".join(page(server, path).text.split())
        assert "denied says that this is not so: the six have spied" in words
        assert "“the six" not in words
    assert "(negative claim of " in page(server, claim).text
    firm = "?s dip:about/dip:occurrence ?o ; dip:certainty dip:certainty-{} ; dip:status dip:status-{}"
    for degree, status, expected in (
        ("certain", "planned", "says that this is planned"),
        ("probable", "past", "probable says that this is probably so"),
        ("underspecified", "past", "underspecified passes on, without committing itself, that this is so"),
        ("possible", "hypothetical", "possible says that this would possibly be so"),
    ):
        found = server.ask(f"SELECT ?s {{ {firm.format(degree, status)} }} LIMIT 1").json()["results"]["bindings"]
        words = " ".join(page(server, "/id/" + found[0]["s"]["value"].removeprefix(ID)).text.split())
        assert expected in words


def test_links_to_opposed_claims_differ(server: Served) -> None:
    text = server.get("/id/situation/espionage-by-diplomats", headers=BROWSER).text
    table = text.partition("<table>")[2].partition("</table>")[0]
    texts = re.findall(r'href="/id/claim/[^>]*><bdi>([^<]*)', table)
    assert len(texts) == len(set(texts)) == 2, texts
    assert sum("negative" in one for one in texts) == 1
    words = " ".join(re.sub("<[^>]*>", " ", table).split())
    assert "says that this is so" in words
    assert "says that this is not so" in words


def test_entities_articles_claims_and_conflicts_lead_on(server: Served) -> None:
    entity = page(server, "/id/entity/zelenskyy")
    assert "Volodymyr Zelenskiy" in entity.text
    assert "/id/situation/zelenskyy-office" in entity.links
    assert "http://www.wikidata.org/entity/Q3874799" in entity.links
    assert "What it says" in entity.text
    article = page(server, "/id/article/638e68c58aa214f6")
    assert "/id/claim/638e68c58aa214f6.journey" in article.links
    assert "638e68c58aa214f6e97ee8a75aded550531a833d438e6ce71411e5835224b1a0" in article.text
    claim = page(server, "/id/claim/638e68c58aa214f6.journey")
    assert "/id/situation/638e68c58aa214f6.journey" in claim.links
    assert "/id/mention/638e68c58aa214f6.1866-1903" in claim.links
    conflict = page(server, "/id/conflict/zelenskyy-office.office")
    assert "/id/claim/9547d0394c01bca0.zelenskyy-office" in conflict.links
    word = page(server, f"/about?iri={quote(DIP + 'Meeting', safe='')}")
    assert "/id/situation/starmer-biden-washington-talks" in word.links


def test_the_page_of_a_class_begins_with_words_and_leads_to_lists(server: Served) -> None:
    found = page(server, f"/about?iri={quote(DIP + 'Meeting', safe='')}")
    words = " ".join(found.text.split())
    assert "meeting Agents talk face to face. Travelling there is a Visit. class In this class itself: " in words
    assert "<http" not in words.partition("All statements")[0]
    lists = [link for link in found.links if link.startswith("/list/") and "class=" in link]
    assert [link.partition("?")[0] for link in lists] == ["/list/situations", "/list/claims"]
    for where in lists:
        noun = where.partition("?")[0].removeprefix("/list/")
        number = re.search(rf"([0-9,]+) {noun}", words.partition("In this class itself")[2])
        assert number
        assert f" of {number[1]}, by name" in page(server, where).text
    rows = re.findall(r"<tr><td\b.*?</tr>", server.get(f"/about?iri={quote(DIP + 'Meeting', safe='')}").text)
    texts = [re.sub("<[^>]*>", " ", row) for row in rows]
    assert len(texts) > 20
    assert len(texts) == len(set(texts))
    person = page(server, f"/about?iri={quote(DIP + 'Person', safe='')}")
    assert any(link.startswith("/list/entities?class=") for link in person.links)


def test_an_article_leads_to_its_sources_and_ends_its_facts_with_the_checksum(server: Served) -> None:
    text = server.get("/id/article/681f88fd4ad79be2", headers=BROWSER).text
    facts = text.partition('<h2 id="article">')[2].partition("</section>")[0]
    assert [re.sub("<[^>]*>", "", word) for word in re.findall("<dt>.*?</dt>", facts)][-1] == "SHA-256"
    heading = re.sub("<[^>]*>", "", text.partition("<h1>")[2].partition("</h1>")[0])
    assert heading not in facts
    told = text.partition('<h2 id="claimed">')[2].partition("</section>")[0]
    assert 'href="/id/entity/russia"' in told
    assert "the article itself" in told


@pytest.mark.parametrize(
    ("accept", "syntax"),
    [
        ("text/turtle", ox.RdfFormat.TURTLE),
        ("application/n-triples", ox.RdfFormat.N_TRIPLES),
        ("application/ld+json", ox.RdfFormat.JSON_LD),
    ],
)
def test_the_same_path_gives_rdf(server: Served, accept: str, syntax: ox.RdfFormat) -> None:
    path = "/id/claim/638e68c58aa214f6.journey"
    found = server.get(path, headers={"Accept": accept})
    assert found.headers["Content-Type"].startswith(accept)
    assert "Accept" in found.headers["Vary"]
    triples = [quad.triple for quad in ox.parse(found.content, format=syntax)]
    about = ox.NamedNode(DIP + "about")
    assert (
        ox.Triple(
            ox.NamedNode(ID + "claim/638e68c58aa214f6.journey"),
            about,
            ox.NamedNode(ID + "situation/638e68c58aa214f6.journey"),
        )
        in triples
    )
    assert any(triple.predicate.value.endswith("#start") for triple in triples), "the span comes along"
    name = {"text/turtle": "ttl", "application/n-triples": "nt", "application/ld+json": "jsonld"}[accept]
    assert server.get(f"{path}?format={name}", headers=BROWSER).content == found.content


def test_nothing_is_404_and_what_cannot_be_sent_406(server: Served) -> None:
    for path in ("/id/entity/nobody", "/about?iri=https://example.org/", "/about", "/about?iri=no%20iri", "/id/", "/x"):
        assert page(server, path, 404)
        assert server.get(path, headers={"Accept": "text/turtle"}).status_code == 404
    assert server.get("/id/entity/ukraine", headers={"Accept": "image/png"}).status_code == 406
    assert server.get("/id/entity/ukraine?format=pdf").status_code == 406
    assert server.get("/query/no-such-query").status_code == 404
    assert requests.post(server.url + "/id/entity/ukraine", timeout=30).status_code == 405


def test_every_saved_query_has_a_page_with_its_fields(server: Served) -> None:
    listed = page(server, "/query")
    for name, query in saved_queries().items():
        assert f"/query/{name}" in listed.links
        found = page(server, f"/query/{name}")
        fields = [attrs["name"] for attrs in found.attributes("input")]
        assert fields == [f"p.{parameter.name}" for parameter in query.parameters]
        needed = [one.name for one in query.parameters if one.required and one.default is None]
        if not needed:
            assert "Answer" in found.text
        filled = "&".join(f"p.{name}={NAMES[name]}" for name in needed)
        assert "Answer" in page(server, f"/query/{name}?ask=1&{filled}").text


def test_an_answer_links_its_iris_and_can_be_downloaded(server: Served) -> None:
    found = page(server, "/query/who-met-whom?p.who=starmer&ask=1")
    assert "2 rows" in found.text
    assert "/id/situation/starmer-biden-washington-talks" in found.links
    where = next(link for link in found.links if link.endswith("format=csv"))
    download = server.get(where)
    assert download.headers["Content-Disposition"] == 'attachment; filename="who-met-whom.csv"'
    assert len(list(csv.reader(io.StringIO(download.text)))) == 3
    for name in ("tsv", "json", "xml"):
        assert server.get(where.replace("csv", name)).ok
    assert server.get(where.replace("csv", "ttl")).status_code == 400


def test_columns_of_numbers_are_marked_and_every_other_wide_table_has_a_box(server: Served) -> None:
    text = server.get("/query/who-met-whom", headers=BROWSER).text
    assert re.search('<th scope="col" class="number">articles<', text)
    assert re.search('<th scope="col">meeting<', text)
    query = quote("SELECT ?n ?m { VALUES (?n ?m) { (1.5 1) (UNDEF 'x') (-2 3) } }")
    mixed = server.get(f"/query?query={query}", headers=BROWSER).text
    assert '<th scope="col" class="number">n<' in mixed
    assert '<th scope="col">m<' in mixed
    for path in ("/id/article/681f88fd4ad79be2", "/id/situation/espionage-by-diplomats", "/list/claims"):
        found = page(server, path)
        boxes = [attrs for attrs in found.attributes("div") if attrs.get("class") == "scroll"]
        assert len(boxes) == len(found.attributes("table"))
        assert all(box["tabindex"] == "0" and box["aria-label"] for box in boxes)


def test_a_graph_is_shown_and_can_be_downloaded(server: Served) -> None:
    query = quote("CONSTRUCT { ?s rdfs:label ?l } WHERE { ?s a dip:Article ; rdfs:label ?l }")
    found = page(server, f"/query?query={query}")
    assert "5 rows" in found.text
    where = next(link for link in found.links if link.endswith("format=ttl"))
    assert len(list(ox.parse(server.get(where).content, format=ox.RdfFormat.TURTLE))) == 5
    alike = page(
        server, f"/query?query={quote('SELECT ?subject ?predicate ?object { ?subject ?predicate ?object } LIMIT 2')}"
    )
    assert any(link.endswith("format=csv") for link in alike.links)
    assert "yes" in page(server, f"/query?query={quote('ASK { ?s a dip:Meeting }')}").text


def test_a_mistake_is_told_at_its_place_and_the_query_is_kept(server: Served) -> None:
    found = page(server, f"/query?query={quote(chr(13).join(['SELECT *', chr(10) + '{ ?s <b&> ?p ?o }']))}&ask=1", 400)
    assert "Line 2, column " in found.text
    assert "{ ?s <b&> ?p ?o }" in found.text
    missing = page(server, "/query/source-chain?ask=1&p.nothing=x", 400)
    assert "no parameter 'nothing'" in missing.text
    unknown = page(server, "/query/who-met-whom?p.who=starmr&ask=1", 400)
    assert "Did you mean 'starmer'?" in unknown.text
    assert any(attrs.get("value") == "starmr" for attrs in unknown.attributes("input"))


def test_a_field_that_is_wrong_is_named_and_marked(server: Served) -> None:
    for path, name, words in (
        ("/query/office-holders?ask=1", "day", "This is needed."),
        ("/query/touching-country?ask=1&p.country=", "country", "This is needed."),
        ("/query/who-met-whom?p.who=starmr", "who", "Did you mean 'starmer'?"),
        ("/query/office-holders?p.day=yesterday", "day", "yesterday"),
    ):
        found = page(server, path, 400)
        assert "-p " not in found.text
        assert words in found.text
        field = next(attrs for attrs in found.attributes("input") if attrs["name"] == f"p.{name}")
        assert field["aria-invalid"] == "true"
        described = (field["aria-describedby"] or "").split()
        assert f"wrong-{name}" in described
        assert {attrs.get("id") for _, attrs in found.elements} >= set(described)


def test_a_parameter_is_taken_by_its_plain_name_and_no_other_is_ignored(server: Served) -> None:
    assert "2 rows" in page(server, "/query/who-met-whom?who=starmer").text
    assert "2 rows" in page(server, "/query/who-met-whom?who=biden&p.who=starmer").text
    strange = page(server, "/query/who-met-whom?whom=starmer", 400)
    assert "The question has no parameter 'whom'. Did you mean 'who'?" in strange.text
    assert "no parameter 'x'" in page(server, "/query/who-met-whom?x=1&p.who=starmer&format=csv", 400).text


def test_parameters_of_a_query_of_ones_own_are_asked_for(server: Served) -> None:
    query = quote("SELECT ?s { ?s dip:participant ?_who_iri }")
    found = page(server, f"/query?query={query}")
    assert [attrs["name"] for attrs in found.attributes("input")] == ["p.who"]
    assert "situation:" in page(server, f"/query?query={query}&p.who=biden&ask=1").text


def test_a_query_that_is_stopped_is_told_and_kept(server: Served) -> None:
    found = page(server, f"/query?query={quote(ENDLESS)}&ask=1", 503)
    assert "longer than 10 seconds" in found.text
    assert ENDLESS in found.text


def test_what_is_too_long_for_a_page_is_told(server: Served) -> None:
    found = page(server, f"/query?query={quote('SELECT * { ?s ?p ?o }')}")
    assert "1,000 rows shown of more. Downloads have up to 100,000 rows." in " ".join(found.text.split())


EVIL = """
@prefix dip: <https://w3id.org/diplograph/ns#> . @prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix dcterms: <http://purl.org/dc/terms/> . @prefix schema: <https://schema.org/> .
@prefix id: <https://w3id.org/diplograph/id/> . @prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
<https://w3id.org/diplograph/id/entity/evil> a dip:Person ; dcterms:identifier "evil" ;
  rdfs:label "<script>alert(1)</script>\\" onload=\\"alert(2)" , "a\\u202Eb\\u0007"@fa , "{{ 7*7 }}" ;
  schema:sameAs <javascript:alert(1)> , <data:text/html,x> , <https://user@host.example/> ,
    <https://example.org/?a=%22%3E> ;
  schema:url "javascript:alert(3)"^^xsd:anyURI ;
  <javascript:alert(4)> <https://w3id.org/diplograph/id/entity/../../query> ,
    <https://w3id.org/diplograph/id/entity/caf\\u00E9> .
<javascript:alert(1)> rdfs:label "a trap" .
<https://w3id.org/diplograph/id/entity/../../query> rdfs:label "elsewhere" .
<https://w3id.org/diplograph/id/entity/caf\\u00E9> rdfs:label "coffee" .
<https://w3id.org/diplograph/id/entity/a%2Eb%3Cc> rdfs:label "encoded" .
"""


def test_nothing_of_the_data_acts_on_a_page(tmp_path: Path) -> None:
    (tmp_path / "evil.ttl").write_text(EVIL, "utf-8")
    with serving(tmp_path / "evil.ttl", "--jobs", "1") as server:
        found = page(server, "/id/entity/evil")
        text = server.get("/id/entity/evil", headers=BROWSER).text
        assert "<script>alert" not in text
        assert "\u202e" not in text
        assert "\x07" not in text
        assert "\\u202e" in text
        assert "49" not in re.findall(r"\b49\b", found.text)
        assert len(found.attributes("script")) == 1
        assert "https://example.org/?a=%22%3E" in found.links
        assert not any("user@" in link and not link.startswith("/about") for link in found.links)
        for link in found.links:
            if link.startswith(("/id/", "/about")):
                page(server, link) if "format=" not in link and "owl" not in link else None
        assert page(server, "/about?iri=javascript%3Aalert(1)").text.count("a trap")
        assert page(server, f"/about?iri={quote(ID + 'entity/a%2Eb%3Cc', safe='')}").text.count("encoded")
        assert "coffee" in page(server, f"/about?iri={quote(ID + 'entity/café', safe='')}").text
        page(server, "/list/entities")
        page(server, "/")
        trap = page(server, f"/query?query={quote('SELECT ?l ?s { ?s rdfs:label ?l } # </textarea><script>')}")
        assert len(trap.attributes("script")) == 1
        assert "/about?iri=javascript%3Aalert%281%29" in trap.links
        page(server, f"/about?iri={quote('<script>alert(1)</script>')}", 404)
        download = server.get(f"/query?query={quote('SELECT ?l { ?s rdfs:label ?l }')}&format=csv")
        assert download.headers["Content-Disposition"].startswith("attachment")
