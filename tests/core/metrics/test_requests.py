"""The requests of the recorded run, and of servers that name them otherwise."""

from __future__ import annotations

from k6desk.api.metrics import Answer, Matcher
from k6desk.core.metrics.asked import Asked
from k6desk.core.metrics.requests import ASKS, asks, requests_of
from tests.core.recording import TOOK_S, Recording


def test_rows_add_up_to_the_totals_of_the_run():
    rows = requests_of(Recording().known)
    assert sum(row.count for row in rows) == 2980
    assert sum(row.failures for row in rows) == 83
    assert [(row.name, row.status) for row in rows][:2] == [("GET /cart", "200"), ("GET /catalogue", "200")]
    for row in rows:
        assert row.min <= row.avg <= row.max
        assert row.min <= row.p95 <= row.p99 <= row.max
        assert row.rate * TOOK_S == row.count or abs(row.rate * TOOK_S - row.count) < 1e-6


def test_what_failed_is_a_share_of_its_own_row():
    rows = {row.key: row for row in requests_of(Recording().known)}
    failed = rows["GET /catalogue", "GET", "500"]
    assert (failed.count, failed.failures, failed.failed_share, failed.rate) == (46, 46, 1.0, 46 / TOOK_S)
    assert rows["GET /catalogue", "GET", "200"].failed_share == 0.0


def test_the_matchers_find_the_samples_of_the_row():
    row = requests_of(Recording().known)[0]
    assert row.matchers == (Matcher("name", "GET /cart"), Matcher("method", "GET"), Matcher("status", "200"))


def test_hundreds_of_urls_take_no_more_queries():
    recording = Recording()
    (kind,) = [recording.of["http_reqs"]]
    kind["series"] = [
        {"labels": {"name": f"/{at}", "method": "GET", "status": "200"}, "values": [[0, at + 1]]} for at in range(400)
    ]
    assert len(requests_of(recording.known)) == 400
    assert len(asks(recording.known)) == len(ASKS) <= 10
    assert set(recording.asked) == set(ASKS)


def test_requests_without_names_are_told_apart_by_their_urls():
    recording = Recording()
    for metric in ("http_reqs", "http_req_duration", "http_req_failed"):
        for series in recording.of[metric]["series"]:
            series["labels"]["url"] = series["labels"].pop("name")
    assert {label for each in asks(recording.known) for label in each.query.by} == {"url", "method", "status"}
    row = requests_of(recording.known)[0]
    assert (row.name, row.matchers[0]) == ("GET /cart", Matcher("url", "GET /cart"))


def test_figures_come_one_after_another():
    recording = Recording()

    def only_counts(asked: Asked) -> Answer | None:
        return recording.known(asked) if asked.query.metric == "http_reqs" else None

    row = requests_of(only_counts)[0]
    assert (row.count, row.p95, row.failures) == (1453, None, None)
    assert requests_of(lambda _: None) is None
    assert requests_of(lambda _: Answer()) == ()
