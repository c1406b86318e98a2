"""Whether a corpus conforms: screened while it streams by, and what is doubtful left to the engines.

The screen proves of nearly all nodes that they conform. Those that it cannot prove are gathered with
all that their shapes can see, and validated as they would be in the whole graph. Shapes that
the screen does not know, and engines that are asked for by name, take the whole graph into memory.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pyoxigraph as ox

from diplograph.findings import Finding, Location
from diplograph.reading.corpus import twice
from diplograph.streaming.following import follows
from diplograph.streaming.screening import Open, Screening
from diplograph.validation.deciding import validate
from diplograph.validation.reach import reach
from diplograph.validation.screening import Screen
from diplograph.validation.targets import finds_in_use

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from diplograph.locating.gathering import Place, Surroundings
    from diplograph.mapping.iris import Iris
    from diplograph.streaming.run import Run
    from diplograph.validation.deciding import Engine
    from diplograph.validation.results import Result
    from diplograph.validation.shapes import Shapes
    from diplograph.vocabulary import Vocabulary

_TOGETHER: Final = 500
"""How many doubtful nodes an engine gets at a time."""

_GATHERED: Final = 2000
"""For how many doubtful nodes what is around them is in memory at a time."""

MOST_RESULTS: Final = 10_000
"""After how many results no further doubtful nodes are looked into; nobody reads more."""


def screen(shapes: Shapes, words: Vocabulary, iris: Iris, engine: Engine) -> Screening | None:
    """Make the screen for some shapes; none where they or the engine asked for need the whole graph."""
    if engine != "auto" or not follows(shapes, words):
        return None
    is_open = Open(iris)
    found = Screen(shapes, _hierarchy(words), is_open)
    return Screening(found, is_open, reach(shapes)) if found.complete else None


def _hierarchy(words: Vocabulary) -> list[tuple[str, list[tuple[str, str]]]]:
    found: dict[str, list[tuple[str, str]]] = {}
    for triple in words.subclass_triples():
        found.setdefault(str(triple.subject), []).append((str(triple.predicate), str(triple.object)))
    return list(found.items())


def check_input(run: Run) -> None:
    """Stop if anything is wrong with the input of a run that is over.

    Raises:
        InputError: with all problems found, by file and place.
    """
    doubled: dict[bytes, bytes] = {}
    for _, places in run.places.groups():
        doubled.update(dict.fromkeys(places[1:], places[0]))
    if doubled:
        problems = list(run.corpus.problems)
        names = dict(enumerate(file.name for file in run.corpus.files))
        for unit in run.corpus.units():
            first = doubled.get(run.place(unit))
            reading = run.corpus.read(unit) if first else None
            if reading is not None and first is not None:
                problems.append(twice(reading.document, names[int(first.split()[0])]))
        run.corpus.problems = problems
    run.corpus.check()


def findings(run: Run, shapes: Shapes, engine: Engine) -> list[Finding]:
    """Look into what a screened run found doubtful.

    Raises:
        UsageError: the shapes or the engine cannot be used.
        EnginesDisagreeError: two engines came to different results.
    """
    doubtful = list(dict.fromkeys(run.doubtful))
    if not doubtful:
        return []
    from diplograph.locating.gathering import Surroundings  # noqa: PLC0415 - clean runs do without
    from diplograph.locating.places import located  # noqa: PLC0415

    results: list[Result] = []
    places: dict[str, Place] = {}
    for start in range(0, len(doubtful), _GATHERED):
        surroundings = Surroundings(run, doubtful[start : start + _GATHERED])
        found = _results(surroundings, doubtful[start : start + _GATHERED], run, shapes, engine)
        results += found
        for place in surroundings.told_of({result.focus for result in found}, {result.value for result in found}):
            if place.document is not None or place.node.subject not in places:
                places[place.node.subject] = place
        if len(results) > MOST_RESULTS:
            break
    told = located(sorted(set(results)), places, run.corpus)
    return [*told, _and_more(told[-1])] if len(results) > MOST_RESULTS else told


def _results(
    surroundings: Surroundings, doubtful: Sequence[str], run: Run, shapes: Shapes, engine: Engine
) -> list[Result]:
    """Let the engines look into doubtful nodes, some at a time, with what is around them."""
    hierarchy = run.corpus.vocabulary.subclass_triples()
    results: list[Result] = []
    for start in range(0, len(doubtful), _TOGETHER):
        some = frozenset(doubtful[start : start + _TOGETHER])
        triples = [triple for node in surroundings.around(sorted(some)) for triple in node.triples()]
        found = validate([*triples, *hierarchy], shapes, engine)
        results += [result for result in found if result.focus in some]
    return results


def _and_more(last: Finding) -> Finding:
    message = f"There are more than {MOST_RESULTS:,} findings; the rest is not told."
    return Finding("violation", "too-many-problems", message, Location(last.location.file))


def findings_of_whole(run: Run, texts: Iterable[bytes], shapes: Shapes, engine: Engine) -> list[Finding]:
    """Validate the whole graph of a run, of which the texts are N-Triples.

    Raises:
        InputError: something is wrong with the input.
        UsageError: the shapes or the engine cannot be used.
        EnginesDisagreeError: two engines came to different results.
    """
    triples = [quad.triple for text in texts for quad in ox.parse(text, format=ox.RdfFormat.N_TRIPLES)]
    check_input(run)
    results = validate([*triples, *run.corpus.vocabulary.subclass_triples()], shapes, engine)
    if not results:
        return []
    from diplograph.locating.gathering import Surroundings  # noqa: PLC0415 - clean runs do without
    from diplograph.locating.places import located  # noqa: PLC0415

    surroundings = Surroundings(run, {result.focus for result in results})
    return located(results, surroundings.places, run.corpus)


def applies(run: Run, shapes: Shapes, codes: Collection[str]) -> bool:
    """Tell whether any of the shapes with some codes had a focus node in a run that counted."""
    words = run.corpus.vocabulary
    below = {ox.NamedNode(name[1:-2]) for name in run.counts if name.endswith(" ")}
    above = {triple.object for triple in words.subclass_triples() if triple.subject in below}
    return finds_in_use(
        shapes, {*below, *above}, {ox.NamedNode(name[1:-1]) for name in run.counts if name.endswith(">")}, codes
    )
