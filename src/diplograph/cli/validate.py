"""`diplograph validate`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from diplograph.cli import progress as progress_
from diplograph.cli import reports, running
from diplograph.errors import UsageError

if TYPE_CHECKING:
    from diplograph.validation.deciding import Engine


@click.command()
@running.options(
    click.argument("sources", nargs=-1, metavar="SOURCE..."),
    click.option(
        "-f",
        "--format",
        "format_",
        default="text",
        show_default=True,
        metavar="FORMAT",
        help=f"How findings are printed: {', '.join(reports.NAMES)}.",
    ),
    click.option(
        "-o",
        "--output",
        "outputs",
        multiple=True,
        metavar="FORMAT=FILE",
        help="Write them to a file too, as in sarif=findings.sarif. May be given several times, as may options below.",
    ),
    click.option(
        "--fail-on",
        type=click.Choice(reports.FAIL_ON),
        default="violation",
        show_default=True,
        help="The least severity that makes the command fail.",
    ),
    click.option("--select", multiple=True, metavar="RULE", help="Count only these rules, such as 'time-*'."),
    click.option("--ignore", multiple=True, metavar="RULE", help="Leave these rules out."),
    click.option("--baseline", metavar="FILE", help="Let pass the findings that this file accepts."),
    click.option("--update-baseline", is_flag=True, help="Write the baseline anew: accept all that is found."),
    click.option("--lint-shapes", is_flag=True, help="Check the shapes themselves: ours, and those of --shapes."),
    running.ENGINE,
    running.SHAPES,
    running.ONTOLOGY,
    running.BASE_IRI,
    running.JOBS,
    progress_.OPTION,
    running.QUIET,
)
@running.command
def validate(
    sources: tuple[str, ...],
    format_: str,
    outputs: tuple[str, ...],
    fail_on: str,
    select: tuple[str, ...],
    ignore: tuple[str, ...],
    baseline: str | None,
    update_baseline: bool,
    lint_shapes: bool,
    engine: Engine,
    shapes: tuple[str, ...],
    ontology: tuple[str, ...],
    base_iri: str,
    jobs: int | None,
    progress: progress_.How,
    quiet: bool,
) -> None:
    """Check annotated facts, or RDF files, against the shapes.

    Prints a line for each finding, file:line:column: severity[rule] message, and a count at the
    end. Exits with 1 if there is a violation (see --fail-on), with 2 if the input cannot be used
    or nothing was checked, with 3 if two SHACL engines disagree.

    \b
    Examples:
      diplograph validate seeds
      diplograph validate diplomacy.ttl --shapes my-shapes.ttl --fail-on warning
      diplograph validate seeds -o sarif=findings.sarif -o junit=findings.xml
      diplograph validate seeds --baseline accepted.json --update-baseline
      diplograph validate --lint-shapes --shapes my-shapes.ttl
    """
    from diplograph import checking  # noqa: PLC0415 - for a quick --help
    from diplograph.streaming.pool import default_jobs  # noqa: PLC0415

    if lint_shapes == bool(sources):
        raise UsageError("Name sources to check, or take --lint-shapes without any.", "See diplograph validate --help.")
    if update_baseline and baseline is None:
        raise UsageError("There is no baseline to update.", "Name it with --baseline.")
    to = reports.targets(format_, outputs, sources)
    with progress_.Progress(progress) as told:
        report = (
            checking.lint(shapes=shapes, ontology=ontology, select=select, ignore=ignore)
            if lint_shapes
            else checking.check(
                *sources,
                shapes=shapes,
                ontology=ontology,
                base_iri=base_iri,
                engine=engine,
                select=select,
                ignore=ignore,
                baseline=baseline,
                update_baseline=update_baseline,
                jobs=jobs or default_jobs(),
                told=told,
            )
        )
    given = [*shapes, *ontology, *([baseline] if baseline else [])]
    reports.deliver(report, to, given, quiet=quiet)
    raise click.exceptions.Exit(reports.exit_code(report, fail_on))
