"""Faults in the values of facts: of the wrong class, used with the wrong class of fact, too many, or out of order."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from tests.faults.kinds import Expected, Fault, Kind, added, below, put, rule

if TYPE_CHECKING:
    from collections.abc import Iterator
    from random import Random

    from tests.faults.nodes import Data
    from tests.faults.seeds import Fact, Seeds

# Which class of entity a property takes, and a class of facts that may have it
ENTITIES: Final = {
    "actor": ("Agent", "Event"),
    "recipient": ("Agent", "MaterialAct"),
    "participant": ("Agent", "Encounter"),
    "host": ("Agent", "Encounter"),
    "visitor": ("Agent", "Encounter"),
    "mediator": ("Agent", "Encounter"),
    "organiser": ("Agent", "Event"),
    "addressee": ("Agent", "CommunicativeAct"),
    "onBehalfOf": ("Agent", "Event"),
    "holder": ("Agent", "StateOfAffairs"),
    "beneficiary": ("Agent", "Situation"),
    "instrument": ("WeaponSystem", "ForceAct"),
    "office": ("Office", "OfficeHolding"),
    "onIssue": ("Issue", "Situation"),
    "occasion": ("Occasion", "Situation"),
    "place": ("Place", "Situation"),
    "origin": ("Place", "ForceAct"),
    "destination": ("Place", "Encounter"),
}


def wrong_class(key: str, seeds: Seeds, rng: Random) -> Iterator[Fault]:
    """Name an entity of a class that the property does not take: in place of another, or where there is none."""
    wanted, user = ENTITIES[key]
    for fact in seeds.facts:
        values = fact.values(key) or [((key,), None)] * seeds.words.is_a(fact.type, user)
        names = [name for _, name in values]
        for steps, _ in values:
            if not seeds.speaks(fact, key):  # who speaks is a claimant too
                entity = rng.choice(seeds.of_class(fact.document, wanted, other=True))
                if entity.name not in names:
                    yield Fault.one(
                        put(fact, entity.name, *steps), rule(key, "value"), fact.spot(*steps), entity.spot()
                    )


_ACTS: Final = {
    "requestedAct": "Request",
    "pledgedAct": "Pledge",
    "authorisedAct": "Authorisation",
    "threatenedAct": "Threat",
    "content": "NonDecision",
}
_LINKS: Final = ("partOf", "outcomeOf", "causedBy", "reason", "purpose", "responseTo", "condition")


def undescribed_act(key: str, seeds: Seeds, _: Random) -> Iterator[Fault]:
    """Refer to a situation that no fact describes, in an act that does not convey it."""
    for document in seeds.articles:
        edit, spot = added(
            seeds, document, rule(key, "value"), type=_ACTS[key], actor="starmer", **{key: _nowhere(key)}
        )
        yield Fault.one(edit, rule(key, "value"), below(spot, key))


def undescribed_told(about: str, seeds: Seeds, _: Random) -> Iterator[Fault]:
    """Let somebody speak of a situation that no fact describes: it is content, and claimed without a class."""
    for document in seeds.articles:
        keys: dict[str, Data] = {"about": about} if about else {}
        name = f"told-{about}"
        edit, spot = added(seeds, document, name, type="Statement", **keys, actor="starmer", content=_nowhere(name))
        expected = (Expected("content-value", below(spot, "content")), Expected("claim-about-value", spot))
        yield Fault((edit,), expected)


def mute_speaker(seeds: Seeds, rng: Random) -> Iterator[Fault]:
    """Let something speak that is no agent: it is no actor, and claims nothing of what it says."""
    for document in seeds.articles:
        entity = rng.choice(seeds.of_class(document, "Agent", other=True))
        edit, spot = added(seeds, document, "actor-value", type="Statement", actor=entity.name, content=_EVENT)
        related = (entity.spot(),)
        actor = Expected("actor-value", below(spot, "actor"), related)
        yield Fault((edit,), (actor, Expected("claim-claimant-value", below(spot, "content"), related)))


def undescribed_link(key: str, seeds: Seeds, _: Random) -> Iterator[Fault]:
    """Tie a fact to a situation that no fact describes: in place of another, or where there is none."""
    for fact in seeds.facts:
        values = fact.values(key) or [((key,), None)]
        for steps, value in values:
            if not isinstance(value, dict) or value.keys() == {"about"}:
                yield Fault.one(put(fact, _nowhere(key), *steps), rule(key, "value"), fact.spot(*steps))


def _nowhere(name: str) -> Data:
    return {"about": f"no-fact-is-about-{name.lower()}"}


# Which classes may have a property, a value to give it where they may not, and whether kin is allowed too:
# classes above those. The class is at fault where several may have it, else the fact as a whole.
_EVENT: Final[Data] = {"type": "Event", "label": "something that happens"}
_MONEY: Final[Data] = {"amount": 5, "currency": "GBP"}
_CONTENT: Final = ("CommunicativeAct", "PolicyAct", "Assessment", "Stance", "Restriction")
_MOVING: Final = ("Encounter", "MaterialAct", "ForceAct", "Capability", "Restriction", "Condition")
_AIMED: Final = ("CommunicativeAct", "PolicyAct", "MaterialAct", "ForceAct", "Restriction", "Condition")
_GIVEN: Final = ("MaterialAct", "Possession", "Capability", "Restriction", "Pledge", "PolicyAct", "Condition")
_PAID: Final = (
    "CommunicativeAct",
    "PolicyAct",
    "MaterialAct",
    "ForceAct",
    "Possession",
    "Capability",
    "Restriction",
    "Condition",
)
_USES: Final[dict[str, tuple[tuple[str, ...], Data, bool]]] = {
    "actor": (("Event", "Restriction", "Condition"), "lammy", True),
    "recipient": (("Pledge", "PolicyAct", "MaterialAct", "OfficeChange", "Condition"), "france", True),
    "participant": (("Encounter", "Relation", "Agreement", "Condition"), "germany", True),
    "host": (("Encounter",), "macron", True),
    "visitor": (("Encounter",), "scholz", True),
    "mediator": (("Encounter", "Agreement"), "nato", True),
    "organiser": (("Event",), "nato", True),
    "addressee": (("CommunicativeAct", "Encounter"), "blinken", True),
    "onBehalfOf": (("Event", "Restriction", "Condition"), "nato", True),
    "holder": (("StateOfAffairs",), "italy", True),
    "target": (_AIMED, "iran", True),
    "instrument": (("ForceAct", "MaterialAct", "Capability", "Condition"), "atacms", True),
    "item": (_GIVEN, "storm-shadow", True),
    "office": (("OfficeHolding", "OfficeChange"), "president-of-france", False),
    "medium": (("CommunicativeAct", "Encounter"), "lbc", True),
    "content": (_CONTENT, _EVENT, False),
    "allegation": (("Accusation",), _EVENT, False),
    "denies": (("Denial",), _EVENT, False),
    "requestedAct": (("Request", "Refusal"), _EVENT, False),
    "pledgedAct": (("Pledge",), _EVENT, False),
    "authorisedAct": (("Authorisation",), _EVENT, False),
    "threatenedAct": (("Threat",), _EVENT, False),
    "origin": (_MOVING, "paris", True),
    "destination": (_MOVING, "washington-dc", True),
    "deferredUntil": (("Deferral",), {"words": "next year"}, False),
    "money": (_PAID, _MONEY, True),
    "stage": (("MaterialAct",), "pledged", False),
    "position": (("Stance",), "neutral", False),
    "relationType": (("Relation",), "supplier", False),
}


def wrong_use(key: str, seeds: Seeds, _: Random) -> Iterator[Fault]:
    """Give a fact a property that its class does not have."""
    classes, value, with_kin = _USES[key]
    fits = seeds.is_kin if with_kin else seeds.words.is_a
    for fact in seeds.facts:
        if key not in fact.data and "type" in fact.data and not any(fits(fact.type, one) for one in classes):
            place = fact.spot("type") if len(classes) > 1 else fact.spot()
            yield Fault.one(put(fact, value, key), rule(key, "use"), place)


# Two values of a property of which a claim has one, and a class of facts that may have it
_TWICE: Final[dict[str, tuple[str, list[Data]]]] = {
    "time": ("Situation", [{"words": "early"}, {"words": "late"}]),
    "place": ("Situation", ["paris", "washington-dc"]),
    "origin": ("ForceAct", ["kyiv", "paris"]),
    "deferredUntil": ("Deferral", [{"words": "next week"}, {"words": "next year"}]),
    "duration": ("Situation", [{"value": 1, "unit": "day"}, {"from": 2, "to": 3, "unit": "day"}]),
    "money": ("MaterialAct", [_MONEY, {"amount": 6, "currency": "EUR"}]),
    "office": ("OfficeHolding", ["chancellor-of-germany", "president-of-france"]),
    "stage": ("MaterialAct", ["pledged", "delivered"]),
    "position": ("Stance", ["neutral", "cautious"]),
    "relationType": ("Relation", ["ally", "supplier"]),
}


def too_many(key: str, seeds: Seeds, _: Random) -> Iterator[Fault]:
    """Give two values of a property of which a claim has one."""
    user, values = _TWICE[key]
    for fact in seeds.facts:
        if seeds.words.is_a(fact.type, user):
            yield Fault.one(put(fact, values, key), rule(key, "count"), fact.spot(key))


_AMOUNTS: Final[dict[str, list[tuple[str, Data]]]] = {
    "quantity-number-sign": [
        ("quantity", {"value": -3, "unit": "drone"}),
        ("duration", {"from": -2, "to": 3, "unit": "day"}),
        ("money", {"amount": -600, "currency": "GBP"}),
    ],
    "quantity-total": [
        ("quantity", {"value": 5, "of": 3, "unit": "soldier"}),
        ("quantity", {"from": 2, "to": 9, "of": 7, "unit": "soldier"}),
    ],
    "quantity-unit": [("quantity", 5), ("duration", {"value": 4})],
    "time-given": [("time", {"basis": "annotator"}), ("time", {"basis": "in-text"})],
}


def out_of_order(code: str, seeds: Seeds, rng: Random) -> Iterator[Fault]:
    """Give an amount or a time that says too little, or what cannot be."""
    for fact in seeds.facts:
        key, value = rng.choice(_AMOUNTS[code])
        if not isinstance(fact.data.get(key), list) and (key != "money" or seeds.words.is_a(fact.type, "MaterialAct")):
            yield Fault.one(put(fact, value, key), code, fact.spot(key))


def not_anchored(seeds: Seeds, _: Random) -> Iterator[Fault]:
    """Resolve a time against the day of publication, and do not say which day that is."""
    for fact in _in_articles(seeds, published=True):
        time: Data = {"words": "yesterday", "edtf": "2024-09-14", "basis": "publication-date"}
        yield Fault.one(put(fact, time, "time"), "time-publication-anchor", fact.spot("time"))


def not_published(seeds: Seeds, _: Random) -> Iterator[Fault]:
    """Resolve a time against the day of publication of an article that shows none."""
    for fact in _in_articles(seeds, published=False):
        time: Data = {"words": "yesterday", "edtf": "2024-09-14", "anchor": "2024-09-15", "basis": "publication-date"}
        yield Fault.one(put(fact, time, "time"), "time-publication-date", fact.spot("time"))


def _in_articles(seeds: Seeds, *, published: bool) -> Iterator[Fact]:
    for fact in seeds.facts:
        article = seeds.data[fact.document]["article"]
        if isinstance(article, dict) and ("published" in article) == published:
            yield fact


KINDS: Final = (
    *(Kind(rule(key, "value"), partial(wrong_class, key)) for key in ENTITIES),
    *(Kind(rule(key, "value"), partial(undescribed_act, key)) for key in _ACTS),
    *(Kind(rule(key, "value"), partial(undescribed_link, key)) for key in _LINKS),
    *(Kind(rule(key, "use"), partial(wrong_use, key)) for key in _USES),
    *(Kind(rule(key, "count"), partial(too_many, key)) for key in _TWICE),
    *(Kind(code, partial(out_of_order, code)) for code in _AMOUNTS),
    Kind("content-value (told)", partial(undescribed_told, "")),
    Kind("content-value (told by a shared act)", partial(undescribed_told, "key-of-the-act")),
    Kind("actor-value (speaker)", mute_speaker),
    Kind("time-publication-anchor", not_anchored),
    Kind("time-publication-date", not_published),
)
