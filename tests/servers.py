"""Real triple stores for the tests: each a process group of its own, on loopback only, ended with the test.

Knows how to start and end them and nothing of what is sent to them. Data, settings and `server.log` stay in the
given folder, so that a store which is opened again on a folder serves what it held.
"""

from __future__ import annotations

import atexit
import contextlib
import functools
import os
import random
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import NoReturn

import pytest
import requests

PATIENCE = 90  # seconds that a server has for starting: a JVM takes long where the cores are busy
PASSWORD = "sesame-of-the-tests"  # noqa: S105 - of stores that live as long as one test
MAVEN = Path.home() / ".m2" / "repository"


@dataclass
class Server:
    """A triple store: `url` is what a user would give, `probe` an address that answers quickly once it is up."""

    profile: str
    url: str
    probe: str
    command: Sequence[str | Path]
    folder: Path
    user: str = ""
    password: str = field(default="", repr=False)
    process: subprocess.Popen[bytes] | None = None

    @property
    def log(self) -> Path:
        """What the server has said."""
        return self.folder / "server.log"

    @property
    def port(self) -> int:
        """The port of its HTTP interface."""
        return int(self.url.split(":")[2].partition("/")[0])

    def start(self) -> None:
        """Start it, and wait until it answers."""
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [*_bound_to_us(), *self.command],
                cwd=self.folder,
                env={**os.environ, "FUSEKI_BASE": str(self.folder)},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        end = time.monotonic() + PATIENCE
        while not self.is_up():
            if self.process.poll() is not None or time.monotonic() > end:
                self.kill()
                said = self.log.read_text("utf-8", errors="replace")[-2000:]
                pytest.fail(f"{self.profile} did not start; it said:\n{said}")
            time.sleep(0.1)

    def is_up(self) -> bool:
        """Whether it runs and answers, be it with a refusal."""
        if self.process is None or self.process.poll() is not None:
            return False
        with requests.Session() as session, contextlib.suppress(requests.RequestException):
            session.trust_env = False  # loopback: no proxy, and no credentials from elsewhere
            return session.get(self.probe, timeout=5).status_code < 500
        return False

    def kill(self) -> None:
        """End it at once, in the middle of whatever it does, with all that it has started."""
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        """Let it end in good order, as far as it does so within 20 seconds."""
        self._end(signal.SIGTERM)

    def restart(self) -> None:
        """Start it on the same data and the same port; it may be running, or have been killed."""
        self.stop()
        self.start()

    def _end(self, how: signal.Signals) -> None:
        if self.process is None or self.process.poll() is not None:
            return
        os.killpg(self.process.pid, how)
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait(20)


@contextlib.contextmanager
def oxigraph(folder: Path, *, read_only: bool = False) -> Iterator[Server]:
    """Oxigraph on the data in the folder; read-only it answers updates with a refusal."""
    program = _program("oxigraph", "pip install oxigraph")
    data = folder / "data"
    if read_only and not data.exists():  # which the server would not make
        subprocess.run([program, "load", "--location", data, "--format", "nt"], input=b"", check=True, timeout=60)
    address = f"127.0.0.1:{_free_port()}"
    command = [program, "serve-read-only" if read_only else "serve", "--location", data, "--bind", address]
    with _running(
        Server("oxigraph", f"http://{address}", f"http://{address}/query?query=ASK{{}}", command, folder)
    ) as up:
        yield up


@contextlib.contextmanager
def fuseki(folder: Path, *, password: str = "", auth: str = "", read_only: bool = False) -> Iterator[Server]:
    """Fuseki with a TDB2 dataset at /ds.

    With a password everything is for the user `writer` only, by the server's own way of asking (basic in Fuseki 5,
    digest in Fuseki 4) or the one named by `auth`. Read-only, the dataset has no services for changing it.
    """
    jar = _newest("org/apache/jena/jena-fuseki-server", "jena-fuseki-server-*.jar")
    data = folder / "data"
    data.mkdir(exist_ok=True)
    origin = f"http://127.0.0.1:{(port := _free_port())}"
    command: list[str | Path] = [*_java(), "-jar", jar, "--localhost", "--port", str(port), "--ping"]
    if password:
        (folder / "passwd").write_text(f"writer: {password}\n", "utf-8")
        command += ["--passwd", folder / "passwd", *([f"--auth={auth}"] if auth else [])]
    command += ["--tdb2", "--loc", data, *([] if read_only else ["--update"]), "/ds"]
    user = "writer" if password else ""
    with _running(Server("fuseki", f"{origin}/ds", f"{origin}/$/ping", command, folder, user, password)) as up:
        yield up


@contextlib.contextmanager
def virtuoso(folder: Path, *, max_rows: int = 10_000) -> Iterator[Server]:
    """Virtuoso, where anybody may read up to `max_rows` rows, and the user `dba` may write by digest."""
    data = folder / "data"
    if not data.exists():
        shutil.copytree(_new_virtuoso(), data)
    command, origin = _virtuoso_command(data, max_rows)
    with _running(Server("virtuoso", origin, f"{origin}/sparql?query=ASK{{}}", command, folder, "dba", PASSWORD)) as up:
        yield up


@functools.cache
def _new_virtuoso() -> Path:
    """An empty database with our password, made once for all tests of this process, as it takes six seconds."""
    data = Path(tempfile.mkdtemp(prefix="virtuoso-"))
    atexit.register(shutil.rmtree, data, ignore_errors=True)
    command, _ = _virtuoso_command(data, 10_000)
    with (data / "first.log").open("wb") as log:  # a start with these options ends once it is done, with 101
        first = [*_bound_to_us(), *command, "+pwdold", "dba", "+pwddba", PASSWORD]
        subprocess.run(first, cwd=data, stdout=log, stderr=log, check=False, timeout=PATIENCE)
    return data


def _virtuoso_command(data: Path, max_rows: int) -> tuple[list[str | Path], str]:
    """Settings written for a folder, the command which heeds them, and the address where it will be."""
    program = _program("virtuoso-t", "apt-get install --no-install-recommends virtuoso-opensource-7")
    sql, http = (f"127.0.0.1:{_free_port()}" for _ in range(2))
    (data / "www").mkdir(exist_ok=True)
    settings = data / "virtuoso.ini"
    settings.write_text(_VIRTUOSO.format(data=data, sql=sql, http=http, max_rows=max_rows), "utf-8")
    return [program, "+foreground", "+configfile", settings], f"http://{http}"


_VIRTUOSO = """\
[Database]
DatabaseFile = {data}/virtuoso.db
ErrorLogFile = {data}/virtuoso.log
LockFile = {data}/virtuoso.lck
TransactionFile = {data}/virtuoso.trx
xa_persistent_file = {data}/virtuoso.pxa
FileExtend = 200
MaxCheckpointRemap = 2000
TempStorage = TempDatabase

[TempDatabase]
DatabaseFile = {data}/virtuoso-temp.db
TransactionFile = {data}/virtuoso-temp.trx
MaxCheckpointRemap = 2000

[Parameters]
ServerPort = {sql}
DisableUnixSocket = 1
MaxClientConnections = 10
CheckpointInterval = 0
CaseMode = 2
AllowOSCalls = 0
DirsAllowed = {data}/www
NumberOfBuffers = 10000
MaxDirtyBuffers = 6000
ThreadsPerQuery = 2

[HTTPServer]
ServerPort = {http}
ServerRoot = {data}/www
MaxClientConnections = 10
ServerThreads = 10
Charset = UTF-8
EnabledGzipContent = 1

[SPARQL]
ResultSetMaxRows = {max_rows}
MaxQueryExecutionTime = 60
"""


@contextlib.contextmanager
def rdf4j(folder: Path) -> Iterator[Server]:
    """RDF4J with a repository named `ds`, in memory and written to disk as it ends; GraphDB speaks the same way."""
    war = _newest("org/eclipse/rdf4j/rdf4j-http-server", "rdf4j-http-server-*.war")
    runner = _newest("org/eclipse/jetty/jetty-runner", "jetty-runner-9.*.jar")  # the last with `javax.servlet`
    data = folder / "data"
    data.mkdir(exist_ok=True)
    places = [f"-Dorg.eclipse.rdf4j.appdata.basedir={data}", f"-Djava.io.tmpdir={data}"]
    origin = f"http://127.0.0.1:{(port := _free_port())}"
    address = ["--host", "127.0.0.1", "--port", str(port), "--path", "/"]
    command: list[str | Path] = [*_java(), *places, "-jar", runner, *address, war]
    url = f"{origin}/repositories/ds"
    with _running(Server("rdf4j", url, f"{origin}/protocol", command, folder)) as up:
        with requests.Session() as session:
            session.trust_env = False
            answer = session.put(url, _RDF4J, headers={"Content-Type": "text/turtle"}, timeout=PATIENCE)
        assert answer.ok or answer.status_code == 409, answer.text  # 409: the folder had it already
        yield up


_RDF4J = """\
@prefix rep: <http://www.openrdf.org/config/repository#> .
@prefix sail: <http://www.openrdf.org/config/sail#> .
[] a rep:Repository ; rep:repositoryID "ds" ; rep:repositoryImpl [
  rep:repositoryType "openrdf:SailRepository" ;
  <http://www.openrdf.org/config/repository/sail#sailImpl> [
    sail:sailType "openrdf:MemoryStore" ; <http://www.openrdf.org/config/sail/memory#persist> true ] ] .
"""


@contextlib.contextmanager
def _running(server: Server) -> Iterator[Server]:
    try:
        server.start()
        yield server
    finally:
        server.stop()


def _missing(what: str, remedy: str) -> NoReturn:
    reason = f"NOT TESTED against a real server: {what} is missing; {remedy}, or run .ci/servers"
    if os.environ.get("DIPLOGRAPH_NEED_SERVERS"):
        pytest.fail(reason)
    pytest.skip(reason)


def _program(name: str, remedy: str) -> str:
    beside = Path(sys.executable).parent
    found = shutil.which(name, path=f"{beside}{os.pathsep}{os.environ.get('PATH', '')}")
    return found or _missing(name, remedy)


def _java() -> list[str]:
    """Java with little memory, as several tests run at a time, and without the compiler that pays off only later."""
    program = _program("java", "install Java 17")
    return [program, "-Xmx512m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Djava.net.preferIPv4Stack=true"]


def _newest(artifact: str, name: str) -> Path:
    """The jar of the highest version in the local Maven repository."""
    jars = (MAVEN / artifact).glob(f"*/{name}")
    ordered = sorted(jars, key=lambda jar: [int(number) for number in re.findall(r"\d+", jar.parent.name)])
    return ordered[-1] if ordered else _missing(artifact, "get it with mvn")


def _free_port() -> int:
    """A port below those that the kernel gives to clients, so that no client takes it while a server restarts."""
    while True:
        port = random.randint(20_000, 32_000)  # noqa: S311 - nothing to guess here
        with socket.socket() as sock, contextlib.suppress(OSError):
            sock.bind(("127.0.0.1", port))
            return port


def _bound_to_us() -> list[str]:
    """What to put before a command so that the kernel ends it with us, even where we are killed."""
    setpriv = shutil.which("setpriv")
    return [setpriv, "--pdeathsig", "KILL", "--"] if setpriv else []
