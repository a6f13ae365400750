"""A reader of answers that insists on what the Go client of the k6 CLI insists on.

`Model` names the properties that must be there, each with the type it is read into: a property that is missing, a
number where text is wanted, a time without a zone or a number too large for its type make Go give the whole answer up.
JSON null is taken everywhere and leaves the zero value, as in Go; properties that are not named are ignored.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")

Reader = Callable[[Any], Any]


def int32(value: Any) -> None:
    assert type(value) is int, f"{value!r} is no whole number"
    assert -(2**31) <= value < 2**31, f"{value} is too large for int32"


def time(value: Any) -> None:
    assert isinstance(value, str), f"{value!r} is no time"
    assert _TIME.fullmatch(value), f"{value!r} is no time of RFC 3339, which has a zone"


def text(value: Any) -> None:
    assert isinstance(value, str), f"{value!r} is no text"


def flag(value: Any) -> None:
    assert isinstance(value, bool), f"{value!r} is neither true nor false"


def number(value: Any) -> None:
    assert type(value) in (int, float), f"{value!r} is no number"


def amount(value: Any) -> None:
    assert type(value) in (int, float, str), f"{value!r} is no amount"


def any_object(value: Any) -> None:
    assert isinstance(value, dict), f"{value!r} is no object"


def texts(value: Any) -> None:
    any_object(value)
    for item in value.values():
        text(item)


class Model:
    """An object with properties that must be there and others that may be."""

    def __init__(self, _optional: Mapping[str, Reader] | None = None, **required: Reader) -> None:
        self._required, self._optional = required, _optional or {}

    def __call__(self, value: Any) -> None:
        any_object(value)
        missing = self._required.keys() - value.keys()
        assert not missing, f"no value given for required properties {sorted(missing)}: {value}"
        for name, read in {**self._required, **self._optional}.items():
            if value.get(name) is not None:
                read(value[name])


def list_of(model: Reader) -> Reader:
    def read(value: Any) -> None:
        assert isinstance(value, list), f"{value!r} is no list"
        for item in value:
            model(item)

    return read


AUTHENTICATION = Model(stack_id=int32, default_project_id=int32)
PROJECT = Model(id=int32, name=text, is_default=flag, grafana_folder_uid=text, created=time, updated=time)
LOAD_TEST = Model(id=int32, project_id=int32, name=text, baseline_test_run_id=int32, created=time, updated=time)
LOAD_ZONE = Model({"available": flag, "public": flag}, id=int32, name=text, k6_load_zone_id=text)
BREAKDOWN = Model(
    protocol_vuh=amount,
    browser_vuh=amount,
    base_total_vuh=amount,
    reduction_rate=amount,
    reduction_rate_breakdown=any_object,
)
STATUS = Model({"extra": Model(by_user=text, message=text, code=int32)}, type=text, entered=time)
_RUN: dict[str, Reader] = {
    "id": int32,
    "test_id": int32,
    "project_id": int32,
    "started_by": text,
    "created": time,
    "ended": time,
    "note": text,
    "retention_expiry": time,
    "cost": Model(total_vuh=amount, breakdown=BREAKDOWN),
    "status": text,
    "status_details": STATUS,
    "status_history": list_of(STATUS),
    "distribution": list_of(Model(load_zone=text, percent=int32)),
    "result": text,
    "result_details": any_object,
    "options": any_object,
    "k6_dependencies": texts,
    "k6_versions": texts,
    "max_vus": int32,
    "max_browser_vus": int32,
    "estimated_duration": int32,
    "execution_duration": int32,
    "is_starred": flag,
}
RUN = Model(**_RUN)
STARTED = Model(**_RUN, test_run_details_page_url=text)
ESTIMATE = Model(vuh_usage=number, breakdown=BREAKDOWN)
_DETAIL = Model({"target": text}, message=text, code=text)
REFUSAL = Model(error=Model({"target": text, "details": list_of(_DETAIL)}, message=text, code=text))


def page_of(model: Reader) -> Model:
    return Model({"@count": int32, "@nextLink": text}, value=list_of(model))
