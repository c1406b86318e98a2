"""From one article's annotation to RDF: a pure function of the annotation and the ontology.

Owns how claims, attributions, times, amounts and evidence look in RDF, and every IRI. Never
sees the shapes, files, or a second article.
"""
