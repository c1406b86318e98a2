"""Faults in entities, of the register and of articles, and in what is known of an article."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from tests.faults.copies import REGISTER, Spot
from tests.faults.edits import Drop, Put
from tests.faults.kinds import MADE_UP, Expected, Fault, Kind, put, rule

if TYPE_CHECKING:
    from collections.abc import Iterator
    from random import Random

    from tests.faults.nodes import Data
    from tests.faults.seeds import Entity, Seeds

# Which class of entity each property of entities takes, and which classes have it
_TAKES: Final = {
    "country": ("State", ("Agent", "Office", "Place")),
    "memberOf": ("Agent", ("Agent",)),
    "officeOf": ("Agent", ("Office",)),
    "locatedIn": ("Place", ("Place",)),
    "incompatibleWith": ("Office", ("Office",)),
}


def wrong_class(key: str, seeds: Seeds, rng: Random) -> Iterator[Fault]:
    """Name an entity of a class that the property does not take."""
    wanted, users = _TAKES[key]
    for entity in seeds.entities:
        if any(seeds.words.is_a(entity.type, user) for user in users):
            others = [one for one in seeds.of_class(entity.document, wanted, other=True) if one != entity]
            other = rng.choice(others)
            edit = Put(entity.document, entity.spot(key).steps, other.name)
            yield Fault.one(edit, rule(key, "value"), entity.spot(key), other.spot())


def wrong_use(key: str, seeds: Seeds, rng: Random) -> Iterator[Fault]:
    """Give an entity a property that its class does not have."""
    wanted, users = _TAKES[key]
    for entity in seeds.entities:
        if key not in entity.data and not any(seeds.words.is_a(entity.type, user) for user in users):
            other = rng.choice(seeds.of_class(entity.document, wanted))
            edit = Put(entity.document, entity.spot(key).steps, other.name)
            yield Fault.one(edit, rule(key, "use"), entity.spot())


def code_of_no_state(seeds: Seeds, _: Random) -> Iterator[Fault]:
    """Give a country code to what is no State."""
    for entity in seeds.entities:
        if entity.type != "State":
            yield Fault.one(Put(entity.document, entity.spot("code").steps, "XK"), "entity-code-use", entity.spot())


def code_twice(seeds: Seeds, rng: Random) -> Iterator[Fault]:
    """Give a State the code of another one."""
    states = [entity for entity in seeds.entities if entity.type == "State"]
    for entity in states:
        other = rng.choice([one for one in states if one != entity])
        edit = Put(entity.document, entity.spot("code").steps, other.data["code"])
        yield Fault((edit,), tuple(Expected("state-code-unique", one.spot()) for one in (entity, other)))


def office_of_nobody(seeds: Seeds, _: Random) -> Iterator[Fault]:
    """Do not say which body an office belongs to."""
    for entity in _of_type("Office", seeds):
        yield Fault.one(Drop(entity.document, entity.spot("officeOf").steps), "office-body", entity.spot())


def within_itself(seeds: Seeds, _: Random) -> Iterator[Fault]:
    """Let a place, in which no other lies, lie in itself."""
    around = {entity.data.get("locatedIn") for entity in seeds.entities}
    for entity in _of_type("Place", seeds):
        if entity.name not in around:
            edit = Put(entity.document, entity.spot("locatedIn").steps, entity.name)
            yield Fault.one(edit, "place-chain", entity.spot())


def known_after_all(seeds: Seeds, _: Random) -> Iterator[Fault]:
    """Give an unnamed source an item of Wikidata."""
    for entity in _of_type("UnnamedSource", seeds):
        spot = entity.spot("wikidata")
        yield Fault.one(Put(entity.document, spot.steps, "Q42"), "unnamed-source-wikidata", spot)


def _of_type(name: str, seeds: Seeds) -> Iterator[Entity]:
    return (entity for entity in seeds.entities if entity.type == name)


def no_language(seeds: Seeds, _: Random) -> Iterator[Fault]:
    """Leave out the language of an article."""
    for document in seeds.articles:
        edit = Drop(document, ("article", "language"))
        yield Fault.one(edit, "article-language", Spot(document, ("article",)))


def wrong_publisher(seeds: Seeds, rng: Random) -> Iterator[Fault]:
    """Let something publish an article that is no agent."""
    for document in seeds.articles:
        entity, spot = (
            rng.choice(seeds.of_class(document, "Agent", other=True)),
            Spot(document, ("article", "publisher")),
        )
        yield Fault.one(Put(document, spot.steps, entity.name), "article-publisher-value", spot, entity.spot())


def wrong_author(seeds: Seeds, rng: Random) -> Iterator[Fault]:
    """Let one of several authors of an article be no agent."""
    for document in seeds.articles:
        entity, steps = rng.choice(seeds.of_class(document, "Agent", other=True)), ("article", "author")
        edit = Put(document, steps, ["lbc", entity.name])
        yield Fault.one(edit, "article-author-value", Spot(document, (*steps, 1)), entity.spot())


def wrong_claimant(first: str, seeds: Seeds, rng: Random) -> Iterator[Fault]:
    """Quote something that is no agent: alone, or behind another source."""
    for fact in seeds.facts:
        if fact.is_top and not seeds.situation_keys(fact) and "endorsed" not in fact.data:
            entity = rng.choice(seeds.of_class(fact.document, "Agent", other=True))
            value: Data = [first, entity.name] if first else entity.name
            place = fact.spot("says", 1) if first else fact.spot("says")
            yield Fault.one(put(fact, value, "says"), "claim-claimant-value", place, entity.spot())


def two_digests(seeds: Seeds, _: Random) -> Iterator[Fault]:
    """Give a span that is used several times another digest in one place; the first use is where it is described."""
    for document in seeds.articles:
        first: dict[str, Spot] = {}
        for spot, span in seeds.spans(document):
            extent = span.partition("/")[0]
            if extent in first and "/" in span:
                edit = Put(document, spot.steps, f"{extent}/0123456789ab")
                yield Fault.one(edit, "mention-digest-count", first[extent])
            first.setdefault(extent, spot)


def unnamed_in_two(seeds: Seeds, rng: Random) -> Iterator[Fault]:
    """Describe an unnamed source in the register, and quote it in two articles."""
    spot = Spot(REGISTER, ("entities", f"{MADE_UP}-source"))
    new = Put(REGISTER, spot.steps, {"type": "UnnamedSource", "label": "people who talk"})
    facts = [fact for fact in seeds.facts if fact.is_top and not seeds.situation_keys(fact)]
    for fact in facts:
        other = rng.choice([one for one in facts if one.document != fact.document])
        edits = (new, *(put(one, spot.steps[-1], "says") for one in (fact, other)))
        yield Fault(edits, (Expected("unnamed-source-article", spot),))


KINDS: Final = (
    *(Kind(rule(key, "value"), partial(wrong_class, key)) for key in _TAKES),
    *(Kind(rule(key, "use"), partial(wrong_use, key)) for key in _TAKES),
    Kind("entity-code-use", code_of_no_state),
    Kind("state-code-unique", code_twice),
    Kind("office-body", office_of_nobody),
    Kind("place-chain", within_itself),
    Kind("unnamed-source-wikidata", known_after_all),
    Kind("unnamed-source-article", unnamed_in_two),
    Kind("article-language", no_language),
    Kind("article-publisher-value", wrong_publisher),
    Kind("article-author-value", wrong_author),
    Kind("claim-claimant-value", partial(wrong_claimant, "")),
    Kind("claim-claimant-value (chain)", partial(wrong_claimant, "new-york-times")),
    Kind("mention-digest-count", two_digests),
)
