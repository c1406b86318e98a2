"""Faults that take two files: what one article says of a situation, or the register of an entity, against another."""

from __future__ import annotations

from collections import Counter
from functools import partial
from typing import TYPE_CHECKING, Final

from tests.faults.copies import REGISTER, Spot
from tests.faults.edits import Drop, Put
from tests.faults.kinds import MADE_UP, Expected, Fault, Kind, added, rule
from tests.faults.values import ENTITIES

if TYPE_CHECKING:
    from collections.abc import Iterator
    from random import Random

    from tests.faults.nodes import Data
    from tests.faults.seeds import Fact, Seeds


_THINGS: Final = ("Issue", "Occasion", "WeaponSystem")
"""Classes of entities that have no properties of their own, and that faults of other kinds do not name."""


def _shared(seeds: Seeds) -> Iterator[tuple[Data, list[Fact]]]:
    """Give shared keys that only facts at the top of articles are about, and no speaker refers to, with these facts."""
    for about in dict.fromkeys(fact.data["about"] for fact in seeds.facts if "about" in fact.data):
        tellers = seeds.tellers(about)
        if all(fact.is_top for fact in tellers) and not seeds.is_referred_to(tellers[0]):
            yield about, tellers


def _in_order(places: dict[tuple[str, str], Spot], seeds: Seeds) -> list[Spot]:
    """Sort facts, given by article and id, as their claims are: by the article's digest, then by id."""

    def digest(document: str) -> str:
        article = seeds.data[document]["article"]
        text = article["text"] if isinstance(article, dict) else {}
        return str(text["sha256"]) if isinstance(text, dict) else ""

    return [places[name] for name in sorted(places, key=lambda name: (digest(name[0]), name[1]))]


def clash(code: str, here: str, there: str, seeds: Seeds, _: Random) -> Iterator[Fault]:
    """Let another article take a situation of one class for one of another that cannot be the same."""
    for about, tellers in _shared(seeds):
        if all(seeds.words.is_a(fact.type, here) for fact in tellers):
            for document in {*seeds.articles} - {fact.document for fact in tellers}:
                edit, spot = added(seeds, document, code, type=there, about=about, label="taken for something else")
                places = {(fact.document, str(fact.data["id"])): fact.spot() for fact in tellers}
                first, *others = _in_order({**places, (document, str(spot.steps[-1])): spot}, seeds)
                yield Fault((edit,), (Expected(code, first, tuple(others)),), tuple(seeds.articles))


def nobody(key: str, code: str, type_name: str, seeds: Seeds, _: Random) -> Iterator[Fault]:
    """Take what a situation needs out of all the articles that tell of it."""
    for _about, tellers in _shared(seeds):
        if len({fact.document for fact in tellers}) > 1 and all(fact.type == type_name for fact in tellers):
            edits = tuple(Drop(fact.document, (*fact.steps, key)) for fact in tellers)
            places = {(fact.document, str(fact.data["id"])): fact.spot() for fact in tellers}
            first, *others = _in_order(places, seeds)
            yield Fault(edits, (Expected(code, first, tuple(others)),), tuple(seeds.articles))


def another_state(seeds: Seeds, _: Random) -> Iterator[Fault]:
    """Let an article have a State of its own with the code of one in the register."""
    states = [entity for entity in seeds.entities if entity.type == "State"]
    for document in seeds.articles:
        for state in states:
            spot = Spot(document, ("entities", f"{MADE_UP}-state"))
            new: Data = {"type": "State", "label": "a State once more", "code": state.data["code"]}
            expected = tuple(Expected("state-code-unique", place) for place in (spot, state.spot()))
            yield Fault((Put(document, spot.steps, new),), expected)


def other_class(seeds: Seeds, _: Random) -> Iterator[Fault]:
    """Change the class of a thing in the register, which one article uses once."""
    # other properties take entities of any class
    used = Counter(value for fact in seeds.facts for key in (*ENTITIES, "says") for _, value in fact.values(key))
    for fact in seeds.facts:
        for key in ENTITIES:
            for steps, value in fact.values(key):
                if used[value] == 1 and not seeds.speaks(fact, key):
                    yield from _changed(str(value), rule(key, "value"), fact.spot(*steps), seeds)


def _changed(name: str, code: str, place: Spot, seeds: Seeds) -> Iterator[Fault]:
    for entity in seeds.entities:
        if (entity.document, entity.name) == (REGISTER, name) and entity.type in _THINGS:
            edit = Put(REGISTER, entity.spot("type").steps, "Occasion" if entity.type != "Occasion" else "Issue")
            yield Fault((edit,), (Expected(code, place, (entity.spot(),)),), (place.document,))


def same_text(seeds: Seeds, _: Random) -> Iterator[Fault]:
    """Let two articles be of the same text."""
    for first, second in zip(seeds.articles, seeds.articles[1:], strict=False):
        article = seeds.data[first]["article"]
        text = article["text"] if isinstance(article, dict) else None
        spot = Spot(second, ("article", "text", "sha256"))
        if isinstance(text, dict):
            edit = Put(second, spot.steps, text["sha256"])
            yield Fault((edit,), (Expected("duplicate-article", spot),), (first,))


def same_entity(seeds: Seeds, _: Random) -> Iterator[Fault]:
    """Let an article have an entity of its own by a name that the register has."""
    for entity in (entity for entity in seeds.entities if entity.document == REGISTER):
        for document in seeds.articles:
            spot = Spot(document, ("entities", entity.name), key=True)
            yield Fault.one(Put(document, spot.steps, dict(entity.data)), "duplicate-entity", spot)


KINDS: Final = (
    Kind("situation-kind", partial(clash, "situation-kind", "Event", "StateOfAffairs")),
    Kind("situation-kind (state)", partial(clash, "situation-kind", "StateOfAffairs", "Event")),
    Kind("situation-branch", partial(clash, "situation-branch", "Encounter", "ForceAct")),
    Kind("office-holding-office (shared)", partial(nobody, "office", "office-holding-office", "OfficeHolding")),
    Kind("office-holding-holder (shared)", partial(nobody, "holder", "office-holding-holder", "OfficeHolding")),
    Kind("state-code-unique (two files)", another_state),
    Kind("*-value (changed in the register)", other_class),
    Kind("duplicate-article", same_text, is_reading=True),
    Kind("duplicate-entity", same_entity, is_reading=True),
)
