"""`diplograph export`."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING

import click

from diplograph.cli import progress as progress_
from diplograph.cli import running
from diplograph.errors import UsageError
from diplograph.findings import count_by_severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from diplograph.validation.deciding import Engine

_FORMATS = ("turtle", "json-ld", "n-triples", "n-quads", "trig", "rdf-xml")


@click.command()
@running.options(
    running.SOURCES,
    click.option(
        "-o", "--output", default="-", metavar="FILE", help="Where to write; - is standard output.  [default: -]"
    ),
    click.option(
        "-f", "--format", "format_", type=click.Choice(_FORMATS), help="The syntax, if the suffix does not tell."
    ),
    click.option(
        "--shards",
        type=click.IntRange(1, 1000),
        metavar="N",
        help="Write a folder of N packed parts and a last one, with SHA256SUMS and a description (VoID, DCAT).",
    ),
    click.option("--resume", is_flag=True, help="Go on with shards that an earlier run left unfinished."),
    click.option("--licence", default="", metavar="IRI", help="The licence to state in the description of shards."),
    click.option("--no-validate", is_flag=True, help="Write without validating."),
    running.ENGINE,
    running.SHAPES,
    running.ONTOLOGY,
    running.BASE_IRI,
    click.option(
        "--context-url", default="", metavar="URL", help="Refer to a JSON-LD context instead of writing it out."
    ),
    click.option("--timestamp", is_flag=True, help="State the time of the export in its provenance."),
    running.JOBS,
    progress_.OPTION,
    running.QUIET,
)
@running.command
def export(
    sources: tuple[str, ...],
    output: str,
    format_: str | None,
    shards: int | None,
    resume: bool,
    licence: str,
    no_validate: bool,
    engine: Engine,
    shapes: tuple[str, ...],
    ontology: tuple[str, ...],
    base_iri: str,
    context_url: str,
    timestamp: bool,
    jobs: int | None,
    progress: progress_.How,
    quiet: bool,
) -> None:
    """Write annotated facts as RDF, if they conform to the shapes.

    The syntax follows from the suffix of FILE: .ttl .jsonld .nt .nq .trig .rdf, each also with
    .gz. Nothing is written when the input has problems or violates a shape; warnings are printed.

    \b
    Examples:
      diplograph export seeds -o diplomacy.ttl
      diplograph export facts.jsonl -f n-quads | gzip > facts.nq.gz
      diplograph export corpus --shards 8 -o diplomacy
    """
    from diplograph import pipeline  # noqa: PLC0415 - for a quick --help
    from diplograph.streaming.pool import default_jobs  # noqa: PLC0415

    ended = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if timestamp else ""
    if shards is None and (resume or licence):
        raise UsageError("--resume and --licence go with --shards.")
    if shards is None:
        write = partial(pipeline.export, format=format_ or "", engine=engine, context_url=context_url)
    else:
        _check(output, context_url, engine)
        write = partial(
            pipeline.export_shards, count=shards, format=format_ or "n-quads", licence=licence, resume=resume
        )
    corpus = pipeline.read(*sources, ontology=ontology)
    with progress_.Progress(progress) as told, _noted():
        findings = write(
            corpus,
            output,
            validated=not no_validate,
            shapes=shapes,
            base_iri=base_iri,
            ended=ended,
            jobs=jobs or default_jobs(),
            told=told,
        )
    running.say_findings(findings)
    if not quiet and (findings or output != "-"):
        checked = "not validated" if no_validate else count_by_severity(findings)
        running.say(f"{output}: written; {checked}.")


def _check(output: str, context_url: str, engine: Engine) -> None:
    """Refuse what does not go with shards."""
    if output == "-":
        raise UsageError("--shards needs a folder: name it with -o.")
    if context_url:
        raise UsageError("--context-url is for JSON-LD, which --shards cannot write.")
    if engine != "auto":
        hint = "Validate first, then export with --no-validate."
        raise UsageError(f"--shards cannot go with --engine {engine}, which needs the whole graph at once.", hint)


@contextmanager
def _noted() -> Iterator[None]:
    """Print what is noted on an error: how to go on, where that is possible."""
    try:
        yield
    except BaseException as error:
        for note in getattr(error, "__notes__", ()):
            running.say(note)
        raise
