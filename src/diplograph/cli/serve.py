"""`diplograph serve`."""

from __future__ import annotations

import importlib.util
import os
import re
import signal
from contextlib import suppress

import click

from diplograph.cli import running
from diplograph.errors import UsageError

_ORIGIN = re.compile(r"\*|https?://[^/\s]+")
_NEEDED = ("starlette", "uvicorn", "jinja2")


@click.command()
@running.options(
    click.argument("sources", nargs=-1, metavar="[SOURCE...]"),
    click.option("--store", default="", metavar="DIR", help="Serve the store in a folder instead of sources."),
    click.option(
        "--port",
        type=click.IntRange(0, 65535),
        default=8080,
        show_default=True,
        metavar="N",
        help="The port; 0 takes one that is free.",
    ),
    click.option(
        "--timeout",
        type=click.FloatRange(0.1, 86_400),
        default=30,
        show_default=True,
        metavar="SECONDS",
        help="Stop a query that takes longer.",
    ),
    click.option(
        "--max-rows",
        type=click.IntRange(min=1),
        default=100_000,
        show_default=True,
        metavar="N",
        help="Cut longer answers, and say so.",
    ),
    click.option(
        "-j",
        "--jobs",
        type=click.IntRange(1, 64),
        metavar="N",
        help="How many queries are answered at a time.  [default: two more than cores]",
    ),
    click.option(
        "--cors", "origins", multiple=True, metavar="ORIGIN", help="Let pages of this origin read answers; * for all."
    ),
    running.ONTOLOGY,
    running.BASE_IRI,
)
@running.command
def serve(
    sources: tuple[str, ...],
    store: str,
    port: int,
    timeout: float,
    max_rows: int,
    jobs: int | None,
    origins: tuple[str, ...],
    ontology: tuple[str, ...],
    base_iri: str,
) -> None:
    """Show the graph in a browser, and answer SPARQL, on this machine only.

    SOURCE is an annotation file or folder, or an RDF file in any syntax. The pages show what is
    known of each situation, entity and article, and ask the saved queries or your own. The SPARQL
    endpoint is at /sparql: read-only, and it asks no other host. Ctrl-C ends it.

    \b
    Examples:
      diplograph serve seeds
      diplograph serve --store folder --port 0 --timeout 10
    """
    if missing := [name for name in _NEEDED if importlib.util.find_spec(name) is None]:
        hint = "pip install 'diplograph[serve]'"
        raise UsageError(f"'serve' needs Starlette, uvicorn and Jinja2; missing: {', '.join(missing)}.", hint)
    from diplograph.web import serving  # noqa: PLC0415 - for a quick --help
    from diplograph.web.workplace import workplace  # noqa: PLC0415

    if not sources and not store:
        raise UsageError("What is to be served?", "As in 'diplograph serve seeds'.")
    for origin in origins:
        if not _ORIGIN.fullmatch(origin):
            raise UsageError(f"'{origin}' is no origin.", "As in https://lab.example or http://localhost:3000.")
    options = serving.Options(timeout, jobs or (os.cpu_count() or 1) + 2, origins)
    if signal.getsignal(signal.SIGHUP) == signal.SIG_DFL:  # else it is to go on, as under nohup
        signal.signal(signal.SIGHUP, lambda *_: signal.raise_signal(signal.SIGTERM))
    with serving.listening(port) as taken, workplace() as folder:
        settings = running.interruptible(lambda: serving.prepared(folder, sources, store, ontology, base_iri, max_rows))
        with suppress(KeyboardInterrupt, SystemExit):  # this is how it ends
            serving.serve(settings, options, taken, _say_ready)
    running.say("Ended.")


def _say_ready(address: str, knows_ontology: bool) -> None:
    running.say(f"Serving {address} Ctrl-C ends it.")
    if not knows_ontology:
        running.say_without_ontology()
