"""Two versions of one text put together."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from k6desk.core.scripts.merge import merged

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
        ("mine", "one\ntwo\nthree\ntheirs", "mine\ntheirs"),
        ("", BASE, ""),
        ("one\ntwo\nthree\nmine", "one\ntwo", "one\ntwo\nmine"),
        ("mine\none\ntwo\nthree", "ONE\ntwo\nthree", "mine\nONE\ntwo\nthree"),
        ("a\nb\nthree", "one\nc\nd", "one\nc\nd\na\nb\nthree"),
    ],
)
def test_both_sides_changes_are_in_it(mine, theirs, both):
    assert merged(BASE, mine, theirs) == both


def test_two_first_notes_are_both_there():
    assert merged("", "mine", "theirs") == "theirs\nmine"


TEXTS = st.lists(st.sampled_from(["a", "b", "c", ""]), max_size=8).map("\n".join)


@given(TEXTS, TEXTS)
def test_what_one_side_alone_has_changed_is_taken_as_it_is(base, changed):
    assert merged(base, changed, base) == merged(base, base, changed) == merged(base, changed, changed) == changed


@given(TEXTS, TEXTS, TEXTS)
def test_every_line_that_a_side_put_in_is_there(base, mine, theirs):
    result = Counter(merged(base, mine, theirs).split("\n"))
    for side in (mine, theirs):
        assert not Counter(side.split("\n")) - Counter(base.split("\n")) - result
