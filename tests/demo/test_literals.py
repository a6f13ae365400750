from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from k6desk.demo.literals import exported_options
from k6desk.demo.scripts import script_text
from k6desk.demo.shapes import options_json


def test_options_are_read_as_people_write_them():
    source = """
import http from 'k6/http';
// export const options = { vus: 99 };
export const options = {
  // comments, trailing commas and both quotes
  vus: 1_0, 'duration': "1m30s", /* a: */
  stages: [{ duration: '1m', target: 20 }, { duration: `30s`, target: 0, },],
  thresholds: { 'http_req_duration{name:"a}b"}': ['p(95)<500', { threshold: 'rate<1', abortOnFail: true }] },
  rps: 1.5e1,
  hosts: null,
  setupTimeout: timeout(1, [2, 3], { a: '}' }),
  userAgent: 'k6/' + version,
  tags: { ...common, it: 'is' },
  batch,
};
export default function () {}
"""
    assert exported_options(source) == {
        "vus": 10,
        "duration": "1m30s",
        "stages": [{"duration": "1m", "target": 20}, {"duration": "30s", "target": 0}],
        "thresholds": {
            'http_req_duration{name:"a}b"}': ["p(95)<500", {"threshold": "rate<1", "abortOnFail": True}],
        },
        "rps": 15.0,
        "tags": {"it": "is"},
    }


@pytest.mark.parametrize(
    "source",
    [
        "",
        "export default 1",
        "export const options = other;",
        "export const options = { vus: 1",
        "export const options = {" * 99,
    ],
)
def test_nothing_is_read_where_there_is_nothing_to_read(source):
    assert exported_options(source) == {}


def test_the_scripts_of_the_world_are_read_back(world):
    for test in world.tests:
        options = options_json(test.draft, test.project_id)
        found = exported_options(script_text(test.draft, options, 2))
        # The scripts name the function of a browser scenario.
        found.get("scenarios", {}).get("ui", {}).pop("exec", None)
        found.get("scenarios", {}).get("api", {}).pop("exec", None)
        assert found == options, test.name


@given(st.text(alphabet="{}[](),:'\"`\\/*\n a1.-e$", max_size=80))
def test_any_text_is_read_without_an_exception(text):
    found = exported_options("export const options = {" + text + "}")
    assert json.loads(json.dumps(found)) == found
