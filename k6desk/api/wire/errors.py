"""What an error answer says, in the shapes of API v6 and of the older ones."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from k6desk.api.errors import BadAnswer
from k6desk.api.lenient import JsonObject, line

_LONGEST_MESSAGE, _LONGEST_CODE = 300, 100


def error_message(body: bytes) -> str:
    """What an error answer says, on one line; empty when it is in no documented shape."""
    error = _error(body)
    messages = [error.text("message"), *error.objects("details", lambda detail: detail.text("message"))]
    messages += [text for name in ("field_errors", "errors") for text in _texts(error.members.get(name))]
    joined = "; ".join(dict.fromkeys(filter(None, messages)))
    return line(joined.replace(".; ", ". "), _LONGEST_MESSAGE)  # sentences stay sentences


def error_code(body: bytes) -> str:
    """The API's own word for why, a number in the older APIs; empty when there is none."""
    error = _error(body)
    number = error.signed("code")
    return line(error.text("code") or ("" if number is None else str(number)), _LONGEST_CODE)


def _error(body: bytes) -> JsonObject:
    try:
        return JsonObject.parse(body).object("error")
    except BadAnswer:
        return JsonObject(None)


def _texts(value: Any) -> Iterator[str]:
    """The texts of a list, or of a list for each field, as the older APIs give them."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        yield from (text for text in value if isinstance(text, str))
    elif isinstance(value, dict):
        for field, texts in value.items():
            yield from (f"{field}: {text}" for text in _texts(texts))
