"""What the peers know of the ontology: which classes and keys are treated in which way.

Kept apart from diplograph, as somebody would keep it who writes a converter by hand.
"""

from __future__ import annotations

from typing import Final


def listed(text: str) -> list[str]:
    """Split a line of words."""
    return text.split()


LASTING: Final = set(
    listed("Assessment Capability Condition OfficeHolding Possession Relation Restriction Stance StateOfAffairs")
)
SPEAKER: Final = dict.fromkeys(
    listed(
        "Accusation Announcement CommunicativeAct Criticism Statement CommentDeclined Endorsement Pledge Refusal "
        "Request Denial Threat Warning"
    ),
    "actor",
) | {"Assessment": "holder"}
OPEN: Final = set(
    listed(
        "Agreement Authorisation Decision Deferral NonDecision PolicyAct CommentDeclined Endorsement Pledge Refusal "
        "Request Threat"
    )
)
SITUATIONS: Final = set(
    listed(
        "content allegation denies requestedAct pledgedAct authorisedAct threatenedAct condition responseTo outcomeOf "
        "partOf causedBy reason purpose"
    )
)
DEFAULTS: Final = {"condition": "Condition", "reason": "Situation", "purpose": "Situation"}
LISTS: Final = ("stage", "position", "relationType")
META: Final = set(listed("id type about label note says endorsed certainty polarity status evidence quotation wording"))
