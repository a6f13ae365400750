from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from k6desk.api.errors import BadAnswer
from k6desk.api.models import Cost, Node, StatusEntry, ZoneNodes, ZoneShare
from k6desk.api.wire.runs import distribution, run_detail, runs_page
from tests.api.wire.samples import BARE, ODD_VALUES, OF_2024, TODAY, json_values, page_of


def runs_of(*rows, **options):
    return runs_page(page_of(*rows), **options)[0]


def test_a_run_of_today_is_read_in_full():
    detail = run_detail(json.dumps(TODAY).encode())
    assert detail.cost == Cost(6.75, 10, 6.75, 0, 32.5, {"local_run": 25, "volume": 10})
    assert detail.distribution == (ZoneShare("amazon:sa:cape town", 60), ZoneShare("x", 40))
    assert detail.status_history[1] == StatusEntry(
        "aborted", datetime(2024, 6, 1, 19, 0, 20, tzinfo=UTC), "a@example.com", 5, "Aborted by user"
    )
    assert (detail.result_type, detail.result_message, detail.result_code) == ("error", "Aborted", 1234)
    assert detail.status_details == StatusEntry("running", datetime(2024, 6, 1, 19, 0, 20, tzinfo=UTC))
    assert detail.options == {"stages": [{"duration": "10m", "target": 10}]}
    assert (detail.max_browser_vus, detail.k6_versions, detail.k6_dependencies) == (
        0,
        {"k6": "v0.56.0"},
        {"k6": ">=v0.52"},
    )
    run = detail.run
    assert (run.vuh, run.note, run.is_starred, run.max_vus) == (6.75, "Freeze on Friday\n– ✓", True, 10)
    assert run.retention_expires_at == datetime(2024, 7, 1, 19, 30, 30, 123456, tzinfo=UTC)


def test_a_run_of_2024_without_the_newer_fields_is_read():
    detail = run_detail(json.dumps(OF_2024).encode())
    assert detail.cost == Cost(total_vuh=10, protocol_vuh=10, browser_vuh=0)
    assert (detail.distribution, detail.options, detail.k6_versions) == (None, None, {})
    assert (detail.run.result, detail.result_type, detail.result_code) == ("success", None, None)
    assert detail.status_details == StatusEntry("completed", datetime(2024, 6, 1, 19, 30, 30, tzinfo=UTC))
    assert detail.run.max_vus is None


def test_why_a_run_of_2024_was_invalid_is_read():
    why = {"by_user": None, "code": 123, "message": "Validation error"}
    step = {"entered": "2024-06-01T19:00:10Z", "extra": why, "type": "aborted"}
    row = OF_2024 | {"cost": None, "result": "error", "status": "aborted", "status_details": step}
    detail = run_detail(json.dumps(row | {"status_history": [step]}).encode())
    entry = StatusEntry("aborted", datetime(2024, 6, 1, 19, 0, 10, tzinfo=UTC), None, 123, "Validation error")
    assert (detail.status_history, detail.status_details, detail.cost) == ((entry,), entry, None)


@pytest.mark.parametrize("row", [BARE, TODAY, OF_2024], ids=["bare", "today", "2024"])
def test_a_row_and_a_detail_tell_the_same_of_a_run(row):
    detail = run_detail(json.dumps(row).encode()).run
    fast = runs_of(row).rows[0]
    slow = runs_of(row, {}).rows[0]
    assert (fast, fast.vuh) == (slow, slow.vuh)
    assert (detail.vuh, detail.status_since, detail.note, detail.ended_at) == (
        fast.vuh,
        fast.status_since,
        fast.note,
        fast.ended_at,
    )


def test_unknown_words_and_fields_are_kept_or_passed_over():
    page = runs_of(BARE | {"status": "hibernating", "result": "weird", "brand_new": {"a": [1]}})
    assert (page.rows[0].status, page.rows[0].result, page.rows[0].is_finished) == ("hibernating", "weird", False)


def with_odd_values(row: dict, name: str) -> list[dict]:
    """The row without this field, and with each odd value in it."""
    return [{key: row[key] for key in row if key != name}, *({**row, name: value} for value in ODD_VALUES)]


@pytest.mark.parametrize(
    ("name", "usable"),
    [("id", [0]), ("test_id", [0]), ("project_id", [0]), ("status", ["", "x", "\ud800", "a\0b"]), ("created", [])],
)
def test_a_row_without_what_identifies_it_is_counted_and_never_costs_its_page(name, usable):
    for odd in with_odd_values(BARE | {"id": 99}, name):
        page = runs_of(BARE, odd, BARE | {"id": 5})
        kept = any(type(odd.get(name)) is type(good) and odd[name] == good for good in usable)
        assert (len(page.rows), page.unreadable) == ((3, 0) if kept else (2, 1)), odd
        assert (page.rows[0].id, page.rows[-1].id) == (1234, 5)


@pytest.mark.parametrize("name", sorted(TODAY.keys() - {"id", "test_id", "project_id", "status", "created"}))
def test_an_odd_value_costs_its_field_only(name):
    for odd in with_odd_values(TODAY, name):
        page = runs_of(odd, BARE)
        assert (len(page.rows), page.unreadable) == (2, 0)
        run, detail = page.rows[0], run_detail(json.dumps(odd).encode())
        assert all(text is None or text.isascii() or text.encode() for text in (run.note, run.result, run.started_by))
        for count in (run.max_vus, run.estimated_duration_s, run.execution_duration_s, detail.max_browser_vus):
            assert count is None or 0 <= count < 2**63
        json.dumps(detail.options, allow_nan=False).encode()
        untouched = {field for field in TODAY if field != name} & {"note", "max_vus", "started_by", "is_starred"}
        assert all(getattr(run, field) == TODAY[field] for field in untouched)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2024-06-01T19:00:00.553", datetime(2024, 6, 1, 19, 0, 0, 553000, tzinfo=UTC)),
        ("2024-06-01T19:00:00.123456789Z", None),
        ("2024-06-01T19:00:00+05:30", datetime(2024, 6, 1, 13, 30, tzinfo=UTC)),
        ("0001-01-01T00:00:00Z", "no time"),
        ("0001-01-01T00:00:00+05:00", "no time"),
        ("9999-12-31T23:59:59Z", "no time"),
        ("9999-12-31T23:59:59-10:00", "no time"),
        ("2016-12-31T23:59:60Z", "no time"),
        ("2024-06-01T19:00:00+25:00", "no time"),
        ("yesterday", "no time"),
        ("", "no time"),
    ],
)
def test_times_are_utc_or_none(text, expected):
    page = runs_of(BARE | {"ended": text, "retention_expiry": text, "status_details": {"type": "x", "entered": text}})
    run = page.rows[0]
    detail = run_detail(json.dumps(BARE | {"ended": text}).encode()).run
    assert run.ended_at == run.retention_expires_at == run.status_since
    for time in (run.ended_at, detail.ended_at):
        if expected == "no time":
            assert time is None
        else:
            assert time.tzinfo is UTC
            assert expected is None or time == expected
    created = runs_of(BARE | {"created": text})
    assert created.unreadable == (1 if expected == "no time" else 0)


def test_kept_json_is_each_rows_own_even_on_a_page_with_odd_rows():
    page = runs_of(TODAY, BARE | {"id": None}, BARE | {"id": 2**62, "note": None}, keep_raw=True)
    assert page.unreadable == 1
    assert json.loads(page.raw[1234]) == TODAY
    assert run_detail(page.raw[2**62]).run.note == ""
    assert set(page.raw) == {run.id for run in page.rows}


@pytest.mark.parametrize("link", [None, 5, ["x"], {"a": 1}])
def test_a_link_that_is_no_text_is_no_link(link):
    assert runs_page(page_of(BARE, **{"@nextLink": link}))[1] is None


@pytest.mark.parametrize(
    "note",
    [b'"\\ud800"', b'"\\udc00\\ud800"', b"NaN", b"-Infinity", b'"\xff\xfe"', b'"a\x01b"', b"[" * 300 + b"]" * 300],
    ids=["lone surrogate", "swapped pair", "NaN", "Infinity", "bad UTF-8", "raw control character", "deep"],
)
@pytest.mark.parametrize("keep_raw", [False, True])
def test_one_row_that_no_decoder_likes_does_not_cost_the_others(note, keep_raw):
    bad = json.dumps(BARE | {"id": 77, "note": 0}).encode().replace(b'"note": 0', b'"note": ' + note)
    body = b'{"value": [' + json.dumps(BARE).encode() + b"," + bad + b"]}"
    page, _ = runs_page(body, keep_raw=keep_raw)
    assert page.rows[0].id == 1234
    assert [run.note.encode().decode() for run in page.rows] == [run.note for run in page.rows]
    assert len(page.rows) + page.unreadable == 2


def test_control_characters_are_shown_as_unreadable_but_lines_and_tabs_stay():
    row = BARE | {"note": "a\0b\x1b[31m\x85\r\n\tc", "started_by": "\x07"}
    run = runs_of(row).rows[0]
    assert (run.note, run.started_by) == ("a\ufffdb\ufffd[31m\ufffd\r\n\tc", "\ufffd")
    assert run_detail(json.dumps(row).encode()).run.note == run.note


def test_distribution_names_zones_nodes_and_shares():
    body = {
        "distribution": {
            "amazon:us:ashburn": {"percentage": "60", "nodes": [{"size": "m5.large", "public_ip": "3.82.149.214"}, 5]},
            "odd": None,
        }
    }
    nodes = distribution(json.dumps(body).encode())
    assert nodes == (ZoneNodes("amazon:us:ashburn", 60, (Node("m5.large", "3.82.149.214"),)), ZoneNodes("odd", None))


rows = st.fixed_dictionaries({}, optional=dict.fromkeys(TODAY, json_values)).map(lambda odd: TODAY | odd)


@settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(rows, max_size=2), json_values, json_values, st.booleans())
def test_any_json_in_any_field_reads_as_rows_or_is_counted(odd_rows, count, link, keep_raw):
    body = page_of(BARE, *odd_rows, **{"@count": count, "@nextLink": link})
    page, link = runs_page(body, keep_raw=keep_raw)
    assert len(page.rows) + page.unreadable == 1 + len(odd_rows)
    assert link is None or isinstance(link, str)
    for run in page.rows:
        assert 0 <= run.id < 2**63
        assert all(text is None or text.encode("utf-8") is not None for text in (run.status, run.result, run.note))
        assert all(
            time is None or (time.tzinfo is UTC and time.astimezone(timezone(timedelta(hours=14))))
            for time in (run.created_at, run.ended_at, run.retention_expires_at, run.status_since)
        )
    for row in odd_rows:
        try:
            detail = run_detail(json.dumps(row).encode())
        except BadAnswer:
            continue
        json.dumps(detail.options, allow_nan=False).encode()
