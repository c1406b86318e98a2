"""The environments of the peers: each has one of its own, made when it is needed, apart from diplograph's."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Final

REQUIREMENTS: Final = {
    "by-hand": ("rdflib==7.6.0", "pyshacl==0.40.1"),
    "morph-kgc": ("morph-kgc==2.10.0",),
    "maplib": ("maplib==0.20.26", "polars==2.1.0"),
}
"""What pip installs into each environment."""

_VERSIONS: Final = """
import importlib.metadata, json, sys

def version(name):
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return "not installed"

print(json.dumps({name: version(name) for name in sys.argv[1:]}))
"""


def python(name: str, folder: Path) -> str:
    """Give the Python of a peer's environment, making the environment if it is not there."""
    place = folder / name
    found = place / "bin" / "python"
    done = place / "complete"
    if not done.exists():
        subprocess.run([sys.executable, "-m", "venv", "--clear", place], check=True)
        subprocess.run([found, "-m", "pip", "install", "--quiet", *REQUIREMENTS[name]], check=True)
        done.write_text("\n".join(REQUIREMENTS[name]) + "\n", "utf-8")
    return str(found)


def versions(python: str, names: tuple[str, ...]) -> dict[str, str]:
    """Give the versions of some packages in an environment, where they are installed."""
    answer = subprocess.run([python, "-c", _VERSIONS, *names], check=True, capture_output=True, text=True)
    found: dict[str, str] = json.loads(answer.stdout)
    return found
