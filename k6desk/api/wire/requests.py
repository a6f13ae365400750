"""The JSON that k6desk sends: text that any server can read, and never a secret of a script's options."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import msgspec

from k6desk.api.lenient import clean, plain
from k6desk.api.models import Limits
from k6desk.api.plans import Label, Timing


def note_patch(note: str) -> bytes:
    """The request body that replaces a run's note."""
    return msgspec.json.encode({"note": clean(note)})


def named(name: str) -> bytes:
    """A new or renamed thing."""
    return msgspec.json.encode({"name": clean(name)})


def baseline(run_id: int | None) -> bytes:
    """The mark on a run as its test's baseline; None takes it away."""
    return msgspec.json.encode({"baseline_test_run_id": run_id})


def destination(project_id: int) -> bytes:
    """The project that a load test moves to."""
    return msgspec.json.encode({"project_id": project_id})


def options(project_id: int, script_options: Mapping[str, Any]) -> bytes:
    """Options of a script to be validated, without the token and the keys that some of them hold."""
    kept = {name: value for name, value in script_options.items() if name != "tlsAuth"}
    if "cloud" in kept:
        kept["cloud"] = _without_token(kept["cloud"])
    if isinstance(kept.get("ext"), dict) and "loadimpact" in kept["ext"]:  # what `cloud` was called before
        kept["ext"] = {**kept["ext"], "loadimpact": _without_token(kept["ext"]["loadimpact"])}
    return json.dumps({"project_id": project_id, "options": plain(kept)}).encode()  # its numbers may be of any size


def timing(when: Timing) -> bytes:
    """The times of a schedule."""
    rule, cron = when.recurrence, when.cron
    body: dict[str, Any] = {"starts": timestamp(when.starts_at), "recurrence_rule": None, "cron": None}
    if rule:
        body["recurrence_rule"] = {
            "frequency": clean(rule.frequency),
            "interval": rule.interval,
            "byday": list(map(clean, rule.by_day)) or None,
            "until": timestamp(rule.until) if rule.until else None,
            "count": rule.count,
        }
    if cron:
        body["cron"] = {"schedule": clean(cron.schedule), "time_zone": clean(cron.time_zone)}
    return msgspec.json.encode(body)


def limits_patch(limits: Limits) -> bytes:
    """What a project may use from now on."""
    fields = msgspec.to_builtins(limits)
    del fields["project_id"]
    return msgspec.json.encode(fields)


def ids(chosen: Iterable[int]) -> bytes:
    """The projects or load zones that are allowed."""
    return msgspec.json.encode({"value": [{"id": id_} for id_ in chosen]})


def new_label_keys(keys: Mapping[str, str]) -> bytes:
    """New labels, each with its description."""
    return msgspec.json.encode({"value": [_label_key(key, description) for key, description in keys.items()]})


def label_key(key: str, description: str) -> bytes:
    """A label's new key and description."""
    return msgspec.json.encode(_label_key(key, description))


def labels(chosen: Sequence[Label]) -> bytes:
    """All labels of a project."""
    return msgspec.json.encode({"value": [{"key": clean(each.key), "value": clean(each.value)} for each in chosen]})


def timestamp(time: datetime) -> str:
    """A time as the API reads it, in UTC."""
    return time.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def _label_key(key: str, description: str) -> dict[str, str | None]:
    return {"key": clean(key), "description": clean(description) or None}  # the API knows no empty description


def _without_token(cloud: Any) -> Any:
    return {name: value for name, value in cloud.items() if name != "token"} if isinstance(cloud, dict) else cloud
