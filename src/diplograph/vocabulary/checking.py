"""Checking: whether the tables hang together, so that nothing that uses them has to ask."""

from __future__ import annotations

from typing import TYPE_CHECKING

from diplograph.errors import VocabularyError
from diplograph.values.literals import CHECKED

if TYPE_CHECKING:
    from collections.abc import Iterator

    from diplograph.vocabulary.tables import Class, Property, Vocabulary


def check(vocabulary: Vocabulary) -> None:
    """Check what classes and properties refer to.

    Raises:
        VocabularyError: at the first class or property that refers to what is not there.
    """
    for found in vocabulary.classes.values():
        for message in _class_faults(found, vocabulary):
            raise VocabularyError(found.iri.value, message)
    for prop in (*vocabulary.facts.values(), *vocabulary.entities.values()):
        for message in _property_faults(prop, vocabulary):
            raise VocabularyError(prop.iri.value, message)


def _class_faults(found: Class, vocabulary: Vocabulary) -> Iterator[str]:
    for status in (found.default_status, found.content_status):
        if status and status not in vocabulary.lists.get("status", {}):
            yield f"has the status '{status}', which is not in the list of statuses."
    if found.conveys and found.conveys not in vocabulary.lists.get("conveyance", {}):
        yield f"conveys '{found.conveys}', which is not in the list of conveyances."


def _property_faults(prop: Property, vocabulary: Vocabulary) -> Iterator[str]:
    if prop.kind == "node":
        yield "has a key, but a range that no annotation can give."
    if prop.value_list and prop.value_list not in vocabulary.lists:
        yield f"takes its values from the list '{prop.value_list}', which has no words."
    if prop.kind == "literal" and prop.range is not None and prop.range.value not in CHECKED:
        yield f"has the datatype {prop.range.value}, whose values cannot be checked."
    if prop.default_class and not vocabulary.is_a(prop.default_class, "Situation"):
        yield f"has the default class '{prop.default_class}', which is no class of situations."
    within = {found.iri.value for found in vocabulary.facts.values()}
    if "incompatible-values" in prop.conflicts and prop.conflict_within not in within:
        yield "can have incompatible values, but does not say within which property (dip:conflictWithin)."
