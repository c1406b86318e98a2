"""Input for tests of what goes wrong: an annotation without problems to start from, noise, and bombs."""

from __future__ import annotations

import random
import subprocess
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

from click.testing import CliRunner, Result

from diplograph.cli import main

Watched = Callable[..., tuple[subprocess.CompletedProcess[str], int]]
MEGABYTE = 1 << 20
SHA256 = "0123456789abcdef" * 4
ARTICLE = {"id": "one", "language": "en", "text": {"sha256": SHA256, "length": 100}}
ENTITIES = {"ada": {"type": "Person", "label": "Ada"}, "ben": {"type": "Person", "label": "Ben"}}
TALKS = {"id": "talks", "type": "Meeting", "participant": ["ada", "ben"], "label": "they met", "evidence": "0-40"}
HEADER = f"article: {{id: one, language: en, text: {{sha256: {SHA256}, length: 100}}}}\n"
PEOPLE = "entities:\n  ada: {type: Person, label: Ada}\n  ben: {type: Person, label: Ben}\n"
FACT = "  - {id: talks, type: Meeting, participant: [ada, ben], label: they met, evidence: 0-40}\n"
GOOD = HEADER + PEOPLE + "facts:\n" + FACT


def annotation(**more: Any) -> dict[str, Any]:
    """Make an annotation without problems, some of its keys replaced."""
    return {"article": ARTICLE, "entities": ENTITIES, "facts": [TALKS], **more}


def noise(size: int, seed: int = 1) -> bytes:
    """Give bytes without sense, always the same."""
    return random.Random(seed).randbytes(size)  # noqa: S311 - nothing is to be kept secret


def packed(beginning: bytes, filling: bytes, size: int, end: bytes = b"") -> bytes:
    """Pack a text of at least a size without ever having it in memory."""
    packer = zlib.compressobj(9, wbits=31)
    block = filling * (MEGABYTE // len(filling))
    pieces = [packer.compress(beginning), *(packer.compress(block) for _ in range(size // MEGABYTE + 1))]
    return b"".join([*pieces, packer.compress(end), packer.flush()])


def run(*arguments: str | Path, stdin: bytes | None = None) -> Result:
    """Run a command."""
    return CliRunner().invoke(main, [str(argument) for argument in arguments], input=stdin)


def names() -> list[str]:
    """List what is in the working folder."""
    return sorted(path.name for path in Path().iterdir())
