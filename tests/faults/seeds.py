"""What the seeds hold, as plain data: facts and entities with the paths that lead to them, and who refers to whom."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Final

from tests.faults.copies import REGISTER, Copy, Spot, documents
from tests.faults.nodes import scan

from diplograph import pipeline

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tests.faults.nodes import Data, Steps

    from diplograph.vocabulary import Vocabulary

TOLD: Final = ("content", "allegation", "denies")
"""The keys whose situations are told by the one who speaks, so that they get claims there too."""


@dataclass(frozen=True, slots=True)
class Fact:
    """A fact, at the top of an article or nested; `type` is the class that it has, or that its key gives it."""

    document: str
    steps: Steps
    data: Mapping[str, Data]
    type: str

    @property
    def is_top(self) -> bool:
        """Whether it stands in the article's list."""
        return self.steps[0] == "facts" and len(self.steps) == 2

    def spot(self, *steps: str | int, key: bool = False) -> Spot:
        """Name a place in it."""
        return Spot(self.document, (*self.steps, *steps), key)

    def values(self, key: str) -> list[tuple[Steps, Data]]:
        """List what it has under a key, each with the path from the fact."""
        if key not in self.data:
            return []
        found = self.data[key]
        return (
            [((key, place), one) for place, one in enumerate(found)] if isinstance(found, list) else [((key,), found)]
        )


@dataclass(frozen=True, slots=True)
class Entity:
    """An entity of the register or of an article."""

    document: str
    name: str
    data: Mapping[str, Data]

    @property
    def type(self) -> str:
        """Its class."""
        return str(self.data["type"])

    def spot(self, *steps: str | int, key: bool = False) -> Spot:
        """Name a place in it, or the whole of it."""
        return Spot(self.document, ("entities", self.name, *steps), key)


class Seeds:
    """All seeds, and the words of the ontology. Nothing here depends on the syntax."""

    def __init__(self) -> None:
        self.words: Vocabulary = pipeline.vocabulary()
        texts = Copy.of(documents(), "yaml").texts
        self.data = {document: _mapping(scan(text).data(text)) for document, text in texts.items()}
        self.articles = [document for document in self.data if document != REGISTER]
        self.facts = [fact for document in self.articles for fact in self._facts_of(document)]
        self.entities = [
            Entity(document, name, _mapping(one))
            for document, data in self.data.items()
            for name, one in _mapping(data["entities"]).items()
        ]
        self._named: dict[tuple[str, str, bool], list[Entity]] = {}
        self._tellers: dict[str, list[Fact]] = defaultdict(list)
        for fact in self.facts:
            self._tellers[str(fact.data.get("about", ""))].append(fact)

    def _facts_of(self, document: str) -> Iterator[Fact]:
        facts = self.data[document]["facts"]
        for place, fact in enumerate(facts if isinstance(facts, list) else ()):
            yield from self._nested(document, ("facts", place), fact, "")

    def _nested(self, document: str, steps: Steps, data: Data, default: str) -> Iterator[Fact]:
        if not isinstance(data, dict) or data.keys() == {"about"}:
            return
        fact = Fact(document, steps, data, str(data.get("type", default)))
        yield fact
        for key in self.situation_keys(fact):
            for path, below in fact.values(key):
                yield from self._nested(document, (*steps, *path), below, self.words.facts[key].default_class)

    def situation_keys(self, fact: Fact) -> list[str]:
        """List the keys of a fact that take situations."""
        return [key for key in fact.data if key in self.words.facts and self.words.facts[key].kind == "situation"]

    def of_class(self, document: str, name: str, *, other: bool = False) -> list[Entity]:
        """List the entities of a class that an article may name, or with `other` those of other classes."""
        if (document, name, other) not in self._named:
            visible = [entity for entity in self.entities if entity.document in (document, REGISTER)]
            self._named[document, name, other] = [
                entity for entity in visible if self.words.is_a(entity.type, name) != other
            ]
        return self._named[document, name, other]

    def is_kin(self, name: str, other: str) -> bool:
        """Tell whether one of two classes is, or is below, the other."""
        return self.words.is_a(name, other) or self.words.is_a(other, name)

    def speaks(self, fact: Fact, key: str = "") -> bool:
        """Tell whether a fact conveys situations, by those whom it names under a key."""
        speaker = self.words.classes[fact.type].speaker
        return bool(speaker) and key in ("", speaker) and bool(self.situation_keys(fact))

    @cached_property
    def _told(self) -> set[tuple[str, str]]:
        """The ids, each with its article, and the shared keys that speakers refer to."""
        found = set()
        for fact in self.facts:
            for _, value in (one for key in TOLD for one in fact.values(key)):
                if isinstance(value, str):
                    found.add((fact.document, value))
                elif isinstance(value, dict) and value.keys() == {"about"}:
                    found.add(("", str(value["about"])))
        return found

    def tellers(self, about: Data) -> list[Fact]:
        """List the facts that describe the situation of a shared key."""
        return self._tellers[str(about)] if about else []

    def is_referred_to(self, fact: Fact) -> bool:
        """Tell whether some speaker refers to the situation of a fact, which then has claims elsewhere too."""
        names = {(fact.document, str(fact.data.get("id"))), ("", str(fact.data.get("about")))}
        return not names.isdisjoint(self._told)

    def is_alone(self, fact: Fact) -> bool:
        """Tell whether a fact is all that is said of its situation."""
        others = [other for other in self.tellers(fact.data.get("about")) if other != fact]
        return not others and not self.is_referred_to(fact)

    def spans(self, document: str) -> Iterator[tuple[Spot, str]]:
        """List the spans of an article's names and facts in the order in which they stand, nested ones behind outer."""
        names = self.data[document]["names"]
        holders = [
            Fact(document, ("names", place), _mapping(name), "")
            for place, name in enumerate(names if isinstance(names, list) else ())
        ]
        for holder in (*holders, *(fact for fact in self.facts if fact.document == document)):
            for key in ("evidence", "quotation"):
                for steps, span in holder.values(key):
                    yield holder.spot(*steps), str(span)

    def evidence(self, document: str) -> Data:
        """Give a span of an article."""
        return next(fact.data["evidence"] for fact in self.facts if fact.document == document and fact.is_top)


def _mapping(data: Data) -> dict[str, Data]:
    return data if isinstance(data, dict) else {}
