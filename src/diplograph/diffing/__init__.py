"""Comparing two states of a data set: what was added and what was removed, exactly.

Owns the comparison and the forms in which it is told: an update of a store, two files of N-Quads, or
plain words. Knows nothing of how annotations become statements.
"""

from diplograph.diffing.comparing import Difference, difference, sides
from diplograph.diffing.writing import Outcome, diff

__all__ = ["Difference", "Outcome", "diff", "difference", "sides"]
