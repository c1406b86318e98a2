"""A corpus: articles one after the other, the entities that they share, and every problem found.

Reading is lazy and can be done again; at any time one article is in memory, and the registers.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final

from msgspec import Struct

from diplograph.annotations import Article, Entity, Input
from diplograph.errors import InputError
from diplograph.findings import Finding, Location
from diplograph.reading.context import Context, TooManyProblemsError, suggestions
from diplograph.reading.decoding import entity_types, read_article, read_register, register_paths
from diplograph.reading.documents import MOST_PROBLEMS, Document
from diplograph.reading.documents import Path as DocumentPath
from diplograph.reading.sources import SYNTAXES, SourceFile, documents, source_files

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from diplograph.vocabulary import Vocabulary

_TELLING: Final = 16
"""How many digits of a text's SHA-256 tell articles apart: the mapping makes IRIs of no more."""


class Reading(Struct, frozen=True):
    """An article that was read, its document, and where each annotation value stands, by `id`."""

    article: Article
    document: Document
    trace: Mapping[int, DocumentPath]


class EntityReading(Struct, frozen=True):
    """An entity of a register, its document, and where each annotation value stands, by `id`."""

    entity: Entity
    document: Document
    trace: Mapping[int, DocumentPath]


@dataclass(slots=True)
class _Register:
    document: Document | None
    types: dict[str, str]


@dataclass(slots=True, repr=False)
class Corpus:
    """Annotation sources, read with a vocabulary.

    `problems`, `inputs` and `entities` grow while `articles` is run through, and are complete
    afterwards; an article's registers are in `entities` before the article is given.
    """

    files: list[SourceFile]
    vocabulary: Vocabulary
    problems: list[Finding] = field(default_factory=list)
    inputs: list[Input] = field(default_factory=list)
    entities: dict[str, EntityReading] = field(default_factory=dict)
    _registers: dict[str, _Register] = field(default_factory=dict)
    _digests: dict[str, str] = field(default_factory=dict)
    _suggesting: Iterator[object] = field(default_factory=suggestions)
    _traced: bool = False

    def articles(self, *, traced: bool = False) -> Iterator[Reading]:
        """Read all articles in the order of the sources.

        An article with problems is left out; its problems are in `problems`. Where there are very
        many, the rest is not read. With `traced`, the way back from each annotation value to its
        place is kept too, which costs memory.

        Raises:
            InputError: with `traced`, if a file is not what it was when it was read before.
        """
        self._traced, self._suggesting = traced, suggestions()
        for state in (self.problems, self.inputs, self.entities, self._registers):
            state.clear()
        shared = self._load([file for file in self.files if file.is_register])
        seen: dict[str, str] = {}
        for file in self.files:
            if not file.is_register:
                yield from self._articles_of(file, shared, seen)
        self._check_registers()
        if self._too_many:
            last = Location(self.problems[MOST_PROBLEMS - 1].location.file)
            message = f"There are more than {MOST_PROBLEMS:,} problems; the rest is not told."
            self.problems[MOST_PROBLEMS:] = [Finding("error", "too-many-problems", message, last)]

    @property
    def _too_many(self) -> bool:
        return len(self.problems) >= MOST_PROBLEMS

    def _check_registers(self) -> None:
        """Find names in registers that no register of the run has, whatever the order of files."""
        types = {name: kind for register in self._registers.values() for name, kind in register.types.items()}
        for register in self._registers.values():
            if register.document is not None and not self._too_many:
                context = Context(self.vocabulary, types, suggesting=self._suggesting)
                with suppress(TooManyProblemsError):
                    read_register(register.document.data, context)
                unknown = [problem for problem in context.problems if problem.code == "unknown-entity"]
                self.problems += [register.document.finding(problem) for problem in unknown]

    @property
    def names(self) -> list[str]:
        """The names of all files that were read, with the registers that articles name."""
        registers = (one.document.file for one in self._registers.values() if one.document is not None)
        return list(dict.fromkeys([*(file.name for file in self.files), *registers]))

    def check(self) -> None:
        """Stop if anything is wrong with the input.

        Raises:
            InputError: with all problems found, by file and place.
        """
        if self.problems:
            raise InputError(sorted(self.problems, key=lambda finding: finding.order))

    def _note(self, document: Document, context: Context) -> None:
        self.problems += [document.finding(problem) for problem in context.problems]

    def _articles_of(self, file: SourceFile, shared: dict[str, str], seen: dict[str, str]) -> Iterator[Reading]:
        for document in self._documents(file):
            reading = self._article(document, file, shared, seen)
            if reading is not None:
                yield reading

    def _documents(self, file: SourceFile) -> Iterator[Document]:
        """Give the documents of a file, and note what cannot be read and the digest of what was."""
        digest = hashlib.sha256()
        for document in documents(file, digest):
            if isinstance(document, Finding):
                self.problems.append(document)
            else:
                yield document
            if self._too_many:
                return
        self._input(file, digest.hexdigest())

    def _input(self, file: SourceFile, sha256: str) -> None:
        """Note what was read; places found in other bytes than were validated would mislead."""
        if self._traced and self._digests.get(file.real, sha256) != sha256:
            message = "The file was changed or taken away while it was in use."
            raise InputError([Finding("error", "changed", message, Location(file.name), "Run it again.")])
        self._digests[file.real] = sha256
        self.inputs.append(Input(file.title, sha256))

    def _article(
        self, document: Document, file: SourceFile, shared: dict[str, str], seen: dict[str, str]
    ) -> Reading | None:
        context = self._context({}, document)
        article: Article | None = None
        with suppress(TooManyProblemsError):
            self._name_entities(document, file, shared, context)
            article = read_article(document.data, context)
            if article is not None:
                self._tell_apart(article, document, seen, context)
        self._note(document, context)
        return None if context.problems or article is None else Reading(article, document, context.trace or {})

    def _name_entities(self, document: Document, file: SourceFile, shared: dict[str, str], context: Context) -> None:
        """Find the entities that an article may name: its own, and those of its registers."""
        before = len(context.problems)
        named = list(_named_registers(document, file, context))
        context.registers_missing = len(context.problems) > before
        types = shared | self._load(named)
        own = entity_types(document.data)
        for name in own.keys() & types.keys():
            message = f"A register has an entity '{name}' too."
            hint = "Rename the article's own entity, or use the shared one."
            context.problem(("entities", name), "duplicate-entity", message, hint, "key")
        context.entities = types | own

    def _tell_apart(self, article: Article, document: Document, seen: dict[str, str], context: Context) -> None:
        """Refuse a second annotation of the same text."""
        start = article.sha256[:_TELLING]
        if start in seen:
            message = f"'{seen[start]}' annotates the same text."
            hint = "Keep one file an article."
            context.problem(("article", "text", "sha256"), "duplicate-article", message, hint)
        seen[start] = document.file

    def _load(self, files: list[SourceFile]) -> dict[str, str]:
        """Read registers, and give the names in them with their classes."""
        new = {file.real: self._parsed(file) for file in files if file.real not in self._registers}
        self._registers |= new
        types = {name: kind for file in files for name, kind in self._registers[file.real].types.items()}
        for register in new.values():
            if register.document is not None:
                context = self._context(types, register.document)
                context.registers_missing = True  # names are checked when all registers have been read
                with suppress(TooManyProblemsError):
                    for entity in read_register(register.document.data, context):
                        self._add(EntityReading(entity, register.document, context.trace or {}), context)
                self._note(register.document, context)
        return types

    def _parsed(self, file: SourceFile) -> _Register:
        document = next(iter(list(self._documents(file))), None)
        return _Register(document, entity_types(document.data) if document else {})

    def _context(self, entities: dict[str, str], document: Document) -> Context:
        trace: dict[int, DocumentPath] | None = {} if self._traced else None
        problems = list(document.problems)
        return Context(self.vocabulary, entities, problems=problems, trace=trace, suggesting=self._suggesting)

    def _add(self, reading: EntityReading, context: Context) -> None:
        entity = reading.entity
        if entity.name in self.entities:
            other = self.entities[entity.name].document.file
            message = f"The register '{other}' has an entity '{entity.name}' too."
            context.problem(("entities", entity.name), "duplicate-entity", message, "Keep one.", "key")
        else:
            self.entities[entity.name] = reading


def _named_registers(document: Document, file: SourceFile, context: Context) -> Iterator[SourceFile]:
    """List the registers that an annotation names, relative to its file."""
    for name, path in register_paths(document.data, context):
        wanted = Path(name)
        target = file.folder / wanted
        syntax = SYNTAXES.get(Path(wanted.name.removesuffix(".gz")).suffix)
        if wanted.is_absolute() or syntax not in ("yaml", "json"):
            hint = "Give a .yaml or .json file, relative to this one."
            context.problem(path, "register-path", f"'{name}' cannot be a register.", hint)
        elif not _is_file(target):
            context.problem(path, "register-missing", f"There is no register '{name}' beside this file.")
        else:
            yield SourceFile(target, str(target), syntax)


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError:  # a name that the file system cannot hold
        return False


def read(sources: Iterable[str | Path], vocabulary: Vocabulary) -> Corpus:
    """Open sources for reading; nothing is read before `Corpus.articles` is run through.

    Raises:
        UsageError: a source does not exist or holds nothing to read.
    """
    return Corpus(source_files(sources), vocabulary)
