"""Where the ontology and the shapes are: in the installed package, or beside it in the repository.

A wheel carries both folders inside the package; an editable install finds them at the top of
the project. This is the one place that knows.
"""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from diplograph.errors import UsageError


def folder(name: Literal["ontology", "shapes"]) -> Path:
    """Find the folder of the ontology or of the shapes.

    Raises:
        UsageError: neither the package nor the project has it: the installation is broken.
    """
    package = Path(__file__).parent
    for candidate in (package / name, package.parent.parent / name):
        if candidate.is_dir():
            return candidate
    raise UsageError(f"The folder '{name}' is missing from the installation.", "Install diplograph again.")


def turtle_files(path: Path) -> list[Path]:
    """List a Turtle file, or all Turtle files of a folder in the order of their names.

    Raises:
        UsageError: there is no such file or folder, or no Turtle in it.
    """
    if path.is_dir():
        found = sorted(path.glob("*.ttl"))
        if found:
            return found
        raise UsageError(f"There is no Turtle file in '{path}'.")
    if path.is_file():
        return [path]
    raise UsageError(f"There is no file or folder '{path}'.")
