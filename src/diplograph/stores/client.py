"""Requests to a store that the user has named: in time, with credentials where asked for, to no other host.

Redirects are not followed, proxies of the environment are not used, cookies are not kept. Requests that
change nothing the second time are tried again when a host cannot be reached or says that it is busy.
"""

from __future__ import annotations

import ipaddress
import os
import time
from base64 import b64encode
from functools import partial
from http.cookiejar import DefaultCookiePolicy
from pathlib import Path
from typing import IO, TYPE_CHECKING, Final, Literal, TypeAlias
from urllib.parse import SplitResult, urlsplit

import requests
from requests.auth import HTTPBasicAuth
from urllib3.exceptions import InvalidHeader
from urllib3.util.retry import Retry

from diplograph.errors import UsageError
from diplograph.stores import credentials as known
from diplograph.stores.authentication import DigestAuth, schemes
from diplograph.stores.refusals import refusal, unreached
from diplograph.version import __version__

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from diplograph.stores.credentials import Prompt

Method: TypeAlias = Literal["GET", "PUT", "POST", "DELETE"]

_CONNECTING: Final = 10.0
_UNAUTHORISED: Final = 401
_SUCCESS: Final = range(200, 300)
_IDEMPOTENT: Final = {"GET", "PUT", "DELETE"}  # RFC 9110, section 9.2.2
_BUSY: Final = {429, 502, 503, 504}
_ATTEMPTS: Final = 4
_PAUSE: Final = 0.5
"""How many seconds to wait before the second attempt; twice as many before each further one."""

_LONGEST_PAUSE: Final = 30.0
_CERTIFICATES: Final = "SSL_CERT_FILE"


class Body:
    """So many bytes of a file, from where it stands: sent with Content-Length, and again if need be."""

    def __init__(self, file: IO[bytes], size: int) -> None:
        self._file, self._start, self._size = file, file.tell(), size

    def __len__(self) -> int:
        """Give the number of bytes."""
        return self._size

    def read(self, size: int = -1) -> bytes:
        """Read some of them."""
        left = max(self._size - self.tell(), 0)
        return self._file.read(left if size < 0 else min(size, left))

    def seek(self, offset: int, whence: int = 0) -> int:
        """Go to a place, counted from the first of them."""
        base = {0: self._start, 1: self._file.tell(), 2: self._start + self._size}[whence]
        return self._file.seek(base + offset) - self._start

    def tell(self) -> int:
        """Tell how many have been read."""
        return self._file.tell() - self._start


class Client:
    """Sends requests to one origin, and answers when it asks who we are.

    `warnings` are what a user should know of it, if there is nobody to be `told` at once; `is_near` tells
    that it is this machine.
    """

    def __init__(
        self,
        url: str,
        *,
        timeout: float,
        user: str = "",
        prompt: Prompt | None = None,
        told: Callable[[str], None] | None = None,
    ) -> None:
        """Get ready; no request is sent yet.

        Raises:
            UsageError: the address is none that can be asked, or has a password in it.
        """
        parts = _checked(url)
        self._origin = f"{parts.scheme}://{parts.netloc}"
        self._host = parts.hostname or ""
        self._user, self._prompt, self._timeout = user, prompt, timeout
        self.is_near = _is_loopback(self._host)
        self._encrypted = parts.scheme == "https" or self.is_near
        self.warnings: list[str] = []
        self._told = told or self.warnings.append
        self._session = _session()
        self._asked = False
        token = known.token()
        if token:
            self._session.headers["Authorization"] = f"Bearer {token}"
            self._note_plain("token")

    def close(self) -> None:
        """Let go of connections."""
        self._session.close()

    def request(
        self,
        method: Method,
        url: str,
        *,
        parameters: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        body: Body | bytes | Mapping[str, str] | None = None,
    ) -> requests.Response:
        """Send a request, of which the answer is to be read and closed.

        Raises:
            UsageError: the host cannot be reached, or refuses; with what can be done about it.
        """
        if urlsplit(url)[:2] != urlsplit(self._origin)[:2]:
            raise ValueError("a request has to go to the host that the user has named")
        send = partial(
            self._session.request,
            method,
            url,
            params=parameters,
            headers=headers,
            data=body,
            timeout=(min(_CONNECTING, self._timeout), self._timeout),
            allow_redirects=False,
            stream=True,
        )
        start = body.tell() if isinstance(body, Body) else 0
        response = self._answered(send, body, start, _ATTEMPTS if method in _IDEMPOTENT else 1)
        if response.status_code not in _SUCCESS:
            secrets = self._secrets()
            raise refusal(self._origin, response, secrets)
        return response

    def _answered(
        self, send: Callable[[], requests.Response], body: object, start: int, attempts: int
    ) -> requests.Response:
        """Send a request until there is an answer, or that of a host that is busy is the last."""
        for attempt in range(1, attempts + 1):
            pause = _PAUSE * 2 ** (attempt - 1)
            if isinstance(body, Body):
                body.seek(start)
            try:
                response = send()
                if response.status_code == _UNAUTHORISED and self._introduced(response):
                    response.close()
                    if isinstance(body, Body):
                        body.seek(start)
                    response = send()
            except (requests.RequestException, OSError) as error:
                if attempt == attempts or not _may_pass(error):
                    raise unreached(self._origin, error, self._timeout) from None
            else:
                pause = max(pause, _asked_to_wait(response))
                if attempt == attempts or response.status_code not in _BUSY or pause > _LONGEST_PAUSE:
                    return response
                response.close()
            time.sleep(pause)
        raise AssertionError("the last attempt has an end")

    def _introduced(self, response: requests.Response) -> bool:
        """Take the credentials for a host that asks for them, in the way that it asks; once."""
        if self._asked:
            return False
        self._asked = True
        asked = schemes(response.headers.get("WWW-Authenticate", ""))
        if not asked & {"digest", "basic"}:
            return False
        found = known.credentials(self._host, self._user, self._prompt)
        if not found.password:
            return False
        if "digest" in asked:
            self._session.auth = DigestAuth(found.user, found.password)
        else:
            self._note_plain("password")
            self._session.auth = HTTPBasicAuth(found.user.encode(), found.password.encode())
        return True

    def _secrets(self) -> list[str]:
        """List what no message may repeat, though a host does: the token or password, and how it is sent."""
        auth = self._session.auth
        found = str(self._session.headers.get("Authorization", "")).split()[1:]
        if isinstance(auth, HTTPBasicAuth):
            user, password = bytes(auth.username), bytes(auth.password)  # type: ignore[arg-type] # as they were given
            found += [password.decode(), b64encode(user + b":" + password).decode()]
        if isinstance(auth, DigestAuth):
            found.append(str(auth.password))
        return found

    def _note_plain(self, what: str) -> None:
        if not self._encrypted:
            self._told(f"The {what} goes to {self._host} unencrypted: take https where you can.")


class _Session(requests.Session):
    """A session that does not look where a redirection points."""

    def get_redirect_target(self, resp: requests.Response) -> str | None:  # noqa: ARG002 - as requests calls it
        """Find none."""
        return None


def _session() -> requests.Session:
    session = _Session()
    session.trust_env = False  # no proxy, no credentials but those that are asked for
    session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
    session.headers["User-Agent"] = f"diplograph/{__version__}"
    certificates = os.environ.get(_CERTIFICATES)
    if certificates and not Path(certificates).is_file():
        raise UsageError(f"There is no file '{certificates}', which {_CERTIFICATES} names.")
    session.verify = certificates or True
    return session


def _may_pass(error: Exception) -> bool:
    """Tell whether another attempt may succeed: not where nobody answers in time, or nothing is as expected."""
    kinds = (requests.ConnectionError, requests.exceptions.ChunkedEncodingError)
    return isinstance(error, kinds) and not isinstance(error, (requests.Timeout, requests.exceptions.SSLError))


def _asked_to_wait(response: requests.Response) -> float:
    """Tell how many seconds a busy host asks to be left alone (RFC 9110, section 10.2.3)."""
    try:
        return float(Retry().parse_retry_after(response.headers.get("Retry-After", "0")))
    except (InvalidHeader, ValueError, OverflowError):
        return 0.0


def _checked(url: str) -> SplitResult:
    hint = "As in http://127.0.0.1:7878."
    shown = url.rpartition("@")[2]  # of what may be a password, nothing
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError as error:
        raise UsageError(f"'{shown}' is no address of a store.", hint) from error
    if "@" in parts.netloc:
        instead = f"Set {known.USER} and {known.PASSWORD}, or write the host into the file ~/.netrc."
        raise UsageError("An address must not have a user or password in it, which others could see.", instead)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise UsageError(f"'{shown}' is no address of a store.", hint)
    if parts.query or parts.fragment:
        raise UsageError(f"An address of a store ends before '{'?' if parts.query else '#'}'.", hint)
    return parts


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
