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


def test_ranks_follow_the_keys_and_missing_ones_come_before_all():
    words = Words[str]()
    words.extend(["b", "", "a", "B"])
    assert words.ranks([value.casefold() or None for value in words.distinct]) == [1, -1, 0, 1]
