"""Ties of entities: those of registers, and beside them those of an article's own, which stay its own."""

from __future__ import annotations

from diplograph.mapping.nodes import Node
from diplograph.situations.links import Links

WITHIN, AGAINST = "https://example.org/within", "https://example.org/against"
REGISTER = [
    (f"<{WITHIN}>", "<old-town>", "<harbour>"),
    (f"<{WITHIN}>", "<harbour>", "<coast>"),
    (f"<{AGAINST}>", "<premier>", "<president>"),
]
OWN = [
    (f"<{WITHIN}>", "<pier>", "<quay>"),
    (f"<{WITHIN}>", "<quay>", "<old-town>"),
    (f"<{AGAINST}>", "<mayor>", "<premier>"),
]


def links() -> Links:
    found = Links([f"<{WITHIN}>", f"<{AGAINST}>"])
    found.add(REGISTER)
    return found


def test_only_ties_by_known_properties_are_listed() -> None:
    nodes = [Node("<a>", [(f"<{WITHIN}>", "<b>"), ("<label>", '"a"'), (f"<{AGAINST}>", "<c>")], "")]
    assert links().ties(nodes) == [(f"<{WITHIN}>", "<a>", "<b>"), (f"<{AGAINST}>", "<a>", "<c>")]


def test_a_chain_leads_one_way() -> None:
    assert links().within(WITHIN, "<old-town>", "<coast>")
    assert not links().within(WITHIN, "<coast>", "<old-town>")
    assert not links().within(AGAINST, "<old-town>", "<coast>")
    assert links().within("", "<coast>", "<coast>")
    assert not links().within("", "<old-town>", "<harbour>")


def test_a_chain_may_go_in_a_circle() -> None:
    found = links()
    found.add([(f"<{WITHIN}>", "<coast>", "<old-town>")])
    assert found.within(WITHIN, "<coast>", "<harbour>")
    assert not found.within(WITHIN, "<coast>", "<hills>")


def test_a_tie_is_direct_and_in_either_direction() -> None:
    assert links().tied(AGAINST, "<premier>", "<president>")
    assert links().tied(AGAINST, "<president>", "<premier>")
    assert not links().beside(OWN).tied(AGAINST, "<mayor>", "<president>")


def test_an_articles_own_ties_lead_on_to_those_of_registers_and_are_not_kept() -> None:
    shared = links()
    own = shared.beside(OWN)
    assert own.within(WITHIN, "<pier>", "<coast>")
    assert own.tied(AGAINST, "<premier>", "<mayor>")
    assert not shared.within(WITHIN, "<pier>", "<coast>")
    assert not shared.tied(AGAINST, "<premier>", "<mayor>")
    assert shared.beside([]) is shared


def test_what_is_learnt_later_is_seen_beside_too() -> None:
    shared = links()
    own = shared.beside(OWN)
    shared.add([(f"<{WITHIN}>", "<coast>", "<country>")])
    assert own.within(WITHIN, "<pier>", "<country>")


def test_the_own_ties_that_values_use_can_be_taken_elsewhere() -> None:
    """With them, another process knows of these values what this one does."""
    own = links().beside(OWN)
    assert list(own.reached(["<pier>", "<pier>"])) == OWN[:2]
    assert list(own.reached(["<mayor>", "<harbour>"])) == OWN[2:]
    assert list(links().reached(["<old-town>"])) == [], "everybody has those of registers"
    there = links().beside(own.reached(["<pier>"]))
    assert there.within(WITHIN, "<pier>", "<coast>")
