"""Running a query over a store: checked, its parameters bound as terms, evaluated by pyoxigraph."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyoxigraph as ox

from diplograph.errors import InputError, UsageError
from diplograph.queries import tokens
from diplograph.queries.parameters import bound
from diplograph.queries.remote import Askable, Triples
from diplograph.queries.safety import checked

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from diplograph.queries.library import Query
    from diplograph.queries.names import Names

Answer = ox.QuerySolutions | ox.QueryBoolean | ox.QueryTriples | Triples


def answer(query: Query, store: Askable, given: Mapping[str, str], names: Names, *, union: bool = False) -> Answer:
    """Evaluate a query with values for its parameters.

    `names` finds the IRIs that values stand for. With `union`, the default graph is the union of
    all named graphs; else it is what the store has as such. Columns come in the order of the
    SELECT; for `SELECT *` in the order in which the variables first appear.

    Raises:
        InputError: the query is not SPARQL, or would do more than read the store, with the place.
        UsageError: a parameter is missing, unknown or of another type, or the store fails.
    """
    known = names.with_prefixes(tokens.prefixes(query.tokens))
    values = bound(query.parameters, given, known.term)
    text = tokens.substituted(query.tokens, {name: str(term) for name, term in values.items()})
    _check(query, text, values, store, names)
    try:
        found = _evaluate(text, store, names, union=union)
        if not isinstance(found, ox.QuerySolutions):
            return found
        columns = {variable.value for variable in found.variables}
        taken = tokens.tokens(text)
        ordered = tokens.with_columns(taken, [name for name in tokens.variables(taken) if name in columns])
        if not ordered or not columns:
            return found
        _check(query, ordered, values, store, names)
        return _evaluate(ordered, store, names, union=union)
    except (OSError, RuntimeError) as error:
        raise UsageError(f"The query '{query.name}' cannot be answered: {error}.") from error


def _check(query: Query, text: str, values: Iterable[str], store: Askable, names: Names) -> None:
    """Refuse what is unsafe or not SPARQL, in the query as it was written, or else where its parameters stand."""
    refused = _refused(query.name, text, store, names)
    if refused is None:
        return
    written = _refused(query.name, query.text, store, names)
    if written is not None and _codes(written) == _codes(refused):
        raise written
    if not values or _codes(refused) != ["sparql-syntax"]:
        raise refused
    listed = ", ".join(f"?{name}" for name in values)
    message = f"The parameters {listed} of '{query.name}' stand where only a variable can stand."
    raise UsageError(message, "A SELECT takes (?_name AS ?column); ORDER BY and VALUES take none.")


def _refused(name: str, text: str, store: Askable, names: Names) -> InputError | None:
    def is_graph(iri: str) -> bool:
        return store.contains_named_graph(ox.NamedNode(iri))

    try:
        checked(text, is_graph, name=name, prefixes=names.prefixes)
    except InputError as error:
        return error
    return None


def _codes(error: InputError) -> list[str]:
    return [finding.code for finding in error.findings]


def _evaluate(text: str, store: Askable, names: Names, *, union: bool) -> Answer:
    return store.query(text, prefixes=names.prefixes, use_default_graph_as_union=union)
