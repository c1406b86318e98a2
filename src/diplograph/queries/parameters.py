"""Parameters of a query: variables whose names say their type, and values bound to them as terms.

The convention is that of grlc: `?_name` must be given, `?__name` may be, and what follows the name
is the type, as in `?_country_iri`, `?__from_xsd_date`, `?_limit_integer` or `?_title_en`. No other
variable may begin with an underscore.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from msgspec import Struct
from pyoxigraph import Literal, NamedNode

from diplograph.errors import UsageError, did_you_mean
from diplograph.queries.tokens import Token, variables
from diplograph.values import literals

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

_VARIABLE: Final = re.compile(r"(__?)([A-Za-z][A-Za-z0-9-]*)(?:_(iri|integer|number|xsd_[A-Za-z]+|[a-z]{2}))?")
_DATATYPES: Final = sorted(name.removeprefix(literals.XSD) for name in literals.CHECKED if literals.XSD in name)


class Parameter(Struct, frozen=True):
    """A parameter: its name, the variable it stands for, its type, and its default if it has one.

    `type` is `iri`, the IRI of a datatype, a language tag, or empty for plain text.
    """

    name: str
    variable: str
    type: str
    required: bool
    default: str | None = None

    def __str__(self) -> str:
        """Write the parameter with its default, or with a question mark if it may be left out."""
        default = f"={self.default}" if self.default is not None else "" if self.required else "?"
        return self.name + default


def parameters(found: Iterable[Token], defaults: Mapping[str, str]) -> list[Parameter]:
    """List the parameters of a query in the order in which they first appear.

    Raises:
        UsageError: a variable begins like a parameter and is none, two variables are one parameter
            of two types, or a default has no parameter.
    """
    matches = [_matched(name) for name in variables(found) if name.startswith("_")]
    listed = [
        Parameter(match[2], match[0], _type(match[3] or ""), match[1] == "_", defaults.get(match[2]))
        for match in matches
    ]
    names = [parameter.name for parameter in listed]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice:
        raise UsageError(f"Two variables of the query stand for the parameter '{twice}'.", "Keep one of them.")
    unused = next((name for name in defaults if name not in names), None)
    if unused:
        raise UsageError(f"The query gives a default for '{unused}', and has no such parameter.")
    return listed


def _matched(variable: str) -> re.Match[str]:
    match = _VARIABLE.fullmatch(variable)
    datatype = match[3].removeprefix("xsd_") if match and (match[3] or "").startswith("xsd_") else ""
    if match is None or (datatype and datatype not in _DATATYPES):
        hint = f"Known types: iri, integer, number, a language such as en, xsd_ with {', '.join(_DATATYPES)}."
        raise UsageError(f"The variable '?{variable}' begins like a parameter, and has no type that is known.", hint)
    return match


def _type(suffix: str) -> str:
    if suffix in ("integer", "number"):
        return literals.XSD + {"integer": "integer", "number": "decimal"}[suffix]
    return literals.XSD + suffix.removeprefix("xsd_") if suffix.startswith("xsd_") else suffix


def bound(
    listed: Iterable[Parameter], given: Mapping[str, str], named: Callable[[str], NamedNode]
) -> dict[str, NamedNode | Literal]:
    """Make the terms of all parameters that have a value, by variable; `named` finds IRIs.

    Raises:
        UsageError: a parameter is missing, unknown, or has a value that is not of its type.
    """
    by_name = {parameter.name: parameter for parameter in listed}
    for name in given.keys() - by_name.keys():
        known = f"Known: {', '.join(by_name)}." if by_name else "It has none."
        raise UsageError(f"The query has no parameter '{name}'.", did_you_mean(name, by_name) or known)
    values = {parameter.name: parameter.default for parameter in by_name.values()} | dict(given)
    missing = [parameter for parameter in by_name.values() if parameter.required and values[parameter.name] is None]
    if missing:
        names = ", ".join(f"'{parameter.name}'" for parameter in missing)
        hint = " ".join(f"-p {parameter.name}=VALUE" for parameter in missing)
        raise UsageError(f"The query needs a value for {names}.", f"Give it with {hint}.")
    return {
        by_name[name].variable: _term(by_name[name], text, named) for name, text in values.items() if text is not None
    }


def _term(parameter: Parameter, text: str, named: Callable[[str], NamedNode]) -> NamedNode | Literal:
    if not text.isprintable() and any("\ud800" <= letter <= "\udfff" for letter in text):
        raise UsageError(f"The value of the parameter '{parameter.name}' is not UTF-8.")
    if parameter.type == "iri":
        return named(text)
    if not parameter.type.startswith(literals.XSD):
        return Literal(text, language=parameter.type) if parameter.type else Literal(text)
    try:
        literals.check(text, parameter.type)
    except ValueError as error:
        raise UsageError(f"The parameter '{parameter.name}' takes another value: {error}") from error
    return Literal(text, datatype=NamedNode(parameter.type))
