"""`diplograph query`."""

from __future__ import annotations

import shutil
import sys
from typing import IO, TYPE_CHECKING, TypeVar

import click

from diplograph.cli import connecting, running
from diplograph.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable

    from diplograph.asking import Graph
    from diplograph.queries.library import Query
    from diplograph.queries.remote import Askable
    from diplograph.queries.running import Answer

T = TypeVar("T")
_LONG = 86_400.0
_FORMATS = ("table", "csv", "tsv", "json", "xml", "md", "ttl")


@click.command()
@running.options(
    click.argument("name", required=False, metavar="NAME|FILE.rq|-"),
    click.argument("sources", nargs=-1, metavar="[SOURCE...]"),
    click.option("--store", default="", metavar="DIR", help="Ask the store in a folder instead of sources."),
    click.option("--endpoint", default="", metavar="URL", help="Ask a server that speaks SPARQL instead."),
    connecting.PROFILE,
    connecting.USER,
    click.option("-p", "parameters", multiple=True, metavar="NAME=VALUE", help="Give a parameter its value."),
    click.option("--list", "list_", is_flag=True, help="List the saved queries."),
    click.option("--show", is_flag=True, help="Print the query itself."),
    click.option(
        "-f", "--format", "format_", type=click.Choice(_FORMATS), help="How to write the answer, if not by suffix."
    ),
    click.option(
        "-o", "--output", default="-", metavar="FILE", help="Where to write; - is standard output.  [default: -]"
    ),
    click.option(
        "--timeout",
        type=click.FloatRange(min=0),
        default=30,
        show_default=True,
        metavar="SECONDS",
        help="Stop the query when answering takes longer; 0 for no limit.",
    ),
    click.option(
        "--max-rows",
        type=click.IntRange(min=0),
        default=100_000,
        show_default=True,
        metavar="N",
        help="Give no more rows or triples, and say so; 0 for all.",
    ),
    running.ONTOLOGY,
    running.BASE_IRI,
)
@running.command
def query(
    name: str | None,
    sources: tuple[str, ...],
    store: str,
    endpoint: str,
    profile: str | None,
    user: str,
    parameters: tuple[str, ...],
    list_: bool,
    show: bool,
    format_: str | None,
    output: str,
    timeout: float,
    max_rows: int,
    ontology: tuple[str, ...],
    base_iri: str,
) -> None:
    """Ask a question in SPARQL: one of the saved queries, a file, or - for standard input.

    SOURCE is an annotation file or folder, or an RDF file in any syntax. The answer is a table
    on a terminal, or a record for each row where it would not fit, and CSV when piped; triples
    are Turtle. The suffix of FILE tells the format too:
    .csv .tsv .json .xml .md .ttl. Parameters are listed with each query; one with a question
    mark may be left out. A value for an IRI is a key of the data, a name with a prefix such as
    entity:ukraine, or an IRI.

    Queries only read: updates, SERVICE, and FROM with a graph that is not there are refused. The
    time of --timeout begins when the sources are loaded; at its end nothing is written.

    \b
    Examples:
      diplograph query --list
      diplograph query who-met-whom seeds
      diplograph query touching-country seeds -p country=ukraine -p from=2024-09-01
      diplograph query question.rq diplomacy.ttl --format json
      diplograph query conflicts --endpoint http://127.0.0.1:7878
    """
    from diplograph import asking  # noqa: PLC0415 - for a quick --help
    from diplograph.queries.library import saved_queries  # noqa: PLC0415

    if list_:
        for found in saved_queries().values():
            click.echo(f"{found.signature}: {found.summary}")
        return
    if name is None:
        raise UsageError("Which query?", "'diplograph query --list' shows all that are saved.")
    asked = _query(name, sources)
    if show:
        click.echo(asked.text.rstrip("\n"))
        return
    _check_asked(name, sources, store, endpoint, profile or user)
    given = _parameters(parameters)

    def load() -> Graph[Askable]:
        graph: Graph[Askable]
        if endpoint:
            server = connecting.connected(endpoint, profile, user, timeout or _LONG)
            graph = asking.behind(server, base_iri=base_iri)
        else:
            graph = asking.load(*sources, store=store, ontology=ontology, base_iri=base_iri)
        _doubt(asked, graph, as_it_is=not sources)
        return graph

    graph = running.interruptible(load)

    def work() -> tuple[IO[bytes], str]:
        answer = asking.ask(asked, graph, given)
        width = shutil.get_terminal_size().columns if not format_ and output == "-" else 0
        spool, cut = asking.serialised(answer, graph, format_ or _format(answer, output), width, max_rows)
        return spool, _only(answer, max_rows) if cut else ""

    spool, only = _in_time(work, timeout)
    asking.write_answer(spool, output)
    if only:
        running.say(only, "yellow")


def _doubt(asked: Query, graph: Graph[Askable], *, as_it_is: bool) -> None:
    """Say why a query may find less than it should, or refuse it."""
    from diplograph import asking  # noqa: PLC0415 - for a quick --help

    if as_it_is and not asking.knows_ontology(graph):
        _refuse_without_ontology(asked)
    running.say_findings(asking.doubts(asked, graph))
    if asking.is_doubtful(asked, graph):
        running.say(f"The server would answer '{asked.name}' wrongly: what it holds is fetched, and asked here.")


def _check_asked(name: str, sources: tuple[str, ...], store: str, endpoint: str, of_endpoint: str) -> None:
    """Refuse anything but one of the three that can be asked."""
    given = [bool(sources), bool(store), bool(endpoint)].count(True)
    if not given:
        raise UsageError(f"What is '{name}' to be asked of?", f"As in 'diplograph query {name} seeds'.")
    if given > 1:
        raise UsageError("Give sources, or --store, or --endpoint.", f"As in 'diplograph query {name} seeds'.")
    if of_endpoint and not endpoint:
        raise UsageError("--profile and --user go with --endpoint.")


def _in_time(work: Callable[[], T], timeout: float) -> T:
    try:
        return running.interruptible(work, timeout)
    except running.OutOfTimeError as error:
        hint = "Narrow it, add LIMIT, or give --timeout more."
        raise UsageError(f"The query was stopped after {timeout:g} s.", hint) from error


def _only(answer: Answer, max_rows: int) -> str:
    from diplograph.queries.formats import is_triples  # noqa: PLC0415 - for a quick --help

    things = "triples" if is_triples(answer) else "rows"
    hint = "Give --max-rows more, or 0 for all, or the query a LIMIT."
    return f"Only the first {max_rows:,} {things} are given: the answer has more. {hint}"


def _refuse_without_ontology(asked: Query) -> None:
    """Refuse a saved query to a store without the ontology, where it would seem to find nothing."""
    from diplograph.queries.library import saved_queries  # noqa: PLC0415

    if asked.name in saved_queries():
        hint = "'diplograph load' brings it along; or load the files of the folder 'ontology', in any graph."
        raise UsageError("The store lacks the ontology, or its codes, which the saved queries ask for.", hint)
    running.say_without_ontology()


def _format(answer: Answer, output: str) -> str:
    """Choose a format: by the suffix of the file, else what suits a reader or the next program."""
    from diplograph.queries.formats import format_by_suffix, is_triples  # noqa: PLC0415

    if output != "-":
        return format_by_suffix(output)
    return "ttl" if is_triples(answer) else "table" if sys.stdout and sys.stdout.isatty() else "csv"


def _query(name: str, sources: tuple[str, ...]) -> Query:
    from diplograph.queries.library import query_from, query_named  # noqa: PLC0415

    if name != "-":
        return query_named(name)
    if "-" in sources:
        raise UsageError("Standard input cannot be both the query and a source.", "Name a file for one of them.")
    return query_from("<stdin>", sys.stdin.buffer.read())


def _parameters(given: tuple[str, ...]) -> dict[str, str]:
    found: dict[str, str] = {}
    for item in given:
        name, equals, value = item.partition("=")
        if not equals or not name:
            raise UsageError(f"'{item}' gives no parameter.", "As in -p country=ukraine.")
        if name in found:
            raise UsageError(f"The parameter '{name}' is given twice.")
        found[name] = value
    return found
