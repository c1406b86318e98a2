"""The ontology as look-up tables: the one reader of `ontology/`.

Owns what words exist, what kind of value each takes, and how the terms of the ontology steer
mapping and conflicts. Everything that uses a word of the ontology asks here, so that a new
class or property is an edit of Turtle and of nothing else. Never reads the shapes.
"""

from diplograph.vocabulary.loading import load_vocabulary
from diplograph.vocabulary.tables import DIP, OWL, RDF, RDFS, SKOS, Class, Kind, Property, Vocabulary

__all__ = ["DIP", "OWL", "RDF", "RDFS", "SKOS", "Class", "Kind", "Property", "Vocabulary", "load_vocabulary"]
