"""Exporting to a folder of parts."""

from __future__ import annotations

import hashlib
import json
import re
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final

from diplograph import resources, verdicts
from diplograph.errors import FindingsError, InvalidDataError, UsageError
from diplograph.mapping.iris import DEFAULT_BASE, Iris
from diplograph.mapping.provenance import provenance_nodes
from diplograph.sharding.description import description
from diplograph.sharding.folder import Folder, locked
from diplograph.streaming.run import Run
from diplograph.streaming.worker import packed
from diplograph.version import __version__
from diplograph.writing.formats import format_named
from diplograph.writing.serialising import writer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from diplograph.findings import Finding
    from diplograph.reading.corpus import Corpus
    from diplograph.streaming.run import Totals
    from diplograph.validation.shapes import Shapes
    from diplograph.writing.formats import Format

FORMATS: Final = ("n-quads", "n-triples", "turtle", "trig")
"""The formats in which a part can be a sequence of pieces, and parts can be put together to a whole."""

MOST_PARTS: Final = 1000
_LICENCE: Final = re.compile(r"https?://[^\s<>\"{}|\\^`]+")


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
    options: Sequence[str] = (),
) -> list[Finding]:
    """Write a corpus as a folder of packed parts, with their digests and a description.

    Articles, shared situations and entities go to `count` parts by their IRIs, and the provenance to a
    last one, so that a change of an article changes its part, that of the situations that it shares, and
    the last. Without `shapes` nothing is validated. With `resume` the batches that an earlier run
    has done are not done again. `options` are further settings on which the output depends. Gives
    the warnings.

    Raises:
        InputError: something is wrong with the input.
        InvalidDataError: the corpus violates a shape.
        UsageError: the folder cannot be written, or there is nothing to resume.
    """
    chosen = _format(format)
    if not 1 <= count <= MOST_PARTS:
        raise UsageError(f"There can be 1 to {MOST_PARTS} parts.")
    if licence and not _LICENCE.fullmatch(licence):
        raise UsageError(f"The licence '{licence}' is not the address of one.", "As in https://creativecommons.org/…")
    iris = Iris(base_iri)
    used = writer(chosen, corpus.vocabulary, base_iri)
    screening = verdicts.screen(shapes, corpus.vocabulary, iris, "auto") if shapes is not None else None
    if shapes is not None and screening is None:
        raise UsageError(
            "These shapes need the whole graph at once.", "Validate first, then export with --no-validate."
        )
    rules = hashlib.sha256(shapes.ntriples).hexdigest() if shapes is not None else ""
    made_for = _made_for(corpus, chosen, count, [base_iri, licence, ended, rules, *options])
    folder = Folder(Path(target), count + 1, f"{chosen.suffix}.gz", made_for)
    folder.check()
    with locked(folder):
        kept = folder.resume() if resume else []
        if not kept:
            folder.start()
            folder.begin(packed(used.start) if used.start else b"")
        run = Run(
            corpus, iris, used, screening, jobs=jobs, ended=ended, counting=True, parts=count, kept=kept, told=told
        )
        try:
            for outcome in run.outcomes():
                folder.take(outcome)
            findings = _judged(run, shapes)
        except FindingsError:
            folder.take_away()
            raise
        except BaseException:
            with suppress(UsageError):
                folder.save()  # what is done can be taken up again
            raise
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
        folder.put_in_place(parts, text)
    return findings


def _judged(run: Run, shapes: Shapes | None) -> list[Finding]:
    verdicts.check_input(run)
    findings = verdicts.findings(run, shapes, "auto") if shapes is not None else []
    if any(finding.severity == "violation" for finding in findings):
        raise InvalidDataError(findings)
    return findings


def _format(name: str) -> Format:
    if name not in FORMATS:
        raise UsageError(f"Parts cannot be written as {name}.", f"Possible: {', '.join(FORMATS)}.")
    return format_named(name)


def _made_for(corpus: Corpus, format_: Format, count: int, options: Iterable[str]) -> bytes:
    """Say what a folder is made of and how; only a run for the same can go on with it."""
    ontology = [path.read_bytes() for path in resources.turtle_files(resources.folder("ontology"))]
    files = [[file.title, file.path.stat().st_size if file.path.is_file() else 0] for file in corpus.files]
    told = {
        "version": __version__,
        "ontology": hashlib.sha256(b"".join(ontology)).hexdigest(),
        "format": format_.name,
        "parts": count,
        "files": files,
        "options": list(options),
    }
    return json.dumps(told).encode()
