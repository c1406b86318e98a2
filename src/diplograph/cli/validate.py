"""`diplograph validate`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from diplograph.cli import running
from diplograph.errors import InputError
from diplograph.findings import count_by_severity

if TYPE_CHECKING:
    from diplograph.findings import Finding


@click.command()
@running.options(running.SOURCES, running.SHAPES, running.ONTOLOGY, running.BASE_IRI, running.QUIET)
@running.command
def validate(
    sources: tuple[str, ...],
    shapes: tuple[str, ...],
    ontology: tuple[str, ...],
    base_iri: str,
    quiet: bool,
) -> None:
    """Check annotated facts, or RDF files, against the shapes.

    Prints a line for each finding, file:line:column: severity[code] message, and a count at the
    end. Exits with 1 if there is a violation, with 2 if the input cannot be used.

    \b
    Examples:
      diplograph validate seeds
      diplograph validate diplomacy.ttl
    """
    from diplograph import pipeline  # noqa: PLC0415 - for a quick --help
    from diplograph.rdf import is_rdf  # noqa: PLC0415

    rdf = [source for source in sources if is_rdf(source)]
    annotations = [source for source in sources if source not in rdf]
    findings: list[Finding] = []
    for source in rdf:
        findings += pipeline.validate_rdf(source, shapes=shapes, ontology=ontology)
    if annotations:
        corpus = pipeline.read(*annotations, ontology=ontology)
        try:
            findings += pipeline.validate(corpus, shapes=shapes, base_iri=base_iri)
        except InputError as error:
            findings += error.findings
    for finding in findings:
        click.echo(running.finding_line(finding))
    unusable = any(finding.severity == "error" for finding in findings)
    if not quiet:
        running.say(f"{count_by_severity(findings)}.")
    if unusable:
        raise click.exceptions.Exit(running.UNUSABLE)
    if any(finding.severity == "violation" for finding in findings):
        raise click.exceptions.Exit(running.FINDINGS)
