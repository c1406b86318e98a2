"""Provenance of the export itself: which program made it from which inputs (PROV-O, section 3.1).

No clock and no path is in it unless asked for, so that the same input gives the same bytes.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from diplograph.mapping import terms
from diplograph.mapping.nodes import Node
from diplograph.values import literals
from diplograph.version import __version__

if TYPE_CHECKING:
    from collections.abc import Iterator

    from diplograph.annotations import Input
    from diplograph.mapping.iris import Iris
    from diplograph.mapping.nodes import Properties


def provenance_nodes(inputs: list[Input], iris: Iris, ended: str = "") -> Iterator[Node]:
    """Describe an export: its inputs by name and SHA-256, the program, and the ontology.

    `ended` is an `xsd:dateTime`, or `""` to leave the time out.
    """
    graph = iris.graph("export")
    ordered = sorted(inputs, key=lambda found: (found.name, found.sha256))
    digest = hashlib.sha256("\n".join(f"{found.sha256} {found.name}" for found in ordered).encode()).hexdigest()
    program = iris.node("export", "diplograph")
    sources = {found.sha256: iris.node("source", found.sha256) for found in ordered}
    properties: Properties = [(terms.TYPE, terms.PROV_ACTIVITY), (terms.CONFORMS_TO, terms.ONTOLOGY)]
    properties.append((terms.PROV_WITH, program))
    properties += [(terms.PROV_USED, source) for source in sources.values()]
    if ended:
        properties.append((terms.PROV_ENDED, literals.typed(ended, literals.DATE_TIME)))
    yield Node(iris.node("export", digest[:16]), properties, graph)
    described: Properties = [(terms.TYPE, terms.PROV_SOFTWARE), (terms.TITLE, literals.plain("diplograph"))]
    yield Node(program, [*described, (terms.VERSION, literals.plain(__version__))], graph)
    for sha256, source in sources.items():
        names = sorted({found.name for found in ordered if found.sha256 == sha256})
        titles: Properties = [(terms.TITLE, literals.plain(name)) for name in names]
        yield Node(source, [(terms.TYPE, terms.PROV_ENTITY), *titles, (terms.SHA256, literals.plain(sha256))], graph)
