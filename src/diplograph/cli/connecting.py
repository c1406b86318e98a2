"""Servers on the command line: which store it is, and who asks; passwords are never arguments."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Final

import click

from diplograph.cli import running
from diplograph.values.printing import printable

if TYPE_CHECKING:
    from diplograph.stores.server import Server

PROFILE: Final = click.option(
    "--profile",
    metavar="NAME",
    help="The kind of server, if it cannot be told: oxigraph, fuseki, virtuoso, rdf4j (GraphDB too), qlever, generic.",
)
USER: Final = click.option("--user", default="", metavar="NAME", help="The name for a server that asks for one.")


def connected(url: str, profile: str | None, user: str, timeout: float) -> Server:
    """Connect to a server; whoever sits at a terminal is asked for the password if it is needed.

    Raises:
        UsageError: the address or profile cannot be used, or the server cannot be reached.
    """
    from diplograph.stores.server import Server  # noqa: PLC0415 - for a quick --help

    at_terminal = sys.stdin is not None and sys.stdin.isatty() and sys.stderr is not None and sys.stderr.isatty()
    prompt = _prompt if at_terminal else None
    return Server(url, profile=profile or "", timeout=timeout, user=user, prompt=prompt, told=_warn)


def warn(server: Server) -> None:
    """Print what a user should know of how a server was asked, if it was not told at once."""
    for warning in server.client.warnings:
        _warn(warning)


def _warn(warning: str) -> None:
    running.say(printable(warning), "yellow")


def _prompt(host: str, user: str) -> tuple[str, str]:
    user = user or click.prompt(f"User name for {host}", err=True)
    return user, click.prompt(f"Password of {user} for {host}", hide_input=True, err=True)
