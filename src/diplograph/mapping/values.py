"""Times and amounts as nodes of their own: one explicit function each."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from diplograph.annotations import Money, Quantity, Time
from diplograph.mapping import terms
from diplograph.values import literals
from diplograph.values.times import Bounds, bounds

if TYPE_CHECKING:
    from diplograph.mapping.nodes import Properties
    from diplograph.mapping.scope import Scope

_TIME = (terms.TYPE, terms.TIME_VALUE)
_QUANTITY = (terms.TYPE, terms.QUANTITY)
_MONEY = (terms.TYPE, terms.MONETARY_VALUE)


def value_properties(value: Time | Quantity | Money, scope: Scope) -> Properties:
    """Describe a time, quantity or amount of money."""
    if isinstance(value, Time):
        return time_properties(value, scope)
    if isinstance(value, Quantity):
        return quantity_properties(value, scope)
    return money_properties(value, scope)


def time_properties(time: Time, scope: Scope) -> Properties:
    """Describe a time: its words, its EDTF form, its first and last day, and its anchor."""
    found: Properties = [_TIME]
    if time.words:
        found.append((terms.WORDS, scope.text(time.words)))
    if time.edtf:
        properties, limits = _resolved(time.edtf)
        found += properties
        found.append(scope.tables.granularity[limits.granularity])
    if time.anchor:
        found.append((terms.ANCHOR, literals.date(time.anchor)))
    if time.basis:
        found.append(scope.tables.basis[time.basis])
    return found


@lru_cache(maxsize=4096)
def _resolved(edtf: str) -> tuple[Properties, Bounds]:
    """Describe an EDTF string, of which the same few recur: itself, its first and its last day."""
    limits = bounds(edtf)
    found: Properties = [(terms.EDTF, literals.typed(edtf, literals.EDTF))]
    found += [(terms.EARLIEST, literals.date(limits.earliest))] if limits.earliest else []
    found += [(terms.LATEST, literals.date(limits.latest))] if limits.latest else []
    return found, limits


def quantity_properties(quantity: Quantity, scope: Scope) -> Properties:
    """Describe a quantity: its number or range, its qualifier, its unit, and the total."""
    found: Properties = [_QUANTITY, *_numbers(quantity, scope)]
    if quantity.total is not None:
        found.append((terms.TOTAL, literals.number(quantity.total)))
    if quantity.unit:
        found.append((terms.UNIT, literals.labelled(*quantity.unit)))
    return found


def money_properties(money: Money, scope: Scope) -> Properties:
    """Describe an amount of money: its number or range, its currency, its recurrence and horizon."""
    found: Properties = [_MONEY, *_numbers(money, scope)]
    found.append((terms.CURRENCY, literals.plain(money.currency)))
    if money.per:
        found.append(scope.tables.per[money.per])
    if money.until:
        found.append((terms.UNTIL, scope.text(money.until)))
    return found


def _numbers(amount: Quantity | Money, scope: Scope) -> Properties:
    given = ((terms.VALUE, amount.value), (terms.MIN_VALUE, amount.low), (terms.MAX_VALUE, amount.high))
    found: Properties = [(predicate, literals.number(value)) for predicate, value in given if value is not None]
    if amount.qualifier:
        found.append(scope.tables.qualifier[amount.qualifier])
    return found
