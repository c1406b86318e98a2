"""From a node of the graph back to the place in the annotation that made it.

Clean runs never come here: only when there is a finding are the sources read a second time,
with the way back from each annotation value kept.
"""
