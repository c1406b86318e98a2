"""What the checks of one document share: the words they know, and the problems they found."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, TypeVar

from msgspec import Struct

from diplograph.errors import did_you_mean
from diplograph.reading.documents import Problem

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from diplograph.reading.documents import Part, Path
    from diplograph.vocabulary import Vocabulary

T = TypeVar("T")
_SHOWN: Final = 12


@dataclass(slots=True)
class Context:
    """State of reading one document.

    `entities` maps the names that may be used to their classes: those of the registers, and in
    an article also its own. `length` is the length of the article's text, once known.
    `trace` maps the `id` of each annotation value to its path, where that is wanted. `enclosing`
    are the ids of the facts being read, outermost first. `registers_missing` tells that names
    may be unknown for want of a register.
    """

    vocabulary: Vocabulary
    entities: Mapping[str, str] = field(default_factory=dict)
    length: int | None = None
    fact_ids: set[str] = field(default_factory=set)
    problems: list[Problem] = field(default_factory=list)
    trace: dict[int, Path] | None = None
    enclosing: list[str] = field(default_factory=list)
    registers_missing: bool = False

    def note(self, value: T, path: Path) -> T:
        """Keep where an annotation value stands, if that is wanted, and give the value back."""
        if self.trace is not None and isinstance(value, Struct):
            self.trace.setdefault(id(value), path)
        return value

    def problem(self, path: Path, code: str, message: str, hint: str = "", part: Part = "value") -> None:
        """Note a problem at a path."""
        self.problems.append(Problem(path, code, message, hint, part))

    def unknown(  # noqa: PLR0913, PLR0917 - what such a message is made of
        self,
        path: Path,
        code: str,
        what: str,
        word: str,
        words: Iterable[str],
        part: Part = "value",
        hint: str = "",
    ) -> None:
        """Note a word that is not among those allowed, with the nearest of them, a hint, or all."""
        known = sorted(words)
        hint = did_you_mean(word, known) or hint
        if not hint and known:
            shown = ", ".join(known) if len(known) <= _SHOWN else f"{', '.join(known[:_SHOWN])}, …"
            hint = f"Known: {shown}."
        self.problem(path, code, f"Unknown {what} '{word}'.", hint, part)
