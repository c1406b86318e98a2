"""Tying evidence to the articles' texts: quotes become offsets, and what is there is checked.

Owns the way between annotations and texts. Edits annotation files in place, only where it has
to, and never writes a word of an article.
"""

from diplograph.anchoring.files import Outcome, anchor

__all__ = ["Outcome", "anchor"]
