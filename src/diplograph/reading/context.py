"""What the checks of one document share: the words they know, and the problems they found."""

from __future__ import annotations

from dataclasses import dataclass, field
from heapq import nsmallest
from typing import TYPE_CHECKING, Final, TypeVar

from msgspec import Struct

from diplograph.errors import did_you_mean
from diplograph.reading.documents import MOST_PROBLEMS, Problem
from diplograph.values.printing import brief

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from diplograph.reading.documents import Part, Path, Raw
    from diplograph.vocabulary import Vocabulary

T = TypeVar("T")
_SHOWN: Final = 12
_LONGEST_WORD: Final = 100


def suggestions(count: int = 100) -> Iterator[object]:
    """Give one for each unknown word to which the nearest known one may still be looked for.

    A comparison with the names of a large register takes some hundredths of a second, and a
    broken export has a million unknown names.
    """
    return iter(range(count))


class TooManyProblemsError(Exception):
    """A signal to leave a document, never seen outside of reading."""


@dataclass(slots=True)
class Context:
    """State of reading one document.

    `entities` maps the names of registers that may be used to their classes, `own` those of an
    article. `length` is the length of the article's text, once known; `facts` are its facts as written,
    and `fact_ids` their ids, once they are asked for.
    `trace` maps the `id` of each annotation value to its path, where that is wanted. `enclosing`
    are the ids of the facts being read, outermost first; `telling` has for each how many chains
    of sources tell what it conveys, and how long they are. `registers_missing` tells that names may
    be unknown for want of a register.
    """

    vocabulary: Vocabulary
    entities: Mapping[str, str] = field(default_factory=dict)
    own: Mapping[str, str] = field(default_factory=dict)
    length: int | None = None
    facts: Raw = None
    fact_ids: set[str] | None = None
    problems: list[Problem] = field(default_factory=list)
    trace: dict[int, Path] | None = None
    enclosing: list[str] = field(default_factory=list)
    telling: list[tuple[int, int]] = field(default_factory=list)
    registers_missing: bool = False
    suggesting: Iterator[object] = field(default_factory=suggestions)

    def note(self, value: T, path: Path) -> T:
        """Keep where an annotation value stands, if that is wanted, and give the value back."""
        if self.trace is not None and isinstance(value, Struct):
            self.trace.setdefault(id(value), path)
        return value

    def problem(self, path: Path, code: str, message: str, hint: str = "", part: Part = "value") -> None:
        """Note a problem at a path.

        Raises:
            TooManyProblemsError: nobody wants to know more.
        """
        self.problems.append(Problem(path, code, brief(message), brief(hint), part))
        if len(self.problems) >= MOST_PROBLEMS:
            raise TooManyProblemsError

    def unknown(  # noqa: PLR0913, PLR0917 - what such a message is made of
        self,
        path: Path,
        code: str,
        what: str,
        word: str,
        words: Collection[str],
        part: Part = "value",
        hint: str = "",
    ) -> None:
        """Note a word that is not among those allowed, with the nearest of them, a hint, or all."""
        if len(word) <= _LONGEST_WORD and next(self.suggesting, None) is not None:
            hint = did_you_mean(word, words) or hint or _listed(words)
        self.problem(path, code, f"Unknown {what} '{word}'.", hint, part)


def _listed(words: Collection[str]) -> str:
    first = ", ".join(nsmallest(_SHOWN, words))
    return f"Known: {first}, …." if len(words) > _SHOWN else f"Known: {first}." if words else ""
