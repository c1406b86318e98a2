"""`diplograph export`."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from diplograph.cli import running
from diplograph.findings import count_by_severity

if TYPE_CHECKING:
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
    click.option("--no-validate", is_flag=True, help="Write without validating."),
    running.ENGINE,
    running.SHAPES,
    running.ONTOLOGY,
    running.BASE_IRI,
    click.option(
        "--context-url", default="", metavar="URL", help="Refer to a JSON-LD context instead of writing it out."
    ),
    click.option("--timestamp", is_flag=True, help="State the time of the export in its provenance."),
    running.QUIET,
)
@running.command
def export(
    sources: tuple[str, ...],
    output: str,
    format_: str | None,
    no_validate: bool,
    engine: Engine,
    shapes: tuple[str, ...],
    ontology: tuple[str, ...],
    base_iri: str,
    context_url: str,
    timestamp: bool,
    quiet: bool,
) -> None:
    """Write annotated facts as RDF, if they conform to the shapes.

    The syntax follows from the suffix of FILE: .ttl .jsonld .nt .nq .trig .rdf, each also with
    .gz. Nothing is written when the input has problems or violates a shape; warnings are printed.

    \b
    Examples:
      diplograph export seeds -o diplomacy.ttl
      diplograph export facts.jsonl -f n-quads | gzip > facts.nq.gz
    """
    from diplograph import pipeline  # noqa: PLC0415 - for a quick --help

    ended = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if timestamp else ""
    corpus = pipeline.read(*sources, ontology=ontology)
    findings = pipeline.export(
        corpus,
        output,
        format=format_ or "",
        validated=not no_validate,
        shapes=shapes,
        engine=engine,
        base_iri=base_iri,
        context_url=context_url,
        ended=ended,
    )
    running.say_findings(findings)
    if not quiet and (findings or output != "-"):
        checked = "not validated" if no_validate else count_by_severity(findings)
        running.say(f"{output}: written; {checked}.")
