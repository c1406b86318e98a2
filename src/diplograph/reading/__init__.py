"""From files to annotations, with every problem at its line and column.

Owns syntaxes, positions and the checks of the annotation format. Gives frozen annotations or
findings; knows the ontology's words through the vocabulary, and nothing of RDF or shapes.
"""
