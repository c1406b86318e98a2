"""Values in words: entities by name, times and amounts as their sources give them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pyoxigraph import NamedNode

from diplograph.explaining.view import IDENTIFIER, dip

if TYPE_CHECKING:
    from diplograph.explaining.view import Term, View

_SCHEMA: Final = "https://schema.org/"
_BEFORE: Final = ("over", "about", "under", "up to", "at least", "exactly")


def in_words(term: Term, view: View) -> str:
    """Put a value into words."""
    if view.is_a(term, "TimeValue"):
        return _time(term, view)
    if view.is_a(term, "Quantity") or view.is_a(term, "MonetaryValue"):
        return _amount(term, view)
    name = view.name(term)
    key = view.text(term, IDENTIFIER) if isinstance(term, NamedNode) and view.value(term, dip("occurrence")) else ""
    return f"{name} ({key})" if key and key != name else name


def _time(term: Term, view: View) -> str:
    words, edtf = view.text(term, dip("words")), view.text(term, dip("edtf"))
    anchor = view.text(term, dip("anchor"))
    basis = view.name(view.value(term, dip("basis")))
    ground = ", ".join(part for part in (basis and f"basis: {basis}", anchor and f"anchor: {anchor}") if part)
    told = f"“{words}”" if words else ""
    return " = ".join(part for part in (told, edtf) if part) + (f" ({ground})" if ground and edtf else "")


def _amount(term: Term, view: View) -> str:
    number, low, high = (view.text(term, NamedNode(_SCHEMA + word)) for word in ("value", "minValue", "maxValue"))
    unit = view.text(term, NamedNode(_SCHEMA + "unitText")) or view.text(term, NamedNode(_SCHEMA + "currency"))
    qualifier = view.name(view.value(term, dip("qualifier")))
    total, per = view.text(term, dip("total")), view.name(view.value(term, dip("per")))
    until = view.text(term, dip("until"))
    parts = [
        qualifier if qualifier in _BEFORE else "",
        number or " to ".join(part for part in (low, high) if part),
        total and f"of {total}",
        unit,
        per and f"per {per}",
        until and f"until “{until}”",
        f"({qualifier})" if qualifier and qualifier not in _BEFORE else "",
    ]
    return " ".join(part for part in parts if part)
