"""What can be seen of the data from a batch: its own nodes, its context, and the background."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeAlias

from diplograph.validation.screening.memory import Memo
from diplograph.validation.screening.terms import LITERAL, TYPE

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Sequence

    from diplograph.validation.screening.hierarchy import Kinds
    from diplograph.validation.screening.layouts import Row, Rows

Watched: TypeAlias = dict[str, dict[str, set[str]]]
"""Focus nodes whose answer rests on what points at a term, by property and term."""
_NONE: Final[frozenset[str]] = frozenset()


def never(_: str) -> bool:
    """Tell of each term that all is known of it."""
    return False


class View:
    """Nodes from several places as one graph, and of which terms it does not tell all.

    Each node stands in one place only. A term is incomplete if it is open or stands in the context:
    there may be more properties of it, and more that points to it. What points to any other term is here.
    `kinds` has the classes of the nodes of a batch and its context, `kinds_behind` of the background.
    `open` has the nodes of the batch that are, and `whole` the properties of which the context has all
    values of its nodes.
    `watched`, if it is there, takes down which focus nodes asked what points at a term.
    """

    __slots__ = (
        "_holders",
        "_is_whole",
        "_rows",
        "background",
        "context",
        "focus",
        "is_open",
        "kinds",
        "kinds_behind",
        "open",
        "own",
        "watched",
        "whole",
    )

    def __init__(self, own: Rows, context: Rows, background: Rows, is_open: Callable[[str], bool]) -> None:
        self.own, self.context, self.background = own, context, background
        self._rows = own.rows, context.rows, background.rows
        self._holders = Memo(self._all_holders)
        self._is_whole = is_open is never and not context.rows
        self.kinds: dict[str, Kinds] = {}
        self.kinds_behind: dict[str, Kinds] = {}
        self.is_open = is_open
        self.open = frozenset() if is_open is never else frozenset(filter(is_open, own.rows))
        self.focus = ""
        self.watched: Watched | None = None
        self.whole: frozenset[str] = frozenset()

    def row(self, term: str) -> Row:
        """Give a node that is described; what points at anything is."""
        own, context, background = self._rows
        return own.get(term) or background.get(term) or context[term]

    def objects(self, term: str, predicate: str) -> Sequence[str]:
        """List the values of a property, each once."""
        own, context, background = self._rows
        found = own.get(term) or background.get(term) or context.get(term)
        if found is None:
            return ()
        values = found[0].values.get(predicate)
        return values(found[1]) if values else ()

    def reached(self, terms: Collection[str], predicate: str) -> tuple[set[str], bool]:
        """Give the values of a property of several nodes together, and whether these are all."""
        found: set[str] = set()
        own, is_complete = self._rows[0], True
        for term in terms:
            row = own.get(term)
            if row is None:
                found.update(self.objects(term, predicate))
                is_complete = is_complete and not self.may_lack(term, predicate)
            elif predicate in row[0].values:
                found.update(row[0].values[predicate](row[1]))
        if is_complete and self.open and not self.open.isdisjoint(terms):
            is_complete = not any(self.may_lack(term, predicate) for term in terms)
        return found, is_complete

    def leading(self, terms: Iterable[str], predicate: str, accept: Callable[[str], bool | None]) -> set[str]:
        """Give those of some nodes that have a value of a property that is accepted."""
        found: set[str] = set()
        own, objects = self._rows[0], self.objects
        for term in terms:
            row = own.get(term)
            if row is None:
                values: Sequence[str] = objects(term, predicate)
            else:
                get = row[0].values.get(predicate)
                values = get(row[1]) if get else ()
            for value in values:
                if accept(value):
                    found.add(term)
                    break
        return found

    def subjects(self, term: str, predicate: str) -> Sequence[str]:
        """List the nodes that have a term as a value of a property, each once."""
        if self.watched is not None:
            self.watched.setdefault(predicate, {}).setdefault(term, set()).add(self.focus)
        own, others = self._holders[predicate]
        found = own.get(term, ())
        if not others:
            return found
        more = [subject for holders in others for subject in holders.get(term, ())]
        return list(dict.fromkeys((*found, *more))) if more else found

    def _all_holders(self, predicate: str) -> tuple[dict[str, list[str]], list[dict[str, list[str]]]]:
        others = [rows.holders(predicate) for rows in (self.context, self.background) if rows.rows]
        return self.own.holders(predicate), [holders for holders in others if holders]

    def predicates(self, term: str) -> Sequence[str]:
        """List the properties of a node, some more than once."""
        own, context, background = self._rows
        found = own.get(term) or background.get(term) or context.get(term)
        return found[0].predicates if found else ()

    def classes(self, term: str) -> Kinds:
        """Give the known classes of a node, with all above them."""
        return self.kinds.get(term) or self.kinds_behind.get(term) or _NONE

    def is_incomplete(self, term: str) -> bool:
        """Tell whether there may be more of a term than can be seen."""
        if self._is_whole:
            return False
        own, context, _ = self._rows
        if term in own:
            return term in self.open
        return term[0] != LITERAL and (self.is_open(term) or term in context)

    def may_lack(self, term: str, predicate: str) -> bool:
        """Tell whether there may be more values of a property of a term than can be seen."""
        return self.is_incomplete(term) and (predicate not in self.whole or self.is_open(term))

    def is_instance(self, term: str, iri: str) -> bool | None:
        """Tell whether a term is an instance of a class, if that is known."""
        if iri in self.classes(term):
            return True
        if self.may_lack(term, TYPE) or any(map(self.is_incomplete, self.objects(term, TYPE))):
            return None
        return False
