"""Facts of made-up articles: templates of the seeds filled with entities, words, times and amounts.

Owns what one article knows while it is written: its own entities, its spans, its facts so far.
"""

from __future__ import annotations

import hashlib
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, Final

from tests.benchmarks import words
from tests.benchmarks.templates import LOCAL, Slot, Template

if TYPE_CHECKING:
    from random import Random

    from tests.benchmarks.register import Register
    from tests.benchmarks.sharing import Shared, Situations

Fact = dict[str, Any]
FIRST_DAY: Final = date(2023, 1, 2)
DAYS: Final = 900
_CURRENCIES: Final = ("EUR", "GBP", "USD", "PLN", "UAH", "CNY", "JPY", "TRY")
_QUALIFIERS: Final = ("over", "about", "at-least", "up-to", "exactly", "under")
_CHANGES: Final = 0.12
"""How often a claim of a shared situation contradicts the others."""
_LISTS: Final = {
    "stage": ("considered", "pledged", "allocated", "delivered", "suspended"),
    "position": ("supports", "opposes", "cautious", "undecided", "neutral"),
    "relationType": ("ally", "partner", "adversary", "subordinate", "supplier"),
}
_SINGLE: Final = {"place": "Place", "origin": "Place", "destination": "Place", "office": "Office"}


class Writing:
    """One article being written."""

    def __init__(self, sha256: str, length: int, published: date | None, register: Register, random: Random) -> None:
        self.sha256 = sha256
        self.length = length
        self.published = published
        self.language = words.language(random)
        self.entities: dict[str, Fact] = {}
        self.facts: list[Fact] = []
        self.used: set[str] = set()
        self.register = register
        self.random = random

    def span(self, longest: int = 220) -> str:
        """Draw a span of the article's body, with the digest of its made-up text."""
        size = 8 + int(self.random.random() * longest)
        start = 120 + int(self.random.random() * max(1, self.length - size - 120))
        return self.digested(start, min(start + size, self.length))

    def digested(self, start: int, end: int) -> str:
        """Write a span, always with the same digest."""
        digest = hashlib.sha256(f"{self.sha256}{start}-{end}".encode()).hexdigest()
        return f"{start}-{end}/{digest[:12]}"

    def local(self, kind: str) -> str:
        """Name an entity that the article describes for itself: one it has, or a new one."""
        same = [name for name, entity in self.entities.items() if entity["type"] == kind]
        if same and self.random.random() < 0.5:
            return words.pick(same, self.random)
        name = f"own-{kind.lower()}-{len(self.entities) + 1}"
        self.entities[name] = {"type": kind, "label": words.phrase(self.language, self.random)}
        if kind == "Office":
            self.entities[name]["officeOf"] = self.register.draw("State", self.random)
        return name

    def told(self, template: Template, situations: Situations, number: int) -> Fact:
        """Write a top-level fact that only this article has."""
        fact = {"id": f"f{number}", **self._filled(template, situations, shared=False)}
        return self._evidenced(fact, template)

    def claimed(self, shared: Shared, number: int) -> Fact:
        """Write a top-level fact about a shared situation."""
        return self._evidenced({"id": f"f{number}", **self._claim(shared)}, shared.template)

    def skeleton(self, template: Template, situations: Situations) -> Fact:
        """Make what all claims of a new shared situation have in common."""
        return self._filled(template, situations, shared=True)

    def _filled(self, template: Template, situations: Situations, *, shared: bool) -> Fact:
        fact: Fact = {"type": template.type} if template.type else {}
        fact["label"] = self._label()
        fact.update(template.given)
        if template.says:
            fact["says"] = self._entities(template.says, (True,) * len(template.says), set(), shared=shared)
        taken: set[str] = set()
        for slot in template.slots:
            value = self._value(slot, situations, taken, shared=shared)
            if value is not None:
                fact[slot.key] = value
        return fact

    def _label(self) -> Any:
        chance = self.random.random()
        if chance < 0.7:
            return words.phrase("en", self.random)
        language = words.language(self.random)
        label = {language: words.phrase(language, self.random)}
        return label if chance < 0.85 else {"en": words.phrase("en", self.random), **label}

    def _value(self, slot: Slot, situations: Situations, taken: set[str], *, shared: bool) -> Any:
        if slot.kinds:
            found = self._entities(slot.kinds, slot.own, taken, shared=shared)
            return found[0] if len(found) == 1 else found
        if slot.words:
            return slot.words[0]
        if slot.situations:
            nested = [self._nested(one, situations, shared=shared) for one in slot.situations]
            present = list({str(one): one for one in nested if one}.values())
            return (present[0] if len(present) == 1 else present) or None
        if slot.key in ("time", "deferredUntil"):
            return self._time("edtf" in slot.parts)
        return self._amount(slot.key, slot.parts)

    def _entities(self, kinds: tuple[str, ...], own: tuple[bool, ...], taken: set[str], *, shared: bool) -> list[str]:
        found = []
        for kind, is_own in zip(kinds, own, strict=True):
            if shared or kind != LOCAL:
                local = is_own and not shared and self.random.random() < 0.4
                name = self.local(kind) if local else ""
                if not name or name in taken:
                    name = self.register.draw("Agent" if kind == LOCAL else kind, self.random, taken)
            else:
                name = self.local(kind)
                if name in taken:
                    name = self.register.draw("Agent", self.random, taken)
            taken.add(name)
            found.append(name)
        return found

    def _nested(self, template: Template | None, situations: Situations, *, shared: bool) -> Any:
        if template is None:
            return self._reference(situations, shared=shared)
        if template.shared and not shared:
            found = situations.of_type(template.type, self) if template.type else None
            if found is not None:
                return self._claim(found)
        return self._meant(self._filled(template, situations, shared=shared), template)

    def _reference(self, situations: Situations, *, shared: bool) -> Any:
        """Refer to a fact of this article, or to a situation that articles have told before."""
        if self.facts and not shared and self.random.random() < 0.6:
            return words.pick([fact["id"] for fact in self.facts], self.random)
        key = situations.known(self)
        return {"about": key} if key else None

    def _claim(self, shared: Shared) -> Fact:
        """Repeat what is known of a shared situation, or now and then something that contradicts it."""
        fact: Fact = {"about": shared.key, **shared.values}
        if "time" in fact:
            fact["time"] = self._dated(fact["time"])
        if "deferredUntil" in fact:
            fact["deferredUntil"] = self._dated(fact["deferredUntil"])
        if self.random.random() < 0.2:
            fact["label"] = self._label()
        if shared.told and self.random.random() < _CHANGES:
            self._contradict(fact)
        shared.told += 1
        return fact

    def _contradict(self, fact: Fact) -> None:
        chance = self.random.random()
        for key, kind in _SINGLE.items():
            if key in fact and chance < 0.6:
                fact[key] = self.register.draw(kind, self.random, {fact[key]} if isinstance(fact[key], str) else ())
                return
        for key, known in _LISTS.items():
            if key in fact and chance < 0.6:
                fact[key] = words.pick(known, self.random)
                return
        if "time" in fact and chance < 0.8:
            fact["time"] = self._time(dated=True)
        elif "quantity" in fact and chance < 0.8:
            fact["quantity"] = self._amount("quantity", ("value", "unit"))
        else:
            fact["polarity"] = "positive" if fact.get("polarity") == "negative" else "negative"

    def _time(self, dated: bool) -> Fact:  # noqa: FBT001 - the only parameter
        time = {"words": words.when(self.language, self.random)}
        if dated:
            time["edtf"] = self._edtf()
            self._based(time)
        return time

    def _edtf(self) -> str:
        day = FIRST_DAY + timedelta(days=int(self.random.random() * DAYS))
        chance = self.random.random()
        if chance < 0.65:
            return day.isoformat()
        if chance < 0.75:
            return f"{day.isoformat()}/{(day + timedelta(days=1 + day.day % 6)).isoformat()}"
        if chance < 0.85:
            return day.isoformat()[:7]
        if chance < 0.9:
            return f"{day.isoformat()}/.."
        return (
            day.isoformat()[:4]
            if chance < 0.95
            else f"{day.year}-{21 + day.month % 4}"
            if chance < 0.98
            else f"{day.isoformat()[:7]}~"
        )

    def _dated(self, time: Fact) -> Fact:
        """Tell a known time in the words of this article, resolved in its own way."""
        told = {"words": words.when(self.language, self.random)}
        if "edtf" in time:
            told["edtf"] = time["edtf"]
            self._based(told)
        return told

    def _based(self, time: Fact) -> None:
        if self.published is not None and self.random.random() < 0.7:
            time["anchor"] = self.published.isoformat()
            time["basis"] = "publication-date"
        else:
            time["basis"] = "in-text" if self.random.random() < 0.5 else "annotator"

    def _amount(self, key: str, parts: tuple[str, ...]) -> Fact:
        value = 1 + int(self.random.paretovariate(1.1) * 3) % 5000
        number = "amount" if key == "money" else "value"
        ends = "from" in parts or self.random.random() < 0.1
        amount: Fact = {"from": value, "to": value + 1 + int(self.random.random() * value)} if ends else {number: value}
        if key == "money":
            amount = {name: known * 1_000_000 for name, known in amount.items()}
            amount["currency"] = words.pick(_CURRENCIES, self.random)
            if "per" in parts:
                amount.update(per="year", until=words.when(self.language, self.random))
        else:
            amount["unit"] = words.pick(words.PERIODS if key == "duration" else words.UNITS, self.random)
            if "of" in parts and not ends:
                amount["of"] = value + int(self.random.random() * 500)
        if "qualifier" in parts:
            amount["qualifier"] = words.pick(_QUALIFIERS, self.random)
        return amount

    def _meant(self, fact: Fact, template: Template) -> Fact:
        if template.wordings:
            fact["wording"] = words.phrase(self.language, self.random)
        if template.noted:
            fact["note"] = words.phrase("en", self.random)
        return fact

    def _evidenced(self, fact: Fact, template: Template) -> Fact:
        fact = self._meant(dict(fact), template)
        spans = list(dict.fromkeys(self.span() for _ in range(template.spans)))
        fact["evidence"] = spans if len(spans) > 1 else spans[0]
        if template.quoted:
            fact["quotation"] = [self.span(90)]
        return fact
