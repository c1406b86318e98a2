"""Exporting to a folder of parts."""

from __future__ import annotations

import hashlib
import os
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

import msgspec
from pyoxigraph import BlankNode, NamedNode

from diplograph import verdicts
from diplograph.errors import FindingsError, InvalidDataError, UsageError
from diplograph.mapping.iris import DEFAULT_BASE, Iris
from diplograph.mapping.provenance import provenance_nodes
from diplograph.sharding.description import description
from diplograph.sharding.folder import Folder
from diplograph.sharding.journal import file_digest
from diplograph.sharding.places import Place
from diplograph.streaming.records import packed
from diplograph.streaming.run import Run
from diplograph.values.literals import ANY_URI, check
from diplograph.version import __version__
from diplograph.writing.formats import format_named, format_of
from diplograph.writing.serialising import writer

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from diplograph.findings import Finding
    from diplograph.reading.corpus import Corpus
    from diplograph.reading.sources import SourceFile
    from diplograph.streaming.run import Totals
    from diplograph.validation.shapes import Shapes
    from diplograph.writing.formats import Format

FORMATS: Final = ("n-quads", "n-triples", "turtle", "trig")
"""The formats in which a part can be a sequence of pieces, and parts can be put together to a whole."""

MOST_PARTS: Final = 1000


def export_shards(  # noqa: PLR0913 - each is an option of the command
    corpus: Corpus,
    target: str | Path,
    count: int,
    *,
    format: str = "n-quads",  # noqa: A002 - the option's name
    shapes: Shapes | None = None,
    base_iri: str = DEFAULT_BASE,
    licence: str = "",
    ended: str = "",
    jobs: int = 1,
    resume: bool = False,
    told: Callable[[Totals], None] | None = None,
) -> list[Finding]:
    """Write a corpus as a folder of packed parts, with their digests and a description.

    Articles, shared situations and entities go to `count` parts by their IRIs, and the provenance to a
    last one, so that a change of an article changes its part, that of the situations that it shares, and
    the last. Without `shapes` nothing is validated. With `resume` the batches that an earlier run
    has done are not done again. Gives the warnings.

    Raises:
        InputError: something is wrong with the input.
        InvalidDataError: the corpus violates a shape.
        UsageError: the folder cannot be written, or has the name of a file; or there is nothing to resume.
    """
    chosen = _format(format)
    if not 1 <= count <= MOST_PARTS:
        raise UsageError(f"There can be 1 to {MOST_PARTS} parts.")
    if licence:
        _check_licence(licence)
    iris = Iris(base_iri)
    used = writer(chosen, corpus.vocabulary, base_iri)
    screening = verdicts.screen(shapes, corpus.vocabulary, iris, "auto") if shapes is not None else None
    if shapes is not None and screening is None:
        raise UsageError(
            "These shapes need the whole graph at once.", "Validate first, then export with --no-validate."
        )
    rules = _digest(shapes) if shapes is not None else ""
    made_for = _made_for(corpus, chosen, count, [base_iri, licence, str(bool(ended)), rules])
    place = _place(target)
    with place.locked():
        folder = Folder(place, count + 1, f"{chosen.suffix}.gz", made_for)
        kept = folder.resume() if resume else []
        if not kept:
            folder.start(packed(used.start))
        run = Run(
            corpus, iris, used, screening, jobs=jobs, ended=ended, counting=True, parts=count, kept=kept, told=told
        )
        try:
            for outcome in run.outcomes():
                folder.take(outcome)
            findings = _judged(run, shapes)
            parts = folder.finished()
            export = next(iter(provenance_nodes(corpus.inputs, iris, ended))).subject
            text = description(
                parts,
                chosen,
                run.counts,
                triples=run.totals.triples,
                base=base_iri,
                licence=licence,
                export=export,
                ended=ended,
            )
            folder.complete(parts, text)
        except FindingsError:
            folder.take_away()
            raise
        except BaseException as error:
            folder.keep()
            if not isinstance(error, UsageError):  # whose hint says what to do
                error.add_note("What is done is kept: the same command with --resume goes on from there.")
            raise
    return findings


def _judged(run: Run, shapes: Shapes | None) -> list[Finding]:
    verdicts.check_input(run)
    findings = verdicts.findings(run, shapes, "auto") if shapes is not None else []
    if any(finding.severity == "violation" for finding in findings):
        raise InvalidDataError(findings)
    return findings


def _place(target: str | Path) -> Place:
    """Find where the folder goes; one called like an RDF file is not what anybody means."""
    if format_of(target) is not None:
        hint = "Name a folder, as in -o diplomacy; or leave --shards out, for one file."
        raise UsageError(f"'{target}' is the name of a file, and parts are a folder.", hint)
    place = Place(target)
    place.check()
    return place


def _format(name: str) -> Format:
    if name not in FORMATS:
        raise UsageError(f"Parts cannot be written as {name}.", f"Possible: {', '.join(FORMATS)}.")
    return format_named(name)


def _check_licence(licence: str) -> None:
    try:
        check(licence, ANY_URI)
        NamedNode(licence)
        address = urlsplit(licence)
        known = licence.isprintable() and address.scheme in ("https", "http") and bool(address.netloc)
    except ValueError:
        known = False
    if not known:
        raise UsageError(f"The licence '{licence}' is not the address of one.", "As in https://creativecommons.org/…")


def _made_for(corpus: Corpus, format_: Format, count: int, options: Sequence[str]) -> bytes:
    """Say what a folder is made of and how; only a run for the same can go on with it.

    The articles themselves are compared batch by batch, and when a run is over its time is stated.
    """
    words = corpus.vocabulary
    tables = [words.version, words.classes, words.properties, words.facts, words.entities, words.lists]
    told = {
        "version": __version__,
        "ontology": hashlib.sha256(msgspec.json.encode(tables, order="sorted", enc_hook=str)).hexdigest(),
        "format": format_.name,
        "parts": count,
        "files": [[_name(file), _size(file.path)] for file in corpus.files],
        "registers": [file_digest(file.path).hex() for file in corpus.files if file.is_register],
        "options": options,
    }
    return msgspec.json.encode(told)


def _digest(shapes: Shapes) -> str:
    """Give a SHA-256 of shapes in which blank nodes have no labels but their order: these are drawn at random."""
    labels: dict[BlankNode, str] = {}
    found = hashlib.sha256()
    for triple in shapes.triples:
        for term in (triple.subject, triple.predicate, triple.object):
            label = labels.setdefault(term, f"_:{len(labels)}") if isinstance(term, BlankNode) else str(term)
            found.update(f"{label}\n".encode())
    return found.hexdigest()


def _name(file: SourceFile) -> str:
    """Name a source the same from wherever it is named; what comes through a pipe has no place."""
    return os.fsencode(file.title if file.kept else file.real).hex()


def _size(path: Path) -> int:
    return path.stat().st_size if path.is_file() else 0
