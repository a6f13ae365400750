from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from k6desk.data.order import extended, ordered, shortened

columns = st.lists(st.lists(st.integers(0, 9), max_size=8), max_size=5)


@given(columns)
def test_an_order_that_grew_in_steps_is_the_order_of_the_whole(steps):
    column: list[int] = []
    order = range(0)
    for step in steps:
        if step:
            column += step
            order = extended(order, len(column), column.__getitem__)
    assert (
        list(order)
        == list(ordered(len(column), column.__getitem__))
        == sorted(range(len(column)), key=column.__getitem__)
    )


def test_equal_rows_stand_by_the_key_before():
    ids, times = [9, 8, 7], [1, 1, 0]
    assert list(ordered(3, ids.__getitem__, times.__getitem__)) == [2, 1, 0]


def test_rows_that_stand_in_order_cost_nothing():
    column = [1, 5, 5, 7]
    assert ordered(4, column.__getitem__) == range(4)
    assert extended(range(2), 4, column.__getitem__) == range(4)
    assert shortened(range(5), 4, column.__getitem__) == range(4)
    assert list(shortened(ordered(2, [2, 1].__getitem__), 2, [1, 0].__getitem__)) == [1, 0]
