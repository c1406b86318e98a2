"""`diplograph explain`."""

from __future__ import annotations

import click

from diplograph.cli import running
from diplograph.errors import UsageError
from diplograph.values.printing import printable


@click.command()
@running.options(
    click.argument("term", metavar="IRI|KEY"),
    click.argument("sources", nargs=-1, metavar="[SOURCE...]"),
    click.option("--store", default="", metavar="DIR", help="Look into the store in a folder instead of sources."),
    click.option("--articles", default="", metavar="DIR", help="Show the words of each span, from texts in a folder."),
    running.ONTOLOGY,
    running.BASE_IRI,
)
@running.command
def explain(
    term: str, sources: tuple[str, ...], store: str, articles: str, ontology: tuple[str, ...], base_iri: str
) -> None:
    """Tell in plain words what is known of a situation.

    Names each claim with its chain of sources, how sure they are and where it stands in the
    text (code points), what the claims agree on, and where they do not. KEY is the key that the
    facts of several articles share, or the id of a fact; an IRI may also be that of a claim.

    \b
    Examples:
      diplograph explain starmer-biden-washington-talks seeds
      diplograph explain situation:zelenskyy-office diplomacy.ttl
    """
    from diplograph import asking  # noqa: PLC0415 - for a quick --help

    if not sources and not store:
        raise UsageError("Which sources are to be looked into?", f"As in 'diplograph explain {term} seeds'.")

    def work() -> str:
        graph = asking.load(*sources, store=store, ontology=ontology, base_iri=base_iri)
        if store and not asking.knows_ontology(graph):
            running.say_without_ontology()
        return asking.explain(term, graph, articles=articles)

    for line in running.interruptible(work).splitlines():
        click.echo(printable(line))
