"""Questions to the graph: saved queries and query files, their parameters, and their answers.

Owns the saved queries (`saved/*.rq`), how parameters are bound, and in which formats answers are
written. Knows nothing of annotations: what is asked is a store of RDF.
"""
