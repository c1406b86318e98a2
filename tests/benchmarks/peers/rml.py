"""The RML mapping of the tables, for morph-kgc, and the configuration that runs it on two processes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from tests.benchmarks.peers.tables import IRI, PLAIN, RDF, TABLES, TAGGED, Column

_HEAD = """@prefix rml: <http://w3id.org/rml/> .
@prefix ql: <http://semweb.mmlab.be/ns/ql#> .
@base <http://example.org/> .
"""
_CONFIGURATION = """[CONFIGURATION]
output_file={output}
output_format=N-TRIPLES
number_of_processes={processes}
logging_level=WARNING

[CORPUS]
mappings={mapping}
"""


def write(tables: Path, folder: Path, output: Path, processes: int = 2) -> Path:
    """Write the mapping of the tables in a folder, and give the file that configures morph-kgc."""
    mapping, configuration = folder / "mapping.ttl", folder / "morph.ini"
    mapping.write_text(_HEAD + "".join(_maps(tables)), "utf-8")
    configuration.write_text(_CONFIGURATION.format(output=output, mapping=mapping, processes=processes), "utf-8")
    return configuration


def _maps(tables: Path) -> Iterator[str]:
    """Give a triples map for each table that has rows."""
    for name, table in TABLES.items():
        path = tables / f"{name}.csv"
        if not _has_rows(path):
            continue
        objects = [_object(column, name) for name, column in table.columns.items()]
        if table.type:
            objects.insert(0, f"rml:predicateObjectMap [ rml:predicate <{RDF}type> ; rml:object <{table.type}> ]")
        yield (
            f'<#{name}> a rml:TriplesMap ;\n    rml:logicalSource [ rml:source "{path}" ; '
            f"rml:referenceFormulation rml:CSV ] ;\n"
            f'    rml:subjectMap [ rml:reference "node" ; rml:termType rml:IRI ] ;\n    '
            + " ;\n    ".join(objects)
            + " .\n"
        )


def _has_rows(path: Path) -> bool:
    with path.open(encoding="utf-8") as lines:
        return len([line for line, _ in zip(lines, range(2), strict=False)]) > 1


def _object(column: Column, name: str) -> str:
    kinds = {IRI: "; rml:termType rml:IRI", PLAIN: "", TAGGED: '; rml:languageMap [ rml:reference "language" ]'}
    kind = kinds.get(column.kind, f"; rml:datatype <{column.kind}>")
    return (
        f"rml:predicateObjectMap [ rml:predicate <{column.predicate}> ; "
        f'rml:objectMap [ rml:reference "{name}" {kind} ] ]'
    )
