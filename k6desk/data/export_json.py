"""JSON of runs for other programs, with the API's field names and secrets masked.

Ids are JSON numbers as in the API. JavaScript and many spreadsheets read a number beyond 2^53 inexactly, so an object
with such an id has it once more as a text: `id_str` beside `id`, `test_id_str` beside `test_id`, and so on.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

import msgspec

from k6desk.api.models import Run, ZoneNodes
from k6desk.data.secrets import masked, masked_text

BEGIN, BETWEEN, END = b"[\n", b",\n", b"\n]\n"
"""What makes an array of lines."""

EXACT = 2**53
"""Up to here every whole number is exact in every reader of JSON."""


def run_lines(runs: Iterable[tuple[Run, str, str]]) -> bytes:
    """One object for each run, one a line, with the names of its test and project, which the API's rows do not have.

    `cost` and `status_details` have only what a list of runs shows. Blocks of them with `BETWEEN` make an array.
    """
    return BETWEEN.join(
        msgspec.json.encode(
            _with_texts(msgspec.to_builtins(run) | {"test_name": test, "project_name": project})
            | {"note": masked_text(run.note)}
        )
        for run, test, project in runs
    )


def run_json(
    document: bytes,
    as_of: datetime | None,
    nodes: Sequence[ZoneNodes] | None,
    facts: dict[str, Any],
    row: Run,
    summary: dict[str, Any] | None = None,
) -> bytes:
    """All that is known of a run: `facts`, `test_run` as the server said it at `as_of`, `distribution` and `summary`.

    `document` is the JSON as received; when it is empty, `test_run` is what a list of runs said. `summary` has no
    secrets in it.
    """
    said = msgspec.Raw(masked_document(document or msgspec.json.encode(row)))
    whole = {"as_of": as_of, **_with_texts(facts), "test_run": said, "distribution": nodes, "summary": summary}
    return msgspec.json.format(msgspec.json.encode(whole), indent=2) + b"\n"


def masked_document(document: bytes) -> bytes:
    """A JSON document in which nothing is left that is secret by its name or looks like a secret.

    What holds no secret comes back as it is; what is nested deeper than anything real is masked, too. Raises
    `msgspec.DecodeError` when it is no JSON.
    """
    value = msgspec.json.decode(document)
    hidden = _masked_texts(masked(value))
    return document if hidden == value else msgspec.json.encode(hidden)


def _masked_texts(value: Any) -> Any:
    if isinstance(value, str):
        return masked_text(value)
    if isinstance(value, list):
        return [_masked_texts(inner) for inner in value]
    if isinstance(value, dict):
        return {name: _masked_texts(inner) for name, inner in value.items()}
    return value


def _with_texts(value: dict[str, Any]) -> dict[str, Any]:
    """With the ids that are beyond what every reader takes exactly as texts too."""
    large = {f"{name}_str": str(id_) for name, id_ in value.items() if _is_id(name) and id_ and id_ > EXACT}
    return value | large


def _is_id(name: str) -> bool:
    return name == "id" or name.endswith("_id")
