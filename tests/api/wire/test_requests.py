from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta, timezone

from hypothesis import given, settings
from hypothesis import strategies as st

from k6desk.api.models import Limits
from k6desk.api.plans import Cron, Label, Recurrence, Timing
from k6desk.api.wire import requests
from tests.api.wire.samples import json_values, texts

STARTS = datetime(2026, 4, 6, 9, tzinfo=timezone(timedelta(hours=2)))


def test_a_note_is_sent_as_json_that_any_server_can_read():
    assert json.loads(requests.note_patch('ä "b"\n\ud800')) == {"note": 'ä "b"\n\ufffd'}


@given(texts)
def test_every_text_is_sent_so_that_any_server_can_read_it(text):
    rule, cron = Recurrence(text, by_day=(text,)), Cron(text, text)
    for body in (
        requests.named(text),
        requests.timing(Timing(STARTS, rule, cron)),
        requests.new_label_keys({text: text}),
        requests.label_key(text, text),
        requests.labels([Label(text, text)]),
        requests.options(1, {text: text, "cloud": {text: [text]}}),
    ):
        json.loads(body.decode("utf-8"))


def test_options_go_without_the_token_and_the_keys_in_them():
    cloud = {"token": "secret", "projectID": 5, "name": "T"}
    options = {
        "vus": 10,
        "tlsAuth": [{"key": "secret"}],
        "cloud": cloud,
        "ext": {"loadimpact": cloud, "other": 1},
        "huge": 10**400,
        "tags": {"token": "a tag"},
    }
    body = requests.options(2**62, options)
    kept = {"projectID": 5, "name": "T"}
    assert b"secret" not in body
    assert json.loads(body) == {
        "project_id": 2**62,
        "options": {
            "vus": 10,
            "cloud": kept,
            "ext": {"loadimpact": kept, "other": 1},
            "huge": 10**400,
            "tags": {"token": "a tag"},
        },
    }
    assert cloud["token"] == "secret"


@settings(max_examples=100, deadline=None)
@given(st.dictionaries(st.sampled_from(["cloud", "ext", "tlsAuth", "vus"]), json_values))
def test_any_options_can_be_sent(options):
    sent = json.loads(requests.options(1, options))["options"]
    assert set(sent) == set(options) - {"tlsAuth"}


def test_a_schedule_names_one_kind_of_rule_and_its_times_in_utc():
    rule = Recurrence("WEEKLY", 2, ("MO", "WE"), STARTS + timedelta(days=1), 5)
    assert json.loads(requests.timing(Timing(STARTS, rule))) == {
        "starts": "2026-04-06T07:00:00.000000Z",
        "recurrence_rule": {
            "frequency": "WEEKLY",
            "interval": 2,
            "byday": ["MO", "WE"],
            "until": "2026-04-07T07:00:00.000000Z",
            "count": 5,
        },
        "cron": None,
    }
    daily = json.loads(requests.timing(Timing(STARTS, Recurrence("DAILY"))))["recurrence_rule"]
    assert daily == {"frequency": "DAILY", "interval": 1, "byday": None, "until": None, "count": None}
    hourly = json.loads(requests.timing(Timing(STARTS.astimezone(UTC), cron=Cron("0 * * * *", "UTC"))))
    assert (hourly["recurrence_rule"], hourly["cron"]) == (None, {"schedule": "0 * * * *", "time_zone": "UTC"})


def test_every_limit_is_sent_and_none_is_null():
    assert json.loads(requests.limits_patch(Limits(5, vuh_max_per_month=500))) == {
        "vuh_max_per_month": 500,
        "vu_max_per_test": None,
        "vu_browser_max_per_test": None,
        "duration_max_per_test": None,
    }
