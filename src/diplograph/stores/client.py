"""Requests to a store that the user has named: in time, with credentials where asked for, to no other host.

Redirects are not followed, proxies of the environment are not used, cookies are not kept. Requests that
change nothing the second time are tried again when a host cannot be reached or says that it is busy.
"""

from __future__ import annotations

import ipaddress
import os
from typing import IO, TYPE_CHECKING, Final, Literal, TypeAlias
from urllib.parse import SplitResult, urlsplit

import requests
from requests.adapters import HTTPAdapter
from requests.auth import HTTPBasicAuth, HTTPDigestAuth
from urllib3.util.retry import Retry

from diplograph.errors import UsageError
from diplograph.stores import credentials as known
from diplograph.stores.refusals import refusal, unreached
from diplograph.version import __version__

if TYPE_CHECKING:
    from collections.abc import Mapping

    from diplograph.stores.credentials import Prompt

Method: TypeAlias = Literal["GET", "PUT", "POST", "DELETE"]

_CONNECTING: Final = 10.0
_UNAUTHORISED: Final = 401
_RETRIES: Final = Retry(
    total=3,
    allowed_methods={"GET", "PUT", "DELETE"},  # idempotent (RFC 9110, section 9.2.2)
    status_forcelist={429, 502, 503, 504},
    backoff_factor=0.5,
    raise_on_status=False,
    redirect=False,
)


class Body:
    """So many bytes of a file, from where it stands: sent with Content-Length, and again if need be."""

    def __init__(self, file: IO[bytes], size: int) -> None:
        self._file, self._start, self._size = file, file.tell(), size

    def __len__(self) -> int:
        """Give the number of bytes."""
        return self._size

    def read(self, size: int = -1) -> bytes:
        """Read some of them."""
        left = self._size - self.tell()
        return self._file.read(left if size < 0 else min(size, left))

    def seek(self, offset: int, whence: int = 0) -> int:
        """Go to a place, counted from the first of them."""
        base = {0: self._start, 1: self._file.tell(), 2: self._start + self._size}[whence]
        return self._file.seek(base + offset) - self._start

    def tell(self) -> int:
        """Tell how many have been read."""
        return self._file.tell() - self._start


class Client:
    """Sends requests to one origin, and answers when it asks who we are."""

    def __init__(self, url: str, *, timeout: float, user: str = "", prompt: Prompt | None = None) -> None:
        """Get ready; no request is sent yet.

        Raises:
            UsageError: the address is none that can be asked, or has a password in it.
        """
        parts = _checked(url)
        self._origin = f"{parts.scheme}://{parts.netloc}"
        self._host = parts.hostname or ""
        self._user, self._prompt, self._timeout = user, prompt, timeout
        self._encrypted = parts.scheme == "https" or _is_loopback(self._host)
        self.warnings: list[str] = []
        self._session = requests.Session()
        self._session.trust_env = False  # no proxy, no credentials but those that are asked for
        self._session.verify = os.environ.get("SSL_CERT_FILE") or True
        self._session.mount(self._origin, HTTPAdapter(max_retries=_RETRIES))
        self._session.headers["User-Agent"] = f"diplograph/{__version__}"
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
        start = body.tell() if isinstance(body, Body) else 0
        for _ in range(2):
            try:
                response = self._session.request(
                    method,
                    url,
                    params=parameters,
                    headers=headers,
                    data=body,
                    timeout=(_CONNECTING, self._timeout),
                    allow_redirects=False,
                    stream=True,
                )
            except (requests.RequestException, OSError) as error:
                raise unreached(self._origin, error, self._timeout) from None
            self._session.cookies.clear()
            if response.status_code != _UNAUTHORISED or self._asked or not self._introduced(response):
                break
            response.close()
            if isinstance(body, Body):
                body.seek(start)
        if not response.ok or response.is_redirect:
            raise refusal(self._origin, response)
        return response

    def _introduced(self, response: requests.Response) -> bool:
        """Take the credentials for a host that asks for them, in the way that it asks."""
        self._asked = True
        challenge = response.headers.get("WWW-Authenticate", "").lower()
        found = known.credentials(self._host, self._user, self._prompt)
        if not found.password:
            return False
        if "digest" in challenge:
            self._session.auth = HTTPDigestAuth(found.user, found.password)
            return True
        if "basic" in challenge:
            self._session.auth = HTTPBasicAuth(found.user.encode(), found.password.encode())
            self._note_plain("password")
            return True
        return False

    def _note_plain(self, what: str) -> None:
        if not self._encrypted:
            self.warnings.append(f"The {what} goes to {self._host} unencrypted: take https where you can.")


def _checked(url: str) -> SplitResult:
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise UsageError(f"'{url}' is no address of a store.", "As in http://127.0.0.1:7878.")
    if parts.username or parts.password:
        hint = f"Set {known.USER} and {known.PASSWORD}, or write the host into the file ~/.netrc."
        raise UsageError("An address must not have a user or password in it, which others could see.", hint)
    return parts


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
