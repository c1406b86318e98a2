"""Make up a corpus: annotated articles in JSON Lines, with a register, the same bytes for the same arguments.

    python tests/benchmarks/corpus.py --facts 10000 --seed 1 [--faults 0.01] [--broken 0.01] -o DIR

Writes `corpus.diplomacy.jsonl`, one article a line, and `entities.register.json` into the folder. The facts
have the classes, keys and nesting of those in `seeds/`, in the same mix; 30 % are about situations that four
articles share on average, most of which agree; actors are drawn by Zipf's law. With `--faults`, so many of the
facts violate a shape, and `faults.jsonl` says which and what must be found; with `--broken`, so many of the
articles cannot be read, and `broken.jsonl` says why.
"""

from __future__ import annotations

import argparse
import hashlib
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import cycle
from pathlib import Path
from random import Random
from typing import IO, Any, Final

sys.path.insert(0, str(Path(__file__).parents[2]))  # so that this runs as a script

import msgspec
from tests.benchmarks import words
from tests.benchmarks.facts import DAYS, FIRST_DAY, Writing
from tests.benchmarks.faults import UNREADABLE, VIOLATIONS, broken, faulty
from tests.benchmarks.register import NAME as REGISTER
from tests.benchmarks.register import Register
from tests.benchmarks.sharing import SHARE, Situations
from tests.benchmarks.templates import mix

CORPUS: Final = "corpus.diplomacy.jsonl"
ENTITIES: Final = 10_000
_ROOM: Final = 55
"""Code points of an article's text for each fact."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What a corpus is made of; `faults` is a part of the facts, `broken` a part of the articles."""

    facts: int
    seed: int = 1
    faults: float = 0.0
    broken: float = 0.0
    entities: int = ENTITIES


@dataclass(frozen=True, slots=True)
class Line:
    """An article as it is written, and what is wrong with it."""

    text: bytes
    faults: list[dict[str, Any]] = field(default_factory=list)
    problem: dict[str, Any] | None = None


def lines(plan: Plan, register: Register) -> Iterator[Line]:
    """Make up the articles one by one; no more is kept of them than the situations being told."""
    random = Random(f"articles {plan.seed}")  # noqa: S311 - made up, not secret
    situations = Situations(plan.facts, mix(), random)
    kinds, problems = cycle(VIOLATIONS), cycle(UNREADABLE)
    left, number = plan.facts, 0
    while left:
        number += 1
        size = _size(left, random)
        article = _article(plan.seed, number, size, register, random)
        faults = list(_faults_of(article, size, left, plan, situations, kinds))
        left -= size
        name = f"article-{number}"
        line = _annotated(name, article, random)
        if random.random() < plan.broken:
            kind = next(problems)
            yield Line(broken(kind, line), [], {"line": number, "kind": kind, "problem": UNREADABLE[kind]})
        else:
            yield Line(msgspec.json.encode(line), [{"line": number, "article": name, **fault} for fault in faults])


def _size(left: int, random: Random) -> int:
    """Draw how many facts an article has: 20 on average, and not one left over."""
    size = max(2, min(90, int(random.lognormvariate(2.82, 0.6))))
    return left if left - size < 2 else size


def _article(seed: int, number: int, size: int, register: Register, random: Random) -> Writing:
    published = FIRST_DAY + timedelta(days=int(random.random() * DAYS)) if random.random() < 0.9 else None
    sha256 = hashlib.sha256(f"{seed} {number}".encode()).hexdigest()
    return Writing(sha256, 400 + size * _ROOM, published, register, random)


def _faults_of(
    article: Writing, size: int, left: int, plan: Plan, situations: Situations, kinds: Iterator[str]
) -> Iterator[dict[str, Any]]:
    """Write the facts of an article, and tell which of them violate a shape."""
    random = article.random
    for number in range(1, size + 1):
        if plan.faults and random.random() < plan.faults:
            kind = next(kinds)
            article.facts.append(faulty(kind, article, number))
            yield {"fact": f"f{number}", "kind": kind, "rules": VIOLATIONS[kind][0]}
            continue
        shared = situations.next(article, left - number) if random.random() < SHARE else None
        if shared is not None:
            article.facts.append(article.claimed(shared, number))
        else:
            template = mix().single[int(random.random() * len(mix().single))]
            article.facts.append(article.told(template, situations, number))


def _annotated(name: str, article: Writing, random: Random) -> dict[str, Any]:
    register, length = article.register, article.length
    header: dict[str, Any] = {
        "id": name,
        "label": words.phrase("en", random),
        "publisher": register.draw("MediaOrganisation", random),
        "language": article.language,
        "url": f"https://news.example/{article.sha256[:20]}",
        "text": {"sha256": article.sha256, "length": length},
        "parts": {
            "headline": [article.digested(0, 60)],
            "standfirst": [article.digested(61, 119)],
            "body": [article.digested(120, length)],
        },
    }
    if random.random() < 0.5:
        header["author"] = register.draw("Person", random)
    if article.published is not None:
        header["published"] = _published(article.published)
    line = {"registers": [REGISTER], "article": header, "entities": article.entities, "facts": article.facts}
    names = [_name(article, random) for _ in range(int(len(article.facts) * mix().names_per_fact + random.random()))]
    return {key: value for key, value in {**line, "names": names}.items() if value}


def _published(day: date) -> dict[str, str]:
    return {"words": day.isoformat(), "edtf": day.isoformat(), "basis": "in-text"}


def _name(article: Writing, random: Random) -> dict[str, str]:
    kind = "Person" if random.random() < 0.7 else "State"
    language = article.language
    written = words.person(language, random) if kind == "Person" else words.place(language, random)
    return {"entity": article.register.draw(kind, random), "written": written, "evidence": article.span(12)}


def write(plan: Plan, folder: Path) -> None:
    """Write a corpus into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    register = Register(plan.entities, mix().entities, Random(f"register {plan.seed}"))  # noqa: S311 - made up
    encode = msgspec.json.encode
    (folder / REGISTER).write_bytes(msgspec.json.format(encode({"entities": register.entities}), indent=1) + b"\n")
    with ExitStack() as stack:

        def opened(name: str, wanted: bool = True) -> IO[bytes] | None:  # noqa: FBT001, FBT002 - two lines below
            return stack.enter_context((folder / name).open("wb")) if wanted else None

        corpus, faults = opened(CORPUS), opened("faults.jsonl", plan.faults > 0)
        problems = opened("broken.jsonl", plan.broken > 0)
        for line in lines(plan, register):
            if corpus:
                corpus.write(line.text + b"\n")
            if faults and line.faults:
                faults.writelines(encode(fault) + b"\n" for fault in line.faults)
            if problems and line.problem:
                problems.write(encode(line.problem) + b"\n")


def main(arguments: list[str] | None = None) -> None:
    """Write a corpus as the command line asks for it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--facts", type=int, required=True, help="how many facts, without those nested in others")
    parser.add_argument("--seed", type=int, default=1, help="another seed makes another corpus")
    parser.add_argument("--faults", type=float, default=0.0, help="which part of the facts violates a shape")
    parser.add_argument("--broken", type=float, default=0.0, help="which part of the articles cannot be read")
    parser.add_argument("--entities", type=int, default=ENTITIES, help="how many entities the register has")
    parser.add_argument("-o", "--output", type=Path, required=True, help="the folder to write into")
    given = parser.parse_args(arguments)
    write(Plan(given.facts, given.seed, given.faults, given.broken, given.entities), given.output)


if __name__ == "__main__":
    main()
