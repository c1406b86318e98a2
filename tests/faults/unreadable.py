"""Faults that the reader finds: words that it does not know, values that are none, and what is no YAML or JSON."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from tests.faults.copies import Mark, Spot
from tests.faults.edits import Drop, Put, Raw, Rename
from tests.faults.kinds import Fault, Kind, code_of, put

if TYPE_CHECKING:
    from collections.abc import Iterator
    from random import Random

    from tests.faults.nodes import Data
    from tests.faults.seeds import Fact, Seeds

_UNIT: Final = "drone"

# A value that is none, under a key of a fact, and the way from there to what is wrong
_VALUES: Final[dict[str, list[tuple[str, Data, tuple[str | int, ...]]]]] = {
    "unknown-word": [
        ("status", "plannned", ()),
        ("certainty", "sure", ()),
        ("time", {"words": "x", "basis": "me"}, ("basis",)),
    ],
    "unknown-entity": [("topic", ["lbc", "starmr"], (1,)), ("place", "Kyiv", ()), ("says", "NATO", ())],
    "unknown-fact": [("partOf", "no-such-fact", ()), ("causedBy", ["no-such-fact"], (0,))],
    "unknown-type": [("type", "Meetin", ()), ("reason", {"type": "Wish", "label": "x"}, ("type",))],
    "not-a-situation": [("type", "Person", ()), ("purpose", {"type": "Place", "label": "x"}, ("type",))],
    "edtf": [("time", "2024-02-30", ()), ("time", {"words": "x", "edtf": "2024-13", "basis": "in-text"}, ("edtf",))],
    "date": [("time", {"edtf": "2024", "anchor": "2024-09-31", "basis": "annotator"}, ("anchor",))],
    "missing-basis": [("time", {"words": "today", "edtf": "2024-09-14"}, ())],
    "empty-time": [("time", {}, ())],
    "one-language": [("time", {"words": {"en": "today", "de": "heute"}}, ("words",))],
    "span": [("evidence", ["10-4"], (0,)), ("evidence", "12", ()), ("evidence", "from 1 to 2", ())],
    "evidence-outside": [("evidence", ["0-99999"], (0,)), ("quotation", "99998-99999", ())],
    "not-anchored": [("evidence", {"quote": "a few words"}, ())],
    "empty-list": [("topic", [], ()), ("wording", [], ())],
    "empty-text": [("label", "", ()), ("note", {"en": " "}, ("en",))],
    "control-character": [("note", Raw(r'"a \u0007 b"'), ()), ("label", {"en": Raw(r'"\u0000"')}, ("en",))],
    "duplicate-value": [("topic", ["lbc", "nato", "lbc"], (2,)), ("label", {"en": "a", "EN": "b"}, ("EN",))],
    "language-tag": [("wording", {"de": "x", "not_a_tag": "y"}, ("not_a_tag",))],
    "wrong-type": [
        ("label", 5, ()),
        ("quantity", "many", ()),
        ("quantity", {"value": "six", "unit": _UNIT}, ("value",)),
    ],
    "number-size": [("quantity", {"value": Raw("1e99"), "unit": _UNIT}, ("value",)), ("duration", Raw("2E-40"), ())],
    "missing-amount": [("quantity", {"unit": _UNIT}, ()), ("money", {"currency": "GBP"}, ())],
    "two-amounts": [("quantity", {"value": 1, "to": 2, "unit": _UNIT}, ())],
    "range-order": [("quantity", {"from": 9, "to": 2, "unit": _UNIT}, ())],
    "currency": [("money", {"amount": 3, "currency": "EURO"}, ("currency",))],
    "identifier": [("id", "with space", ())],
    "missing-key": [("money", {"amount": 3}, ()), ("reason", {"type": "Event", "partOf": {"note": "x"}}, ("partOf",))],
}
_AT_KEY: Final = ("language-tag",)


def bad_value(code: str, seeds: Seeds, rng: Random) -> Iterator[Fault]:
    """Give a fact a value that is none."""
    for fact in seeds.facts:
        key, value, steps = rng.choice(_VALUES[code])
        # others may refer to the fact, or to what it holds under the key
        if (key != "id" or not _is_named(fact, seeds)) and not isinstance(fact.data.get(key), (dict, list)):
            yield Fault.one(put(fact, value, key), code, fact.spot(key, *steps, key=code in _AT_KEY))


def unknown_key(seeds: Seeds, _: Random) -> Iterator[Fault]:
    """Misspell a key."""
    for fact in seeds.facts:
        for key in (key for key in ("label", "note", "wording", "onIssue") if key in fact.data):
            edit = Rename(fact.document, (*fact.steps, key), f"{key}s")
            yield Fault.one(edit, "unknown-key", fact.spot(f"{key}s", key=True))


def unknown_key_of_entity(seeds: Seeds, _: Random) -> Iterator[Fault]:
    """Misspell a key of an entity."""
    for entity in seeds.entities:
        for key in entity.data.keys() - {"type", "label"}:
            edit = Rename(entity.document, entity.spot(key).steps, f"{key}_")
            yield Fault.one(edit, "unknown-key", entity.spot(f"{key}_", key=True))


_OF_ENTITIES: Final[dict[str, tuple[str, Data]]] = {
    "wikidata": ("wikidata", "145"),
    "country-code": ("code", "gb"),
    "unknown-type (entity)": ("type", "Persn"),
    "unknown-entity (register)": ("memberOf", "natoo"),
}


def bad_entity(code: str, seeds: Seeds, _: Random) -> Iterator[Fault]:
    """Give an entity a value that is none."""
    key, value = _OF_ENTITIES[code]
    for entity in seeds.entities:
        edit = Put(entity.document, entity.spot(key).steps, value)
        yield Fault.one(edit, code_of(code), entity.spot(key))


_OF_ARTICLES: Final[dict[str, tuple[tuple[str | int, ...], Data]]] = {
    "sha256": (("article", "text", "sha256"), "0123"),
    "url": (("article", "url"), "not an address"),
    "language-tag (article)": (("article", "language"), "english language"),
    "register-missing": (("registers", 1), "people.register.yaml"),
    "register-path": (("registers", 1), "people.register.txt"),
    "unknown-word (part)": (("article", "parts", "picture"), "0-5"),
}


def bad_article(code: str, seeds: Seeds, _: Random) -> Iterator[Fault]:
    """Give an article something that cannot be."""
    steps, value = _OF_ARTICLES[code]
    for document in seeds.articles:
        spot = Spot(document, steps, key=steps[-2] == "parts")
        yield Fault.one(Put(document, steps, value), code_of(code), spot)


def no_label(seeds: Seeds, _: Random) -> Iterator[Fault]:
    """Leave out the label of an entity."""
    for entity in seeds.entities:
        yield Fault.one(Drop(entity.document, entity.spot("label").steps), "missing-key", entity.spot())


def same_id(seeds: Seeds, rng: Random) -> Iterator[Fault]:
    """Give a fact the id of an earlier one."""
    top = [fact for fact in seeds.facts if fact.is_top and not _is_named(fact, seeds)]
    for fact in top:
        others = [one for one in seeds.facts if one.is_top and one.document == fact.document and one.steps < fact.steps]
        if others:
            edit = put(fact, rng.choice(others).data["id"], "id")
            yield Fault.one(edit, "duplicate-id", fact.spot("id"))


def _is_named(fact: Fact, seeds: Seeds) -> bool:
    """Tell whether the article refers to a fact by its id."""
    values = [
        value
        for one in seeds.facts
        if one.document == fact.document
        for key in seeds.situation_keys(one)
        for _, value in one.values(key)
    ]
    return fact.data.get("id") in values


def key_twice(seeds: Seeds, _: Random) -> Iterator[Fault]:
    """Give a fact a key that it has."""
    for fact in seeds.facts:
        for key in fact.data.keys() & {"label", "status", "note", "place"}:
            steps = (*fact.steps, key)
            edit = Put(fact.document, steps, fact.data[key], again=True)
            yield Fault.one(edit, "duplicate-key", Spot(fact.document, (*fact.steps, f"{key}'"), key=True))


def of_itself(seeds: Seeds, _: Random) -> Iterator[Fault]:
    """Let a fact refer to itself."""
    for fact in (fact for fact in seeds.facts if "id" in fact.data and "partOf" not in fact.data):
        yield Fault.one(put(fact, fact.data["id"], "partOf"), "self-reference", fact.spot("partOf"))


def endorsed_alone(seeds: Seeds, _: Random) -> Iterator[Fault]:
    """Endorse what nobody is quoted with."""
    for fact in (fact for fact in seeds.facts if fact.is_top and "says" not in fact.data):
        yield Fault.one(put(fact, "certain", "endorsed"), "endorsed-alone", fact.spot("endorsed", key=True))


def anchor_alone(seeds: Seeds, _: Random) -> Iterator[Fault]:
    """Give a day against which nothing is resolved."""
    for fact in seeds.facts:
        time: Data = {"words": "today", "anchor": "2024-09-14", "basis": "annotator"}
        yield Fault.one(put(fact, time, "time"), "anchor-alone", fact.spot("time", "anchor", key=True))


def _labels(seeds: Seeds) -> Iterator[Fact]:
    return (fact for fact in seeds.facts if "label" in fact.data)


def marked(code: str, raw: str, start: int, length: int, seeds: Seeds, _: Random) -> Iterator[Fault]:
    """Write a label that does not make sense; what is found is part of it."""
    for fact in _labels(seeds):
        yield Fault.one(put(fact, Raw(raw), "label"), code, Mark(fact.document, raw, start, length))


def broken(raw: str, seeds: Seeds, _: Random) -> Iterator[Fault]:
    """Write a plain label, in block style, that YAML takes for a mapping where none may be."""
    for fact in _labels(seeds):
        if fact.is_top:
            yield Fault.one(put(fact, Raw(raw), "label"), "yaml-syntax", Mark(fact.document, raw, raw.index(": ")))


_WORDS: Final = "some words of mine"
KINDS: Final = (
    *(Kind(code, partial(bad_value, code), is_reading=True) for code in _VALUES),
    *(Kind(code, partial(bad_entity, code), is_reading=True) for code in _OF_ENTITIES),
    *(Kind(code, partial(bad_article, code), is_reading=True) for code in _OF_ARTICLES),
    Kind("unknown-key", unknown_key, is_reading=True),
    Kind("unknown-key (entity)", unknown_key_of_entity, is_reading=True),
    Kind("missing-key (entity)", no_label, is_reading=True),
    Kind("duplicate-id", same_id, is_reading=True),
    Kind("duplicate-key", key_twice, is_reading=True),
    Kind("self-reference", of_itself, is_reading=True),
    Kind("endorsed-alone", endorsed_alone, is_reading=True),
    Kind("anchor-alone", anchor_alone, is_reading=True),
    Kind("encoding", partial(marked, "encoding", '"one byte \udcff is wrong"', 10, 1), is_reading=True),
    Kind("yaml-alias", partial(marked, "yaml-alias", f'&a "{_WORDS}"', 0, 23), "yaml", is_reading=True),
    Kind("yaml-tag", partial(marked, "yaml-tag", f'!!str "{_WORDS}"', 0, 26), "yaml", is_reading=True),
    Kind("yaml-syntax", partial(broken, f"{_WORDS}: and more"), "yaml", is_reading=True),
    Kind("json-syntax", partial(marked, "json-syntax", f'"{_WORDS}" "', 21, 1), "jsonl", is_reading=True),
    Kind("json-syntax (number)", partial(marked, "json-syntax", "NaN", 0, 3), "jsonl", is_reading=True),
)
