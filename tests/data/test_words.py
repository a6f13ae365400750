from __future__ import annotations

import pytest

from k6desk.data.words import Words


def rows(words: Words, value) -> list[int]:
    members = words.rows([distinct == value for distinct in words.distinct])
    return [row for row, member in enumerate(members.to_bytes(len(words.codes), "little")) if member]


@pytest.mark.parametrize("distinct", [1, 255, 256, 257, 70_000])
def test_any_number_of_distinct_values_can_be_found(distinct):
    words = Words[int]()
    words.extend(range(distinct))
    words.extend([0, distinct - 1])
    assert rows(words, 0) == ([0, 1, 2] if distinct == 1 else [0, distinct])
    assert rows(words, distinct - 1)[-1] == distinct + 1
    assert rows(words, -1) == []


@pytest.mark.parametrize("distinct", [1, 255, 256, 257, 70_000])
def test_a_row_can_be_given_a_value_that_is_new(distinct):
    words = Words[int]()
    words.extend(range(distinct))
    assert words.replace(0, -1)
    assert not words.replace(0, -1)
    assert rows(words, -1) == [0]
    assert rows(words, 0) == []


def test_values_stay_with_their_rows_when_a_byte_is_no_longer_enough():
    words = Words[int]()
    words.extend(range(200))
    words.extend(range(100, 300))
    assert [words.distinct[code] for code in words.codes] == [*range(200), *range(100, 300)]


def test_ranks_follow_the_keys_and_missing_ones_come_before_all():
    words = Words[str]()
    words.extend(["b", "", "a", "B"])
    assert words.ranks([value.casefold() or None for value in words.distinct]) == [1, -1, 0, 1]
