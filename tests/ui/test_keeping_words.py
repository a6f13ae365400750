"""What is said of how long a run is kept, and where."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from k6desk.api.models import Run
from k6desk.data.kept import KeptRun
from k6desk.ui import keeping_words

NOW = datetime(2026, 11, 10, 12, tzinfo=UTC)


def run(status="completed", **fields) -> Run:
    return Run(1, 2, 3, status, NOW - timedelta(days=30), **fields)


@pytest.mark.parametrize(
    ("left", "said", "in_table"),
    [
        (timedelta(days=3, hours=23), "Results expire in 3 days", "in 3 days"),
        (timedelta(hours=30), "Results expire in 30 h", "in 30 h"),
        (timedelta(minutes=4), "Results expire in 4 min", "in 4 min"),
        (timedelta(seconds=4), "Results expire in less than a minute", "in less than a minute"),
        (timedelta(0), "Results have expired", "over"),
    ],
)
def test_a_countdown_never_promises_more_than_there_is(left, said, in_table):
    expiring = run(retention_expires_at=NOW + left)
    assert keeping_words.expires(expiring, NOW) == said
    assert keeping_words.left(expiring, NOW) == in_table
    assert "Z" in keeping_words.expires_exactly(expiring)


def test_without_a_day_an_ended_run_does_not_expire_and_of_another_nothing_is_said():
    assert keeping_words.expires(run(), NOW) == "Results do not expire"
    assert keeping_words.left(run(), NOW) == "never"
    assert keeping_words.expires_exactly(run()).startswith("Kept in Grafana")
    unfinished = run("running")
    assert (keeping_words.expires(unfinished, NOW), keeping_words.left(unfinished, NOW)) == ("", "")


@pytest.mark.parametrize(("days", "is_soon"), [(-1, False), (1, True), (7, True), (8, False)])
def test_seven_days_are_soon(days, is_soon):
    assert keeping_words.expires_soon(run(retention_expires_at=NOW + timedelta(days=days)), NOW) is is_soon
    assert not keeping_words.expires_soon(run(), NOW)


def test_a_kept_run_says_where_it_still_is():
    first = datetime(2026, 11, 1, 12, tzinfo=UTC)
    third = datetime(2026, 11, 3, 12, tzinfo=UTC)
    here = KeptRun(run(), "", "", first, "chosen", None)
    gone = KeptRun(run(), "", "", first, "rule", third)
    assert keeping_words.kept(here, NOW) == "Kept on this computer"
    assert keeping_words.kept(gone, NOW) == "Deleted at Grafana on 3 Nov, kept here since 1 Nov"
    assert keeping_words.kept(KeptRun(run(), "", "", first, "rule", NOW), NOW).startswith("Deleted at Grafana today,")
    exactly = keeping_words.kept_exactly(gone)
    assert "2026-11-01T12:00:00Z" in exactly
    assert "2026-11-03T12:00:00Z" in exactly
    assert keeping_words.kept(KeptRun(run(), "", "", first, "file", None), NOW) == "From a file, kept here since 1 Nov"
    long_ago = KeptRun(run(), "", "", datetime(2024, 3, 2, 12, tzinfo=UTC), "chosen", third)
    assert keeping_words.kept(long_ago, NOW).endswith("kept here since 2 Mar 2024")
