"""Which text an annotation belongs to, and where it says something else of the text than the text shows."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from diplograph.anchoring.spans import span_places
from diplograph.anchoring.texts import TEXT
from diplograph.reading.documents import Problem
from diplograph.reading.kinds import SPAN_PATTERN

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from diplograph.anchoring.texts import ArticleText
    from diplograph.reading.documents import Raw


def matching_text(article: dict[str, Raw], texts: Sequence[ArticleText]) -> ArticleText | Problem:
    """Find the text of an article: by its SHA-256, by its file's name, or by the article's id."""
    raw = article.get("text")
    text = raw if isinstance(raw, dict) else {}
    sha256, file = text.get("sha256"), text.get("file")
    by_digest = next((found for found in texts if found.sha256 == sha256), None)
    if by_digest is not None:
        return by_digest
    named = next((found for found in texts if found.name == file), None)
    if sha256 is not None:
        if named is not None:
            hint = f"The file's SHA-256 is {named.sha256}. Annotate the new text, or get the old one back."
            return Problem(
                (*TEXT, "sha256"), "text-changed", f"The text '{named.name}' is not the one annotated.", hint
            )
        return Problem((*TEXT, "sha256"), "text-missing", "No text in the folder has this SHA-256.")
    if named is not None:
        return named
    by_id = [found for found in texts if Path(found.name).stem == article.get("id")]
    if by_id:
        return by_id[0]
    hint = "Name it: text: {file: NAME.txt} under 'article'."
    return Problem(("article",), "text-missing", "It cannot be told which text this annotates.", hint)


def differences(data: Raw, matched: ArticleText) -> Iterator[Problem]:
    """Find where the annotation says something else of its text than the text shows."""
    if not isinstance(data, dict):
        return
    article = data.get("article")
    text = article.get("text") if isinstance(article, dict) else None
    length = text.get("length") if isinstance(text, dict) else None
    if length is not None and length != len(matched.text):
        message = f"The text has {len(matched.text)} code points, not {length}."
        yield Problem((*TEXT, "length"), "text-length", message)
    names = data.get("names")
    for place, name in enumerate(names if isinstance(names, list) else []):
        for _, raw in span_places({"names": [name]}):
            span = SPAN_PATTERN.fullmatch(raw) if isinstance(raw, str) else None
            found = matched.text[int(span.group(1)) : int(span.group(2))] if span else None
            written = name.get("written") if isinstance(name, dict) else None
            if found is not None and isinstance(written, str) and found.split() != written.split():
                yield Problem(("names", place, "written"), "name-differs", "The text has another name at this span.")
