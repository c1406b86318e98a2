"""A graph in many packed files, for bulk loaders and catalogues: parts, digests, a description.

Owns the folder: which file holds what, how it appears whole, how a run that was cut off goes on.
"""
