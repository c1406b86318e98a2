"""Explaining: what a graph holds of one situation, told in plain words.

Owns the way from a situation to an account of it: who says what, how sure they are, where it
stands, what agrees and what does not. Reads the graph alone, so that any export can be explained.
"""

from diplograph.explaining.wording import explain

__all__ = ["explain"]
