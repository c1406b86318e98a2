"""A screen before the engines: shapes compiled to functions that prove, very fast, that nodes conform.

In the order of the work: `parsing` reads shapes into a `tree` of demands, `atoms` takes it apart
by targets, `judging` gives each demand its meaning over a `view` of the data, `planning` works out
per kind of node what is `settled` and what `remains` to be looked at, and `proving` does that.
"""

from diplograph.validation.screening.layouts import Properties
from diplograph.validation.screening.screen import Screen, Screened

__all__ = ["Properties", "Screen", "Screened"]
