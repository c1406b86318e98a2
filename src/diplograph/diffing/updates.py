"""A difference as SPARQL 1.1 Update: what is to be deleted first, then what is to be inserted.

Each operation is a request of its own that ends before a line with nothing but a semicolon, so that
a file can be sent in pieces to a store that limits what it takes at once.
"""

from __future__ import annotations

import re
from collections import defaultdict
from typing import IO, TYPE_CHECKING, Final

from diplograph.diffing.statements import STATEMENT, counted
from diplograph.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from diplograph.diffing.comparing import Difference

BATCH: Final = 1000
MOST_BYTES: Final = 1 << 20
_ESCAPED: Final = re.compile(rb"\\u([0-9A-F]{4})|\\\\([uU])|\\.")


def write_update(found: Difference, stream: IO[bytes], batch: int = BATCH) -> None:
    """Write what turns the old into the new, in operations of at most `batch` statements and 1 MB of text.

    A single statement that is larger has an operation of its own. If nothing differs, a comment is
    all that is written, which is an update that does nothing.

    Raises:
        UsageError: a statement is one that SPARQL 1.1 cannot write: it has a term of RDF 1.2.
    """
    stream.write(f"# {counted(len(found.removed))} to delete, {len(found.added):,} to insert\n".encode())
    first = True
    for word, lines in ((b"DELETE", found.removed), (b"INSERT", found.added)):
        for operation in _batches(lines, batch):
            stream.write(b"" if first else b";\n")
            stream.write(word + b" DATA {\n")
            for graph, triples in operation.items():
                stream.write(b"GRAPH " + graph + b" {\n" if graph else b"")
                stream.writelines(triples)
                stream.write(b"}\n" if graph else b"")
            stream.write(b"}\n")
            first = False


def _batches(lines: Iterable[bytes], most: int) -> Iterator[dict[bytes, list[bytes]]]:
    """Group statements by graph, some at a time."""
    held: dict[bytes, list[bytes]] = defaultdict(list)
    count = size = 0
    for line in lines:
        found = STATEMENT.fullmatch(line)
        if found is None:
            shown = line.decode()[:200].strip()
            raise UsageError(f"SPARQL 1.1 cannot write this statement of RDF 1.2: {shown}.", "Take --format nquads.")
        if held and (count == most or size + len(line) > MOST_BYTES):
            yield held
            held, count, size = defaultdict(list), 0, 0
        held[found["graph"] or b""].append(escaped(found["triple"]) + b" .\n")
        count, size = count + 1, size + len(line)
    if held:
        yield held


def escaped(triple: bytes) -> bytes:
    r"""Write a triple of N-Triples so that all readers of SPARQL take it as it is meant.

    SPARQL replaces escapes such as \u0022 before it looks for the ends of strings (SPARQL 1.1 Query,
    section 19.2). Some readers take one to follow where a backslash is itself escaped, and some take
    eight digits after a small u if they find as many.

    >>> escaped(rb'<x:a> <x:b> "\\u0022 } \u0001abcd"') == rb'<x:a> <x:b> "\\\U000000750022 } \U00000001abcd"'
    True
    """
    return _ESCAPED.sub(_unmistakable, triple) if b"\\\\" in triple or b"\\u" in triple else triple


def _unmistakable(found: re.Match[bytes]) -> bytes:
    if found[1]:
        return rb"\U0000" + found[1]
    return rb"\\\U%08X" % ord(found[2]) if found[2] else found[0]
