"""Faults on request: facts that violate a shape each, and articles that cannot be read.

Owns which faults there are and what must be found; knows nothing of how it is found.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final, TypeAlias

import msgspec
from tests.benchmarks import words
from tests.benchmarks.facts import FIRST_DAY

if TYPE_CHECKING:
    from tests.benchmarks.facts import Fact, Writing

Make: TypeAlias = "Callable[[Writing], Fact]"


def _meeting(article: Writing, **more: Any) -> Fact:
    people = [article.register.draw("Person", article.random)]
    people.append(article.register.draw("Person", article.random, people))
    return {"type": "Meeting", "participant": people, **more}


def _drawn(kind: str, article: Writing) -> str:
    return article.register.draw(kind, article.random)


def _holding(article: Writing, **more: Any) -> Fact:
    return {"type": "OfficeHolding", "holder": _drawn("Person", article), "office": _drawn("Office", article), **more}


def _own(article: Writing, **entity: Any) -> str:
    """Describe an entity in the article, and give its name."""
    name = f"own-fault-{len(article.entities) + 1}"
    article.entities[name] = {"label": words.phrase(article.language, article.random), **entity}
    return name


def _doubtful_digest(article: Writing) -> Fact:
    span = article.span()
    extent, _, digest = span.partition("/")
    return _meeting(article, evidence=[span, f"{extent}/{digest[::-1]}"], quotation=[span])


def _unanchored(article: Writing) -> Fact:
    article.published = article.published or FIRST_DAY  # else another rule finds it too
    return _meeting(article, time={"words": "then", "edtf": "2024-05-01", "basis": "publication-date"})


VIOLATIONS: Final[dict[str, tuple[tuple[str, ...], Make]]] = {
    "meeting of one": (
        ("meeting-participants",),
        lambda article: {"type": "Meeting", "participant": _drawn("Person", article)},
    ),
    "visitor that is a place": (
        ("visitor-value",),
        lambda article: {"type": "Visit", "visitor": _drawn("Place", article), "place": _drawn("Place", article)},
    ),
    "holder of nothing": (
        ("office-holding-office",),
        lambda article: {"type": "OfficeHolding", "holder": _drawn("Person", article)},
    ),
    "actor of a state of affairs": (
        ("actor-use",),
        lambda article: _holding(article, actor=_drawn("Person", article)),
    ),
    "place that is a person": (("place-value",), lambda article: _meeting(article, place=_drawn("Person", article))),
    "stage of a meeting": (("stage-use",), lambda article: _meeting(article, stage="delivered")),
    "sanction on nobody": (
        ("sanction-target",),
        lambda article: {"type": "Sanction", "actor": _drawn("State", article)},
    ),
    "two offices": (
        ("office-count",),
        lambda article: _holding(article, office=["office-1", "office-2"]),
    ),
    "part greater than the whole": (
        ("quantity-total",),
        lambda article: _meeting(article, quantity={"value": 30, "of": 20, "unit": "person"}),
    ),
    "number below zero": (
        ("quantity-number-sign",),
        lambda article: _meeting(article, quantity={"value": -3, "unit": "person"}),
    ),
    "key that nothing is about": (
        ("claim-about-value", "content-value"),
        lambda article: {
            "type": "Statement",
            "actor": _drawn("Person", article),
            "content": {"about": f"nothing-of-{article.sha256[:16]}-{len(article.facts)}"},
        },
    ),
    "publication day without an anchor": (("time-publication-anchor",), _unanchored),
    "denial in a meeting": (
        ("denies-use",),
        lambda article: _meeting(article, denies={"type": "Event", "label": "nothing of the kind"}),
    ),
    "money of a meeting": (
        ("money-use",),
        lambda article: _meeting(article, money={"amount": 5, "currency": "EUR"}),
    ),
    "two digests of one span": (("mention-digest-count",), _doubtful_digest),
    "country that is no state": (
        ("country-value",),
        lambda article: _meeting(article, place=_own(article, type="Place", country=_drawn("Person", article))),
    ),
    "place within a state": (
        ("located-in-value",),
        lambda article: _meeting(article, place=_own(article, type="Place", locatedIn=_drawn("State", article))),
    ),
    "item of wikidata for an unnamed source": (
        ("unnamed-source-wikidata",),
        lambda article: {
            "type": "Statement",
            "actor": _own(article, type="UnnamedSource", wikidata="Q999999999"),
            "onIssue": _drawn("Issue", article),
        },
    ),
    "event that is a state of affairs": (
        ("situation-kind",),
        lambda article: {
            "type": "Event",
            "about": f"both-of-{article.sha256[:16]}-{len(article.facts)}",
            "causedBy": {"type": "StateOfAffairs", "about": f"both-of-{article.sha256[:16]}-{len(article.facts)}"},
        },
    ),
}
"""For each kind of fault the rules that find it, and a fact that has it; id, label and evidence are added."""


def faulty(kind: str, article: Writing, number: int) -> Fact:
    """Write a fact that violates a shape."""
    _, make = VIOLATIONS[kind]
    return {
        "id": f"f{number}",
        "label": words.phrase("en", article.random),
        "evidence": article.span(),
        **make(article),
    }


UNREADABLE: Final[dict[str, str]] = {
    "unknown key": "unknown-key",
    "unknown class": "unknown-type",
    "unknown entity": "unknown-entity",
    "day that does not exist": "edtf",
    "date without basis": "missing-basis",
    "span beyond the end": "evidence-outside",
    "span that is none": "span",
    "word of no list": "unknown-word",
    "id given twice": "duplicate-id",
    "key given twice": "duplicate-key",
    "line cut short": "json-syntax",
}
"""For each kind of unreadable input, the problem that is reported."""


def broken(kind: str, line: dict[str, Any]) -> bytes:
    """Spoil an article, at its first fact, and write it as a line without its end."""
    first: dict[str, Any] = dict(line["facts"][0])
    changes: dict[str, dict[str, Any]] = {
        "unknown key": {"vistor": "person-1"},
        "unknown class": {"type": "Meting"},
        "unknown entity": {"topic": "persn-1"},
        "day that does not exist": {"time": "2024-02-30"},
        "date without basis": {"time": {"edtf": "2024-02-03"}},
        "span beyond the end": {"evidence": f"10-{line['article']['text']['length'] + 1}"},
        "span that is none": {"evidence": "from the start"},
        "word of no list": {"certainty": "shure"},
    }
    first.update(changes.get(kind, {}))
    facts = [first, *line["facts"][1:], *([first] if kind == "id given twice" else [])]
    text = msgspec.json.encode({**line, "facts": facts})
    if kind == "key given twice":
        return text[:-1] + b',"facts":[]}'
    return text[: len(text) // 2] if kind == "line cut short" else text
