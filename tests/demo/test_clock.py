from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

from hypothesis import given
from hypothesis import strategies as st

from k6desk.demo.clock import SECOND, StoryClock, instant, text

START = 1_780_000_000 * SECOND
instants = st.integers(START - 10**12, START + 10**12)


@given(instants, instants, st.floats(0.1, 1000))
def test_both_scales_keep_the_order_of_events(one, other, speed):
    clock = StoryClock(lambda: 0, START, speed)
    assert (clock.real(one) <= clock.real(other)) or one > other
    assert (clock.story(one) <= clock.story(other)) or one > other


@given(instants, st.floats(0.1, 1000))
def test_story_time_turns_back_into_real_time(real, speed):
    clock = StoryClock(lambda: 0, START, speed)
    assert abs(clock.real(clock.story(real)) - real) <= 1 + 1 / speed


def test_what_is_under_way_at_the_start_is_at_its_speed_as_a_whole():
    clock = StoryClock(lambda: 0, START, 60)
    assert clock.real(START - 300 * SECOND) == START - 5 * SECOND
    assert clock.real(START + 300 * SECOND) == START + 5 * SECOND


def test_history_before_keeps_its_natural_pace():
    clock = StoryClock(lambda: 0, START, 60)
    day = 86_400 * SECOND
    assert clock.real(START - day) - clock.real(START - 2 * day) == day


@given(st.datetimes(datetime(1990, 1, 1), datetime(2100, 1, 1)), st.integers(0, 6))
def test_texts_have_the_wanted_fraction_digits_and_cut(at, digits):
    shown = text(instant(at), digits)
    fraction = shown.removesuffix("Z").partition(".")[2]
    assert len(fraction) == digits
    read = datetime.fromisoformat(shown)
    assert timedelta(0) <= at.replace(tzinfo=UTC) - read < timedelta(seconds=10**-digits)


def test_times_without_a_zone_are_read_as_utc():
    aware = datetime(2026, 1, 1, 13, tzinfo=timezone(timedelta(hours=1)))
    assert instant(datetime(2026, 1, 1, 12)) == instant(aware)
    assert text(instant(aware), 0, zone="") == "2026-01-01T12:00:00"
