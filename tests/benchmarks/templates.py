"""The mix of the seeds: each of their facts as a template, its entities and words taken out.

Owns what is kept of a seed's fact: its class, its keys, the classes of its entities, what is nested in it,
who says it and how sure they are. No label, note or wording of the seeds is kept.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any, Final

import yaml
from tests.benchmarks.words import listed

SEEDS: Final = Path(__file__).parents[2] / "seeds"
_LOADER: Final = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_META: Final = frozenset(
    listed("id type about label note says endorsed certainty polarity status evidence quotation wording")
)
_TIMES: Final = ("time", "deferredUntil")
_AMOUNTS: Final = ("quantity", "duration", "money")
WORDS: Final = ("stage", "position", "relationType")
LOCAL: Final = "UnnamedSource"
"""The class of entities that only articles describe, never a register."""
_SPEAKING: Final = listed(
    "CommunicativeAct Statement Announcement Warning Threat Request Pledge Endorsement Criticism Accusation Denial "
    "Refusal CommentDeclined"
)
_ACTING: Final = ("AidProvision", "ArmsTransfer", "ArmedAttack", "ExportSuspension", "ForcePosture", "Restriction")


@dataclass(frozen=True, slots=True)
class Slot:
    """A key with what is to be filled in.

    `kinds` are the classes of entities, `own` tells which of them the article described itself; `words` are
    words of a value list, `parts` the keys of a time or amount, `situations` what is nested: a template, or
    `None` for a reference to another fact.
    """

    key: str
    kinds: tuple[str, ...] = ()
    own: tuple[bool, ...] = ()
    words: tuple[str, ...] = ()
    parts: tuple[str, ...] = ()
    situations: tuple[Template | None, ...] = ()


@dataclass(frozen=True, slots=True)
class Template:
    """What is kept of a fact; `says` are the classes of its sources, `given` the words that stand as they are."""

    type: str
    slots: tuple[Slot, ...] = ()
    shared: bool = False
    says: tuple[str, ...] = ()
    given: tuple[tuple[str, str], ...] = ()
    spans: int = 1
    quoted: bool = False
    wordings: int = 0
    noted: bool = False


@dataclass(frozen=True, slots=True)
class Mix:
    """The templates of all facts of the seeds, apart for those with a shared key, and their classes of entities."""

    shared: tuple[Template, ...]
    single: tuple[Template, ...]
    entities: dict[str, int]
    names_per_fact: float


@cache
def mix() -> Mix:
    """Read the seeds."""
    register = _loaded(SEEDS / "entities.register.yaml")["entities"]
    articles = [_loaded(path) for path in sorted(SEEDS.glob("*.diplomacy.yaml"))]
    counts = Counter(entity["type"] for entity in register.values())
    templates: list[Template] = []
    for article in articles:
        own = {name: entity["type"] for name, entity in article["entities"].items()}
        counts.update(kind for kind in own.values() if kind != LOCAL)
        kinds = {name: entity["type"] for name, entity in register.items()} | own
        templates += [_template(fact, kinds, frozenset(own)) for fact in article["facts"]]
    return Mix(
        shared=tuple(template for template in templates if template.shared),
        single=(*(template for template in templates if not template.shared), *RARE),
        entities=dict(counts),
        names_per_fact=sum(len(article["names"]) for article in articles) / len(templates),
    )


def _loaded(path: Path) -> Any:
    return yaml.load(path.read_text("utf-8"), _LOADER)  # noqa: S506 - both loaders are safe


def _template(raw: dict[str, Any], kinds: dict[str, str], own: frozenset[str]) -> Template:
    slots = tuple(_slot(key, _listed(value), kinds, own) for key, value in raw.items() if key not in _META)
    found = Template(
        type=raw.get("type", ""),
        slots=slots,
        shared="about" in raw,
        says=tuple(kinds[name] for name in _listed(raw.get("says", []))),
        given=tuple((key, raw[key]) for key in ("endorsed", "certainty", "polarity", "status") if key in raw),
        spans=len(_listed(raw.get("evidence", []))),
        quoted="quotation" in raw,
        wordings=len(_listed(raw.get("wording", []))),
        noted="note" in raw,
    )
    return completed(found)


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _slot(key: str, values: list[Any], kinds: dict[str, str], own: frozenset[str]) -> Slot:
    if key in WORDS:
        return Slot(key, words=tuple(values))
    if key in (*_TIMES, *_AMOUNTS):
        return Slot(key, parts=tuple(values[0]))
    if isinstance(values[0], str) and values[0] in kinds:
        return Slot(key, tuple(kinds[name] for name in values), tuple(name in own for name in values))
    nested = [
        _template(value, kinds, own) if isinstance(value, dict) and value.keys() != {"about"} else None
        for value in values
    ]
    return Slot(key, situations=tuple(nested))


def _entity(key: str, *kinds: str) -> Slot:
    return Slot(key, kinds, (False,) * len(kinds))


_NEEDS: Final[tuple[tuple[tuple[str, ...], frozenset[str], int, Slot], ...]] = tuple(
    (tuple(types), frozenset(keys.split()), least, slot)
    for types, keys, least, slot in (
        (("Meeting", "RemoteConversation"), "participant host visitor", 2, _entity("participant", "Person", "Person")),
        (("Visit",), "visitor participant", 1, _entity("visitor", "Person")),
        (("Visit",), "place destination host", 1, _entity("destination", "Place")),
        (_SPEAKING, "actor", 1, _entity("actor", "Person")),
        (("Request",), "requestedAct onIssue topic", 1, _entity("onIssue", "Issue")),
        (("Pledge",), "pledgedAct onIssue topic item money", 1, _entity("onIssue", "Issue")),
        (("Threat",), "threatenedAct onIssue topic", 1, _entity("onIssue", "Issue")),
        (("Accusation",), "allegation onIssue topic", 1, _entity("onIssue", "Issue")),
        (("Denial",), "denies onIssue topic", 1, _entity("onIssue", "Issue")),
        (("Refusal",), "requestedAct onIssue topic", 1, _entity("onIssue", "Issue")),
        (("NonDecision", "Deferral"), "onIssue topic actor", 1, _entity("onIssue", "Issue")),
        (("Authorisation",), "recipient onIssue topic", 1, _entity("recipient", "State")),
        (("Agreement",), "participant", 2, _entity("participant", "State", "State")),
        (_ACTING, "actor", 1, _entity("actor", "State")),
        (("ArmsTransfer", "Possession"), "item", 1, _entity("item", "WeaponSystem")),
        (("Sanction", "Expulsion"), "target", 1, _entity("target", "Agent")),
        (("Sanction", "Expulsion"), "actor", 1, _entity("actor", "State")),
        (
            ("OfficeHolding", "Stance", "Assessment", "Possession", "Capability"),
            "holder",
            1,
            _entity("holder", "Person"),
        ),
        (("OfficeHolding",), "office", 1, _entity("office", "Office")),
        (("Stance",), "onIssue topic", 1, _entity("onIssue", "Issue")),
        (("Relation",), "participant", 2, _entity("participant", "State", "State")),
    )
)
"""What the shapes want of a situation of a class; in the seeds another article's fact may give it."""


def completed(template: Template) -> Template:
    """Give a template all that a situation of its class needs, so that one fact alone conforms."""
    slots = {slot.key: slot for slot in template.slots}
    for types, keys, least, slot in _NEEDS:
        given = sum(_sure(found) for key, found in slots.items() if key in keys)
        if template.type in types and given < least:
            slots[slot.key] = slot
    return replace(template, slots=tuple(slots.values()))


def _sure(slot: Slot) -> int:
    """Count the values of a slot; references to other facts are left out where there are none."""
    return len(slot.kinds) + bool(slot.parts) + sum(found is not None for found in slot.situations)


RARE: Final = (
    completed(Template("RemoteConversation", (_entity("participant", "State", "Person"),), wordings=1)),
    completed(Template("Refusal", (Slot("requestedAct", situations=(Template("Event"),)),), quoted=True)),
    completed(Template("ForcePosture", (_entity("actor", "ArmedActor"), _entity("place", "Place")))),
    completed(Template("Sanction", says=("MediaOrganisation", LOCAL), given=(("endorsed", "probable"),))),
    completed(Template("Condition", given=(("status", "hypothetical"),))),
    completed(
        Template("AidProvision", (_entity("recipient", "State"), Slot("money", parts=("from", "to", "currency"))))
    ),
)
"""Facts of the classes and forms that the seeds have none of, once each."""
