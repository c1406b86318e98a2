"""From nodes to files in every syntax, and the one place that opens outputs.

Owns syntaxes and the promise that a file is written whole or not at all. Knows nothing of
annotations; takes nodes as they come, one at a time.
"""
