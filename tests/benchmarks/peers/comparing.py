"""Whether a peer's graph is ours, for the part of the model that it covers.

    python tests/benchmarks/peers/comparing.py ours.nt theirs.nt --peer by-hand|tables

Every triple of theirs has to be in ours. Of what theirs describes, it has to say all that ours says, but for some
predicates; and of some kinds of things it has to describe all that ours describes. Decimal numbers are compared by
their values, since peers add zeros to them.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, NamedTuple

import pyoxigraph as ox

sys.path.insert(0, str(Path(__file__).parents[3]))  # so that this runs as a script

from tests.benchmarks.peers.tables import DECIMAL, DIP, ID, VALUE_KEYS

Statement = tuple[str, str, str]
_ZEROS: Final = re.compile(r'(\.[0-9]*?)0+(?=")')


@dataclass(frozen=True, slots=True)
class Part:
    """The part of the model that a peer covers.

    `whole` are the kinds of things of which it describes all, `left_out` the predicates that it does not give by
    kind of thing, `uncovered` in plain words what it lacks.
    """

    whole: tuple[str, ...]
    uncovered: str
    left_out: dict[str, frozenset[str]] = field(default_factory=dict)


_DAYS: Final = ("earliest", "latest")
PARTS: Final = {
    "by-hand": Part(
        ("article", "entity", "mention", "value", "claim", "situation"),
        "the values and days that stand on situations, conflicts, the provenance of the export",
        {"situation": frozenset((*VALUE_KEYS, *_DAYS))},
    ),
    "tables": Part(
        ("article", "entity", "mention"),
        "claims that pass on others, claims and propositions nested in facts, the days and the granularity of times, "
        "situations, conflicts, the provenance of the export",
        {"value": frozenset((*_DAYS, "granularity"))},
    ),
}
"""What the peers cover: the first what is written by hand, the other two what their tables hold."""


class Comparison(NamedTuple):
    """How many triples of theirs ours lacks, how many of ours they lack, and some of each."""

    triples: int
    foreign: int
    missing: int
    examples: list[str]

    @property
    def same(self) -> bool:
        """Whether theirs is ours, as far as it goes."""
        return self.triples > 0 and not self.foreign and not self.missing


def statements(path: Path) -> set[Statement]:
    """Read the triples of an N-Triples file as text, each in one spelling."""
    with path.open("rb") as stream:
        return {
            (str(quad.subject), str(quad.predicate), _spelt(quad.object))
            for quad in ox.parse(stream, format=ox.RdfFormat.N_TRIPLES)
        }


def _spelt(term: ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple) -> str:
    text = str(term)
    return _ZEROS.sub(r"\1", text).replace('."', '"') if text.endswith(f"<{DECIMAL}>") else text


def compared(ours: set[Statement], theirs: set[Statement], part: Part) -> Comparison:
    """Compare a peer's graph with ours."""
    described = {subject for subject, _, _ in theirs}
    missing = sorted(_missing(ours - theirs, described, part))
    foreign = sorted(theirs - ours)
    some = ["not in ours: " + " ".join(one) for one in foreign[:5]]
    some += ["not in theirs: " + " ".join(one) for one in missing[:5]]
    return Comparison(len(theirs), len(foreign), len(missing), some)


def _missing(lacking: Iterable[Statement], described: set[str], part: Part) -> Iterable[Statement]:
    for one in lacking:
        kind = one[0].removeprefix(f"<{ID}").partition("/")[0]
        left_out = one[1].removeprefix(f"<{DIP}").rstrip(">") in part.left_out.get(kind, ())
        if (one[0] in described or kind in part.whole) and not left_out:
            yield one


def main() -> int:
    """Compare two files."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("ours", type=Path)
    parser.add_argument("theirs", type=Path)
    parser.add_argument("--peer", choices=sorted(PARTS), required=True)
    given = parser.parse_args()
    found = compared(statements(given.ours), statements(given.theirs), PARTS[given.peer])
    lines = [*found.examples, f"{found.triples} triples, {found.foreign} not in ours, {found.missing} of ours missing"]
    sys.stdout.write("\n".join(lines) + "\n")
    return 0 if found.same else 1


if __name__ == "__main__":
    sys.exit(main())
