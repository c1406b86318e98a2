"""Reading RDF on behalf of a parser in native code, whose memory, stack and time nothing else bounds.

Owns what a small file must not ask for: a hundredfold of its size, entities within entities, and
nesting so deep that the parser takes for ever or brings the program down. Knows syntaxes by their
brackets only; whether a file is well-formed, the parser says.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from errno import EFBIG
from typing import IO, Final, Literal, TypeAlias

Complaint: TypeAlias = str
"""What is wrong, as the end of a sentence, or empty."""

LARGEST: Final = 1 << 26
_MOST_TIMES: Final = 200
_DEEPEST: Final = 200
_DEEPEST_TAGS: Final = 1000
_LONGEST_ENTITY: Final = 300
_STRING: Final = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"', re.DOTALL)
_REST_OF_STRING: Final = re.compile(rb'[^"\\]*+(?:\\.[^"\\]*+)*+"', re.DOTALL)
_ENTITY: Final = re.compile(rb'<!ENTITY\s[^"]*"([^"]*)"')
_NOT_BRACKETS: Final = bytes(code for code in range(256) if code not in b"[]{}")


class Guarded:
    """A stream that ends with an error where its content would fill the memory although the file is small.

    `size` is that of the file; what it unpacks to has to be in proportion. Ours is 50 times as
    large unpacked, a bomb a thousand times.
    """

    def __init__(self, stream: IO[bytes], size: int, syntax: Literal["xml", "json", "terms"]) -> None:
        self._stream, self._left, self._at_start = stream, max(LARGEST, _MOST_TIMES * size), True
        checks: dict[str, Callable[[], Callable[[bytes], Complaint]]]
        checks = {"xml": _Tags, "json": _Brackets, "terms": _Terms}
        self._check = checks[syntax]()

    def read(self, size: int = -1) -> bytes:
        """Read some bytes, without the byte order mark that some editors put at the start.

        Raises:
            OSError: they are more than the file may hold, or ask for too much.
        """
        chunk = self._stream.read(size)
        if self._at_start:
            chunk, self._at_start = chunk.removeprefix(b"\xef\xbb\xbf"), False
        self._left -= len(chunk)
        complaint = f"it unpacks to more than {_MOST_TIMES} times its size" if self._left < 0 else self._check(chunk)
        if complaint:
            raise OSError(EFBIG, complaint)
        return chunk


class _Tags:
    """XML: elements in elements, text between two tags, and entities, which may stand for others.

    A sign in a comment or CDATA section counts as if it was a tag; there are never so many.
    """

    def __init__(self) -> None:
        self._held, self._depth, self._run, self._last = b"", 0, 0, b""

    def __call__(self, chunk: bytes) -> Complaint:
        data = self._last + chunk
        self._last = data[-1:]
        self._depth += data.count(b"<", 0, -1) - 2 * data.count(b"</")
        self._depth -= data.count(b"/>") + data.count(b"<!") + data.count(b"<?")
        tag = chunk.rfind(b"<")
        self._run = len(chunk) - tag if tag >= 0 else self._run + len(chunk)
        self._run += chunk.count(b"&", max(tag, 0)) * _LONGEST_ENTITY
        if self._depth > _DEEPEST_TAGS:
            return f"it is nested more than {_DEEPEST_TAGS} elements deep"
        if self._run > LARGEST:
            return f"there are more than {LARGEST >> 20} MB without a tag"
        return self._entities(chunk)

    def _entities(self, chunk: bytes) -> Complaint:
        data = self._held + chunk
        for found in _ENTITY.finditer(data):
            if b"&" in found[1] or len(found[1]) > _LONGEST_ENTITY:
                return "it declares an entity that is long or made of others"
        end = data.rfind(b"<!ENTITY")
        unfinished = end >= 0 and _ENTITY.match(data, end) is None
        self._held = data[end:] if unfinished else data[-8:]
        return "it declares an entity that is long" if len(self._held) > 4 * _LONGEST_ENTITY else ""


class _Brackets:
    """JSON: brackets in brackets, other than those in strings."""

    def __init__(self) -> None:
        self._held, self._in_string, self._depth = b"", False, 0

    def __call__(self, chunk: bytes) -> Complaint:
        brackets = self._outside_strings(self._held + chunk).translate(None, _NOT_BRACKETS)
        opening = brackets.count(b"[") + brackets.count(b"{")
        if self._depth + opening <= _DEEPEST:  # not even if none was closed in between
            self._depth += 2 * opening - len(brackets)
            return ""
        for bracket in brackets:
            self._depth += 1 if bracket in b"[{" else -1
            if self._depth > _DEEPEST:
                return f"it is nested more than {_DEEPEST} brackets deep"
        return ""

    def _outside_strings(self, data: bytes) -> bytes:
        """Take out the strings, and remember whether the data ends in one."""
        if self._in_string:
            rest = _REST_OF_STRING.match(data)
            if rest is None:
                self._held = _open_escape(data)
                return b""
            data = data[rest.end() :]
        bare = _STRING.sub(b"", data)
        outside, quote, inside = bare.partition(b'"')
        self._in_string, self._held = bool(quote), _open_escape(inside)
        return outside


def _open_escape(data: bytes) -> bytes:
    """Give the backslash at the end of a piece of a string, if it escapes what comes next."""
    return b"\\" if (len(data) - len(data.rstrip(b"\\"))) % 2 else b""


class _Terms:
    """Turtle and its kin: triple terms in triple terms (RDF 1.2)."""

    def __init__(self) -> None:
        self._held, self._depth = b"", 0

    def __call__(self, chunk: bytes) -> Complaint:
        data = self._held + chunk
        self._held = data[-2:]
        self._depth += data.count(b"<<(") - data.count(b")>>")
        return f"it has triple terms nested more than {_DEEPEST} deep" if self._depth > _DEEPEST else ""
