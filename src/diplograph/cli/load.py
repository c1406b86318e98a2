"""`diplograph load`."""

from __future__ import annotations

import re
import sys
from collections import Counter
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING

import click

from diplograph.cli import connecting, running
from diplograph.cli import progress as progress_
from diplograph.errors import UsageError
from diplograph.findings import count_by_severity
from diplograph.values.printing import printable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from diplograph.loading.report import Report


_HOST = re.compile(r"[\w.-]+:\d+(?:/.*)?")


@click.command()
@running.options(
    running.SOURCES,
    click.option("--to", required=True, metavar="DIR|URL", help="The folder of a store, or the address of a server."),
    connecting.PROFILE,
    click.option("--graph", default="", metavar="IRI", help="Load all sources into this one graph."),
    click.option("--replace/--append", default=True, help="Replace graphs, or add to them.  [default: replace]"),
    click.option("--prune", is_flag=True, help="Remove the graphs of articles that are not among the sources."),
    click.option("--dry-run", is_flag=True, help="List what would be sent, and change nothing."),
    click.option("--no-ontology", is_flag=True, help="Leave out the ontology, which saved queries need."),
    click.option("--no-validate", is_flag=True, help="Load annotations without validating them."),
    connecting.USER,
    click.option(
        "--timeout",
        type=click.FloatRange(min=0.1),
        default=300,
        show_default=True,
        metavar="SECONDS",
        help="How long to wait for an answer.",
    ),
    running.SHAPES,
    running.ONTOLOGY,
    running.BASE_IRI,
    running.JOBS,
    progress_.OPTION,
    running.QUIET,
)
@running.command
def load(
    sources: tuple[str, ...],
    to: str,
    profile: str | None,
    graph: str,
    replace: bool,
    prune: bool,
    dry_run: bool,
    no_ontology: bool,
    no_validate: bool,
    user: str,
    timeout: float,
    shapes: tuple[str, ...],
    ontology: tuple[str, ...],
    base_iri: str,
    jobs: int | None,
    progress: progress_.How,
    quiet: bool,
) -> None:
    """Load annotations, validated first, or RDF into a triple store.

    DIR is a store on disk, made or replaced at once; URL a server that speaks SPARQL 1.1. Each article
    is a named graph, situations are one, entities one, and the ontology one. A graph that the store
    has already, whole, is not sent again. Nothing is sent if the input has problems; what has arrived is
    counted and compared. A server takes one graph after the other: who is cut off loads again to go on.

    SOURCE is an annotation file or folder, an RDF file in any syntax, a folder of shards, or - for
    annotations on standard input. Load all articles together, those that have not changed too:
    situations are told from all of them.

    A server's password comes from the environment (DIPLOGRAPH_USER and DIPLOGRAPH_PASSWORD, or
    DIPLOGRAPH_TOKEN), the file ~/.netrc, or a prompt.

    \b
    Examples:
      diplograph load seeds --to diplomacy.db
      diplograph load seeds --to http://127.0.0.1:7878
      diplograph load diplomacy.nq --to http://127.0.0.1:3030/ds --dry-run
    """
    from diplograph.loading.gathering import Wanted, gather  # noqa: PLC0415 - for a quick --help
    from diplograph.loading.loading import send  # noqa: PLC0415
    from diplograph.loading.report import How  # noqa: PLC0415
    from diplograph.streaming.pool import default_jobs  # noqa: PLC0415

    if prune and not replace:
        raise UsageError("--prune removes, --append only adds: take one of them.")
    target = connecting.connected(to, profile, user, timeout) if "://" in to else _folder(to, profile, user)
    wanted = Wanted(
        sources=sources,
        graph=graph,
        ontology=ontology,
        with_ontology=not no_ontology,
        validated=not no_validate,
        shapes=shapes,
        base_iri=base_iri,
        jobs=jobs or default_jobs(),
    )
    with progress_.Progress(progress) as told:
        graphs, findings = gather(wanted, told)
        how = How(append=not replace, prune=prune, dry_run=dry_run)
        if isinstance(target, str):
            report = running.interruptible(lambda: send(graphs, target, how, base_iri, told.sent))
        else:  # a server is waited for in Python: who interrupts lets it tidy up, and a prompt give the terminal back
            with closing(target), _noting(dry_run=dry_run):
                report = send(graphs, target, how, base_iri, told.sent)
    running.say_findings(findings)
    if dry_run:
        _list(report)
    if not quiet:
        checked = "not validated" if no_validate else count_by_severity(findings)
        running.say(f"{to}: {_told(report, dry_run=dry_run)}; {checked}.")


@contextmanager
def _noting(*, dry_run: bool) -> Iterator[None]:
    """Say on an interruption how to go on."""
    try:
        yield
    except (KeyboardInterrupt, SystemExit):
        if not dry_run:
            running.say("What was loaded whole stays; load again to go on.")
        raise


def _folder(to: str, profile: str | None, user: str) -> str:
    if to.lower().startswith(("http:", "https:")) or _HOST.fullmatch(to):
        raise UsageError("--to is neither a folder nor an address.", "An address begins with http:// or https://.")
    if not to:
        raise UsageError("--to is empty: name a folder or an address.")
    if profile or user:
        raise UsageError("--profile and --user are for servers.", "Give an address, as in http://127.0.0.1:7878.")
    return to


def _list(report: Report) -> None:
    """Print what would be sent, a line a graph, on standard output."""
    for sent in report.sent:
        click.echo(printable(f"{sent.act} <{sent.graph}> {sent.count} statements, {sent.size} bytes"))
    for graph in report.removed:
        click.echo(printable(f"removed {graph}"))
    sys.stdout.flush()


def _told(report: Report, *, dry_run: bool) -> str:
    """Say what was done, or would be."""
    acts = Counter(sent.act for sent in report.sent)
    done = [f"{count:,} {act}" for act, count in sorted(acts.items())]
    done += [f"{len(report.removed)} removed"] if report.removed else []
    verb = "would be loaded" if dry_run else "loaded"
    graphs = f"{len(report.sent)} graph{'' if len(report.sent) == 1 else 's'}"
    return f"{verb}; {report.statements:,} statements in {graphs}: {', '.join(done) or 'nothing to do'}"
