"""Times since the start, at every zoom."""

from __future__ import annotations

import pytest

from k6desk.ui.charts.elapsed import elapsed, time_ticks


@pytest.mark.parametrize(
    ("start", "end", "words"),
    [
        (0, 2, ["0:00.0", "0:00.5", "0:01.0", "0:01.5", "0:02.0"]),
        (0, 20, ["0:00", "0:05", "0:10", "0:15", "0:20"]),
        (55, 130, ["1:00", "1:15", "1:30", "1:45", "2:00"]),
        (0, 1200, ["0:00", "5:00", "10:00", "15:00", "20:00"]),
        (3590, 3650, ["1:00:00", "1:00:15", "1:00:30", "1:00:45"]),
        (0, 4 * 3600, ["0:00", "1:00 h", "2:00 h", "3:00 h", "4:00 h"]),
        (0, 6 * 86400, ["0:00", "2 d", "4 d", "6 d"]),
    ],
)
def test_ticks_are_round_and_not_too_many(start, end, words):
    ticks = time_ticks(start, end, 5)
    assert 2 <= len(ticks) <= 6
    assert all(start <= time <= end for time, _ in ticks)
    assert [word for _, word in ticks] == words


def test_a_moment_is_said_to_the_second():
    assert [elapsed(time) for time in (0, 245, 3845, -30)] == ["0:00", "4:05", "1:04:05", "-0:30"]
