"""Triple stores: in memory, filled from sources, or in a folder.

Owns how stores are filled and opened; knows nothing of annotations or queries.
"""
