"""A check of sources, whole: what they are, which rules apply, what is accepted, and the report.

What `diplograph validate` does, for programs: annotations and RDF files side by side, rules taken
and left out, a baseline. Prints nothing and exits nowhere.
"""

from __future__ import annotations

from fnmatch import fnmatchcase
from pathlib import Path
from typing import TYPE_CHECKING, Final

from msgspec import Struct
from msgspec.structs import replace

from diplograph import pipeline
from diplograph.baseline import Entry, read_baseline, sort_by_baseline, stale, write_baseline
from diplograph.errors import InputError, UsageError, did_you_mean
from diplograph.findings import Finding, Location, portable
from diplograph.mapping.iris import DEFAULT_BASE
from diplograph.rdf import is_rdf
from diplograph.reading import corpus as reading
from diplograph.reporting.report import Report, Rule

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence

    from diplograph.pipeline import PathLike, Told
    from diplograph.validation.deciding import Engine
    from diplograph.validation.shapes import Shape, Shapes
    from diplograph.vocabulary import Vocabulary

_MISSPELT: Final = (
    Rule("unknown-shacl-term", "unknown SHACL term", "Use terms of SHACL: engines pass over others.", "violation"),
    Rule("unknown-term", "unknown term", "Use terms that the ontology has.", "violation"),
)
LINT_RULES: Final = (
    *_MISSPELT,
    Rule("ill-typed-parameter", "ill-typed parameter", "Give parameters values that they can have.", "violation"),
    Rule("misplaced-parameter", "misplaced parameter", "Put what counts or compares values on a path.", "violation"),
    Rule("no-target", "no target", "Give a shape a target, or use it in another.", "violation"),
    Rule("target-no-class", "target that is no class", "Let classes be targets of classes.", "violation"),
    Rule("target-no-property", "target that is no property", "Let properties be targets of properties.", "violation"),
    Rule("incomplete-shape", "incomplete shape", "Give a shape a name, a message and a severity.", "warning"),
    Rule("engines-differ", "engines differ", "Know that engines differ on what the shapes use.", "info"),
)
_NOTHING: Final = Rule(
    "nothing-checked", "nothing checked", "Check files in which a shape has a focus node.", "warning"
)
OTHER_RULES: Final = (
    *_MISSPELT,
    Rule("ill-formed-literal", "ill-formed literal", "Write a literal as its datatype has it.", "violation"),
    _NOTHING,
    Rule("stale-baseline", "stale baseline", "Keep in the baseline only what is found.", "info"),
)
"""The rules that are no shapes, beside those of reading, which cannot be left out."""


class Selection:
    """Which rules count: those that some patterns name, or all, without those that others name.

    Patterns are codes, with `*` and `?` as in file names.
    """

    def __init__(self, select: Collection[str], ignore: Collection[str], rules: Iterable[Rule]) -> None:
        """Take the patterns.

        Raises:
            UsageError: a pattern names no rule.
        """
        codes = sorted({rule.code for rule in rules})
        for pattern in (*select, *ignore):
            if not any(fnmatchcase(code, pattern) for code in codes):
                raise UsageError(f"No rule is called '{pattern}'.", did_you_mean(pattern, codes))
        self.all = not select
        self.codes = frozenset(
            code
            for code in codes
            if (not select or any(fnmatchcase(code, pattern) for pattern in select))
            and not any(fnmatchcase(code, pattern) for pattern in ignore)
        )
        self._known = frozenset(codes)

    def takes(self, finding: Finding) -> bool:
        """Tell whether a finding counts; what makes input unusable always does."""
        return finding.severity == "error" or self.takes_code(finding.code)

    def takes_code(self, code: str) -> bool:
        """Tell whether findings of a rule count."""
        return code in self.codes or (self.all and code not in self._known)


def check(  # noqa: PLR0913 - each is an option of the command
    *sources: PathLike,
    shapes: Iterable[PathLike] = (),
    ontology: Iterable[PathLike] = (),
    base_iri: str = DEFAULT_BASE,
    engine: Engine = "auto",
    select: Collection[str] = (),
    ignore: Collection[str] = (),
    baseline: PathLike | None = None,
    update_baseline: bool = False,
    jobs: int = 1,
    told: Told | None = None,
) -> Report:
    """Check annotations and RDF files, and report what was found.

    Findings that the file `baseline` accepts are counted and not reported; with `update_baseline`
    the file is written anew and accepts all that is found. Annotations are checked on some processes,
    `jobs`; `told` is called now and then with what has been done.

    Raises:
        UsageError: a source, the shapes, the engine, a rule or the baseline cannot be used, or
            nothing was checked, as no shape has a focus node.
        InputError: the baseline is none.
        EnginesDisagreeError: two engines came to different results.
    """
    further = list(shapes)
    loaded = pipeline.load_shapes(further)
    rules = (*map(_rule, loaded.by_node.values()), *OTHER_RULES)
    selection = Selection(select, ignore, rules)
    # the file need not be there to be written
    entries = read_baseline(baseline) if baseline and (Path(baseline).exists() or not update_baseline) else []
    words = pipeline.vocabulary(ontology)
    run = _Run(loaded, words, base_iri, engine, None if selection.all else selection.codes, jobs, told)
    rdf = [source for source in sources if is_rdf(source)]
    outcomes = [*_rdf_outcomes(rdf, run), *_outcomes([source for source in sources if source not in rdf], run)]
    every = [*pipeline.misspelt(further, words), *(finding for outcome in outcomes for finding in outcome.findings)]
    found = tuple(filter(selection.takes, every))
    if not any(outcome.matched for outcome in outcomes) and all(one.code == _NOTHING.code for one in found):
        hint = "Name other files, or shapes that apply to them with --shapes and --select."
        raise UsageError("Nothing was checked: no shape has a focus node in what was given.", hint)
    files = tuple(file for outcome in outcomes for file in outcome.files)
    report = Report(found, files, rules)
    return _by_baseline(report, entries, baseline, selection, update=update_baseline) if baseline else report


def lint(
    *,
    shapes: Iterable[PathLike] = (),
    ontology: Iterable[PathLike] = (),
    select: Collection[str] = (),
    ignore: Collection[str] = (),
) -> Report:
    """Check our shapes, and further ones if given, for what engines let pass.

    Raises:
        UsageError: a file or a rule cannot be used.
    """
    files = [*pipeline.own_shapes(), *pipeline.turtle(shapes)]
    selection = Selection(select, ignore, LINT_RULES)
    found = pipeline.lint(files, pipeline.vocabulary(ontology))
    return Report(tuple(filter(selection.takes, found)), tuple(map(str, files)), LINT_RULES)


class _Run(Struct, frozen=True):
    """What checking takes beside the sources; `codes` as in `finds_focus_nodes`."""

    shapes: Shapes
    words: Vocabulary
    base_iri: str
    engine: Engine
    codes: Collection[str] | None
    jobs: int
    told: Told | None


class _Outcome(Struct, frozen=True):
    """What checking some files gave, and whether any shape had a focus node in them."""

    files: tuple[str, ...]
    findings: Sequence[Finding]
    matched: bool


def _rdf_outcomes(sources: Sequence[PathLike], run: _Run) -> Iterator[_Outcome]:
    if not sources:
        return
    from diplograph.validation.rdf import validate_file  # noqa: PLC0415 - annotations do without

    context = run.words.subclass_triples()
    for source in sources:
        findings, matched = validate_file(Path(source), run.shapes, context, run.engine, run.codes)
        if not matched:
            message = "Nothing was checked in this file: no shape has a focus node in it."
            findings = [*findings, Finding("warning", _NOTHING.code, message, Location(str(source)))]
        yield _Outcome((str(source),), findings, matched)


def _outcomes(sources: Sequence[PathLike], run: _Run) -> Iterator[_Outcome]:
    """Check annotations, all together: situations and conflicts are made of several articles."""
    if sources:
        corpus = reading.read(sources, run.words)
        try:
            findings, matched = pipeline.checked(
                corpus, run.shapes, run.base_iri, run.engine, run.codes, jobs=run.jobs, told=run.told
            )
        except InputError as error:
            findings, matched = error.findings, True
        yield _Outcome(tuple(corpus.names), findings, matched)


def _rule(shape: Shape) -> Rule:
    message = shape.message or f"Conform to the shape {shape.code}."
    return Rule(shape.code, shape.name, message, shape.severity, shape.iri)


def _is_there(file: str, baseline: PathLike) -> bool:
    """Tell whether a file still exists, seen from here or from the folder of the baseline."""
    return Path(file).exists() or (Path(baseline).parent / file).exists()


def _by_baseline(
    report: Report, entries: Sequence[Entry], baseline: PathLike, selection: Selection, *, update: bool
) -> Report:
    """Take out what the baseline accepts; what it accepts in vain is reported, or with `update` taken out."""
    by = sort_by_baseline(report.findings, entries)
    checked = {portable(file) for file in report.files}
    # what was not looked for can still be there
    unsought = [
        entry
        for entry in by.left
        if (entry.file not in checked and _is_there(entry.file, baseline)) or not selection.takes_code(entry.code)
    ]
    if update:
        unusable = [finding for finding in report.findings if finding.severity == "error"]
        if not unusable:
            write_baseline(baseline, report.findings, unsought)
        return replace(report, findings=tuple(unusable), accepted=report.findings if not unusable else ())
    in_vain = [stale(entry) for entry in by.left if entry not in unsought]
    return replace(report, findings=(*by.new, *filter(selection.takes, in_vain)), accepted=tuple(by.accepted))
