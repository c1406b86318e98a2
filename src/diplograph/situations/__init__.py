"""From statements to situations: what the claims agree on, whether it came about, where they clash.

Owns occurrence, agreement and conflicts. Works on the compact statements that the mapping
collects, one situation at a time; never reads annotations or files.
"""
