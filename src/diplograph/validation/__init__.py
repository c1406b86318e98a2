"""From triples and shapes to findings: the one user of SHACL engines.

Owns the shapes, the run of the engine and its report. Reads shapes and RDF, never annotations
or the mapping: a mistake in one must not pass the other.
"""
