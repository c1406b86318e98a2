"""What a folder of parts is, for catalogues and loaders: DCAT 3 for the files, VoID for what is in them.

(Data Catalog Vocabulary, version 3, sections 6.6 to 6.8; Describing Linked Datasets with the
VoID Vocabulary, sections 4.3 to 4.6.) Its IRIs are relative, so that the folder may stand anywhere.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from diplograph.mapping import terms
from diplograph.values import literals
from diplograph.vocabulary import DIP

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from diplograph.sharding.folder import Part
    from diplograph.writing.formats import Format

_PREFIXES: Final = {
    "dcat": "http://www.w3.org/ns/dcat#",
    "dcterms": "http://purl.org/dc/terms/",
    "prov": "http://www.w3.org/ns/prov#",
    "spdx": "http://spdx.org/rdf/terms#",
    "void": "http://rdfs.org/ns/void#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}
_FEATURES: Final = {
    "n-quads": "http://www.w3.org/ns/formats/N-Quads",
    "n-triples": "http://www.w3.org/ns/formats/N-Triples",
    "turtle": "http://www.w3.org/ns/formats/Turtle",
    "trig": "http://www.w3.org/ns/formats/TriG",
}
_SHA256: Final = "spdx:checksumAlgorithm_sha256"
_MEDIA: Final = "https://www.iana.org/assignments/media-types/"


def description(  # noqa: PLR0913 - each is a part of it
    parts: Sequence[Part],
    format_: Format,
    counts: Mapping[str, int],
    *,
    triples: int,
    base: str,
    licence: str,
    export: str,
    ended: str,
) -> bytes:
    """Describe a data set in Turtle.

    `counts` are those of a run; `licence` is an IRI, or empty where none is stated; `export` is the
    term of the activity that made it; `ended` is an `xsd:dateTime`, or empty.
    """
    classes = {name[:-1]: count for name, count in counts.items() if name.endswith(" ")}
    properties = {name: count for name, count in counts.items() if name.endswith(">")}
    about = [
        ("a", "dcat:Dataset, void:Dataset"),
        ("dcterms:title", '"Knowledge graph of diplomacy"@en'),
        ("dcterms:conformsTo", terms.ONTOLOGY),
        *([("dcterms:license", f"<{licence}>")] if licence else []),
        *([("dcterms:issued", literals.typed(ended, literals.DATE_TIME))] if ended else []),
        ("prov:wasGeneratedBy", export),
        ("void:uriSpace", literals.plain(base)),
        ("void:vocabulary", f"<{DIP}>"),
        ("void:feature", f"<{_FEATURES[format_.name]}>"),
        ("void:triples", str(triples)),
        ("void:classes", str(len(classes))),
        ("void:properties", str(len(properties))),
        *(
            (f"void:classPartition [ void:class {name} ;", f"void:entities {classes[name]} ]")
            for name in sorted(classes)
        ),
        *(
            (f"void:propertyPartition [ void:property {name} ;", f"void:triples {properties[name]} ]")
            for name in sorted(properties)
        ),
        *(("void:dataDump", f"<{part.name}>") for part in parts),
        *(("dcat:distribution", f"<#{part.name}>") for part in parts),
    ]
    files = (_distribution(part, format_, licence) for part in parts)
    prefixes = "".join(f"@prefix {name}: <{iri}> .\n" for name, iri in _PREFIXES.items())
    return (prefixes + "\n" + "\n".join([_block("<>", about), *files])).encode()


def _distribution(part: Part, format_: Format, licence: str) -> str:
    return _block(
        f"<#{part.name}>",
        [
            ("a", "dcat:Distribution"),
            ("dcterms:title", literals.plain(part.name)),
            ("dcat:downloadURL", f"<{part.name}>"),
            ("dcat:mediaType", f"<{_MEDIA}{format_.media_type}>"),
            ("dcat:compressFormat", f"<{_MEDIA}application/gzip>"),
            ("dcat:byteSize", f'"{part.size}"^^xsd:nonNegativeInteger'),
            *([("dcterms:license", f"<{licence}>")] if licence else []),
            (
                "spdx:checksum",
                f'[ a spdx:Checksum ; spdx:algorithm {_SHA256} ; spdx:checksumValue "{part.sha256}"^^xsd:hexBinary ]',
            ),
        ],
    )


def _block(subject: str, pairs: Iterable[tuple[str, str]]) -> str:
    lines = " ;\n    ".join(f"{predicate} {value}" for predicate, value in pairs)
    return f"{subject}\n    {lines} .\n"
