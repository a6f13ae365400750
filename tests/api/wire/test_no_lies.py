"""Whatever JSON an answer has in whatever field: the record says the same, or that it is not known."""

from __future__ import annotations

import copy
import json
from datetime import UTC, datetime
from functools import reduce
from operator import attrgetter

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from k6desk.api.errors import BadAnswer
from k6desk.api.lenient import clean
from k6desk.api.models import number
from k6desk.api.wire import catalogue, plans, runs
from tests.api.wire.samples import ODD_VALUES, SCHEDULE, TODAY, json_values

PROJECT = {"id": 1, "name": "A", "is_default": True}
TEST = {"id": 1, "project_id": 2, "name": "T", "created": "2024-12-03T09:53:00.553", "baseline_test_run_id": 9}
TEST |= {"updated": "2024-12-03T09:53:00Z"}
ZONE = {"id": 3, "name": "Tokyo", "k6_load_zone_id": "amazon:jp:tokyo", "available": False, "public": False}
LIMITS = {"project_id": 1, "vuh_max_per_month": 5, "vu_max_per_test": 6, "vu_browser_max_per_test": 7}
LIMITS |= {"duration_max_per_test": 8}
COST = TODAY["cost"] | {"breakdown": TODAY["cost"]["breakdown"] | {"browser_vuh": 2}}
RUN = TODAY | {"max_browser_vus": 3, "cost": COST}  # without a 0 that another field could have been taken from
ESTIMATE = {"vuh_usage": 6.75, "breakdown": COST["breakdown"]}
CRON = SCHEDULE | {"recurrence_rule": None, "cron": {"schedule": "@daily", "time_zone": "UTC"}}
DISTRIBUTION = {"distribution": {"a b": {"percentage": "60", "nodes": [{"size": "m5.large", "public_ip": "1.2.3.4"}]}}}


def of_list(read):
    """A reader of the only row of a list."""

    def read_one(body: bytes):
        rows = read(b'{"value": [%s]}' % body)
        rows = rows[0].rows if isinstance(rows, tuple) else rows
        if not rows:
            raise BadAnswer("left out")
        return rows[0]

    return read_one


MODELS = {
    "run": (runs.run_detail, RUN),
    "row": (of_list(runs.runs_page), RUN),
    "nodes": (runs.distribution, DISTRIBUTION),
    "project": (catalogue.project, PROJECT),
    "allowed project": (of_list(catalogue.projects), PROJECT),
    "load test": (catalogue.load_test, TEST),
    "load zone": (of_list(catalogue.load_zones), ZONE),
    "limits": (catalogue.limits, LIMITS),
    "access": (catalogue.access, {"stack_id": 1, "default_project_id": 2}),
    "schedule": (plans.schedule, SCHEDULE),
    "cron": (plans.schedule, CRON),
    "estimate": (plans.estimate, ESTIMATE),
    "label": (of_list(plans.label_keys), {"id": 1, "key": "team", "description": "Who"}),
    "project label": (of_list(plans.labels), {"key": "team", "value": "web"}),
}

# What a record says where the answer says nothing that can be read.
UNKNOWN = {"name": "", "note": "", "description": "", "size": "", "public_ip": "", "load_zone": "odd"}
UNKNOWN |= {"is_starred": False, "is_default": False, "available": True, "public": True, "interval": 1}
# Where None has a meaning, it only stands for null or nothing, a year that means "no time", and what is not JSON.
RULE = "recurrence_rule"
PLAN = {"timing.recurrence": (RULE,), "timing.cron": ("cron",), "next_run_at": ("next_run",)}
MEANT = {
    "limits": {name: (name,) for name in LIMITS},
    "schedule": PLAN | {f"timing.recurrence.{name}": (RULE, name) for name in ("until", "count")},
    "cron": PLAN,
}


def paths(value, path=()):
    """The path to every member and item of a JSON value, also to those inside others."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in items:
        yield (*path, key)
        yield from paths(item, (*path, key))


def leaves(value, name=""):
    """Every plain value of a record, with the name of the field that it is in."""
    if isinstance(value, msgspec.Struct):
        for field in value.__struct_fields__:
            yield from leaves(getattr(value, field), field)
    elif isinstance(value, dict):
        for key, item in value.items():
            yield "key", key
            yield from leaves(item, name)
    elif isinstance(value, tuple | list):
        for item in value:
            yield from leaves(item, name)
    else:
        yield name, value


def told(value):
    """Everything that a JSON value says, in the forms in which a record may repeat it."""
    if isinstance(value, dict):
        for key, item in value.items():
            yield clean(key)
            yield from told(item)
    elif isinstance(value, list):
        for item in value:
            yield from told(item)
    else:
        yield value
        if isinstance(value, str):
            yield clean(value)
            yield number(value)
            try:
                time = datetime.fromisoformat(value)
                yield time.replace(tzinfo=UTC) if time.tzinfo is None else time.astimezone(UTC)
            except (ValueError, OverflowError):
                pass


def check(read, model, answer) -> None:
    try:
        record = read(json.dumps(answer).encode())
    except BadAnswer:
        return
    said = [*told(answer), *(not answer[name] for name in ("deactivated",) if isinstance(answer.get(name), bool))]
    for name, value in leaves(record):
        if value is None or (value == UNKNOWN.get(name) and type(value) is type(UNKNOWN[name])):
            continue
        assert any(value == each and isinstance(value, bool) is isinstance(each, bool) for each in said), (name, value)
        if isinstance(value, str):
            value.encode()  # a lone surrogate cannot be stored
    for name, path in MEANT.get(model, {}).items():
        raw = at(answer, path)
        if raw is not None and not str(raw).startswith(("0001", "9999", "nan", "inf", "-inf")):
            assert attrgetter(name)(record) is not None, name


def at(answer, path):
    try:
        return reduce(lambda value, key: value[key], path, answer)
    except (KeyError, IndexError, TypeError):
        return None


def changed(answer, path, *new):
    """The answer with another value at this path, or none."""
    answer = copy.deepcopy(answer)
    parent = at(answer, path[:-1])
    if new:
        parent[path[-1]] = new[0]
    else:
        del parent[path[-1]]
    return answer


@pytest.mark.parametrize("model", MODELS)
def test_each_odd_value_in_each_field_is_repeated_or_not_known(model):
    read, answer = MODELS[model]
    check(read, model, answer)
    for path in paths(answer):
        check(read, model, changed(answer, path))
        for odd in (*ODD_VALUES, "12", "1.5", "2024-06-01T19:00:00"):
            check(read, model, changed(answer, path, odd))


@settings(max_examples=80, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.data())
@pytest.mark.parametrize("model", MODELS)
def test_any_json_in_any_field_is_repeated_or_not_known(model, data):
    read, answer = MODELS[model]
    for path in data.draw(st.lists(st.sampled_from(sorted(paths(answer), key=repr)), max_size=3)):
        if path in set(paths(answer)):  # what was there may be gone already, or have become something else
            answer = changed(answer, path, data.draw(json_values))
    check(read, model, answer)
