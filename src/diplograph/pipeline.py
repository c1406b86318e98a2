"""What can be done with a corpus: get its graph, validate it, export it.

The Python side of the command line; each function is one command. Prints nothing and exits
nowhere.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

from diplograph import resources
from diplograph.dataset import graph_nodes
from diplograph.errors import InvalidDataError, UsageError
from diplograph.findings import Finding
from diplograph.mapping.iris import DEFAULT_BASE, SPACES, Iris
from diplograph.reading import corpus as reading
from diplograph.vocabulary import Vocabulary, load_vocabulary
from diplograph.writing.formats import Format, format_named, format_of
from diplograph.writing.jsonld import context, context_text
from diplograph.writing.outputs import STDOUT, output
from diplograph.writing.prefixes import prefixes
from diplograph.writing.serialising import write_nodes

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    import pyoxigraph as ox
    import rdflib

    from diplograph.mapping.nodes import Node
    from diplograph.reading.corpus import Corpus
    from diplograph.validation.deciding import Engine
    from diplograph.validation.shapes import Shapes

    PathLike = str | Path


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
    for node in graph_nodes(corpus, Iris(base_iri)):
        yield from node.quads()
    corpus.check()


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
    corpus: Corpus, *, shapes: Iterable[PathLike] = (), base_iri: str = DEFAULT_BASE, engine: Engine = "auto"
) -> list[Finding]:
    """Validate a corpus against the shapes, and further ones if given.

    Gives the findings in the order of files and lines; none means that the corpus conforms.

    Raises:
        InputError: something is wrong with the input, so that it cannot be mapped.
        UsageError: the shapes or the engine cannot be used.
        EnginesDisagreeError: two engines came to different results.
    """
    findings, _ = checked(corpus, load_shapes(shapes), base_iri, engine)
    return [*misspelt(shapes, corpus.vocabulary), *findings]


def checked(
    corpus: Corpus,
    shapes: Shapes,
    base_iri: str = DEFAULT_BASE,
    engine: Engine = "auto",
    codes: Collection[str] | None = None,
) -> tuple[list[Finding], bool]:
    """Validate a corpus against shapes, and tell whether any of them, or of those with some codes, applied.

    Raises:
        InputError: something is wrong with the input, so that it cannot be mapped.
        UsageError: the shapes or the engine cannot be used.
        EnginesDisagreeError: two engines came to different results.
    """
    from diplograph.validation.targets import finds_focus_nodes  # noqa: PLC0415

    iris = Iris(base_iri)
    nodes = list(graph_nodes(corpus, iris))
    corpus.check()
    findings = _findings(nodes, corpus, iris, shapes, engine)
    # articles and registers always have focus nodes of our own shapes
    matched = codes is None or finds_focus_nodes(shapes, _triples(nodes, corpus), codes)
    return findings, matched


def _findings(nodes: list[Node], corpus: Corpus, iris: Iris, shapes: Shapes, engine: Engine) -> list[Finding]:
    from diplograph.validation.deciding import validate as run  # noqa: PLC0415

    results = run(_triples(nodes, corpus), shapes, engine)
    if not results:
        return []
    from diplograph.locating.places import located  # noqa: PLC0415 - clean runs do without

    return located(results, corpus, iris)


def _triples(nodes: Iterable[Node], corpus: Corpus) -> list[ox.Triple]:
    return [*(triple for node in nodes for triple in node.triples()), *corpus.vocabulary.subclass_triples()]


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
) -> list[Finding]:
    """Write a corpus as RDF; nothing is written if it does not conform.

    `format` is a name such as `turtle`, or empty to tell it from the target's suffix; `ended`
    is a time (`xsd:dateTime`) to state in the provenance. Gives the warnings.

    Raises:
        InputError: something is wrong with the input.
        InvalidDataError: the corpus violates a shape.
        UsageError: the format cannot be told, or the target cannot be written.
    """
    chosen = _format(target, format)
    if str(target) != STDOUT and any(Path(target).resolve() == file.path.resolve() for file in corpus.files):
        raise UsageError(f"'{target}' is one of the sources.", "Name another file.")
    iris = Iris(base_iri)
    nodes: Iterable[Node] = graph_nodes(corpus, iris, ended)
    findings: list[Finding] = []
    if validated:
        nodes = list(nodes)
        corpus.check()
        findings = _findings(nodes, corpus, iris, load_shapes(shapes), engine)
        findings = [*misspelt(shapes, corpus.vocabulary), *findings]
        if any(finding.severity == "violation" for finding in findings):
            raise InvalidDataError(findings)
    with output(target) as stream:
        write_nodes(nodes, stream, chosen, corpus.vocabulary, base_iri, context_url)
        corpus.check()
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
