"""Texts of SARIF messages (section 3.11), escaped so that data is shown as it stands."""

from __future__ import annotations

import re
from typing import Final

from diplograph.values.printing import one_line, printable

_BRACE: Final = re.compile(r"([{}])")
_LINK: Final = re.compile(r"([\[\]\\])")
_MARKUP: Final = re.compile(r"([!-/:-@\[-`|~])")


def message_text(text: str) -> str:
    r"""Escape plain text: braces always, brackets and backslashes where there may be a link.

    A placeholder is `{0}` (section 3.11.5), a link `[text](1)` (section 3.11.6). SARIF 2.1.0 names
    no escape for what only looks like a link; this is that of version 2.2.

    >>> message_text("{0} in [here](1)")
    '{{0}} in \\[here\\](1)'
    """
    plain = _BRACE.sub(r"\1\1", printable(text))
    return _LINK.sub(r"\\\1", plain) if "](" in plain else plain


def message_markdown(text: str) -> str:
    r"""Write text as GitHub's Markdown (GFM 0.29, section 6.1), on one line.

    >>> message_markdown("a *b* <c>")
    'a \\*b\\* \\<c\\>'
    """
    return _BRACE.sub(r"\1\1", _MARKUP.sub(r"\\\1", printable(one_line(text))))
