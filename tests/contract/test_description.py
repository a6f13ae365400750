"""What the description does not have is noticed."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.contract.description import Exchange, check_answer, check_request, needed

pytestmark = needed

GOOD = Exchange(
    "GET",
    "/cloud/v6/load_tests",
    (("$top", "5"),),
    {"authorization": "Bearer t", "x-stack-id": "1"},
    b"",
    200,
    {"content-type": "application/json"},
    b'{"value":[]}',
)


@pytest.mark.parametrize(
    "wrong",
    [
        {"query": (("top", "5"),)},
        {"query": (("$top", "5000"),)},
        {"headers": {"authorization": "Bearer t"}},
        {"headers": {"x-stack-id": "1"}},
        {"body": b"{}"},
        {"path": "/cloud/v6/tests"},
    ],
    ids=str,
)
def test_in_a_request(wrong):
    check_request(GOOD)
    with pytest.raises((AssertionError, pytest.fail.Exception)):
        check_request(replace(GOOD, **wrong))


@pytest.mark.parametrize(
    "wrong",
    [
        {"status": 409, "answer": b'{"error":{"message":"","code":""}}'},
        {"status": 400, "answer": b'{"error":{"message":""}}'},
        {"answer": b'{"value":[],"more":1}'},
        {"answer": b'{"value":[{}]}'},
        {"answer_headers": {"content-type": "text/html"}},
    ],
    ids=str,
)
def test_in_an_answer(wrong):
    check_answer(GOOD)
    with pytest.raises(pytest.fail.Exception):
        check_answer(replace(GOOD, **wrong))
