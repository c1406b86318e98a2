"""Facts: their fixed keys, the ontology's words, and the situations nested in them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from diplograph.annotations import Fact, FactId, SharedKey, Value
from diplograph.reading import records, texts
from diplograph.reading.values import quick_values, read_value

if TYPE_CHECKING:
    from collections.abc import Iterator

    from diplograph.reading.context import Context
    from diplograph.reading.documents import Path, Raw
    from diplograph.vocabulary import Property

_FIXED: Final = {*records.FACT.by_key, "type"}
_HOLDING: Final = (dict, list)
_IN_PLACE: Final = "To describe a situation in place, write a mapping with its 'type' and 'label'."
_NO_DEPTH: Final = 20
_MOST_CLAIMS: Final = 1000


def read_facts(raw: Raw, path: Path, context: Context) -> tuple[Fact, ...]:
    """Read an article's list of facts; those with problems are left out and noted."""
    if not isinstance(raw, list):
        texts.wrong_type("a list of facts", raw, path, context)
        return ()
    context.facts = raw
    seen: set[str] = set()
    facts = []
    for place, item in enumerate(raw):
        fact_path = (*path, place)
        fact = _fact(item, fact_path, context, None, seen)
        if fact is not None and not fact.id and "id" not in (item if isinstance(item, dict) else {}):
            context.problem(fact_path, "missing-key", "The key 'id' is missing.", "Name the fact, as in id: talks.")
        if fact is not None:
            facts.append(fact)
    return tuple(facts)


def _ids(raw: Raw) -> Iterator[str]:
    """Find the ids of all facts, nested ones too, so that facts may refer to later ones."""
    stack = [raw]
    while stack:
        current = stack.pop()
        if isinstance(current, dict):
            name = current.get("id")
            if isinstance(name, str):
                yield name
            for key, value in current.items():
                if key not in _FIXED and type(value) in _HOLDING:  # a label may be in 'id'
                    stack.append(value)
        elif isinstance(current, list):
            stack += [value for value in current if type(value) in _HOLDING]


def _fact(raw: Raw, path: Path, context: Context, within: Property | None, seen: set[str]) -> Fact | None:
    """Read one fact; `within` is the property whose value it is, or `None` at the top."""
    if not isinstance(raw, dict):
        texts.wrong_type("a mapping for a fact", raw, path, context)
        return None
    if len(path) > _NO_DEPTH:
        context.problem(path, "too-deep", "Situations are nested too deeply.", "Refer to another fact by its id.")
        return None
    vocabulary = context.vocabulary
    records.refuse_unknown(raw, vocabulary.fact_keys, "a fact", path, context)
    name = _type(raw, path, context, within)
    fields = records.read_fields(records.FACT, raw, path, context)
    _unique(fields.get("id", ""), path, context, seen)
    if "endorsed" in fields and not fields.get("says"):
        hint = "Without 'says' the article speaks for itself: use 'certainty'."
        context.problem((*path, "endorsed"), "endorsed-alone", "'endorsed' goes with 'says'.", hint, "key")
    if within is not None and within.conveys in ("", "open") and "endorsed" in fields:
        message = "Nobody claims what stands here, so that nobody can endorse it."
        context.problem((*path, "endorsed"), "endorsed-unclaimed", message, "Leave it out.", "key")
    telling = _telling(fields, path, context, within)
    context.enclosing.append(fields.get("id", ""))
    context.telling.append(_contained(telling, name, raw, context))
    keys = vocabulary.facts
    values = tuple(
        [
            (key, found)
            for key, value in raw.items()
            if key in keys and (found := _values(keys[key], value, (*path, key), context, seen))
        ]
    )
    context.enclosing.pop()
    context.telling.pop()
    return None if name is None else context.note(_made(name, fields, values), path)


def _telling(fields: dict[str, Any], path: Path, context: Context, within: Property | None) -> tuple[int, int]:
    """Count the chains of sources that tell a fact, and the sources of each: they make a claim each.

    Speakers within speakers multiply, so that a few lines could ask for more claims than there are atoms.
    """
    conveyed = within is not None and within.conveys not in ("", "open")
    chains, sources = context.telling[-1] if conveyed else (1, 1)
    sources += len(fields.get("says", ()))
    if chains * sources <= _MOST_CLAIMS:
        return chains, sources
    message = f"{chains} chains of {sources} sources tell this, which makes more than {_MOST_CLAIMS} claims of it."
    context.problem(path, "too-many-claims", message, "Name a group as the speaker.")
    return 1, 1


def _contained(telling: tuple[int, int], name: str | None, raw: dict[str, Raw], context: Context) -> tuple[int, int]:
    """Count the chains that tell what a fact conveys: each goes on with each of its speakers."""
    found = context.vocabulary.classes[name].speaker if name else ""
    speakers = raw.get(found, ())
    return telling[0] * max(1, len(speakers) if isinstance(speakers, list) else 1), telling[1] + 1


def _made(name: str, fields: dict[str, Any], values: tuple[tuple[str, tuple[Value, ...]], ...]) -> Fact:
    return Fact(
        type=name,
        id=fields.get("id", ""),
        about=fields.get("about", ""),
        labels=fields.get("label", ()),
        notes=fields.get("note", ()),
        says=fields.get("says", ()),
        endorsed=fields.get("endorsed", ""),
        certainty=fields.get("certainty", ""),
        polarity=fields.get("polarity", ""),
        status=fields.get("status", ""),
        evidence=fields.get("evidence", ()),
        quotation=fields.get("quotation", ()),
        values=values,
    )


def _type(raw: dict[str, Raw], path: Path, context: Context, within: Property | None) -> str | None:
    """Read the class of a situation, or take the default of the property that it stands under."""
    classes = context.vocabulary.classes
    if "type" not in raw:
        if within is not None and within.default_class:
            return within.default_class
        context.problem(path, "missing-key", "The key 'type' is missing.", "Name a class of situations, as in Meeting.")
        return None
    given = raw["type"]
    if type(given) is str and context.vocabulary.is_a(given, "Situation"):
        return given
    name = texts.read_text(given, (*path, "type"), context)
    if name is None:
        return None
    if not context.vocabulary.is_a(name, "Situation"):
        known = [found.name for found in context.vocabulary.below("Situation")]
        if name in classes:
            message = f"'{name}' is a class of the ontology, but not of situations."
            context.problem((*path, "type"), "not-a-situation", message)
        else:
            context.unknown((*path, "type"), "unknown-type", "class of situations", name, known)
        return None
    return name


def _unique(name: str, path: Path, context: Context, seen: set[str]) -> None:
    if name and name in seen:
        context.problem((*path, "id"), "duplicate-id", f"Another fact of this article has the id '{name}'.")
    seen.add(name)


def _values(found: Property, raw: Raw, path: Path, context: Context, seen: set[str]) -> tuple[Value, ...]:
    """Read one value or a list of values of a property; the same value twice is a problem."""
    if context.trace is None:
        quick = quick_values(found.kind, found.value_list)(raw, context)
        if quick is not None:
            return quick
    if type(raw) is not list:
        value = (
            _situation(found, raw, path, context, seen)
            if found.kind == "situation"
            else read_value(found, raw, path, context)
        )
        return () if value is None else (context.note(value, path),)
    values: dict[Value, None] = {}
    for item, item_path in texts.each(raw, path, context):
        value = (
            _situation(found, item, item_path, context, seen)
            if found.kind == "situation"
            else read_value(found, item, item_path, context)
        )
        if value is not None and texts.is_new(value, values, item_path, context):
            values[context.note(value, item_path)] = None
    return tuple(values)


def _situation(found: Property, raw: Raw, path: Path, context: Context, seen: set[str]) -> Value | None:
    """Read a situation: in place, by the id of a fact of this article, or by a shared key."""
    if isinstance(raw, str):
        if context.fact_ids is None:
            context.fact_ids = set(_ids(context.facts))
        if raw not in context.fact_ids:
            context.unknown(path, "unknown-fact", "fact of this article", raw, context.fact_ids, hint=_IN_PLACE)
            return None
        if raw in context.enclosing:
            return context.problem(path, "self-reference", f"The fact '{raw}' refers to itself.", "Name another fact.")
        return FactId(raw)
    if isinstance(raw, dict) and raw.keys() == {"about"}:
        key = texts.read_name(raw["about"], (*path, "about"), context)
        return None if key is None else SharedKey(key)
    return _fact(raw, path, context, found, seen)
