"""A corpus: articles one after the other, the entities that they share, and every problem found.

Reading is lazy and can be done again; at any time one article is in memory, and the registers.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from msgspec import Struct

from diplograph.annotations import Article, Entity, EntityName, Input
from diplograph.errors import InputError
from diplograph.findings import Finding, Location
from diplograph.reading.contents import Digest
from diplograph.reading.context import Context, TooManyProblemsError, suggestions
from diplograph.reading.decoding import entity_types, read_article, read_register, register_paths
from diplograph.reading.documents import MOST_PROBLEMS, Document, Problem
from diplograph.reading.documents import Path as DocumentPath
from diplograph.reading.sources import (
    STDIN_NAME,
    SYNTAXES,
    UNREADABLE,
    SourceFile,
    Unit,
    damage,
    parsed,
    source_files,
    units,
    without_consequences,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from diplograph.vocabulary import Vocabulary

TELLING: Final = 16
"""How many digits of a text's SHA-256 tell articles apart: the mapping makes IRIs of no more."""

_MOST_NAMES: Final = 1000
"""How many ways of naming registers are remembered."""


class Reading(Struct, frozen=True):
    """An article that was read, its document, and where each annotation value stands, by `id`.

    `registers` are the files that it names.
    """

    article: Article
    document: Document
    trace: Mapping[int, DocumentPath]
    registers: tuple[SourceFile, ...] = ()


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

    `problems`, `inputs` and `entities` grow while the sources are run through, and are complete
    afterwards; an article's registers are in `entities` before the article is given. `registers_left`
    are those that articles of the batch name which are left out.
    """

    files: list[SourceFile]
    vocabulary: Vocabulary
    problems: list[Finding] = field(default_factory=list)
    inputs: list[Input] = field(default_factory=list)
    entities: dict[str, EntityReading] = field(default_factory=dict)
    registers_left: dict[SourceFile, None] = field(default_factory=dict)
    _registers: dict[str, _Register] = field(default_factory=dict)
    _shared: dict[str, str] = field(default_factory=dict)
    _digests: dict[str, str] = field(default_factory=dict)
    _suggesting: Iterator[object] = field(default_factory=suggestions)
    _traced: bool = False
    _silent: bool = False
    _reading: Digest = field(default_factory=Digest)
    _read: int = 0
    _by_name: dict[tuple[str, str], tuple[SourceFile, ...]] = field(default_factory=dict)
    _types_of: dict[tuple[SourceFile, ...], Mapping[str, str]] = field(default_factory=dict)
    _lost: set[tuple[SourceFile, ...]] = field(default_factory=set)

    @property
    def size(self) -> int:
        """How many bytes the sources have."""
        sizes = (file.path.stat().st_size for file in self.files if file.path.is_file())
        return sum(sizes)

    @property
    def size_read(self) -> int:
        """How many bytes have been read."""
        return self._read + self._reading.size

    def articles(self, *, traced: bool = False) -> Iterator[Reading]:
        """Read all articles in the order of the sources.

        An article with problems is left out; its problems are in `problems`. Where there are very
        many, the rest is not read. With `traced`, the way back from each annotation value to its
        place is kept too, which costs memory.

        Raises:
            InputError: with `traced`, if a file is not what it was when it was read before.
        """
        seen: dict[str, str] = {}
        for unit in self.units(traced=traced):
            reading = self.read(unit)
            if reading is not None:
                start = reading.article.sha256[:TELLING]
                if start in seen:
                    self.problems.append(twice(reading.document, seen[start]))
                else:
                    yield reading
                seen.setdefault(start, reading.document.file)
            if self._too_many:
                break
        self.complete()

    def units(self, *, traced: bool = False) -> Iterator[Unit]:
        """Go through the documents of all articles, without parsing them; registers are read first.

        What cannot be read is in `problems`. `read` parses a unit, here or in a process of its own.

        Raises:
            InputError: with `traced`, if a file is not what it was when it was read before.
        """
        self._traced, self._suggesting, self._read = traced, suggestions(), 0
        for state in (self.problems, self.inputs, self.entities, self.registers_left, self._registers):
            state.clear()
        for known in (self._by_name, self._types_of, self._lost):
            known.clear()
        shared = [file for file in self.files if file.is_register]
        self._shared = self.load(shared)
        self._note_lost((), shared)
        for file in self.files:
            if not file.is_register and not self._too_many:
                yield from self._units(file)

    def complete(self) -> None:
        """Find what shows when everything has been read, and keep to the number of problems that is told."""
        self._check_registers()
        if self._too_many:
            self._look_for_damage()
        if self._too_many:
            last = Location(self.problems[MOST_PROBLEMS - 1].location.file)
            message = f"There are more than {MOST_PROBLEMS:,} problems; the rest is not told."
            self.problems[MOST_PROBLEMS:] = [Finding("error", "too-many-problems", message, last)]

    def _look_for_damage(self) -> None:
        """Find out whether what was found in a packed file, which was not read to its end, tells nothing."""
        known = {problem.location.file for problem in self.problems if problem.code == UNREADABLE}
        at_fault = {problem.location.file for problem in self.problems} - known
        found = [damage(file) for file in self.files if file.path.suffix == ".gz" and file.name in at_fault]
        self.problems = without_consequences([*self.problems, *filter(None, found)])

    def copied(self) -> Corpus:
        """Give a corpus that reads units apart from this one: its problems are not those of this one."""
        return Corpus(self.files, self.vocabulary, _silent=True)

    def take_over(self, other: Corpus) -> None:
        """Take over the registers that another corpus has read."""
        self.entities, self._registers = dict(other.entities), dict(other._registers)
        self._shared = other._shared
        self._lost |= other._lost

    def start_batch(self, suggested: int) -> None:
        """Forget the problems so far, and give hints for no more than some unknown words."""
        self.problems.clear()
        self.registers_left.clear()
        self._suggesting = suggestions(suggested)

    @property
    def _too_many(self) -> bool:
        return len(self.problems) >= MOST_PROBLEMS

    def _check_registers(self) -> None:
        """Find names in registers that no register of the run has, whatever the order of files."""
        types = {name: kind for register in self._registers.values() for name, kind in register.types.items()}
        if not self.problems and self._named_by_entities() <= types.keys():
            return
        for register in self._registers.values():
            if register.document is not None and not self._too_many:
                context = Context(self.vocabulary, types, suggesting=self._suggesting)
                with suppress(TooManyProblemsError):
                    read_register(register.document.data, context)
                unknown = [problem for problem in context.problems if problem.code == "unknown-entity"]
                self.problems += [register.document.finding(problem) for problem in unknown]

    def _named_by_entities(self) -> set[str]:
        """List the entities that those of registers refer to."""
        return {
            value.name
            for found in self.entities.values()
            for _, values in found.entity.values
            for value in values
            if isinstance(value, EntityName)
        }

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
            problems = sorted(without_consequences(self.problems), key=lambda finding: finding.order)
            raise InputError(list(_missing_once(problems)))

    def _note(self, document: Document, context: Context) -> None:
        self.problems += [document.finding(problem) for problem in context.problems]

    def _units(self, file: SourceFile) -> Iterator[Unit]:
        """Give the documents of a file, and note what cannot be read and the digest of what was."""
        digest = self._reading = Digest()
        for unit in units(file, digest):
            if isinstance(unit, Finding):
                self.problems.append(unit)
            else:
                yield unit
            if self._too_many:
                return
        self._read += digest.size
        self._reading = Digest()
        self._input(file, digest.hexdigest())

    def _input(self, file: SourceFile, sha256: str) -> None:
        """Note what was read; places found in other bytes than were validated would mislead."""
        if self._traced and self._digests.get(file.real, sha256) != sha256:
            message = "The file was changed or taken away while it was in use."
            raise InputError([Finding("error", "changed", message, Location(file.name), "Run it again.")])
        self._digests[file.real] = sha256
        self.inputs.append(Input(file.title, sha256))

    def read(self, unit: Unit) -> Reading | None:
        """Parse and check a document; an article with problems is left out, and its problems noted."""
        document = parsed(unit)
        if isinstance(document, Finding):
            self.problems.append(document)
            return None
        context = self._context({}, document)
        article: Article | None = None
        registers: tuple[SourceFile, ...] = ()
        with suppress(TooManyProblemsError):
            registers = self._name_entities(document, unit.file, context)
            article = read_article(document.data, context)
        if context.problems:
            self._note(document, context)
        if context.problems or article is None or context.registers_missing:
            self.registers_left |= dict.fromkeys(registers)
            return None
        return Reading(article, document, context.trace or {}, registers)

    def _name_entities(self, document: Document, file: SourceFile, context: Context) -> tuple[SourceFile, ...]:
        """Find the entities that an article may name: its own, and those of its registers, which are given."""
        before = len(context.problems)
        named = self._named(document, file, context) if _names_registers(document) else ()
        context.entities = self._types(named) if named else self._shared
        context.registers_missing = len(context.problems) > before or not self._lost.isdisjoint(((), named))
        context.own = entity_types(document.data)
        for name in context.own:
            if name in context.entities:
                message = f"A register has an entity '{name}' too."
                hint = "Rename the article's own entity, or use the shared one."
                context.problem(("entities", name), "duplicate-entity", message, hint, "key")
        return named

    def _named(self, document: Document, file: SourceFile, context: Context) -> tuple[SourceFile, ...]:
        """List the registers that an article names; those of one file mostly name the same."""
        written = document.data["registers"] if isinstance(document.data, dict) else None
        key = (file.name, repr(written))
        found = self._by_name.get(key)
        if found is None:
            before = len(context.problems)
            found = tuple(_named_registers(document, file, context))
            if len(context.problems) == before and len(self._by_name) < _MOST_NAMES:
                self._by_name[key] = found
        return found

    def _types(self, named: tuple[SourceFile, ...]) -> Mapping[str, str]:
        """Give the names in the registers of the run and some others, with their classes."""
        found = self._types_of.get(named)
        if found is None:
            found = self._types_of[named] = self._shared | self.load(named)
            self._note_lost(named, named)
        return found

    def _note_lost(self, named: tuple[SourceFile, ...], files: Iterable[SourceFile]) -> None:
        """Note if one of some registers could not be read: nobody knows which names it has."""
        if any(self._registers[file.real].document is None for file in files):
            self._lost.add(named)

    def load(self, files: Iterable[SourceFile]) -> dict[str, str]:
        """Read registers, as far as they have not been read, and give the names in them with their classes."""
        files = list({file.real: file for file in files}.values())
        before = len(self.problems)
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
        if self._silent:  # the corpus that this one was copied from reads them too
            del self.problems[before:]
        return types

    def _parsed(self, file: SourceFile) -> _Register:
        found = [parsed(unit) for unit in self._units(file)]
        self.problems += [problem for problem in found if isinstance(problem, Finding)]
        document = next((one for one in found if not isinstance(one, Finding)), None)
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


def twice(document: Document, first: str) -> Finding:
    """Refuse a second annotation of a text; `first` is the file of the other."""
    message = f"'{first}' annotates the same text."
    return document.finding(
        Problem(("article", "text", "sha256"), "duplicate-article", message, "Keep one file an article.")
    )


def _missing_once(findings: Sequence[Finding]) -> Iterator[Finding]:
    """Tell of a missing register once a file: all articles of a file mostly name the same."""
    counts = Counter((one.location.file, one.message) for one in findings if one.code == "register-missing")
    for one in findings:
        if one.code != "register-missing":
            yield one
        elif count := counts.pop((one.location.file, one.message), 0):
            yield replace(one, hint=f"The file names it {count} times.") if count > 1 else one


def _names_registers(document: Document) -> bool:
    return isinstance(document.data, dict) and "registers" in document.data


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
            where = "in the current folder" if file.name == STDIN_NAME else "beside this file"
            context.problem(path, "register-missing", f"There is no register '{name}' {where}.")
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
