"""`diplograph schema`."""

from __future__ import annotations

import click

from diplograph.cli import running


@click.command()
@running.options(
    click.option(
        "-o", "--output", default="-", metavar="FILE", help="Where to write; - is standard output.  [default: -]"
    ),
    click.option("--context", is_flag=True, help="Print the JSON-LD context of exports instead."),
    running.ONTOLOGY,
    running.BASE_IRI,
)
@running.command
def schema(output: str, context: bool, ontology: tuple[str, ...], base_iri: str) -> None:
    """Print the JSON Schema of the annotation format, for editors.

    It is made from the ontology, so that editors complete and check its words.

    \b
    Example:
      diplograph schema -o diplomacy.schema.json
    """
    from diplograph import pipeline  # noqa: PLC0415 - for a quick --help

    if context:
        pipeline.write_context(output, ontology=ontology, base_iri=base_iri)
    else:
        pipeline.write_schema(output, ontology=ontology)
