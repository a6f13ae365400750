"""Answers of the API for the tests of what reads them, and the ways in which they go wrong."""

from __future__ import annotations

import json
from datetime import UTC, timedelta, timezone

from hypothesis import strategies as st

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

SCHEDULE = {
    "id": 2**60,
    "load_test_id": 7,
    "starts": "2026-04-06T07:00:00Z",
    "recurrence_rule": {
        "frequency": "WEEKLY",
        "interval": 2,
        "byday": ["MO", "WE"],
        "until": "2027-01-01T00:00:00Z",
        "count": 20,
    },
    "cron": None,
    "deactivated": True,
    "next_run": "2026-04-08T07:00:00Z",
    "created_by": "a@example.com",
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


texts = st.text(alphabet=st.characters(), max_size=30)
times = st.datetimes(timezones=st.none() | st.just(UTC) | st.just(timezone(timedelta(hours=-11)))).map(str)
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | texts | times,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4),
    max_leaves=12,
)
