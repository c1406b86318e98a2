"""From sources to text in one pass: batches of articles, on all cores, at flat memory.

Owns what is in memory at a time, what is put aside on disk, and the processes. What must see
everything (situations that articles share, two annotations of one text) is put aside sorted, and
finished when all articles have been seen.
"""
