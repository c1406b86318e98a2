"""Paths through the data: walked to their ends, or only until something is found (SHACL, section 2.3.1)."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, TypeAlias

from diplograph.validation.screening.paths import Back, Chain, Choice, Path, Step, properties

if TYPE_CHECKING:
    from diplograph.validation.screening.terms import Verdict
    from diplograph.validation.screening.view import View

Walk: TypeAlias = "Callable[[str, View], tuple[Collection[str], bool]]"
"""From a start to all values, each once, and whether these are all that there are."""
Accept: TypeAlias = "Callable[[str], Verdict]"
Seek: TypeAlias = "Callable[[str, View, Accept], bool]"
"""From a start through the values until one is accepted, and whether one was."""


@lru_cache(maxsize=1000)
def walker(path: Path) -> Walk:
    """Make the function that walks a path to its ends."""
    if isinstance(path, Step):
        return _walk_step(path.predicate)
    if isinstance(path, Back):
        return _walk_back(path.predicate)
    if isinstance(path, Chain):
        return _walk_chain(path.paths)
    if isinstance(path, Choice):
        return _walk_choice([walker(each) for each in path.paths])
    return _walk_repeat(walker(path.path), stays=path.stays, once=path.once)


def _walk_step(predicate: str) -> Walk:
    return lambda start, view: (view.objects(start, predicate), not view.may_lack(start, predicate))


def _walk_back(predicate: str) -> Walk:
    return lambda start, view: (view.subjects(start, predicate), not view.is_incomplete(start))


def _walk_chain(paths: Sequence[Path]) -> Walk:
    walks = [(walker(each), each.predicate if isinstance(each, Step) else "") for each in paths]

    def walk(start: str, view: View) -> tuple[Collection[str], bool]:
        values: Collection[str] = (start,)
        is_complete = True
        for each, predicate in walks:
            if len(values) == 1:
                [value] = values
                values, is_whole = each(value, view)
            elif predicate:
                values, is_whole = view.reached(values, predicate)
            else:
                values, is_whole = _from_all(each, values, view)
            is_complete = is_complete and is_whole
        return values, is_complete

    return walk


def _from_all(walk: Walk, starts: Collection[str], view: View) -> tuple[set[str], bool]:
    found = [walk(start, view) for start in starts]
    return {value for values, _ in found for value in values}, all(is_whole for _, is_whole in found)


def _walk_choice(walks: list[Walk]) -> Walk:
    def walk(start: str, view: View) -> tuple[Collection[str], bool]:
        found = [each(start, view) for each in walks]
        return {value for values, _ in found for value in values}, all(is_whole for _, is_whole in found)

    return walk


def _walk_repeat(step: Walk, *, stays: bool, once: bool) -> Walk:
    def walk(start: str, view: View) -> tuple[Collection[str], bool]:
        first, is_complete = step(start, view)
        values = {start, *first} if stays else set(first)
        new = values - {start} if stays else set(first)
        while new and not once:
            reached, is_whole = _from_all(step, new, view)
            is_complete = is_complete and is_whole
            new = reached - values
            values |= new
        return values, is_complete

    return walk


@lru_cache(maxsize=1000)
def seeker(path: Path) -> Seek:
    """Make the function that goes along a path until a value is accepted; each may be met more than once."""
    if isinstance(path, Step):
        predicate = path.predicate
        return lambda start, view, accept: any(map(accept, view.objects(start, predicate)))
    if isinstance(path, Back):
        predicate = path.predicate
        return lambda start, view, accept: any(map(accept, view.subjects(start, predicate)))
    if isinstance(path, Chain):
        return _seek_back_and_on(path) or _seek_chain([seeker(each) for each in path.paths])
    if isinstance(path, Choice):
        seeks = [seeker(each) for each in path.paths]
        return lambda start, view, accept: any(seek(start, view, accept) for seek in seeks)
    return _seek_repeat(seeker(path.path), stays=path.stays, once=path.once)


def _seek_back_and_on(path: Chain) -> Seek | None:
    """Make a shorter function for one step against the direction of a property, and one along some."""
    first, last = path.paths[0], path.paths[-1]
    predicates = properties(last)
    if len(path.paths) > 2 or not isinstance(first, Back) or predicates is None:  # noqa: PLR2004 - a step back, one on
        return None
    back = first.predicate

    def seek(start: str, view: View, accept: Accept) -> bool:
        for middle in view.subjects(start, back):
            layout, objects = view.row(middle)
            for predicate in predicates:
                if predicate in layout.values and any(map(accept, layout.values[predicate](objects))):
                    return True
        return False

    return seek


def _seek_chain(seeks: list[Seek]) -> Seek:
    first, *others = seeks
    if not others:
        return first
    rest = _seek_chain(others)
    return lambda start, view, accept: first(start, view, lambda middle: rest(middle, view, accept))


def _seek_repeat(step: Seek, *, stays: bool, once: bool) -> Seek:
    def seek(start: str, view: View, accept: Accept) -> bool:
        ahead: list[str] = []
        seen: set[str] = set()

        def visit(value: str) -> bool:
            if value in seen:
                return False
            seen.add(value)
            ahead.append(value)
            return accept(value) is True

        if stays and visit(start):
            return True
        if once:
            return step(start, view, visit)
        if not stays and step(start, view, visit):
            return True
        return any(step(value, view, visit) for value in ahead)  # the list grows as it is gone through

    return seek
