"""Names of files as URIs for SARIF (RFC 3986, RFC 8089)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from urllib.parse import quote

from diplograph.findings import portable

if TYPE_CHECKING:
    from collections.abc import Mapping

BASE: Final = "%SRCROOT%"
_STDIN: Final = "<stdin>"


def artifact_location(file: str) -> Mapping[str, str]:
    """Give the SARIF location of a file: a path from the working folder, or a file URI (section 3.4).

    >>> artifact_location("seeds/ä b.yaml")
    {'uri': 'seeds/%C3%A4%20b.yaml', 'uriBaseId': '%SRCROOT%'}
    >>> artifact_location("/data/a.yaml")
    {'uri': 'file:///data/a.yaml'}
    """
    name = portable(file)
    if name == _STDIN:
        return {"uri": _quoted(name)}
    return {"uri": f"file://{_quoted(name)}"} if name.startswith("/") else {"uri": _quoted(name), "uriBaseId": BASE}


def is_standard_input(file: str) -> bool:
    """Tell whether a name stands for standard input."""
    return file == _STDIN


def _quoted(name: str) -> str:
    """Escape the bytes of a name; those that are no UTF-8 are the bytes of the file system."""
    try:
        return quote(name.encode("utf-8", "surrogateescape"))
    except UnicodeEncodeError:
        return quote(name.encode("utf-8", "surrogatepass"))
