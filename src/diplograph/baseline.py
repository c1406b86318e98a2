"""A baseline: findings that a corpus has and is let pass with, until they are mended.

A file of JSON names each by its fingerprint, which no line is part of, so that it holds while
the text around a finding changes:

    {"version": 1, "accepted": [{"fingerprint": "…", "file": "…", "owner": "…", "code": "…", "message": "…"}]}

Only the fingerprint counts; the rest is for whoever reads the file.
"""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Final

from msgspec import Struct

from diplograph.errors import InputError, UsageError
from diplograph.findings import Finding, Location, portable
from diplograph.reading.json import parse_json
from diplograph.writing.outputs import output

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from diplograph.reading.documents import Document, Raw

_VERSION: Final = 1
_LARGEST: Final = 1 << 26
_FIELDS: Final = ("fingerprint", "file", "owner", "code", "message")


class Entry(Struct, frozen=True):
    """An accepted finding; `location` is where the baseline says so."""

    fingerprint: str
    file: str
    owner: str
    code: str
    message: str
    location: Location


class Sorted(Struct, frozen=True):
    """Findings sorted by a baseline: those that are new, those it accepts, and its entries left over."""

    new: list[Finding]
    accepted: list[Finding]
    left: list[Entry]


def read_baseline(path: str | Path) -> list[Entry]:
    """Read a baseline.

    Raises:
        UsageError: the file cannot be read.
        InputError: it is no baseline, with the place.
    """
    try:
        with Path(path).open("rb") as stream:
            content = stream.read(_LARGEST + 1)
        text = content.decode("utf-8-sig")
    except OSError as error:
        hint = "Write one with --update-baseline." if isinstance(error, FileNotFoundError) else ""
        raise UsageError(f"The baseline '{path}' cannot be read: {error.strerror}.", hint) from error
    except UnicodeDecodeError as error:
        raise _no_baseline(Location(str(path)), "it is not UTF-8") from error
    if len(content) > _LARGEST:
        raise _no_baseline(Location(str(path)), f"it is larger than {_LARGEST >> 20} MB")
    document = parse_json(text, str(path))
    if isinstance(document, Finding):
        raise InputError([document])
    data = document.data
    if not isinstance(data, dict) or data.get("version") != _VERSION or not isinstance(data.get("accepted"), list):
        raise _no_baseline(document.location(()), f"it has no version {_VERSION} and no list 'accepted'")
    return list(_entries(data["accepted"], document))


def _entries(items: Raw, document: Document) -> Iterator[Entry]:
    for place, item in enumerate(items if isinstance(items, list) else []):
        location = document.location(("accepted", place))
        fields = {name: item.get(name) for name in _FIELDS} if isinstance(item, dict) else {}
        texts = {name: text for name, text in fields.items() if isinstance(text, str)}
        if len(texts) < len(_FIELDS):
            raise _no_baseline(location, f"an entry needs the texts {', '.join(_FIELDS)}")
        yield Entry(**texts, location=location)


def _no_baseline(location: Location, reason: str) -> InputError:
    return InputError([Finding("error", "baseline", f"This is no baseline: {reason}.", location)])


def sort_by_baseline(findings: Iterable[Finding], entries: Iterable[Entry]) -> Sorted:
    """Tell new findings from accepted ones; an entry accepts one finding, and never an error."""
    open_entries = list(entries)
    left = Counter(entry.fingerprint for entry in open_entries)
    new: list[Finding] = []
    accepted: list[Finding] = []
    for finding in findings:
        known = finding.severity != "error" and left[finding.fingerprint] > 0
        left[finding.fingerprint] -= known
        (accepted if known else new).append(finding)
    unused = []
    for entry in open_entries:
        if left[entry.fingerprint] > 0:
            left[entry.fingerprint] -= 1
            unused.append(entry)
    return Sorted(new, accepted, unused)


def stale(entry: Entry) -> Finding:
    """Say that an entry of a baseline has no finding any more."""
    message = f"The baseline accepts {entry.code} at {entry.owner or entry.file}, which is no longer found."
    return Finding("info", "stale-baseline", message, entry.location, "Take it out with --update-baseline.")


def write_baseline(path: str | Path, findings: Iterable[Finding], kept: Iterable[Entry] = ()) -> None:
    """Write a baseline that accepts some findings, and keeps some entries as they are.

    Raises:
        UsageError: the file cannot be written.
    """
    rows = [
        {
            "fingerprint": finding.fingerprint,
            "file": portable(finding.location.file),
            "owner": finding.owner,
            "code": finding.code,
            "message": finding.message,
        }
        for finding in findings
    ]
    rows += [{name: getattr(entry, name) for name in _FIELDS} for entry in kept]
    rows.sort(key=lambda row: (row["file"], row["owner"], row["code"], row["fingerprint"]))
    data = {"version": _VERSION, "accepted": rows}
    with output(path) as stream:
        text = json.dumps(data, ensure_ascii=False, indent=2)
        stream.write(text.encode("utf-8", "surrogatepass") + b"\n")
