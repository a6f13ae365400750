"""Whatever two texts are: their lines face each other in order, and what moved is truly the same."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from k6desk.core.scripts.comparison import Change, compare_texts, counts, different_parts, facing, lines_of
from k6desk.core.scripts.moves import Move

LINES = st.sampled_from(
    ["", "}", "  a();", "  b(1);", "const url = one;", "const url = two;", "x" * 41, "export default function () {"]
)
TEXT = st.lists(LINES, max_size=30).map("\n".join)


@given(TEXT, TEXT)
def test_every_line_is_told_once_and_in_order(old, new):
    compared = compare_texts(old, new)
    assert (compared.old, compared.new) == (lines_of(old), lines_of(new))
    sides = ([], [])
    for piece in compared.pieces:
        same = zip(range(piece.old_from, piece.old_to), range(piece.new_from, piece.new_to), strict=False)
        pairs = [(a + 1, b + 1) for a, b in same] if piece.is_same else facing(compared, piece)
        for side, number in ((side, number) for pair in pairs for side, number in zip(sides, pair, strict=True)):
            side.extend([number] if number else [])
    assert sides[0] == list(range(1, len(compared.old) + 1))
    assert sides[1] == list(range(1, len(compared.new) + 1))


@given(TEXT, TEXT)
def test_the_pieces_lead_from_the_old_text_to_the_new_one(old, new):
    compared = compare_texts(old, new)
    after = []
    for piece in compared.pieces:
        after += (compared.old[piece.old_from : piece.old_to]) if piece.is_same else []
        after += [] if piece.is_same else compared.new[piece.new_from : piece.new_to]
    assert after == compared.new
    added, removed = counts(compared.pieces)
    assert (added, removed) == (len(compared.new_changes), len(compared.old_changes))


@given(TEXT, TEXT)
def test_what_moved_is_the_same_at_both_places_and_was_counted_once(old, new):
    compared = compare_texts(old, new)
    for move in compared.moves:
        block = compared.old[move.old : move.old + move.length]
        assert block == compared.new[move.new : move.new + move.length]
        assert move.length >= 3 or max(map(len, block)) >= 40
    moved = sum(move.length for move in compared.moves)
    for changes in (compared.old_changes, compared.new_changes):
        assert sum(change.kind == "moved" for change in changes.values()) == moved
    assert all(one.old + one.length <= other.old for one, other in pairwise(compared.moves))


@given(TEXT, TEXT)
def test_a_changed_line_and_what_it_became_name_each_other(old, new):
    compared = compare_texts(old, new)
    for number, change in compared.old_changes.items():
        if change.kind == "changed":
            assert compared.new_changes[change.other].other == number
        assert change.kind != "added"


@given(st.text("ab_ ().1\t", max_size=30), st.text("ab_ ().1\t", max_size=30))
def test_without_its_marked_parts_a_line_is_what_both_have(old, new):
    parts = different_parts(old, new)
    if parts is None:
        return
    common = [
        "".join(line[a:b] for (_, a), (b, _) in pairwise([(0, 0), *places, (len(line), 0)]))
        for line, places in zip((old, new), parts, strict=True)
    ]
    assert "".join(common[0].split()) == "".join(common[1].split())


def test_a_moved_function_is_known_again_where_it_went():
    function = ["function login() {", "  http.post(url, user);", "}"]
    rest = [f"step({number});" for number in range(10)]
    compared = compare_texts("\n".join([*function, *rest]), "\n".join([*rest, *function]))
    assert compared.moves == [Move(0, 10, 3)]
    assert compared.old_changes[1] == Change("moved", 11, is_first=True)
    assert compared.old_changes[2] == Change("moved", 12)
    assert compared.new_changes[13] == Change("moved", 3)


@pytest.mark.parametrize("block", [["}", "}", "}"], ["a();", "b();"], ["short line"]])
def test_what_stands_everywhere_is_not_told_as_moved(block):
    rest = [f"step({number});" for number in range(10)]
    assert not compare_texts("\n".join([*block, *rest]), "\n".join([*rest, *block])).moves


def test_a_line_that_was_put_before_a_changed_one_does_not_take_its_place():
    old = 'const url = "https://shop.example";'
    compared = compare_texts(old, 'import { check } from "k6";\nconst url = "https://test.example";')
    assert list(facing(compared, compared.pieces[0])) == [(0, 1), (1, 2)]
    change = compared.new_changes[2]
    assert [compared.new[1][slice(*part)] for part in change.parts] == ["test"]


def test_of_very_many_changed_lines_each_is_marked_from_end_to_end():
    old = [f"const a{number} = {number}; // one" for number in range(6000)]
    new = [f"const b{number} = {number}; // two" for number in range(6000)]
    (part,) = compare_texts("\n".join(old), "\n".join(new)).old_changes[6000].parts
    assert old[-1][slice(*part)] == "a5999 = 5999; // one"
