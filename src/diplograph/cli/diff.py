"""`diplograph diff`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from diplograph.cli import running
from diplograph.errors import UsageError
from diplograph.values.printing import printable

if TYPE_CHECKING:
    from diplograph.diffing.writing import Form

_FORMS = ("summary", "sparql", "nquads")
_UPDATE = (".ru", ".rq", ".sparql")


@click.command()
@running.options(
    click.argument("old"),
    click.argument("new"),
    click.option(
        "-o", "--output", default="-", metavar="FILE", help="Where to write; - is standard output.  [default: -]"
    ),
    click.option(
        "-f", "--format", "form", type=click.Choice(_FORMS), help="What to write, if the options do not tell."
    ),
    click.option("--removed", default="", metavar="FILE", help="Write what only OLD has as N-Quads."),
    click.option("--added", default="", metavar="FILE", help="Write what only NEW has as N-Quads."),
    click.option("--no-provenance", is_flag=True, help="Leave out how the exports were made: program, inputs."),
    click.option(
        "--limit",
        type=click.IntRange(min=0),
        default=100,
        show_default=True,
        metavar="N",
        help="How many things of each kind a summary tells; all are counted.",
    ),
    click.option(
        "--batch",
        type=click.IntRange(min=1),
        default=1000,
        show_default=True,
        metavar="N",
        help="How many statements an operation of an update holds at most, within 1 MB.",
    ),
    click.option("--exit-code", is_flag=True, help="Exit with 1 if anything differs."),
    running.ONTOLOGY,
    running.BASE_IRI,
    click.option("-q", "--quiet", is_flag=True, help="Print no summary, and not what was written."),
)
@running.command
def diff(
    old: str,
    new: str,
    output: str,
    form: Form | None,
    removed: str,
    added: str,
    no_provenance: bool,
    limit: int,
    batch: int,
    exit_code: bool,
    ontology: tuple[str, ...],
    base_iri: str,
    quiet: bool,
) -> None:
    """Tell what was added, removed and changed from OLD to NEW.

    OLD and NEW are each an annotation file or folder, an RDF file (.nt .nq .ttl .trig .jsonld .rdf,
    each also with .gz), or the folder of a sharded export, of which parts with the same digest on
    both sides are not opened. If only one of them has named graphs, triples are compared.

    \b
    summary  in words: articles, claims, situations, conflicts and entities, and what changed of them
    sparql   a SPARQL 1.1 Update that turns a store with OLD into one with NEW, exactly; operations
             are separated by lines with nothing but a semicolon (the format if FILE ends in .ru)
    nquads   two files, of what only OLD has and of what only NEW has (--removed, --added)

    Memory does not follow the size: beyond some 100 MB, statements go to temporary files (TMPDIR).
    Exit codes: 0, also if something differs; with --exit-code 1 if it does; 2 if the input cannot
    be used.

    \b
    Examples:
      diplograph diff yesterday.nq.gz seeds
      diplograph diff old-export new-export -o changes.ru
      diplograph diff old.nq new.nq --removed removed.nq.gz --added added.nq.gz
      diplograph diff --exit-code -q committed.ttl seeds
    """
    from diplograph.diffing import diff as run  # noqa: PLC0415 - for a quick --help
    from diplograph.diffing.statements import counted  # noqa: PLC0415 - the same

    chosen = _form(form, output, pair=bool(removed or added))
    if quiet and chosen == "summary" and output == "-":
        chosen = "none"
    found = run(
        old,
        new,
        output,
        format=chosen,
        removed=removed,
        added=added,
        provenance=not no_provenance,
        batch=batch,
        limit=limit,
        ontology=ontology,
        base_iri=base_iri,
    )
    if found.without_graphs:
        running.say(printable(f"'{found.without_graphs}' has no named graphs: triples were compared."), "yellow")
    written = [name for name in ((removed, added) if chosen == "nquads" else (output,)) if name not in ("", "-")]
    if written and not quiet:
        running.say(
            printable(f"{', '.join(written)}: written; {counted(found.added)} added, {found.removed:,} removed.")
        )
    if exit_code and found.differs:
        raise click.exceptions.Exit(running.FINDINGS)


def _form(given: Form | None, output: str, *, pair: bool) -> Form:
    """Tell the form from the options: two files are N-Quads, an update has its suffix, all else is a summary."""
    if pair:
        if given not in (None, "nquads") or output != "-":
            raise UsageError("--removed and --added are N-Quads, and the only outputs.", "Leave out -f and -o.")
        return "nquads"
    if given is not None:
        return given
    return "sparql" if output.lower().removesuffix(".gz").endswith(_UPDATE) else "summary"
