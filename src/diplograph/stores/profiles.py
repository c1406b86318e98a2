"""Triple stores as they are: one row for each, with its paths and what it does otherwise than others.

Where a path is not told of, a store speaks the SPARQL 1.1 Protocol and the Graph Store HTTP Protocol
at the address itself.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit, urlunsplit

from msgspec import Struct

from diplograph.errors import UsageError, did_you_mean

if TYPE_CHECKING:
    from collections.abc import Mapping


class Profile(Struct, frozen=True, kw_only=True):
    """What has to be known of a store.

    `query`, `update` and `graphs` are the paths behind its address; it is told by a `header` of what it
    answers and how that begins, or by a part of the `path` of its address; `union` are the parameters with
    which the default graph of a query is the union of all graphs. If a failed PUT does not leave the old
    graph (`staged`), graphs are sent to another name and moved. `most` is how many bytes of N-Triples it
    takes at once, 0 for any number. `move` is an update that lets a graph replace another, of all that it
    takes the one that loses nothing; `graph` is how the parameter with a graph's name is written. `packed` tells
    that it takes bodies packed with gzip; `seconds` is the parameter by which it is told to stop a query;
    `doubtful` are saved queries that it answers wrongly.
    """

    name: str
    title: str
    example: str
    query: str = ""
    update: str = ""
    graphs: str = ""
    header: tuple[str, str] = ("", "")
    path: str = ""
    union: Mapping[str, str] = {}
    staged: bool = False
    most: int = 0
    move: str = (  # Fuseki's MOVE, on TDB2, loses statements where the target is older than the source
        "DROP SILENT GRAPH {target} ; INSERT {{ GRAPH {target} {{ ?s ?p ?o }} }} "
        "WHERE {{ GRAPH {source} {{ ?s ?p ?o }} }} ; DROP GRAPH {source}"
    )
    graph: tuple[str, str] = ("graph", "{}")
    packed: bool = False
    seconds: str = ""
    doubtful: frozenset[str] = frozenset()


class Endpoints(Struct, frozen=True):
    """The three addresses of a store."""

    query: str
    update: str
    graphs: str


_OF_VIRTUOSO: Final = frozenset(
    (
        *("aid-totals", "arms-transfers", "authorisation-conditions", "cameo-codes", "denied", "encounters"),
        *("meeting-counts", "office-holders", "planned", "plover-dyads", "plover-unmapped", "threats"),
        *("unnamed-sources-only", "who-met-whom"),
    )
)
"""What 7.2.5 loses or mixes up: paths within NOT EXISTS, several OPTIONAL subqueries with groups, and more."""

PROFILES: Final = (
    Profile(
        name="oxigraph",
        title="Oxigraph server",
        example="http://127.0.0.1:7878",
        query="/query",
        update="/update",
        graphs="/store",
        header=("Server", "Oxigraph"),
        union={"union-default-graph": ""},
        packed=True,
    ),
    Profile(
        name="fuseki",
        title="Apache Jena Fuseki",
        example="http://127.0.0.1:3030/ds",
        query="/query",
        update="/update",
        graphs="/data",
        header=("Fuseki-Request-Id", ""),
        union={"default-graph-uri": "urn:x-arq:UnionGraph"},
        packed=True,
        seconds="timeout",
    ),
    Profile(
        name="virtuoso",
        title="Virtuoso",
        example="http://127.0.0.1:8890",
        query="/sparql",
        update="/sparql-auth",
        graphs="/sparql-graph-crud-auth",
        header=("Server", "Virtuoso"),
        staged=True,
        most=10_000_000,
        move="MOVE GRAPH {source} TO {target}",
        doubtful=_OF_VIRTUOSO,
    ),
    Profile(
        name="rdf4j",
        title="RDF4J and GraphDB",
        example="http://127.0.0.1:7200/repositories/ID",
        update="/statements",
        graphs="/statements",
        graph=("context", "<{}>"),
        packed=True,
        path="/repositories/",
    ),
    Profile(name="qlever", title="QLever", example="http://127.0.0.1:7001"),
    Profile(name="generic", title="any other that speaks SPARQL 1.1", example="https://example.org/sparql"),
)
_BY_NAME: Final = {profile.name: profile for profile in PROFILES}


def profile_named(name: str) -> Profile:
    """Find a profile.

    Raises:
        UsageError: there is none of this name.
    """
    if name not in _BY_NAME:
        hint = did_you_mean(name, _BY_NAME) or f"Known: {', '.join(_BY_NAME)}."
        raise UsageError(f"There is no profile '{name}'.", hint)
    return _BY_NAME[name]


def profile_of(headers: Mapping[str, str], url: str) -> Profile:
    """Tell which store it is from the headers of an answer, or from its address; else any other."""
    path = urlsplit(url).path
    for profile in PROFILES:
        name, start = profile.header
        if (profile.path and profile.path in path) or (name in headers and headers[name].startswith(start)):
            return profile
    return _BY_NAME["generic"]


def endpoints(profile: Profile, url: str) -> Endpoints:
    """Give the addresses of a store, of which one may be given in place of the store's own.

    >>> endpoints(profile_named("fuseki"), "http://127.0.0.1:3030/ds/query").graphs
    'http://127.0.0.1:3030/ds/data'
    """
    parts = urlsplit(url)
    path = parts.path.rstrip("/")
    for known in sorted((profile.query, profile.update, profile.graphs), key=len, reverse=True):
        if known and path.endswith(known):
            path = path.removesuffix(known)
            break

    def at(suffix: str) -> str:
        return urlunsplit((parts.scheme, parts.netloc, path + suffix or "/", "", ""))

    return Endpoints(at(profile.query), at(profile.update), at(profile.graphs))
