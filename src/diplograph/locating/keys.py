"""From a property back to the keys of annotations that it comes from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from diplograph.mapping import terms

if TYPE_CHECKING:
    from diplograph.vocabulary import Vocabulary

_KEYS: Final[dict[str, tuple[str, ...]]] = {
    terms.ABOUT.value: (),  # what is wrong is seldom the fact's own key, and mostly what it refers to
    terms.CLAIMED_TYPE.value: ("type",),
    terms.TYPE.value: ("type",),
    terms.CLAIMANT.value: ("says",),
    terms.REPORTS.value: ("says",),
    terms.CERTAINTY.value: ("certainty",),
    terms.POLARITY.value: ("polarity",),
    terms.STATUS.value: ("status",),
    terms.EVIDENCE.value: ("evidence",),
    terms.LABEL.value: ("label",),
    terms.ALT_LABEL.value: ("alias",),
    terms.NOTE.value: ("note",),
    terms.NOTATION.value: ("code",),
    terms.SAME_AS.value: ("wikidata",),
    terms.IDENTIFIER.value: ("id",),
    terms.PUBLISHER.value: ("publisher",),
    terms.AUTHOR.value: ("author",),
    terms.IN_LANGUAGE.value: ("language",),
    terms.URL.value: ("url",),
    terms.SHA256.value: ("text",),
    terms.LENGTH.value: ("text",),
    terms.EDTF.value: ("edtf",),
    terms.EARLIEST.value: ("edtf",),
    terms.LATEST.value: ("edtf",),
    terms.WORDS.value: ("words",),
    terms.ANCHOR.value: ("anchor",),
    terms.BASIS.value: ("basis",),
    terms.VALUE.value: ("value", "amount"),
    terms.MIN_VALUE.value: ("from",),
    terms.MAX_VALUE.value: ("to",),
    terms.TOTAL.value: ("of",),
    terms.UNIT.value: ("unit",),
    terms.CURRENCY.value: ("currency",),
    terms.QUALIFIER.value: ("qualifier",),
    terms.PER.value: ("per",),
    terms.UNTIL.value: ("until",),
}
"""The keys of annotations behind the properties that the mapping itself writes."""


def keys(path: str, vocabulary: Vocabulary) -> tuple[str, ...]:
    """Give the keys that a property (an N-Triples term) may come from; none for a path of several."""
    iri = path[1:-1]
    prop = vocabulary.properties.get(iri)
    return _KEYS.get(iri, (prop.word,) if prop else ())
