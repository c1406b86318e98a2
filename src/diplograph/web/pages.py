"""Pages, made from templates with everything escaped."""

from __future__ import annotations

from functools import cache
from typing import Final

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from diplograph.version import __version__
from diplograph.web.links import visible

HTML: Final = "text/html; charset=utf-8"


def page(template: str, **values: object) -> bytes:
    """Make a page."""
    return _environment().get_template(template).render(**values).encode("utf-8", "replace")


@cache
def _environment() -> Environment:
    found = Environment(
        loader=PackageLoader("diplograph.web"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_seen,
    )
    found.filters["exact"] = _exact
    found.filters["counted"] = _counted
    found.globals["version"] = __version__
    return found


def _seen(value: object) -> object:
    """Make all of a text visible; it is escaped afterwards."""
    return visible(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def _exact(text: str) -> Markup:
    """Escape a text for a field, from which it has to come back as it was."""
    return escape(text)


def _counted(number: int, noun: str, plural: str = "") -> str:
    """Count in words, as in 1 row, 1,000 rows."""
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"
