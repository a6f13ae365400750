"""Lines of names and figures."""

from __future__ import annotations

from k6desk.ui.detail.ledger import Entry, Ledger, Tone


def test_a_ledger_refills_its_lines_and_hides_what_is_left_over(shown, words):
    ledger = shown(Ledger(columns=2))
    ledger.show_entries([Entry(("a", "1")), Entry(("b", "2"), below="why", tone=Tone("passed"), strong=True)])
    assert words(ledger) == "a\n1\nb\n2\nwhy"
    ledger.show_entries([Entry(("c", "3"))])
    assert words(ledger) == "c\n3"
