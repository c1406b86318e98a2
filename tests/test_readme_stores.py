"""The README's walk into triple stores: each command is run, servers are started by it, and what it prints compared.

Blocks of servers begin with "```console server=NAME", which the other test of the README leaves to this one. The
ports that the README names are taken for free ones, and shown again as the README has them. With `--update-cases`
take `-n0` too, as all write the same file.
"""

from __future__ import annotations

import contextlib
import os
import re
import shlex
import shutil
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
from tests.servers import PASSWORD, Server, fuseki, oxigraph, virtuoso

from diplograph.stores.profiles import PROFILES

ROOT = Path(__file__).parent.parent
HEADING = "## Into a triple store\n"
README = Path(os.environ.get("DIPLOGRAPH_README", ROOT / "README.md"))  # another one to try a text before it is there
BLOCK = re.compile(r"^```console(?: server=(\w+))?\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@contextlib.contextmanager
def pages(folder: Path) -> Iterator[Server]:
    """Give what a walk has to know of `diplograph serve`, which it starts by itself."""
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{sock.getsockname()[1]}"
    yield Server("serve", url, f"{url}/sparql", [], folder)


STARTS: dict[str, Callable[[Path], AbstractContextManager[Server]]] = {
    "oxigraph": oxigraph,
    "fuseki": fuseki,
    "virtuoso": virtuoso,
    "serve": pages,
}
PORTS = {profile.name: re.findall(r":(\d+)|$", profile.example)[0] for profile in PROFILES} | {"serve": "8080"}


def section() -> str:
    """Give the text of the sections, to the next one of their level."""
    _, found, rest = README.read_text("utf-8").partition(HEADING)
    if not found:
        pytest.skip(f"{README.name} has no section '{HEADING[3:-1]}' yet, whose commands could be run")
    return re.split(r"^## ", rest, maxsplit=1, flags=re.MULTILINE)[0]


class Walk:
    """A way through the commands of one server, in one folder; what is exported stays for the commands behind."""

    def __init__(self, folder: Path, server: Server | None = None) -> None:
        self.folder, self.server = folder, server
        self._exported = ""

    def run(self, command: str) -> str:
        """Run a command, as in a shell that goes on."""
        shell = ["bash", "-c", f"{self._exported}{self._here(command)}"]
        done = subprocess.run(
            shell,
            cwd=self.folder,
            env=environment(self.folder),
            input=f"{PASSWORD}\n",
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
            timeout=120,
        )
        assert PASSWORD not in done.stdout
        if "export " in command:
            self._exported += f"{command}\n"
        return self._there(done.stdout)

    @contextlib.contextmanager
    def started(self, command: str) -> Iterator[None]:
        """Start the server by a command of the README, at the port of the one that the tests have tried before."""
        assert self.server is not None
        words = shlex.split(self._here(command.removesuffix(" &")))
        program = shutil.which(words[0], path=environment(self.folder)["PATH"])
        assert program, words[0]
        tried = self.server
        up = Server(tried.profile, tried.url, tried.probe, [program, *words[1:]], self.folder)
        try:
            up.start()
            yield
        finally:
            up.stop()

    def _here(self, command: str) -> str:
        return command.replace(*self._ports()) if self.server else command

    def _there(self, output: str) -> str:
        shown, real = self._ports()
        return output.replace(real, shown) if self.server else output

    def _ports(self) -> tuple[str, str]:
        """Give the port of the README, and the real one."""
        if self.server is None:
            return "", ""
        return PORTS[self.server.profile], str(self.server.port)


def environment(folder: Path) -> dict[str, str]:
    """Give the variables of a user who has no credentials anywhere, and Java with little memory."""
    mine = {name: value for name, value in os.environ.items() if not name.startswith("DIPLOGRAPH_")}
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    return mine | {"PATH": path, "LC_ALL": "C.UTF-8", "NETRC": str(folder / "netrc"), "HOME": str(folder)}


def prepared(name: str, tmp_path: Path) -> Walk:
    """Make the folder of a walk: the seeds, and what somebody has who has installed the server."""
    folder = tmp_path / "walk"
    folder.mkdir()
    (folder / "seeds").symlink_to(ROOT / "seeds")
    if not name:
        return Walk(folder)
    (tmp_path / name).mkdir()
    with STARTS[name](tmp_path / name) as server:
        pass  # it can be started here, or the test is skipped, and its port is free
    if name == "virtuoso":
        (folder / "virtuoso.ini").symlink_to(tmp_path / name / "data" / "virtuoso.ini")
    for jar in [Path(word) for word in server.command if str(word).endswith(".jar")]:
        (folder / jar.name).symlink_to(jar)
    return Walk(folder, server)


@pytest.mark.parametrize("name", ["", *STARTS])
def test_every_command_prints_what_the_readme_shows(
    name: str,
    tmp_path: Path,
    update_cases: bool,  # noqa: FBT001
) -> None:
    blocks = [content for server, content in BLOCK.findall(section()) if server == name]
    assert blocks, f"the README has no block of {name or 'the folder'}"
    walk = prepared(name, tmp_path)
    with contextlib.ExitStack() as stack:
        for content in blocks:
            shown = ""
            for command in [line[2:] for line in content.splitlines() if line.startswith("$ ")]:
                output = ""
                if command.endswith(" &"):
                    stack.enter_context(walk.started(command))
                else:
                    output = walk.run(command)
                shown += f"$ {command}\n{output}" + ("\n" if output and not output.endswith("\n") else "")
            if update_cases:
                README.write_text(README.read_text("utf-8").replace(content, shown), "utf-8")
            else:
                assert content == shown


def test_all_servers_of_the_walk_are_started() -> None:
    assert {server for server, _ in BLOCK.findall(section())} == {"", *STARTS}
    for server, content in BLOCK.findall(section()):
        if server:
            assert server == "serve" or "diplograph load " in content
            assert "diplograph query " in content
            assert re.search(r"^\$ .+ &$", content, re.MULTILINE)


def test_the_table_of_profiles_is_that_of_the_program() -> None:
    rows = re.findall(r"^\| `(\w+)` \| (.+) \| `(.+)` \|$", section(), re.MULTILINE)
    assert rows == [(profile.name, profile.title, profile.example) for profile in PROFILES]
