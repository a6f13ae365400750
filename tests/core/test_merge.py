"""Two versions of one text put together."""

import pytest

from k6desk.core.merge import merged

BASE = "one\ntwo\nthree"


@pytest.mark.parametrize(
    ("mine", "theirs", "both"),
    [
        (BASE, "one\nTWO\nthree", "one\nTWO\nthree"),
        ("ONE\ntwo\nthree", "one\ntwo\nTHREE", "ONE\ntwo\nTHREE"),
        ("ONE\ntwo\nthree", "one\nTWO\nthree", "ONE\nTWO\nthree"),
        ("one\ntwo\nthree\nmine", "one\ntwo\nthree\ntheirs", "one\ntwo\nthree\ntheirs\nmine"),
        ("one\nmine\nthree", "one\ntheirs\nthree", "one\ntheirs\nmine\nthree"),
        ("one\nsame\nthree", "one\nsame\nthree", "one\nsame\nthree"),
        ("one\nthree", "zero\none\ntwo\nthree", "zero\none\nthree"),
        ("one\nthree", "one\nTWO\nthree", "one\nTWO\nthree"),
        ("mine", "one\ntwo\nthree\ntheirs", "one\ntwo\nthree\ntheirs\nmine"),
        ("", BASE, ""),
    ],
)
def test_both_sides_changes_are_in_it(mine, theirs, both):
    assert merged(BASE, mine, theirs) == both


def test_two_first_notes_are_both_there():
    assert merged("", "mine", "theirs") == "theirs\nmine"
