"""Running a query over a store: checked, its parameters bound as terms, evaluated by pyoxigraph."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

import pyoxigraph as ox

from diplograph.errors import InputError, UsageError
from diplograph.findings import Finding, Location, Region
from diplograph.queries import tokens
from diplograph.queries.parameters import bound

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from diplograph.queries.library import Query
    from diplograph.queries.names import Names

Answer = ox.QuerySolutions | ox.QueryBoolean | ox.QueryTriples

_PLACE: Final = re.compile(r"error at (\d+):(\d+): (.*)", re.DOTALL)
_SERVICE: Final = re.compile("service", re.IGNORECASE)
_LETTERS: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_DEEPEST: Final = 100
"""The engine's parser calls itself for each bracket, and ends the program when it runs out of stack."""
_SHOWN: Final = 160


def answer(query: Query, store: ox.Store, given: Mapping[str, str], names: Names, *, union: bool = False) -> Answer:
    """Evaluate a query with values for its parameters.

    `names` finds the IRIs that values stand for. With `union`, the default graph is the union of
    all named graphs; else it is what the store has as such. Columns come in the order of the
    SELECT; for `SELECT *` in the order in which the variables first appear.

    Raises:
        InputError: the query is not SPARQL, with the place, or would ask another host.
        UsageError: a parameter is missing, unknown or of another type, or the store fails.
    """
    if tokens.depth(query.tokens) > _DEEPEST:
        raise UsageError(f"The query '{query.name}' nests its brackets more than {_DEEPEST} deep.")
    known = names.with_prefixes(tokens.prefixes(query.tokens))
    values = bound(query.parameters, given, known.term)
    text = tokens.substituted(query.tokens, {name: str(term) for name, term in values.items()})
    try:
        found = _run(text, store, names, union=union)
        if not isinstance(found, ox.QuerySolutions):
            return found
        columns = {variable.value for variable in found.variables}
        taken = tokens.tokens(text)
        ordered = tokens.with_columns(taken, [name for name in tokens.variables(taken) if name in columns])
        return _run(ordered, store, names, union=union) if ordered and columns else found
    except SyntaxError as error:
        raise _refusal(query, values, names, error) from error
    except (OSError, RuntimeError) as error:
        raise UsageError(f"The query '{query.name}' cannot be answered: {error}.") from error


def _run(text: str, store: ox.Store, names: Names, *, union: bool) -> Answer:
    """Evaluate a query, unless it would ask another host.

    Whether "service" is a keyword is for the engine's parser to say: a query in which another
    word of the same length stands for it has to parse as well.

    Raises:
        SyntaxError: it does not parse, or only with SERVICE.
    """
    if _SERVICE.search(text):
        _evaluate(_SERVICE.sub(_another_word(text), text), ox.Store(), names, union=union)
    return _evaluate(text, store, names, union=union)


def _another_word(text: str) -> str:
    """Make a word as long as "service" that a text does not hold."""
    lowered = text.lower()
    words = ("NOTHI" + one + other for one in _LETTERS for other in _LETTERS)
    return next(word for word in words if word.lower() not in lowered)


def _evaluate(text: str, store: ox.Store, names: Names, *, union: bool) -> Answer:
    return store.query(text, prefixes=names.prefixes, use_default_graph_as_union=union)


def _refusal(query: Query, values: Iterable[str], names: Names, error: SyntaxError) -> InputError | UsageError:
    """Tell what is not SPARQL in the query as it was written, or else where its parameters stand."""
    try:
        _run(query.text, ox.Store(), names, union=False)
    except SyntaxError as written:
        return InputError([_finding(query, str(written))])
    if not values:
        return InputError([_finding(query, str(error))])
    listed = ", ".join(f"?{name}" for name in values)
    message = f"The parameters {listed} of '{query.name}' stand where only a variable can stand."
    return UsageError(message, "A SELECT takes (?_name AS ?column); ORDER BY and VALUES take none.")


def _finding(query: Query, message: str) -> Finding:
    """Put what the engine says of a query at its place."""
    found = _PLACE.fullmatch(message)
    line, column, said = (int(found[1]), int(found[2]), found[3]) if found else (1, 1, message)
    said = said.partition(", [")[0].replace("expected one of The", "The")  # sets of letters are of no help
    said = said if len(said) <= _SHOWN else f"{said[:_SHOWN]} …"
    place = Region(line, column, line, column + 1)
    hint = "SERVICE, which asks another host, is not allowed." if _SERVICE.search(query.text) else ""
    return Finding("error", "sparql-syntax", f"This is not SPARQL 1.1: {said}.", Location(query.name, place), hint)
