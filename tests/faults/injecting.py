"""Injecting: a fault into a copy of the seeds, the check by an engine, and what was found against what must be."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal, NamedTuple, TypeAlias

from tests.faults.copies import REGISTER, Copy, Region, documents

from diplograph import checking

if TYPE_CHECKING:
    from tests.faults.edits import Syntax
    from tests.faults.kinds import Fault

    from diplograph.findings import Finding, Location

Engine: TypeAlias = Literal["auto", "pyshacl", "shifty"]
_WITH: Final = {"003": "004"}
"""An article that another one does not do without: in 003 a visit has no destination, which is warned of."""


class Place(NamedTuple):
    """A finding as far as it is compared: its rule, its place, and the related places in order."""

    code: str
    region: Region
    related: tuple[Region, ...]

    def __str__(self) -> str:
        """Give the rule and all places."""
        return " ".join([self.code, *map(str, (self.region, *self.related))])


@dataclass(frozen=True, slots=True)
class Outcome:
    """What must be found, what was found, and what is said of it: severity, rule, component, owner and message."""

    expected: tuple[Place, ...]
    found: tuple[Place, ...]
    said: tuple[tuple[str, ...], ...]

    @property
    def components(self) -> set[str]:
        """The components of SHACL that found something."""
        return {component for _, _, component, *_ in self.said if component}

    @property
    def is_right(self) -> bool:
        """Whether just that was found which must be."""
        return self.expected == self.found


def needed(faults: Iterable[Fault]) -> list[str]:
    """List the articles without which some faults cannot be told, or others would be found."""
    edits = [edit.document for fault in faults for edit in fault.edits]
    names = {*edits, *(document for fault in faults for document in fault.documents)}
    names |= {_WITH[name] for name in names if name in _WITH}
    return sorted(names - {REGISTER}) or [documents()[-2]]


def injected(faults: Sequence[Fault], articles: Iterable[str], syntax: Syntax) -> Copy:
    """Copy some articles and inject faults into them."""
    copy = Copy.of(articles, syntax)
    for fault in faults:
        for edit in fault.edits:
            copy.edit(edit)
    return copy


def outcome(copy: Copy, faults: Iterable[Fault], engine: Engine) -> Outcome:
    """Check a copy that holds faults."""
    wanted = [one for fault in faults for one in fault.expected]
    expected = [Place(one.code, copy.region(one.place), _sorted(map(copy.region, one.related))) for one in wanted]
    with tempfile.TemporaryDirectory() as name:
        copy.write(Path(name))
        findings = checking.check(name, engine=engine).findings
    found = [_place(finding) for finding in findings]
    told = [(one, one.message.replace(name, "")) for one in findings]  # the folder has any name
    said = [(one.severity, one.code, one.component, one.owner, message, one.hint) for one, message in told]
    return Outcome(tuple(sorted(expected)), tuple(sorted(found)), tuple(sorted(said)))


def _place(finding: Finding) -> Place:
    related = _sorted(_region(one.location) for one in finding.related)
    return Place(finding.code, _region(finding.location), related)


def _sorted(regions: Iterable[Region]) -> tuple[Region, ...]:
    return tuple(sorted(regions))


def _region(location: Location) -> Region:
    name, region = Path(location.file).name, location.region
    if region is None:
        return Region(name, 0, 0, 0, 0)
    return Region(name, region.line, region.column, region.end_line, region.end_column)
