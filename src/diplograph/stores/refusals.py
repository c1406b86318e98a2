"""What a store answers that is no success, in words: what it says, and what can be done about it."""

from __future__ import annotations

import http.client
import re
import socket
import ssl
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Final
from urllib.parse import urlsplit

import requests

from diplograph.errors import UsageError
from diplograph.stores import credentials as known

_SHOWN: Final = 300
_UNAUTHORISED: Final = 401
_REDIRECTIONS: Final = range(300, 400)
_BUSY: Final = "Load again later: what is there already is not sent again."
_WRONG: Final = "What it was told is wrong: is the password, or the token, the right one, and the user?"
_HINTS: Final = {
    400: "What it says should tell why.",
    401: f"Set {known.USER} and {known.PASSWORD}, or {known.TOKEN}, or write its host into the file ~/.netrc.",
    403: "It is read-only, or the user may not do this.",
    404: "Is the address right, and the data set there? As in http://127.0.0.1:3030/ds for Fuseki.",
    405: "It is read-only, or the address is another one; as in http://127.0.0.1:3030/ds for Fuseki.",
    406: "Is the address right? As in http://127.0.0.1:3030/ds for Fuseki.",
    413: "Raise its limit for the size of requests.",
    415: "Is the profile right? See --profile in --help.",
    429: _BUSY,
    501: "Is the profile right? See --profile in --help.",
    503: _BUSY,
    504: _BUSY,
    507: "Make room on its disk, and load again.",
}
_SERVER_FAILED: Final = (
    "Its log should tell more. Load again when it is mended: what is there already is not sent again."
)
_NO_TLS: Final = "Its certificate cannot be trusted, or it does not speak TLS."
_MORE_TRUSTED: Final = "SSL_CERT_FILE names a file with more certificates to trust."
_FULL: Final = re.compile(r"no space left|disk (?:is )?full|disk quota", re.IGNORECASE)


class RefusedError(UsageError):
    """A store answers with an error; `status` and `headers` are those of HTTP."""

    status = 0
    headers: Mapping[str, str] = MappingProxyType({})


def refusal(origin: str, response: requests.Response, secrets: Sequence[str] = ()) -> RefusedError:
    """Say why a store refuses, in its own words and ours, but for the secrets that it has been told."""
    status = response.status_code
    said = _without(secrets, _said(response))
    told = f": {said[:_SHOWN]}{'…' if len(said) > _SHOWN else ''}" if said and "<html" not in said.lower() else ""
    hint = _HINTS.get(status, _SERVER_FAILED if status >= 500 else "")  # noqa: PLR2004 - RFC 9110, section 15.6
    if status == _UNAUTHORISED and secrets:
        hint = _WRONG
    if status in _REDIRECTIONS:
        place = _without(secrets, response.headers.get("Location", ""))[:_SHOWN]
        told, hint = "", f"It points to {place or 'another place'}; give that address, if you trust it."
    if _FULL.search(said):
        hint = _HINTS[507]
    place = f"{origin}{urlsplit(response.url or '').path.rstrip('/')}"
    reason = _without(secrets, response.reason or "")[:_SHOWN]
    error = RefusedError(f"{place} answers {status} {reason}".rstrip() + f"{told.rstrip('.')}.", hint)
    error.status, error.headers = status, response.headers
    return error


def _without(secrets: Sequence[str], said: str) -> str:
    """Leave out of what a store says what it must not repeat."""
    for secret in secrets:
        said = said.replace(secret, "***")
    return said


def _said(response: requests.Response) -> str:
    """Read how a page begins, which may be long, or damaged."""
    with response:
        try:
            read: bytes = response.raw.read(1 << 16, decode_content=True)
        except Exception:  # noqa: BLE001 - what it says is of no importance
            return ""
    return " ".join(read.decode("utf-8", "replace").split())


def unreached(origin: str, error: Exception, timeout: float) -> UsageError:
    """Say why there is no answer."""
    running = "Is the store running, and the address right?"
    right = "Is the address right?"
    found = _causes(error)
    if isinstance(error, requests.ReadTimeout) and f"read timeout={timeout}" not in str(error):  # within connecting
        return UsageError(f"{origin}: {_NO_TLS}", _MORE_TRUSTED)
    for kinds, said, hint in (
        (requests.ConnectTimeout, "It cannot be reached in time.", right),
        ((requests.Timeout, TimeoutError), f"No answer within {timeout:g} s.", "Give it more with --timeout."),
        (ssl.SSLError, _NO_TLS, _MORE_TRUSTED),
        (ConnectionRefusedError, "Nobody listens there.", running),
        ((socket.gaierror, requests.exceptions.InvalidURL, UnicodeError), "There is no such host.", right),
        ((ConnectionError, http.client.IncompleteRead), "The connection broke off.", running),
        (http.client.HTTPException, "What it answers is not HTTP.", f"{right} Is it one of https?"),
    ):
        if any(isinstance(one, kinds) for one in found):
            return UsageError(f"{origin}: {said}", hint)
    return UsageError(f"{origin}: The connection broke off.", running)


def _causes(error: BaseException) -> list[BaseException]:
    """List an error and all that led to it, as requests and urllib3 wrap each other's."""
    found = [error]
    for one in found:
        inner = (one.__cause__, one.__context__, getattr(one, "reason", None), *one.args)
        found += [cause for cause in inner if isinstance(cause, BaseException) and cause not in found]
    return found
