"""What a store answers that is no success, in words: what it says, and what can be done about it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

import requests

from diplograph.errors import UsageError
from diplograph.stores import credentials as known

_SHOWN: Final = 300
_HINTS: Final = {
    400: "What it says should tell why.",
    401: f"Set {known.USER} and {known.PASSWORD}, or {known.TOKEN}, or write its host into the file ~/.netrc.",
    403: "It is read-only, or the user may not do this.",
    404: "Is the address right, and the data set there? See the examples of --profile in --help.",
    405: "It is read-only, or the address is another one; see the examples of --profile in --help.",
    413: "Raise its limit for the size of requests.",
    415: "Is the profile right? See --profile in --help.",
    501: "Is the profile right? See --profile in --help.",
    507: "Make room on its disk, and load again.",
}
_SERVER_FAILED: Final = (
    "Its log should tell more. Load again when it is mended: what is there already is not sent again."
)
_FULL: Final = re.compile(r"no space left|disk (?:is )?full|disk quota", re.IGNORECASE)


class RefusedError(UsageError):
    """A store answers with an error; `status` and `headers` are those of HTTP."""

    status = 0
    headers: Mapping[str, str] = MappingProxyType({})


def refusal(origin: str, response: requests.Response) -> RefusedError:
    """Say why a store refuses, in its own words and ours."""
    status = response.status_code
    with response:
        try:
            said = " ".join(response.raw.read(1 << 16, decode_content=True).decode("utf-8", "replace").split())
        except Exception:  # noqa: BLE001 - what it says is of no importance
            said = ""
    told = f": {said[:_SHOWN]}{'…' if len(said) > _SHOWN else ''}" if said and "<html" not in said.lower() else ""
    hint = _HINTS.get(status, _SERVER_FAILED if status >= 500 else "")  # noqa: PLR2004 - RFC 9110, section 15.6
    if response.is_redirect:
        told, hint = (
            "",
            f"It points to {response.headers.get('Location', '')[:_SHOWN]}; give that address, if you trust it.",
        )
    if _FULL.search(said):
        hint = _HINTS[507]
    error = RefusedError(f"{origin} answers {status} {response.reason or ''}".rstrip() + f"{told}.", hint)
    error.status, error.headers = status, response.headers
    return error


def unreached(origin: str, error: Exception, timeout: float) -> UsageError:
    """Say why there is no answer."""
    said = str(error)
    hint = "Is the store running, and the address right? What was loaded whole stays; load again to go on."
    if isinstance(error, requests.Timeout):
        return UsageError(f"{origin}: No answer within {timeout:g} s.", "Give it more with --timeout.")
    if isinstance(error, requests.exceptions.SSLError):
        return UsageError(f"{origin}: Its certificate cannot be trusted, or it does not speak TLS.")
    if "Connection refused" in said:
        return UsageError(f"{origin}: Nobody listens there.", hint)
    if "resol" in said.lower() or "Name or service not known" in said:
        return UsageError(f"{origin}: There is no such host.", "Is the address right?")
    return UsageError(f"{origin}: The connection broke off.", hint)
