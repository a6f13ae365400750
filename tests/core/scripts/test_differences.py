"""Whatever two texts are, the pieces lead from the one to the other."""

from __future__ import annotations

import random
from itertools import pairwise

from k6desk.core.scripts.differences import Piece, differences


def joined(pieces: list[Piece], old: list[str], new: list[str]) -> tuple[list[str], list[str]]:
    before, after = [], []
    for piece in pieces:
        before += old[piece.old_from : piece.old_to]
        after += new[piece.new_from : piece.new_to]
        if piece.is_same:
            assert old[piece.old_from : piece.old_to] == new[piece.new_from : piece.new_to] != []
    return before, after


def test_any_two_texts_are_told_whole_in_turns_of_same_and_different():
    dice = random.Random(7)
    for _ in range(2000):
        words = "abcdefgh"[: dice.randint(1, 8)]
        old, new = (dice.choices(words, k=dice.randint(0, 14)) for _ in range(2))
        pieces = differences(old, new)
        assert joined(pieces, old, new) == (old, new)
        assert all(one.is_same != other.is_same for one, other in pairwise(pieces))


def test_what_is_equal_is_one_piece_and_nothing_is_none():
    assert differences(["a", "b"], ["a", "b"]) == [Piece(True, 0, 2, 0, 2)]
    assert differences([], []) == []
    assert differences([], ["a"]) == [Piece(False, 0, 0, 0, 1)]


def test_a_function_that_is_put_between_two_stays_in_one_piece():
    old = ["function a() {", "  x();", "}", "", "function c() {", "  x();", "}"]
    new = [*old[:4], "function b() {", "  x();", "}", "", *old[4:]]
    assert differences(old, new) == [Piece(True, 0, 4, 0, 4), Piece(False, 4, 4, 4, 8), Piece(True, 4, 7, 8, 11)]


def test_ten_thousand_lines_with_a_change_in_every_other_one_are_told_exactly():
    old = [f"line {number}" for number in range(10_000)]
    new = [line + "!" if number % 2 else line for number, line in enumerate(old)]
    pieces = differences(old, new)
    assert len(pieces) == 10_000
    assert joined(pieces, old, new) == (old, new)


def test_texts_of_the_same_few_lines_without_end_are_not_compared_line_by_line():
    dice = random.Random(7)
    old, new = (dice.choices("abcdefghij", k=20_000) for _ in range(2))
    assert joined(differences(old, new), old, new) == (old, new)


def test_a_text_in_which_each_fixed_point_uncovers_one_more_is_told_in_time():
    def rings(noise: str) -> list[str]:
        lines = [noise]
        for at in range(2000):
            lines = [f"{noise}{at}a", *lines, f"{noise}{at}", f"ring {at}", f"{noise}{at}b", f"ring {at - 1}"]
        return lines

    old, new = rings("a"), rings("b")
    assert joined(differences(old, new), old, new) == (old, new)


def test_two_lines_in_turns_against_three_in_turns_are_not_paired_without_end():
    old, new = ["a", "b"] * 700, ["b", "a", "c"] * 466
    assert differences(old, new) == [Piece(False, 0, 1400, 0, 1398)]
