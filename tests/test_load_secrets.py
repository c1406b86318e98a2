"""Names, passwords and tokens: where they come from, to whom they go, and that nothing shows them."""

from __future__ import annotations

import logging
import os
import pty
import select
import subprocess
import sys
import time
import traceback
from base64 import b64decode, b64encode
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests
from click.testing import CliRunner, Result
from tests.relay import Answer, Asked, Meddling, Relay, relaying
from tests.servers import Server, oxigraph

from diplograph.cli import main
from diplograph.errors import UsageError
from diplograph.stores import client, credentials
from diplograph.stores.authentication import schemes
from diplograph.stores.server import Server as Behind

SECRET = "opensesame4711"  # noqa: S105 - that of a test
CHALLENGES = {
    "basic": 'Basic realm="a digest of things"',
    "digest": 'Digest realm="a", nonce="0123", qop="auth", algorithm=MD5',
    "bearer": 'Bearer realm="a"',
}


@pytest.fixture(autouse=True)
def nobody(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Know nobody, and wait for nothing."""
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    for name in ("USER", "PASSWORD", "TOKEN"):
        monkeypatch.delenv(f"DIPLOGRAPH_{name}", raising=False)
    monkeypatch.setattr(client, "_PAUSE", 0.01)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "a.nq"
    path.write_text('<x:s> <x:p> "o" <https://example.org/g> .\n', "utf-8")
    return path


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with oxigraph(tmp_path_factory.mktemp("oxigraph")) as server:
        yield server


@pytest.fixture
def store(running: Server) -> Server:
    requests.post(running.url + "/update", data={"update": "DROP ALL"}, timeout=30).raise_for_status()
    return running


def load(url: str, *arguments: str | Path) -> Result:
    return CliRunner().invoke(main, ["load", *map(str, arguments), "--to", url, "--no-ontology"])


def asking(how: str, cookies: str = "") -> Meddling:
    """Ask each request that does not say who it is, and refuse what is wrong."""

    def meddle(asked: Asked) -> Answer | None:
        told = asked.headers.get("Authorization", "")
        known = told.lower().startswith(how)
        if known and how == "basic":
            known = b64decode(told.split()[1]).decode() == f"writer:{SECRET}"
        headers = (("WWW-Authenticate", CHALLENGES[how]), *([("Set-Cookie", cookies)] if cookies else []))
        return None if known else Answer(401, f"you said {told}".encode(), headers)

    return meddle


def told(relay: Relay) -> list[str]:
    """How each request said who asks."""
    return [asked.headers.get("Authorization", "").partition(" ")[0] for asked in relay.asked]


@pytest.mark.parametrize("how", ["basic", "digest"])
@pytest.mark.parametrize("source", ["environment", "netrc"])
def test_who_asks_is_told_when_asked_for_and_not_before(
    store: Server, file: Path, how: str, source: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    if source == "environment":
        monkeypatch.setenv("DIPLOGRAPH_USER", "writer")
        monkeypatch.setenv("DIPLOGRAPH_PASSWORD", SECRET)
    else:
        (tmp_path / "netrc").write_text(f"machine 127.0.0.1 login writer password {SECRET}\n", "utf-8")
        (tmp_path / "netrc").chmod(0o600)
    with relaying(store.url, asking(how)) as relay:
        done = load(relay.url, file)
        assert done.exit_code == 0, done.stderr
        assert told(relay)[0] == ""
        assert told(relay)[-1].lower() == how
        assert SECRET not in done.output
    with relaying(store.url) as relay:
        assert load(relay.url, file).exit_code == 0
        assert set(told(relay)) == {""}, "who does not ask is not told"


@pytest.mark.parametrize("how", ["basic", "digest", "bearer"])
def test_nothing_shows_a_secret(
    store: Server, file: Path, how: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Neither messages nor logs nor errors, whether the secret is the right one, the wrong one, or echoed."""
    caplog.set_level(logging.DEBUG)
    monkeypatch.setenv("DIPLOGRAPH_TRACEBACK", "1")
    if how == "bearer":
        monkeypatch.setenv("DIPLOGRAPH_TOKEN", SECRET)
    else:
        monkeypatch.setenv("DIPLOGRAPH_USER", "writer")
        monkeypatch.setenv("DIPLOGRAPH_PASSWORD", SECRET)
    shown = []
    for options in ([], ["--dry-run"], ["--progress", "plain"], ["--profile", "fuseki"]):
        with relaying(store.url, asking(how)) as relay:
            shown.append(load(relay.url, file, *options).output)
            server = Behind(relay.url)
            server.close()
            shown += [repr(server), repr(server.client), repr(vars(server.client)), str(server.client.warnings)]
    encoded = b64encode(f"writer:{SECRET}".encode()).decode()

    def echoing(asked: Asked) -> Answer:
        said = f"you said {asked.headers.get('Authorization')}, {SECRET}"
        place = f"http://127.0.0.1/{SECRET}"
        return Answer(401, said.encode(), (("WWW-Authenticate", CHALLENGES[how]), ("Location", place)))

    with relaying(store.url, echoing) as relay:
        done = load(relay.url, file)
        assert done.exit_code == 2
        assert "you said" in done.stderr
        shown += [done.output, "".join(traceback.format_exception(done.exception))]
        shown.append("".join(traceback.format_exception(done.exception.__context__)) if done.exception else "")
    shown += [repr(credentials.Credentials("writer", SECRET, SECRET)), caplog.text]
    assert "HTTP/1.1" in caplog.text, "the log was on"
    assert not [text for text in shown if SECRET in text or encoded in text]


def test_a_token_goes_with_each_request_to_the_named_host_only(
    store: Server, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DIPLOGRAPH_TOKEN", f"{SECRET}\n")
    with relaying(store.url) as other, relaying(store.url) as relay:
        assert load(relay.url, file).exit_code == 0
        assert {asked.headers["Authorization"] for asked in relay.asked} == {f"Bearer {SECRET}"}
        server = Behind(relay.url)
        with pytest.raises(ValueError, match="has to go to the host"):
            server.client.request("PUT", other.url)
        server.close()
        relay.meddle = lambda _: Answer(307, b"", (("Location", f"{other.url}/"),))
        assert load(relay.url, file).exit_code == 2
        assert other.connections == 0


@pytest.mark.parametrize("token", ["two words", "ümlaut", "line\nbreak", "null\x7f"])
def test_a_token_that_is_none_is_refused_and_not_shown(token: str, file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DIPLOGRAPH_TOKEN", token)
    done = load("http://127.0.0.1:9", file)
    assert done.exit_code == 2
    assert "DIPLOGRAPH_TOKEN has characters that no token has" in done.stderr
    assert token.split(maxsplit=1)[0] not in done.stderr


@pytest.mark.parametrize(
    "url",
    [
        f"http://writer:{SECRET}@127.0.0.1:9/ds",
        f"http://{SECRET}@127.0.0.1:9/ds",
        f"ftp://writer:{SECRET}@127.0.0.1:9/ds",
        f"http://writer:{SECRET}@",
        f"http://writer:{SECRET}@[::1",
        f"http://writer:{SECRET}@127.0.0.1:port/",
        f"http://writer:{SECRET}@127.0.0.1:9/#@",
        f"http://127.0.0.1:9/ds?key={SECRET}",
        f"http:/writer:{SECRET}@127.0.0.1:9",
    ],
)
def test_an_address_with_a_password_is_refused_and_not_repeated(url: str, file: Path) -> None:
    done = load(url, file)
    assert done.exit_code == 2
    assert SECRET not in done.output
    with pytest.raises(UsageError) as caught:
        Behind(url)
    assert SECRET not in str(caught.value)


@pytest.mark.parametrize(
    "text",
    [
        f"machine 127.0.0.1 login writer password my {SECRET}\n",
        f"machine 127.0.0.1 {SECRET}\n",
        f"{SECRET}\n",
        f"machine 127.0.0.1 login writer password \udcff{SECRET}\n",
    ],
)
def test_a_damaged_netrc_is_told_without_its_words(store: Server, file: Path, text: str, tmp_path: Path) -> None:
    (tmp_path / "netrc").write_bytes(text.encode("utf-8", "surrogateescape"))
    (tmp_path / "netrc").chmod(0o600)
    with relaying(store.url, asking("basic")) as relay:
        done = load(relay.url, file)
        assert done.exit_code == 2
        assert SECRET not in done.output
        assert "netrc" in done.stderr


def test_netrc_is_for_the_hosts_in_it(store: Server, file: Path, tmp_path: Path) -> None:
    (tmp_path / "netrc").write_text(f"machine store.example login writer password {SECRET}\n", "utf-8")
    (tmp_path / "netrc").chmod(0o600)
    with relaying(store.url, asking("basic")) as relay:
        assert "Set DIPLOGRAPH_USER" in load(relay.url, file).stderr
        assert set(told(relay)) == {""}


@pytest.mark.parametrize("how", ["token", "password", "digest"])
def test_who_tells_a_secret_in_the_open_is_warned_even_if_it_fails(
    store: Server, file: Path, how: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client, "_is_loopback", lambda _: False)
    names = ("TOKEN",) if how == "token" else ("PASSWORD", "USER")
    for name in names:
        monkeypatch.setenv(f"DIPLOGRAPH_{name}", SECRET)
    challenge = CHALLENGES["digest" if how == "digest" else "basic"]
    with relaying(store.url, lambda _: Answer(401, b"", (("WWW-Authenticate", challenge),))) as relay:
        done = load(relay.url, file)
        assert done.exit_code == 2
        warning = f"The {how} goes to 127.0.0.1 unencrypted"
        assert done.stderr.count(warning) == (0 if how == "digest" else 1)


@pytest.mark.parametrize(
    ("host", "loopback"),
    [("127.0.0.1", True), ("127.8.8.8", True), ("::1", True), ("localhost", True), ("example.org", False)],
)
def test_hosts_that_are_ourselves_are_known(host: str, *, loopback: bool) -> None:
    assert client._is_loopback(host) is loopback  # noqa: SLF001 - as nothing else shows it


def test_no_proxy_of_the_environment_is_used(store: Server, file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with relaying(store.url) as proxy:
        for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy", "HTTPS_PROXY"):
            monkeypatch.setenv(name, proxy.url)
        monkeypatch.delenv("NO_PROXY", raising=False)
        monkeypatch.delenv("no_proxy", raising=False)
        assert load(store.url, file).exit_code == 0
        assert proxy.connections == 0


@pytest.mark.parametrize("how", ["basic", "digest"])
def test_no_cookie_is_kept(store: Server, file: Path, how: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DIPLOGRAPH_USER", "writer")
    monkeypatch.setenv("DIPLOGRAPH_PASSWORD", SECRET)
    with relaying(store.url, asking(how, "track=1; Path=/")) as relay:
        assert load(relay.url, file).exit_code == 0
        cookies = [asked.headers.get("Cookie") for asked in relay.asked]
        assert cookies[-1] is None
        assert sum(cookie is not None for cookie in cookies) <= 1, "but for the answer to the challenge"


def test_ways_of_asking_are_not_mistaken_for_words_in_them() -> None:
    assert schemes('Basic realm="Digest nonce=1, Digest x=2"') == {"basic"}
    assert schemes('Negotiate, Basic realm="a", Digest realm="b", nonce="c"') == {"negotiate", "basic", "digest"}
    assert schemes("") == set()


@pytest.mark.parametrize("user", ['a"b', "a\nb", "Łukasz"])
def test_a_name_that_cannot_be_sent_is_refused(
    store: Server, file: Path, user: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DIPLOGRAPH_PASSWORD", SECRET)
    with relaying(store.url, asking("digest")) as relay:
        done = load(relay.url, file, "--user", user)
        assert done.exit_code == 2
        assert "The name has characters" in done.stderr
        assert set(told(relay)) == {""}


def test_at_a_terminal_the_password_is_asked_for_and_hidden(store: Server, file: Path) -> None:
    """The name is seen as it is typed, the password is not, and the terminal is as before in the end."""
    with relaying(store.url, asking("basic")) as relay:
        ours, theirs = pty.openpty()
        command = [sys.executable, "-m", "diplograph", "load", str(file), "--to", relay.url, "--no-ontology"]
        with subprocess.Popen(command, stdin=theirs, stdout=theirs, stderr=theirs, start_new_session=True) as process:
            os.close(theirs)
            shown = _until(ours, b"User name for 127.0.0.1: ")
            os.write(ours, b"writer\n")
            shown += _until(ours, b"Password of writer for 127.0.0.1: ")
            os.write(ours, SECRET.encode() + b"\n")
            shown += _until(ours, b"loaded")
            os.close(ours)
        assert process.returncode == 0
        assert b"writer" in shown
        assert SECRET.encode() not in shown
        assert told(relay)[-1] == "Basic"


def _until(terminal: int, wanted: bytes) -> bytes:
    """Read a terminal until it shows something."""
    shown = b""
    end = time.monotonic() + 60
    while wanted not in shown:
        assert time.monotonic() < end, shown
        if select.select([terminal], [], [], 0.5)[0]:
            shown += os.read(terminal, 4096)
    return shown
