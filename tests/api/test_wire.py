from __future__ import annotations

import contextlib
import json
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from k6desk.api import wire
from k6desk.api.errors import BadAnswer
from k6desk.api.models import Cost, LoadTest, LoadZone, Node, Page, Project, StatusEntry, ZoneNodes, ZoneShare

BARE = {"id": 1234, "test_id": 123, "project_id": 12, "status": "running", "created": "2024-06-01T19:00:00Z"}

TODAY = BARE | {
    "cost": {
        "breakdown": {
            "base_total_vuh": 10,
            "browser_vuh": 0,
            "protocol_vuh": "6.75",
            "reduction_rate": 32.5,
            "reduction_rate_breakdown": {"local_run": 25, "volume": "10"},
        },
        "total_vuh": "6.75",
    },
    "distribution": [{"load_zone": "amazon:sa:cape town", "percent": 60}, {"load_zone": "x", "percent": "40"}],
    "ended": None,
    "estimated_duration": 1800,
    "execution_duration": 600,
    "is_starred": True,
    "k6_dependencies": {"k6": ">=v0.52"},
    "k6_versions": {"k6": "v0.56.0"},
    "max_browser_vus": 0,
    "max_vus": 10,
    "note": "Freeze on Friday\n– ✓",
    "options": {"stages": [{"duration": "10m", "target": 10}]},
    "result": None,
    "result_details": {"type": "error", "message": "Aborted", "code": 1234},
    "retention_expiry": "2024-07-01T19:30:30.123456Z",
    "started_by": "user@example.com",
    "status_details": {"entered": "2024-06-01T19:00:20Z", "type": "running"},
    "status_history": [
        {"entered": "2024-06-01T19:00:00Z", "type": "created"},
        {
            "entered": "2024-06-01T19:00:20Z",
            "type": "aborted",
            "extra": {"by_user": "a@example.com", "code": 5, "message": "Aborted by user"},
        },
    ],
}

OF_2024 = BARE | {
    "cost": {"breakdown": {"browser_vuh": 0, "protocol_vuh": 10}, "total_vuh": 10},
    "distribution": None,
    "ended": "2024-06-01T19:30:30Z",
    "note": "",
    "options": None,
    "result": "success",
    "result_details": {},
    "retention_expiry": None,
    "started_by": None,
    "status": "completed",
    "status_details": {"entered": "2024-06-01T19:30:30Z", "type": "completed"},
    "status_history": [{"entered": "2024-06-01T19:00:20Z", "type": "running"}],
}

ODD_VALUES = [
    None,
    True,
    0,
    -1,
    2**63,
    2**70,
    10**400,
    1.5,
    float("nan"),
    float("inf"),
    "",
    "x",
    "\ud800",
    "a\0b",
    [],
    {},
]


def page_of(*rows, **more) -> bytes:
    return json.dumps({"value": list(rows), **more}).encode()


def runs_of(*rows, **options):
    return wire.runs_page(page_of(*rows), **options)[0]


def test_a_run_of_today_is_read_in_full():
    detail = wire.run_detail(json.dumps(TODAY).encode())
    assert detail.cost == Cost(6.75, 10, 6.75, 0, 32.5, {"local_run": 25, "volume": 10})
    assert detail.distribution == (ZoneShare("amazon:sa:cape town", 60), ZoneShare("x", 40))
    assert detail.status_history[1] == StatusEntry(
        "aborted", datetime(2024, 6, 1, 19, 0, 20, tzinfo=UTC), "a@example.com", 5, "Aborted by user"
    )
    assert (detail.result_message, detail.result_code) == ("Aborted", 1234)
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
    detail = wire.run_detail(json.dumps(OF_2024).encode())
    assert detail.cost == Cost(total_vuh=10, protocol_vuh=10, browser_vuh=0)
    assert (detail.distribution, detail.options, detail.k6_versions) == (None, None, {})
    assert detail.run.result == "success"
    assert detail.run.max_vus is None


@pytest.mark.parametrize("row", [BARE, TODAY, OF_2024], ids=["bare", "today", "2024"])
def test_a_row_and_a_detail_tell_the_same_of_a_run(row):
    detail = wire.run_detail(json.dumps(row).encode()).run
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
        run, detail = page.rows[0], wire.run_detail(json.dumps(odd).encode())
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
    detail = wire.run_detail(json.dumps(BARE | {"ended": text}).encode()).run
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
    assert wire.run_detail(page.raw[2**62]).run.note == ""
    assert set(page.raw) == {run.id for run in page.rows}


@pytest.mark.parametrize(("count", "total"), [(5, 5), ("5", 5), (0, 0), (-1, None), (True, None), (2.5, None)])
@pytest.mark.parametrize("odd", [[], [{}]], ids=["all rows good", "one odd row"])
def test_a_count_may_be_a_string(count, total, odd):
    body = page_of(BARE, *odd, **{"@count": count, "@nextLink": "/cloud/v6/x"})
    page, link = wire.runs_page(body)
    assert (page.total, link) == (total, "/cloud/v6/x")
    assert wire.projects_page(body)[0].total == total


@pytest.mark.parametrize("link", [None, 5, ["x"], {"a": 1}])
def test_a_link_that_is_no_text_is_no_link(link):
    assert wire.runs_page(page_of(BARE, **{"@nextLink": link}))[1] is None


BROKEN = {
    "empty": b"",
    "blank": b"  ",
    "null": b"null",
    "list": b"[]",
    "number": b"12",
    "cut off": page_of(BARE)[:-5],
    "two documents": page_of(BARE) * 2,
    "html": b"<html></html>",
    "no value": b"{}",
    "value is no list": b'{"value": {}}',
    "byte order mark": b"\xef\xbb\xbf" + page_of(BARE),
    "depth bomb": b'{"value": [' + b"[" * 200_000 + b"]" * 200_000 + b"]}",
    "object bomb": b'{"value": [' + b'{"a":' * 100_000 + b"1" + b"}" * 100_000 + b"]}",
}


@pytest.mark.parametrize("body", BROKEN.values(), ids=BROKEN)
@pytest.mark.parametrize("read", [wire.runs_page, wire.projects_page, wire.load_tests_page, wire.load_zones])
def test_what_is_no_page_is_a_bad_answer(read, body):
    with pytest.raises(BadAnswer):
        read(body)


@pytest.mark.parametrize("body", BROKEN.values(), ids=BROKEN)
def test_what_is_no_object_is_a_bad_answer(body):
    for read in (wire.run_detail, wire.limits, wire.access):
        with pytest.raises(BadAnswer):
            read(body)
    assert wire.error_message(body) == ""


@pytest.mark.parametrize(
    "note",
    [b'"\\ud800"', b'"\\udc00\\ud800"', b"NaN", b"-Infinity", b'"\xff\xfe"', b'"a\x01b"', b"[" * 300 + b"]" * 300],
    ids=["lone surrogate", "swapped pair", "NaN", "Infinity", "bad UTF-8", "raw control character", "deep"],
)
@pytest.mark.parametrize("keep_raw", [False, True])
def test_one_row_that_no_decoder_likes_does_not_cost_the_others(note, keep_raw):
    bad = json.dumps(BARE | {"id": 77, "note": 0}).encode().replace(b'"note": 0', b'"note": ' + note)
    body = b'{"value": [' + json.dumps(BARE).encode() + b"," + bad + b"]}"
    page, _ = wire.runs_page(body, keep_raw=keep_raw)
    assert page.rows[0].id == 1234
    assert [run.note.encode().decode() for run in page.rows] == [run.note for run in page.rows]
    assert len(page.rows) + page.unreadable == 2


def test_control_characters_are_shown_as_unreadable_but_lines_and_tabs_stay():
    row = BARE | {"note": "a\0b\x1b[31m\x85\r\n\tc", "started_by": "\x07"}
    run = runs_of(row).rows[0]
    assert (run.note, run.started_by) == ("a\ufffdb\ufffd[31m\ufffd\r\n\tc", "\ufffd")
    assert wire.run_detail(json.dumps(row).encode()).run.note == run.note


def test_projects_tests_and_zones():
    projects, _ = wire.projects_page(page_of({"id": 1, "name": "A", "is_default": True}, {"id": "1"}, {"id": 2}))
    assert projects == Page([Project(1, "A", True), Project(2, "")], unreadable=1)
    tests, link = wire.load_tests_page(
        page_of({"id": 1, "project_id": 2, "name": "T", "created": "2024-12-03T09:53:00.553", "updated": None}, 5)
    )
    assert tests.rows == [LoadTest(1, 2, "T", datetime(2024, 12, 3, 9, 53, 0, 553000, tzinfo=UTC))]
    assert (tests.unreadable, link) == (1, None)
    zones = wire.load_zones(page_of({"id": 3, "k6_load_zone_id": "amazon:jp:tokyo", "available": False}))
    assert zones == [LoadZone(3, "amazon:jp:tokyo", "amazon:jp:tokyo", available=False)]


def test_limits_and_access():
    limits = wire.limits(
        b'{"project_id": 1, "vuh_max_per_month": 50, "vu_max_per_test": null, "duration_max_per_test": ""}'
    )
    assert (limits.vuh_max_per_month, limits.vu_max_per_test, limits.duration_max_per_test) == (50, None, None)
    assert wire.access(b'{"stack_id": 12345, "default_project_id": 67890}').stack_id == 12345
    with pytest.raises(BadAnswer):
        wire.access(b'{"stack_id": "12345", "default_project_id": 67890}')


def test_distribution_names_zones_nodes_and_shares():
    body = {
        "distribution": {
            "amazon:us:ashburn": {"percentage": "60", "nodes": [{"size": "m5.large", "public_ip": "3.82.149.214"}, 5]},
            "odd": None,
        }
    }
    nodes = wire.distribution(json.dumps(body).encode())
    assert nodes == (ZoneNodes("amazon:us:ashburn", 60, (Node("m5.large", "3.82.149.214"),)), ZoneNodes("odd", None))


def test_error_bodies_of_both_generations():
    details = [{"message": "note: too long", "code": "x", "target": None}, {"message": "Invalid"}]
    body = {"error": {"message": "Invalid", "code": "validation_error", "details": details}}
    assert wire.error_message(json.dumps(body).encode()) == "Invalid; note: too long"
    assert wire.error_message(b'{"error": {"message": "No", "code": 4}}') == "No"
    assert wire.error_message(b'{"error": "No"}') == ""
    assert wire.error_message(b"<html>") == ""


@pytest.mark.parametrize(
    ("message", "told"),
    [("x" * 9999, "x" * 299 + "…"), ("two\n lines", "two lines"), ("back\u202ewards", "back wards")],
)
def test_the_message_of_an_error_is_one_plain_line(message, told):
    assert wire.error_message(json.dumps({"error": {"message": message}}).encode()) == told


def test_a_note_is_sent_as_json_that_any_server_can_read():
    assert json.loads(wire.note_patch('ä "b"\n\ud800')) == {"note": 'ä "b"\n\ufffd'}


texts = st.text(alphabet=st.characters(), max_size=30)
times = st.datetimes(timezones=st.none() | st.just(UTC) | st.just(timezone(timedelta(hours=-11)))).map(str)
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | texts | times,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4),
    max_leaves=12,
)
rows = st.fixed_dictionaries({}, optional=dict.fromkeys(TODAY, json_values)).map(lambda odd: TODAY | odd)


@settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(rows, max_size=2), json_values, json_values, st.booleans())
def test_any_json_in_any_field_reads_as_rows_or_is_counted(odd_rows, count, link, keep_raw):
    body = page_of(BARE, *odd_rows, **{"@count": count, "@nextLink": link})
    page, link = wire.runs_page(body, keep_raw=keep_raw)
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
            detail = wire.run_detail(json.dumps(row).encode())
        except BadAnswer:
            continue
        json.dumps(detail.options, allow_nan=False).encode()


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=300) | json_values.map(lambda value: json.dumps(value).encode()))
def test_any_bytes_are_an_answer_or_a_bad_answer(body):
    readers = (wire.runs_page, wire.projects_page, wire.load_tests_page, wire.load_zones, wire.run_detail, wire.limits)
    for read in (*readers, wire.access, wire.distribution):
        with contextlib.suppress(BadAnswer):
            read(body)
    wire.error_message(body)
