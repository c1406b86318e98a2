"""Answers in every format: one function and one row of the table each.

Answers hold untrusted text: tables and Markdown escape what could steer a terminal or a page, CSV
marks what a spreadsheet would take as a formula. TSV, JSON, XML and Turtle are exact.
"""

from __future__ import annotations

import csv
import io
import re
import tempfile
import unicodedata
from itertools import chain, zip_longest
from pathlib import Path
from typing import IO, TYPE_CHECKING, Final, cast

import msgspec
import pyoxigraph as ox

from diplograph.errors import UsageError, did_you_mean
from diplograph.queries.limits import First, solutions
from diplograph.queries.remote import Triples
from diplograph.values.printing import printable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from diplograph.queries.names import Names
    from diplograph.queries.running import Answer

    Term = ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple
    Rows = First[ox.QuerySolution] | ox.QueryBoolean
    Write = Callable[[Rows, IO[bytes], Names], None]

_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")
"""What a spreadsheet may take for the beginning of a formula."""
_MARKED: Final = re.compile(r"([\\`*_\[\]|~])")
_NUMBER: Final = re.compile(r"[+-]?[0-9]+(?:\.[0-9]*)?(?:[eE][+-]?[0-9]+)?")
_MARKS: Final = ("Mn", "Me")
_IGNORED: Final = ("Cc", "Cf", "Zs", "Zl", "Zp")


def write_answer(answer: Answer, stream: IO[bytes], format_: str, names: Names, width: int = 0, most: int = 0) -> bool:
    """Write an answer in a format of `FORMATS`, or a graph as `ttl`.

    A table that is wider than `width` columns, if that is given, becomes a record for each row. Of
    rows and triples the first `most` are written, all if that is 0; tells whether there are more.

    Raises:
        UsageError: the format is unknown, or does not go with what the query asks for.
    """
    if isinstance(answer, (ox.QueryTriples, Triples)):
        if format_ != "ttl":
            raise UsageError(f"The query gives triples, which cannot be written as {format_}.", "Take ttl.")
        triples = First(answer, most)
        ox.serialize(triples, stream, format=ox.RdfFormat.TURTLE, prefixes=names.prefixes)
        return triples.cut
    if format_ == "ttl":
        raise UsageError("The query gives no triples, so that it cannot be written as ttl.", "Take csv or json.")
    if format_ not in FORMATS:
        known = f"Known: {', '.join(FORMATS)}, ttl."
        raise UsageError(f"There is no format '{format_}' for answers.", did_you_mean(format_, FORMATS) or known)
    rows = First(answer, most) if isinstance(answer, ox.QuerySolutions) else answer
    if format_ == "table" and width:
        _table(rows, stream, names, width)
    else:
        FORMATS[format_](rows, stream, names)
    return isinstance(rows, First) and rows.cut


def is_triples(answer: Answer) -> bool:
    """Tell whether an answer is a graph, as that of CONSTRUCT, rather than a table."""
    return isinstance(answer, (ox.QueryTriples, Triples))


def format_by_suffix(path: str | Path) -> str:
    """Tell the format from the suffix of a file.

    Raises:
        UsageError: the suffix is of no format.
    """
    suffix = Path(str(path).removesuffix(".gz")).suffix.lower()
    if suffix not in _SUFFIXES:
        raise UsageError(f"The format cannot be told from the name '{path}'.", f"Known: {' '.join(_SUFFIXES)}.")
    return _SUFFIXES[suffix]


def _rows(answer: Rows, shown: Callable[[Term | None], str]) -> Iterator[list[str]]:
    """Give the header and the rows as text; a truth value is a table of one cell."""
    if isinstance(answer, ox.QueryBoolean):
        yield ["answer"]
        yield ["true" if answer else "false"]
    else:
        yield _columns(answer)
        yield from ([shown(value) for value in solution] for solution in answer)


def _columns(answer: First[ox.QuerySolution]) -> list[str]:
    return [variable.value for variable in cast("ox.QuerySolutions", answer.items).variables]


def _table(answer: Rows, stream: IO[bytes], names: Names, width: int = 0) -> None:
    """Write columns of equal width, for a terminal; records, if they would not fit into its width.

    How wide they are is known at the end only, so that rows wait in a file.
    """
    encode, decode = msgspec.json.encode, msgspec.json.Decoder(list[str]).decode
    with tempfile.SpooledTemporaryFile(max_size=1 << 24) as waiting:
        widths: list[int] = []
        for row in _rows(answer, names.short):
            cells = [printable(cell) for cell in row]
            widths = [max(pair) for pair in zip_longest(widths, map(_width, cells), fillvalue=0)]
            waiting.write(encode(cells) + b"\n")
        waiting.seek(0)
        rows = (decode(line) for line in waiting)
        if width and sum(widths) + 2 * len(widths) - 2 > width:
            _records(rows, stream)
            return
        for cells in chain([next(rows), ["-" * size for size in widths]], rows):
            padded = [cell + " " * (size - _width(cell)) for cell, size in zip(cells, widths, strict=True)]
            stream.write(("  ".join(padded).rstrip() + "\n").encode())


def _records(rows: Iterator[list[str]], stream: IO[bytes]) -> None:
    """Write each row as lines of a column's name and value; what is empty is left out."""
    columns = next(rows)
    size = max(_width(column) for column in columns)
    for place, row in enumerate(rows):
        told = [(column, cell) for column, cell in zip(columns, row, strict=True) if cell]
        lines = [f"{column}{' ' * (size - _width(column))}  {cell}\n" for column, cell in told]
        stream.write(("\n" * bool(place) + "".join(lines)).encode())


def _width(text: str) -> int:
    """Count the columns that a text takes on a terminal (Unicode Standard Annex 11)."""
    if text.isascii():
        return len(text)
    return sum(
        0 if unicodedata.category(letter) in _MARKS else 2 if unicodedata.east_asian_width(letter) in "FW" else 1
        for letter in text
    )


def _markdown(answer: Rows, stream: IO[bytes], names: Names) -> None:
    """Write a table of GitHub's Markdown (GFM 0.29, section 4.10), with markup in the data escaped."""
    rows = ([_escaped(cell) for cell in row] for row in _rows(answer, names.short))
    header = next(rows)
    for cells in chain([header, ["---"] * len(header)], rows):
        stream.write(f"| {' | '.join(cells)} |\n".encode())


def _escaped(text: str) -> str:
    plain = printable(" ".join(text.splitlines()))
    return _MARKED.sub(r"\\\1", plain).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _csv(answer: Rows, stream: IO[bytes], _: Names) -> None:
    """Write CSV (SPARQL 1.1 Query Results CSV and TSV Formats, section 3), formulas marked."""
    text = io.TextIOWrapper(stream, "utf-8", newline="", write_through=True)
    csv.writer(text, lineterminator="\r\n").writerows(_rows(answer, _plain))
    text.detach()


def _plain(term: Term | None) -> str:
    if isinstance(term, ox.Literal):
        return f"'{term.value}" if _is_formula(term.value) else term.value
    return "" if term is None else term.value if isinstance(term, ox.NamedNode) else f"{term}"


def _is_formula(text: str) -> bool:
    """Tell what a spreadsheet may run: also behind white space, hidden or in full width; not numbers."""
    seen = next((letter for letter in text if unicodedata.category(letter) not in _IGNORED), "")
    begins = text.startswith(_FORMULA) or unicodedata.normalize("NFKC", seen).startswith(_FORMULA)
    return begins and not _NUMBER.fullmatch(text)


def _results(format_: ox.QueryResultsFormat) -> Write:
    """Write one of the formats for results that W3C has, by pyoxigraph."""

    def write(answer: Rows, stream: IO[bytes], _: Names) -> None:
        if isinstance(answer, ox.QueryBoolean):
            answer.serialize(stream, format=format_)
        else:
            whole = solutions(answer, _columns(answer)) if answer.most else cast("ox.QuerySolutions", answer.items)
            whole.serialize(stream, format=format_)

    return write


FORMATS: Final[dict[str, Write]] = {
    "table": _table,
    "csv": _csv,
    "tsv": _results(ox.QueryResultsFormat.TSV),
    "json": _results(ox.QueryResultsFormat.JSON),
    "xml": _results(ox.QueryResultsFormat.XML),
    "md": _markdown,
}
_SUFFIXES: Final = {
    ".txt": "table",
    ".csv": "csv",
    ".tsv": "tsv",
    ".json": "json",
    ".srj": "json",
    ".xml": "xml",
    ".srx": "xml",
    ".md": "md",
    ".ttl": "ttl",
}
