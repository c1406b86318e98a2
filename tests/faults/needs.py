"""Faults by what is missing: a fact without the values that its class needs, or without its evidence."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final, NamedTuple

from tests.faults.edits import Drop
from tests.faults.kinds import Expected, Fault, Kind, added

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from random import Random

    from tests.faults.nodes import Data
    from tests.faults.seeds import Fact, Seeds


class Need(NamedTuple):
    """What a class needs: some number of values of any of some properties."""

    type: str
    keys: tuple[str, ...]
    least: int = 1


_NEEDS: Final = {
    "encounter-participants": Need(
        "Encounter", ("participant", "host", "visitor", "actor", "organiser", "topic", "onIssue", "label")
    ),
    "meeting-participants": Need("Meeting", ("participant", "host", "visitor"), 2),
    "visit-visitor": Need("Visit", ("visitor", "participant")),
    "visit-place": Need("Visit", ("place", "destination", "host")),
    "communicative-act-actor": Need("CommunicativeAct", ("actor", "outcomeOf")),
    "request-act": Need("Request", ("requestedAct", "content", "onIssue", "topic")),
    "pledge-act": Need("Pledge", ("pledgedAct", "content", "money", "item", "quantity", "onIssue", "topic")),
    "threat-act": Need("Threat", ("threatenedAct", "content", "onIssue", "topic", "condition", "purpose", "reason")),
    "accusation-allegation": Need("Accusation", ("allegation", "content", "onIssue", "topic")),
    "denial-denies": Need("Denial", ("denies", "content", "responseTo", "onIssue", "topic")),
    "refusal-act": Need("Refusal", ("requestedAct", "content", "responseTo", "onIssue", "topic")),
    "non-decision-issue": Need("NonDecision", ("onIssue", "topic", "content", "actor")),
    "authorisation-act": Need("Authorisation", ("authorisedAct", "content", "item", "onIssue", "topic", "recipient")),
    "agreement-parties": Need("Agreement", ("participant", "actor", "mediator", "content", "item", "onIssue", "topic")),
    "arms-transfer-parties": Need("ArmsTransfer", ("actor", "recipient")),
    "arms-transfer-item": Need("ArmsTransfer", ("item", "quantity", "money")),
    "aid-provision-parties": Need("AidProvision", ("actor", "recipient", "beneficiary")),
    "sanction-target": Need("Sanction", ("target", "affected")),
    "sanction-actor": Need("Sanction", ("actor",)),
    "expulsion-target": Need("Expulsion", ("target", "affected")),
    "expulsion-actor": Need("Expulsion", ("actor",)),
    "export-suspension-parties": Need(
        "ExportSuspension", ("actor", "affected", "target", "recipient", "destination", "item")
    ),
    "armed-attack-parties": Need("ArmedAttack", ("actor", "target", "affected", "place", "destination")),
    "force-posture-actor": Need("ForcePosture", ("actor", "instrument", "place", "destination")),
    "office-holding-holder": Need("OfficeHolding", ("holder",)),
    "office-holding-office": Need("OfficeHolding", ("office",)),
    "stance-holder": Need("Stance", ("holder",)),
    "stance-issue": Need("Stance", ("onIssue", "topic", "content")),
    "assessment-holder": Need("Assessment", ("holder",)),
    "assessment-content": Need("Assessment", ("content", "onIssue", "topic", "label")),
    "possession-holder": Need("Possession", ("holder",)),
    "possession-item": Need("Possession", ("item", "quantity", "money")),
    "capability-holder": Need("Capability", ("holder", "item")),
    "restriction-item": Need("Restriction", ("item", "affected", "actor", "onIssue")),
    "relation-participants": Need("Relation", ("participant", "holder"), 2),
    "condition-label": Need(
        "Condition", ("label", "holder", "actor", "participant", "item", "topic", "onIssue", "causedBy")
    ),
}

_IN_PASSING: Final[dict[str, Data]] = {
    "actor": "macron",
    "target": "iran",
    "holder": "italy",
    "item": "drones",
    "label": "something made up",
}
"""Values that a fact gets for its other needs."""


def unmet(type_name: str, keys: Collection[str], counts: dict[str, int], seeds: Seeds) -> list[str]:
    """List the needs that a fact of a class does not meet, which has so many values under some keys."""
    needs = {code: need for code, need in _NEEDS.items() if seeds.words.is_a(type_name, need.type)}
    return [
        code for code, need in needs.items() if sum(counts.get(key, 0) for key in need.keys if key in keys) < need.least
    ]


def dropped(code: str, seeds: Seeds, _: Random) -> Iterator[Fault]:
    """Take out of a fact all that meets a need of its class; no other fact is about the same."""
    need = _NEEDS[code]
    for fact in seeds.facts:
        counts = {key: len(fact.values(key)) for key in fact.data}
        drops = [key for key in need.keys if key in fact.data]
        rest = [key for key in fact.data if key not in drops]
        is_needed = drops and rest and unmet(fact.type, rest, counts, seeds) == [code]
        if is_needed and seeds.is_alone(fact) and not _holds_named(fact, drops):
            edits = tuple(Drop(fact.document, (*fact.steps, key)) for key in drops)
            yield Fault(edits, (Expected(code, fact.spot()),))


def _holds_named(fact: Fact, keys: list[str]) -> bool:
    """Tell whether a fact describes others there to which something may refer."""
    return any(isinstance(value, dict) for key in keys for _, value in fact.values(key) if _is_named(value))


def _is_named(data: Data) -> bool:
    if isinstance(data, dict):
        named = "type" in data and bool({"id", "about"} & data.keys())
        return named or any(map(_is_named, data.values()))
    return isinstance(data, list) and any(map(_is_named, data))


def bare(code: str, seeds: Seeds, _: Random) -> Iterator[Fault]:
    """Add a fact that has nothing of what one of its needs asks for, and meets the others."""
    need = _NEEDS[code]
    others = [other for other in unmet(need.type, (), {}, seeds) if other != code]
    keys = [next(key for key in _NEEDS[other].keys if key in _IN_PASSING) for other in others]
    for document in seeds.articles:
        edit, spot = added(seeds, document, code, type=need.type, **{key: _IN_PASSING[key] for key in keys})
        yield Fault.one(edit, code, spot)


def missing(code: str, seeds: Seeds, rng: Random) -> Iterator[Fault]:
    """Drop what is needed, or where no fact of the seeds allows that, add one without it."""
    found = list(dropped(code, seeds, rng))
    yield from found or bare(code, seeds, rng)


def told_elsewhere(seeds: Seeds, _: Random) -> Iterator[Fault]:
    """Let somebody speak of a fact that lacks what it needs; it is the fact that does, not what refers to it."""
    for document in seeds.articles:
        edit, spot = added(seeds, document, "told-act", type="Expulsion", actor="russia")
        act, first = added(seeds, document, "act", type="Statement", actor="starmer", content=spot.steps[-1])
        yield Fault((act, edit), (Expected("expulsion-target", spot, (first,)),))


def no_evidence(seeds: Seeds, _: Random) -> Iterator[Fault]:
    """Take out the evidence of a fact that contains no others."""
    for fact in seeds.facts:
        if fact.is_top and "evidence" in fact.data and "quotation" not in fact.data and not seeds.situation_keys(fact):
            yield Fault.one(Drop(fact.document, (*fact.steps, "evidence")), "claim-evidence", fact.spot())


KINDS: Final = (
    *(Kind(code, partial(missing, code)) for code in _NEEDS),
    Kind("expulsion-target (told elsewhere)", told_elsewhere),
    Kind("claim-evidence", no_evidence),
)
