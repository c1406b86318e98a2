"""How a host asks who we are (RFC 9110, section 11.6.1), and the answer that does not tell the password."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final, cast

from requests.auth import HTTPDigestAuth

from diplograph.errors import UsageError

if TYPE_CHECKING:
    import requests

_QUOTED: Final = re.compile(r'"(?:[^"\\]|\\.)*"')
_SCHEME: Final = re.compile(r"(?:^|,)\s*([A-Za-z][A-Za-z0-9-]*)(?=\s*(?:,|$)|\s+[^\s=])")
_UNAUTHORISED: Final = 401


def schemes(challenge: str) -> set[str]:
    """List the ways in which a host lets us answer, in lower case.

    >>> sorted(schemes('Basic realm="a, digest b", Digest realm="c", qop="auth"'))
    ['basic', 'digest']
    """
    return {found.lower() for found in _SCHEME.findall(_QUOTED.sub('""', challenge))}


class DigestAuth(HTTPDigestAuth):
    """Digest authentication (RFC 7616), which leaves the pages of refusals unread: they may be without end."""

    def __init__(self, user: str, password: str) -> None:
        """Take a name and a password.

        Raises:
            UsageError: the name cannot be sent.
        """
        if not user.isprintable() or '"' in user or any(ord(letter) > 0xFF for letter in user):  # noqa: PLR2004 - Latin-1
            raise UsageError("The name has characters that cannot be sent to a server that asks for a digest.")
        super().__init__(user, password)

    def handle_401(self, r: requests.Response, **kwargs: Any) -> requests.Response:  # noqa: ANN401 - as requests has it
        """Answer a challenge."""
        if r.status_code == _UNAUTHORISED:
            r.close()
            r._content = b""  # noqa: SLF001 - what requests would fill by reading
        return cast("requests.Response", super().handle_401(r, **kwargs))  # type: ignore[no-untyped-call]
