"""From text to checked values: RDF literals, times, and identifiers that are safe in IRIs.

Owns lexical forms. Every function is pure; a value that does not fit is a `ValueError` with a
sentence, and whoever reads a file adds the place. Knows nothing of annotations or the ontology.
"""
