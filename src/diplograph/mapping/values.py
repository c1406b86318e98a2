"""Times and amounts as nodes of their own: one explicit function each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pyoxigraph import Literal

from diplograph.annotations import Money, Quantity, Time
from diplograph.mapping import terms
from diplograph.values import literals
from diplograph.values.times import bounds

if TYPE_CHECKING:
    from diplograph.annotations import Value
    from diplograph.mapping.nodes import Properties
    from diplograph.mapping.scope import Scope


def value_properties(value: Value, scope: Scope) -> Properties:
    """Describe a time, quantity or amount of money; nothing for values that need no node."""
    if isinstance(value, Time):
        return time_properties(value, scope)
    if isinstance(value, Quantity):
        return quantity_properties(value, scope)
    return money_properties(value, scope) if isinstance(value, Money) else []


def time_properties(time: Time, scope: Scope) -> Properties:
    """Describe a time: its words, its EDTF form, its first and last day, and its anchor."""
    found: Properties = [(terms.TYPE, terms.TIME_VALUE)]
    if time.words:
        found.append((terms.WORDS, scope.text(time.words)))
    if time.edtf:
        limits = bounds(time.edtf)
        found.append((terms.EDTF, Literal(time.edtf, datatype=literals.EDTF)))
        if limits.earliest:
            found.append((terms.EARLIEST, literals.typed(limits.earliest, literals.DATE)))
        if limits.latest:
            found.append((terms.LATEST, literals.typed(limits.latest, literals.DATE)))
        found.append((terms.GRANULARITY, scope.vocabulary.lists["granularity"][limits.granularity]))
    if time.anchor:
        found.append((terms.ANCHOR, literals.typed(time.anchor, literals.DATE)))
    if time.basis:
        found.append((terms.BASIS, scope.vocabulary.lists["basis"][time.basis]))
    return found


def quantity_properties(quantity: Quantity, scope: Scope) -> Properties:
    """Describe a quantity: its number or range, its qualifier, its unit, and the total."""
    found: Properties = [(terms.TYPE, terms.QUANTITY), *_numbers(quantity, scope)]
    if quantity.total is not None:
        found.append((terms.TOTAL, literals.number(quantity.total)))
    if quantity.unit:
        found.append((terms.UNIT, literals.labelled(*quantity.unit)))
    return found


def money_properties(money: Money, scope: Scope) -> Properties:
    """Describe an amount of money: its number or range, its currency, its recurrence and horizon."""
    found: Properties = [(terms.TYPE, terms.MONETARY_VALUE), *_numbers(money, scope)]
    found.append((terms.CURRENCY, Literal(money.currency)))
    if money.per:
        found.append((terms.PER, scope.vocabulary.lists["per"][money.per]))
    if money.until:
        found.append((terms.UNTIL, scope.text(money.until)))
    return found


def _numbers(amount: Quantity | Money, scope: Scope) -> Properties:
    given = ((terms.VALUE, amount.value), (terms.MIN_VALUE, amount.low), (terms.MAX_VALUE, amount.high))
    found: Properties = [(predicate, literals.number(value)) for predicate, value in given if value is not None]
    if amount.qualifier:
        found.append((terms.QUALIFIER, scope.vocabulary.lists["qualifier"][amount.qualifier]))
    return found
