from __future__ import annotations

import json

import pytest

from k6desk.api.wire.errors import error_code, error_message


def test_error_bodies_of_both_generations():
    details = [{"message": "note: too long", "code": "x", "target": None}, {"message": "Invalid"}]
    body = {"error": {"message": "Invalid", "code": "validation_error", "details": details}}
    assert error_message(json.dumps(body).encode()) == "Invalid; note: too long"
    assert error_code(json.dumps(body).encode()) == "validation_error"
    fields = {"name": ["too long", 5], "script": "missing"}
    body = {"error": {"message": "Invalid", "code": 4, "field_errors": fields, "errors": ["Invalid", "No"]}}
    assert error_message(json.dumps(body).encode()) == "Invalid; name: too long; script: missing; No"
    assert error_code(json.dumps(body).encode()) == "4"
    assert error_message(b'{"error": "No"}') == ""
    assert (error_message(b"<html>"), error_code(b"<html>")) == ("", "")
    assert error_code(b'{"error": {"code": true}}') == ""


@pytest.mark.parametrize(
    ("message", "told"),
    [("x" * 9999, "x" * 299 + "…"), ("two\n lines", "two lines"), ("back\u202ewards", "back wards")],
)
def test_the_message_of_an_error_is_one_plain_line(message, told):
    assert error_message(json.dumps({"error": {"message": message}}).encode()) == told


def test_sentences_are_not_strung_together_by_semicolons():
    body = {"error": {"message": "It cannot run.", "details": [{"message": "Too many VUs."}]}}
    assert error_message(json.dumps(body).encode()) == "It cannot run. Too many VUs."
