"""Words and figures as people read them; text of the server stays text."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import Qt
from PySide6.QtGui import QTextDocument

from k6desk.api.models import Run
from k6desk.ui import text


@pytest.fixture(autouse=True)
def _in_berlin(monkeypatch):
    monkeypatch.setenv("TZ", "Europe/Berlin")
    if not hasattr(time, "tzset"):
        pytest.skip("the time zone of the process cannot be set here")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


NOW = datetime(2026, 11, 21, 13, 5, tzinfo=UTC)  # Saturday, 14:05 in Berlin


@pytest.mark.parametrize(
    ("at", "said"),
    [
        (NOW, "today 14:05"),
        (datetime(2026, 11, 20, 23, 0, tzinfo=UTC), "today 00:00"),
        (datetime(2026, 11, 20, 22, 59, tzinfo=UTC), "yesterday 23:59"),
        (datetime(2026, 11, 18, 13, 3, tzinfo=UTC), "Wed 18 Nov 14:03"),
        (datetime(2026, 7, 1, 10, 0, tzinfo=UTC), "Wed 1 Jul 12:00"),
        (datetime(2025, 11, 18, 13, 3, tzinfo=UTC), "18 Nov 2025"),
        (NOW + timedelta(days=2), "Mon 23 Nov 14:05"),
        (datetime(1, 1, 1, tzinfo=UTC), "1 Jan 1"),
        (datetime(9999, 12, 31, 23, 59, tzinfo=UTC), "31 Dec 9999"),
    ],
)
def test_a_moment_is_as_short_as_it_stays_clear(at, said):
    assert text.when(at, NOW) == said


def test_the_exact_moment_names_its_zone_and_utc():
    at = datetime(2026, 11, 21, 13, 3, 7, 999_999, tzinfo=UTC)
    assert text.exact(at) == "2026-11-21 14:03:07 CET (UTC+1)\n2026-11-21T13:03:07Z"
    summer = datetime(2026, 7, 1, 10, 0, tzinfo=timezone(timedelta(hours=-3, minutes=-30)))
    assert text.exact(summer) == "2026-07-01 15:30:00 CEST (UTC+2)\n2026-07-01T13:30:00Z"


def test_half_hour_zones_and_utc_are_said_right(monkeypatch):
    at = datetime(2026, 11, 21, 13, 3, 7, tzinfo=UTC)
    monkeypatch.setenv("TZ", "Asia/Kolkata")
    time.tzset()
    assert text.exact(at).startswith("2026-11-21 18:33:07 IST (UTC+5:30)")
    monkeypatch.setenv("TZ", "UTC")
    time.tzset()
    assert text.exact(at) == "2026-11-21 13:03:07 UTC\n2026-11-21T13:03:07Z"


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (None, "–"),
        (float("nan"), "–"),
        (float("inf"), "–"),
        (-5, "0 s"),
        (0, "0 s"),
        (45.9, "45 s"),
        (60, "1 min 00 s"),
        (723, "12 min 03 s"),
        (3599.99, "59 min 59 s"),
        (3840, "1 h 04 min"),
        (86400 * 2 + 3600 * 3, "2 d 03 h"),
    ],
)
def test_a_span_as_people_say_it(seconds, said):
    assert text.duration(seconds) == said


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (None, "–"),
        (float("nan"), "–"),
        (0, "0"),
        (0.004, "<0.01"),
        (0.005, "0.01"),
        (6.75, "6.75"),
        (800, "800.00"),
        (12345.6, "12,346"),
    ],
)
def test_virtual_user_hours(value, said):
    assert text.vuh(value) == said


@pytest.mark.parametrize(
    ("value", "said"), [(None, "–"), (62, "62 %"), (32.5, "32.5 %"), (100.0, "100 %"), (33.333, "33.3 %")]
)
def test_a_percentage(value, said):
    assert text.percent(value) == said


def test_a_number_of_things():
    assert text.count(12345) == "12,345"
    assert text.count(None) == "–"
    assert text.count(1, "run") == "1 run"
    assert [text.count(n, "load zone") for n in (0, 12345)] == ["0 load zones", "12,345 load zones"]


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (None, "never"),
        (-3, "just now"),
        (59, "just now"),
        (240, "4 min ago"),
        (3 * 3600, "3 h ago"),
        (48 * 3600, "2 days ago"),
    ],
)
def test_how_long_ago(seconds, said):
    assert text.age(seconds) == said


@pytest.mark.parametrize(
    ("given_", "shown"),
    [
        ("checkout-ramp", "checkout-ramp"),
        ("two\nlines\r\n and\ta tab", "two lines and a tab"),
        ("bell\x07", "bell␇"),
        ("nul\x00", "nul␀"),
        ("c1\x9b31m", "c1�31m"),
        ("gpj.\u202eexe", "gpj.exe"),
        ("pro\u200bd", "prod"),
        ("pro\u200cd", "prod"),
        ("\ufeffbom", "bom"),
        ("می‌خواهم", "می‌خواهم"),
        ("👩‍👩‍👧", "👩‍👩‍👧"),
        ("a lone \ud800 surrogate", "a lone � surrogate"),
        ("支払い", "支払い"),
    ],
)
def test_one_line_shows_what_is_there_and_hides_nothing(given_, shown):
    assert text.one_line(given_) == shown


def test_one_line_is_cut_where_it_is_too_long():
    assert text.one_line("x" * 500, 10) == "xxxxxxxxx…"
    assert text.one_line("x" * 10, 10) == "x" * 10


@given(st.text(alphabet=st.characters(exclude_categories=[])), st.integers(2, 300))
def test_one_line_is_one_line_of_at_most_its_limit(given_, limit):
    shown = text.one_line(given_, limit)
    assert len(shown) <= limit
    assert not set("\n\r\t\x0b\x0c\x85\u2028\u2029\u202e\u2066\x00\x1b") & set(shown)
    shown.encode()  # no half characters: Qt would lose them


@pytest.mark.parametrize(
    "given_", ["<b>bold</b>", "a & b", "<img src='file:///etc/passwd'>", "two\nlines", "<qt>", 'quo"te']
)
def test_a_tooltip_shows_exactly_its_text(given_):
    document = QTextDocument()
    document.setHtml(text.tooltip(given_))
    assert document.toPlainText() == given_
    assert "<img" not in text.tooltip(given_)


def test_no_text_has_no_tooltip():
    assert text.tooltip("") == ""


def test_a_label_never_guesses_at_markup(qtbot):
    label = text.PlainLabel("<b>name</b>", wrap=True, selectable=True, muted=True, kind="title")
    qtbot.addWidget(label)
    assert label.textFormat() == Qt.TextFormat.PlainText
    assert label.text() == "<b>name</b>"
    assert label.wordWrap()
    flags = label.textInteractionFlags()
    assert flags & Qt.TextInteractionFlag.TextSelectableByMouse
    assert not flags & Qt.TextInteractionFlag.LinksAccessibleByMouse


@pytest.mark.parametrize(
    ("status", "result", "word"),
    [
        ("running", None, "Running"),
        ("processing_metrics", "passed", "Processing"),
        ("completed", "passed", "Passed"),
        ("completed", "error", "Error"),
        ("completed", None, "Completed"),
        ("aborted", "failed", "Aborted"),
        ("paused_by\u202e_moon", None, "paused_by_moon"),
    ],
)
def test_the_word_for_an_outcome(status, result, word):
    run = Run(1, 2, 3, status, NOW, result)
    assert text.outcome_word(run) == word
    assert bool(text.outcome_meaning(run)) == (status in text.OUTCOMES)


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(0, "0 s"), (37.6, "38 s"), (59.6, "1 min"), (229, "4 min"), (3_570, "1.0 h"), (5_400, "1.5 h")],
)
def test_an_estimate_is_no_finer_than_it_deserves(seconds, said):
    assert text.about(seconds) == said


def test_a_button_shows_an_ampersand():
    assert text.on_button("R&D") == "R&&D"
