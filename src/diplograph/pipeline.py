"""What can be done with a corpus: get its graph, validate it, export it.

The Python side of the command line; each function is one command. Prints nothing and exits
nowhere.
"""

from __future__ import annotations

import json
from collections import deque
from pathlib import Path
from typing import TYPE_CHECKING

import pyoxigraph as ox

from diplograph import resources
from diplograph.errors import InvalidDataError, UsageError
from diplograph.findings import Finding
from diplograph.mapping.iris import DEFAULT_BASE, SPACES, Iris
from diplograph.reading import corpus as reading
from diplograph.streaming.run import Run
from diplograph.vocabulary import Vocabulary, load_vocabulary
from diplograph.writing.formats import Format, format_named, format_of
from diplograph.writing.jsonld import context, context_text
from diplograph.writing.ntriples import NQuads, NTriples
from diplograph.writing.outputs import STDOUT, output
from diplograph.writing.prefixes import prefixes
from diplograph.writing.serialising import write, writer

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator

    import rdflib

    from diplograph.reading.corpus import Corpus
    from diplograph.streaming.run import Totals
    from diplograph.validation.deciding import Engine
    from diplograph.validation.shapes import Shapes
    from diplograph.writing.serialising import Writer

    PathLike = str | Path
    Told = Callable[[Totals], None]


def vocabulary(ontology: Iterable[PathLike] = ()) -> Vocabulary:
    """Load the ontology, with further files or folders of Turtle added to it.

    Raises:
        UsageError: a file cannot be read or is not Turtle.
        VocabularyError: the ontology contradicts itself.
    """
    own = [resources.folder("ontology") / "diplomacy.ttl"]
    return load_vocabulary([*own, *turtle(ontology)])


def turtle(paths: Iterable[PathLike]) -> list[Path]:
    """List the Turtle files that paths stand for, folders in the order of their names."""
    return [file for path in paths for file in resources.turtle_files(Path(path))]


def read(*sources: PathLike, ontology: Iterable[PathLike] = ()) -> Corpus:
    """Open annotation files or folders for reading, with further ontology files if needed.

    Raises:
        UsageError: a source does not exist or holds nothing to read.
    """
    return reading.read(sources, vocabulary(ontology))


def quads(corpus: Corpus, *, base_iri: str = DEFAULT_BASE) -> Iterator[ox.Quad]:
    """Give the statements of a corpus one after the other, as pyoxigraph quads.

    One named graph an article, one for situations, one for entities, one for the export.

    Raises:
        InputError: at the end, if something is wrong with the input.
    """
    from diplograph import verdicts  # noqa: PLC0415 - for a quick start

    run = Run(corpus, Iris(base_iri), NQuads())
    for text in run.texts():
        yield from ox.parse(text, format=ox.RdfFormat.N_QUADS)
    verdicts.check_input(run)


def graph(corpus: Corpus, *, base_iri: str = DEFAULT_BASE) -> rdflib.Graph:
    """Make an rdflib graph of a corpus.

    Raises:
        InputError: something is wrong with the input.
    """
    from diplograph.validation.bridge import rdflib_graph  # noqa: PLC0415 - imports rdflib

    return rdflib_graph(quad.triple for quad in quads(corpus, base_iri=base_iri))


def load_shapes(shapes: Iterable[PathLike] = ()) -> Shapes:
    """Load our shapes, and further ones if given: files or folders of Turtle.

    Raises:
        UsageError: a file cannot be read or is not Turtle.
    """
    from diplograph.validation.shapes import load_shapes as load  # noqa: PLC0415

    return load([*own_shapes(), *turtle(shapes)])


def own_shapes() -> list[Path]:
    """List the files of our shapes."""
    return resources.turtle_files(resources.folder("shapes"))


def validate(
    corpus: Corpus,
    *,
    shapes: Iterable[PathLike] = (),
    base_iri: str = DEFAULT_BASE,
    engine: Engine = "auto",
    jobs: int = 1,
) -> list[Finding]:
    """Validate a corpus against the shapes, and further ones if given, on some processes.

    Gives the findings in the order of files and lines; none means that the corpus conforms.

    Raises:
        InputError: something is wrong with the input, so that it cannot be mapped.
        UsageError: the shapes or the engine cannot be used.
        EnginesDisagreeError: two engines came to different results.
    """
    findings, _ = checked(corpus, load_shapes(shapes), base_iri, engine, jobs=jobs)
    return [*misspelt(shapes, corpus.vocabulary), *findings]


def checked(  # noqa: PLR0913 - options of the command
    corpus: Corpus,
    shapes: Shapes,
    base_iri: str = DEFAULT_BASE,
    engine: Engine = "auto",
    codes: Collection[str] | None = None,
    *,
    jobs: int = 1,
    told: Told | None = None,
) -> tuple[list[Finding], bool]:
    """Validate a corpus against shapes, and tell whether any of them, or of those with some codes, applied.

    Raises:
        InputError: something is wrong with the input, so that it cannot be mapped.
        UsageError: the shapes or the engine cannot be used.
        EnginesDisagreeError: two engines came to different results.
    """
    from diplograph import verdicts  # noqa: PLC0415 - what only maps does without

    iris = Iris(base_iri)
    screen = verdicts.screen(shapes, corpus.vocabulary, iris, engine)
    counting = codes is not None
    run = Run(corpus, iris, None if screen else NTriples(), screen, jobs=jobs, counting=counting, told=told)
    if screen is None:
        findings = verdicts.findings_of_whole(run, run.texts(), shapes, engine)
    else:
        deque(run.texts(), maxlen=0)
        verdicts.check_input(run)
        findings = verdicts.findings(run, shapes, engine)
    # articles and registers always have focus nodes of our own shapes
    return findings, codes is None or verdicts.applies(run, shapes, codes)


def misspelt(shapes: Iterable[PathLike], words: Vocabulary) -> list[Finding]:
    """Find terms and values in given shapes that cannot be meant: engines pass over them in silence.

    Raises:
        UsageError: a file cannot be read or is not Turtle.
    """
    return [found for found in lint(shapes, words) if found.code in ("unknown-shacl-term", "unknown-term")]


def lint(shapes: Iterable[PathLike], words: Vocabulary) -> list[Finding]:
    """Find all that is doubtful in shapes.

    Raises:
        UsageError: a file cannot be read or is not Turtle.
    """
    files = turtle(shapes)
    if not files:
        return []
    from diplograph.validation.linting import lint_shapes  # noqa: PLC0415 - imports rdflib

    return lint_shapes(files, words.terms())


def validate_rdf(
    path: PathLike,
    *,
    shapes: Iterable[PathLike] = (),
    ontology: Iterable[PathLike] = (),
    engine: Engine = "auto",
) -> list[Finding]:
    """Validate an RDF file in any syntax that pyoxigraph reads, told by its suffix.

    Raises:
        UsageError: the file cannot be read, or the shapes or the engine cannot be used.
        EnginesDisagreeError: two engines came to different results.
    """
    from diplograph.validation.rdf import validate_file  # noqa: PLC0415

    words = vocabulary(ontology)
    findings, _ = validate_file(Path(path), load_shapes(shapes), words.subclass_triples(), engine)
    return [*misspelt(shapes, words), *findings]


def export(  # noqa: PLR0913 - each is an option of the command
    corpus: Corpus,
    target: PathLike = STDOUT,
    *,
    format: str = "",  # noqa: A002 - the option's name
    validated: bool = True,
    shapes: Iterable[PathLike] = (),
    engine: Engine = "auto",
    base_iri: str = DEFAULT_BASE,
    context_url: str = "",
    ended: str = "",
    jobs: int = 1,
    told: Told | None = None,
) -> list[Finding]:
    """Write a corpus as RDF; nothing is written if it does not conform.

    `format` is a name such as `turtle`, or empty to tell it from the target's suffix; `ended`
    is a time (`xsd:dateTime`) to state in the provenance; `jobs` is the number of processes,
    on which the bytes do not depend; `told` is called now and then with what has been done.
    Gives the warnings.

    Raises:
        InputError: something is wrong with the input.
        InvalidDataError: the corpus violates a shape.
        UsageError: the format cannot be told, or the target cannot be written.
    """
    chosen = _format(target, format)
    if str(target) != STDOUT and any(Path(target).resolve() == file.path.resolve() for file in corpus.files):
        raise UsageError(f"'{target}' is one of the sources.", "Name another file.")
    used = writer(chosen, corpus.vocabulary, base_iri, context_url)
    with output(target) as stream:
        return written(
            corpus,
            used,
            lambda texts: write(texts, stream, chosen, used, base_iri),
            validated=validated,
            shapes=shapes,
            engine=engine,
            base_iri=base_iri,
            ended=ended,
            jobs=jobs,
            told=told,
        )


def written(  # noqa: PLR0913 - each is an option of the command
    corpus: Corpus,
    used: Writer,
    take: Callable[[Iterator[bytes]], None],
    *,
    validated: bool = True,
    shapes: Iterable[PathLike] = (),
    engine: Engine = "auto",
    base_iri: str = DEFAULT_BASE,
    ended: str = "",
    jobs: int = 1,
    told: Told | None = None,
) -> list[Finding]:
    """Hand over the graph of a corpus as text, piece by piece, and tell at the end whether it conforms.

    What `take` has taken counts only if nothing is raised. The rest is as in `export`. Gives the warnings.

    Raises:
        InputError: something is wrong with the input.
        InvalidDataError: the corpus violates a shape.
    """
    from diplograph import verdicts  # noqa: PLC0415 - for a quick start

    iris = Iris(base_iri)
    findings: list[Finding] = misspelt(shapes, corpus.vocabulary) if validated else []
    screen = None
    if validated:
        loaded = load_shapes(shapes)
        screen = verdicts.screen(loaded, corpus.vocabulary, iris, engine)
        if screen is None:
            found, _ = checked(corpus, loaded, base_iri, engine, jobs=jobs)
            findings = _without_violations([*findings, *found])
    run = Run(corpus, iris, used, screen, jobs=jobs, ended=ended, told=told)
    take(run.texts())
    verdicts.check_input(run)
    if screen is not None:
        findings = _without_violations([*findings, *verdicts.findings(run, loaded, engine)])
    return findings


def export_shards(  # noqa: PLR0913 - each is an option of the command
    corpus: Corpus,
    target: PathLike,
    count: int,
    *,
    format: str = "n-quads",  # noqa: A002 - the option's name
    validated: bool = True,
    shapes: Iterable[PathLike] = (),
    base_iri: str = DEFAULT_BASE,
    licence: str = "",
    ended: str = "",
    jobs: int = 1,
    resume: bool = False,
    told: Told | None = None,
) -> list[Finding]:
    """Write a corpus as a folder of packed shards, with SHA256SUMS and a description (VoID, DCAT).

    Articles, shared situations and entities go to `count` parts, and the provenance to a last one. The
    rest is as in `export`; with `resume` the batches that an earlier run has done are not done again.
    Gives the warnings.

    Raises:
        InputError: something is wrong with the input.
        InvalidDataError: the corpus violates a shape.
        UsageError: the folder cannot be written, or there is nothing to resume.
    """
    from diplograph.sharding.exporting import export_shards as export_  # noqa: PLC0415 - rarely needed

    warnings = misspelt(shapes, corpus.vocabulary) if validated else []
    _without_violations(warnings)
    loaded = load_shapes(shapes) if validated else None
    return [
        *warnings,
        *export_(
            corpus,
            target,
            count,
            format=format,
            shapes=loaded,
            base_iri=base_iri,
            licence=licence,
            ended=ended,
            jobs=jobs,
            resume=resume,
            told=told,
        ),
    ]


def _without_violations(findings: list[Finding]) -> list[Finding]:
    if any(finding.severity == "violation" for finding in findings):
        raise InvalidDataError(findings)
    return findings


def _format(target: PathLike, name: str) -> Format:
    found = format_of(target) if str(target) != STDOUT else None
    if name:
        if found is not None and found.name != name:
            raise UsageError(f"'{target}' is named as {found.name}, but {name} is asked for.", "Rename the file.")
        return format_named(name)
    if str(target) == STDOUT:
        return format_named("turtle")
    if found is None:
        raise UsageError(f"The format cannot be told from the name '{target}'.", "Give one with --format.")
    return found


def write_schema(target: PathLike = STDOUT, *, ontology: Iterable[PathLike] = ()) -> None:
    """Write the JSON Schema of the annotation format.

    Raises:
        UsageError: the target cannot be written.
    """
    from diplograph.schema import json_schema  # noqa: PLC0415

    _write(json.dumps(json_schema(vocabulary(ontology)), ensure_ascii=False, indent=2), target)


def write_context(
    target: PathLike = STDOUT, *, ontology: Iterable[PathLike] = (), base_iri: str = DEFAULT_BASE
) -> None:
    """Write the JSON-LD context that exports use.

    Raises:
        UsageError: the target cannot be written.
    """
    found = context_text(context(vocabulary(ontology), prefixes(Iris(base_iri).base, SPACES)))
    _write(f'{{"@context": {found}}}', target)


def _write(text: str, target: PathLike) -> None:
    with output(target) as stream:
        stream.write(text.encode() + b"\n")
