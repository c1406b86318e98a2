"""Into triple stores: sources become graphs, each with its name, and stores take them and are looked at afterwards.

Owns what is loaded into which graph, what is replaced, and the look at what has arrived. How one
talks to a store is for the stores to know.
"""

from diplograph.loading.loading import load_into

__all__ = ["load_into"]
