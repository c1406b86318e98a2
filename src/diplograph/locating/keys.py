"""From a property back to the keys of annotations that it comes from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from diplograph.mapping import terms

if TYPE_CHECKING:
    from diplograph.vocabulary import Vocabulary

_KEYS: Final[dict[str, tuple[str, ...]]] = {
    terms.ABOUT: (),  # what is wrong is seldom the fact's own key, and mostly what it refers to
    terms.CLAIMED_TYPE: ("type",),
    terms.TYPE: ("type",),
    terms.CLAIMANT: ("says",),
    terms.REPORTS: ("says",),
    terms.CERTAINTY: ("certainty",),
    terms.POLARITY: ("polarity",),
    terms.STATUS: ("status",),
    terms.EVIDENCE: ("evidence",),
    terms.LABEL: ("label",),
    terms.ALT_LABEL: ("alias",),
    terms.NOTE: ("note",),
    terms.NOTATION: ("code",),
    terms.SAME_AS: ("wikidata",),
    terms.IDENTIFIER: ("id",),
    terms.PUBLISHER: ("publisher",),
    terms.AUTHOR: ("author",),
    terms.IN_LANGUAGE: ("language",),
    terms.URL: ("url",),
    terms.SHA256: ("text",),
    terms.LENGTH: ("text",),
    terms.EDTF: ("edtf",),
    terms.EARLIEST: ("edtf",),
    terms.LATEST: ("edtf",),
    terms.WORDS: ("words",),
    terms.ANCHOR: ("anchor",),
    terms.BASIS: ("basis",),
    terms.VALUE: ("value", "amount"),
    terms.MIN_VALUE: ("from",),
    terms.MAX_VALUE: ("to",),
    terms.TOTAL: ("of",),
    terms.UNIT: ("unit",),
    terms.CURRENCY: ("currency",),
    terms.QUALIFIER: ("qualifier",),
    terms.PER: ("per",),
    terms.UNTIL: ("until",),
}
"""The keys of annotations behind the properties that the mapping itself writes."""


def keys(path: str, vocabulary: Vocabulary) -> tuple[str, ...]:
    """Give the keys that a property (an N-Triples term) may come from; none for a path of several."""
    prop = vocabulary.properties.get(path[1:-1])
    return _KEYS.get(path, (prop.word,) if prop else ())
