"""Keys and names as parts of IRIs: safe whatever they contain, and never two for one."""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import quote

_SAFE: Final = "-_"
_PLAIN: Final = re.compile(r"[A-Za-z0-9_-]*")


def iri_part(key: str) -> str:
    """Percent-encode a key for use in an IRI (RFC 3986, section 2.1).

    Only ASCII letters, digits, hyphen and underscore stay. The full stop is encoded too: it
    separates the parts of an IRI, so that different lists of parts never meet in one IRI.

    >>> iri_part("talks"), iri_part("a.b"), iri_part("x> <y")
    ('talks', 'a%2Eb', 'x%3E%20%3Cy')
    """
    if _PLAIN.fullmatch(key):
        return key
    return quote(key, safe=_SAFE).replace(".", "%2E").replace("~", "%7E")
