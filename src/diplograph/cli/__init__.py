"""The command line: reads paths and options, prints, and exits.

Every command is one function of the package; nothing here decides anything about data. Heavy
modules are imported where a command needs them, so that `--help` is quick.
"""

from __future__ import annotations

import click

from diplograph.cli.anchor import anchor
from diplograph.cli.diff import diff
from diplograph.cli.explain import explain
from diplograph.cli.export import export
from diplograph.cli.load import load
from diplograph.cli.query import query
from diplograph.cli.schema import schema
from diplograph.cli.serve import serve
from diplograph.cli.validate import validate
from diplograph.version import __version__


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="diplograph", message="%(prog)s %(version)s")
def main() -> None:
    """Turn annotated news facts into a validated knowledge graph of diplomacy.

    SOURCE is a file, a folder (every annotation file in it), or - for standard input.

    \b
    Exit codes: 0 all well, 1 violations, 2 the input or the command cannot be used,
    3 diplograph itself failed.
    """


main.add_command(export)
main.add_command(validate)
main.add_command(anchor)
main.add_command(diff)
main.add_command(load)
main.add_command(query)
main.add_command(explain)
main.add_command(serve)
main.add_command(schema)
