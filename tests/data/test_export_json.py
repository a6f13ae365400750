"""JSON of runs: the API's names, exact ids, no secrets."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from k6desk.api.models import Node, Run, ZoneNodes
from k6desk.data.export_json import BEGIN, END, masked_document, run_json, run_lines

CANARY = "glsa_CanaryCanaryCanaryCanaryCanary0_deadbeef"
AT = datetime(2026, 11, 21, 14, 3, 22, tzinfo=UTC)


def array(*runs: tuple[Run, str, str]) -> bytes:
    return BEGIN + run_lines(runs) + END


def run(id_: int = 7, **more) -> Run:
    return Run(id=id_, test_id=5, project_id=3, status="completed", created_at=AT, result="passed", **more)


def test_a_table_has_the_names_of_the_api():
    [found] = json.loads(array((run(note="fine"), "A test", "A project")))
    assert found["created"] == "2026-11-21T14:03:22Z"
    assert {"id", "test_id", "status", "result", "started_by", "is_starred", "max_vus", "cost"} <= found.keys()
    assert (found["test_name"], found["project_name"], found["note"]) == ("A test", "A project", "fine")
    assert "id_str" not in found


def test_an_empty_table_is_an_empty_array():
    assert json.loads(array()) == []


def test_an_id_that_javascript_cannot_read_exactly_is_there_as_text_too():
    large = 2**53 + 1
    [found] = json.loads(array((run(large), "", "")))
    assert (found["id"], found["id_str"]) == (large, str(large))
    assert "test_id_str" not in found
    whole = json.loads(run_json(b'{"id": %d}' % large, AT, None, {"id": large}, run(large)))
    assert whole["test_run"]["id"] == large
    assert whole["id_str"] == str(large)


def test_a_run_is_as_received_with_its_load_generators():
    said = b'{"id":7,"cost":{"total_vuh":"1.50"},"new_field":[1.10]}'
    zones = (ZoneNodes("amazon:us:ashburn", 100.0, (Node("m5.large", "192.0.2.1"),)),)
    whole = json.loads(run_json(said, AT, zones, {"id": 7}, run()))
    assert whole["as_of"] == "2026-11-21T14:03:22Z"
    assert whole["test_run"] == json.loads(said)
    assert whole["distribution"][0]["nodes"] == [{"size": "m5.large", "public_ip": "192.0.2.1"}]


def test_without_details_it_is_what_a_list_says():
    whole = json.loads(run_json(b"", None, None, {}, run()))
    assert whole["test_run"]["id"] == 7
    assert whole["as_of"] is None


@pytest.mark.parametrize(
    "document",
    [
        {"options": {"env": {"WHATEVER": CANARY}}},
        {"options": {"cloud": {"token": CANARY}}},
        {"options": {"tlsAuth": [{"cert": CANARY, "key": CANARY}]}},
        {"note": f"log in with {CANARY}"},
        {"status_history": [{"type": "aborted", "message": f"401 for {CANARY}"}]},
    ],
)
def test_no_secret_leaves(document):
    said = json.dumps({"id": 2**60, **document}).encode()
    assert CANARY.encode() not in masked_document(said)
    whole = run_json(said, AT, None, {}, run(note=CANARY))
    assert CANARY.encode() not in whole
    assert json.loads(whole)["test_run"]["id"] == 2**60


def test_what_is_nested_deeper_than_anything_real_is_masked():
    deep = b'{"b":1,"a":' * 600 + b'"hidden"' + b"}" * 600
    shown = masked_document(deep)
    assert shown.startswith(b'{"b":1,"a":{"b":1,')
    assert b"hidden" not in shown


def test_a_secret_in_a_note_does_not_leave_with_a_table():
    assert CANARY.encode() not in array((run(note=f"token {CANARY}"), "", ""))
