"""The summary of a run as text to be passed on: as k6 prints it, as Markdown, and as the JSON that k6 exports.

Nothing but names and figures of the run is in it, and what looks like a secret in a name is masked.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from math import floor
from typing import Any

from k6desk.core.metrics.checks import Check
from k6desk.core.metrics.metric_names import title_of
from k6desk.core.metrics.units import NO_VALUE
from k6desk.core.summary.k6_figures import plain, printed
from k6desk.core.summary.markdown import escaped, table
from k6desk.core.summary.summary import STATS, Line, Section, Summary
from k6desk.core.summary.summary_words import HEADINGS, figures_of, name_of
from k6desk.core.thresholds.thresholds import Verdict
from k6desk.data.secrets import masked_text

_PRINTED: tuple[tuple[Section, str], ...] = (
    ("custom", "CUSTOM"),
    ("http", "HTTP"),
    ("execution", "EXECUTION"),
    ("network", "NETWORK"),
    ("browser", "BROWSER"),
    ("web vitals", "WEB_VITALS"),
    ("grpc", "GRPC"),
    ("websocket", "WEBSOCKET"),
)
MARKS = {"passed": "✓", "failed": "✗", "no samples": "✓", "unknown": "?"}
_INDENT = "    "
_LEADER = 3

# -- as k6 prints it ---------------------------------------------------------------------------------------------------


def as_text(summary: Summary) -> str:
    """The layout of k6's own summary."""
    parts: list[str] = []
    if summary.verdicts:
        parts += ["  █ THRESHOLDS", "", *_thresholds(summary.verdicts), ""]
    parts += ["  █ TOTAL RESULTS", ""]
    if summary.checks:
        parts += [*_checks(summary.checks, summary.duration_s), ""]
    leader = max((len(_shown(line)) for line in summary.lines if line.section != "checks"), default=0) + _LEADER
    for section, heading in _PRINTED:
        if lines := summary.of(section):
            parts += [f"{_INDENT}{heading}", *_section(lines, leader), ""]
    return "\n".join(parts).rstrip() + "\n"


def _thresholds(verdicts: Sequence[Verdict]) -> Iterable[str]:
    subject = None
    for verdict in verdicts:
        if verdict.threshold.subject != subject:
            if subject is not None:
                yield ""
            subject = verdict.threshold.subject
            yield _INDENT + name_of(subject)
        source = name_of(verdict.threshold.source)
        found = f" {_found(verdict)}" if verdict.state in {"passed", "failed"} and verdict.value is not None else ""
        note = {"no samples": " no samples", "unknown": " not known"}.get(verdict.state, "")
        yield f"{_INDENT}{MARKS[verdict.state]} '{source}'{found}{note}"


def _found(verdict: Verdict) -> str:
    aggregate = re.split(r"[=<>!]", verdict.threshold.source, maxsplit=1)[0].strip()
    return f"{aggregate}={printed(verdict.value, verdict.unit)}{'/s' * verdict.per_s}"


def _checks(checks: Sequence[Check], took_s: float | None) -> Iterable[str]:
    passes, fails = sum(each.passes for each in checks), sum(each.fails for each in checks)
    total = passes + fails
    rate = f"{plain(total / took_s, 6)}/s" if took_s else ""
    rows = [
        ("checks_total", str(total), rate),
        ("checks_succeeded", printed(passes / total if total else None, "share"), f"{passes} out of {total}"),
        ("checks_failed", printed(fails / total if total else None, "share"), f"{fails} out of {total}"),
    ]
    leader = max(len(row[0]) for row in rows) + _LEADER
    width = max(len(row[1]) for row in rows)
    for name, figure, more in rows:
        yield f"{_INDENT}{name:.<{leader}}: {figure:<{width}} {more}".rstrip()
    yield ""
    for each in checks:
        yield f"{_INDENT}{'✗' if each.fails else '✓'} {name_of(each.name)}"
        if each.fails:
            share = floor(100 * each.passes / (each.passes + each.fails))
            yield f"{_INDENT}  ↳  {share}% — ✓ {each.passes} / ✗ {each.fails}"


def _section(lines: Sequence[Line], leader: int) -> Iterable[str]:
    lines = sorted(lines, key=lambda line: line.name)
    cells = [_cells(line) for line in lines]
    widths: dict[tuple[bool, int], int] = {}
    for line, row in zip(lines, cells, strict=True):
        for at, cell in enumerate(row):
            place = (line.type == "trend", at)
            widths[place] = max(widths.get(place, 0), len(cell))
    for line, row in zip(lines, cells, strict=True):
        padded = (f"{cell:<{widths[line.type == 'trend', at]}}" for at, cell in enumerate(row))
        yield f"{_INDENT}{_shown(line):.<{leader}}: {' '.join(padded)}".rstrip()


def _cells(line: Line) -> list[str]:
    """What stands behind the dots, column by column."""
    values = line.values
    if not values:
        return ["no samples" if line.is_known else NO_VALUE]
    if line.type == "trend":
        return [f"{stat}={printed(values.get(stat), line.unit)}" for stat in STATS]
    if line.type == "counter":
        rate = printed(values["rate"], line.unit) if "rate" in values else NO_VALUE
        return [printed(values.get("count"), line.unit), f"{rate}/s"]
    if line.type == "rate":
        total = values["passes"] + values["fails"]
        return [printed(values["value"], "share"), f"{values['passes']:.0f} out of {total:.0f}"]
    most = [f"{name}={printed(values.get(name), line.unit)}" for name in ("min", "max")]
    return [printed(values.get("value"), line.unit), *most]


def _shown(line: Line) -> str:
    return f"  {{ {name_of(line.tags)} }}" if line.tags else name_of(line.metric)


# -- Markdown ----------------------------------------------------------------------------------------------------------


def as_markdown(summary: Summary) -> str:
    """Tables, in which every name is read as text."""
    parts: list[str] = []
    if summary.verdicts:
        rows = [
            (_state(each), _plain(each.threshold.subject), _plain(each.threshold.source), each.words(each.value))
            for each in summary.verdicts
        ]
        parts += ["### Thresholds", *table(("Result", "Metric", "Threshold", "Value"), rows, right=(3,))]
    if summary.checks:
        counts = [
            (_plain(each.name), _plain(each.group), f"{each.passes:,}", f"{each.fails:,}") for each in summary.checks
        ]
        parts += ["### Checks", *table(("Check", "Group", "Passed", "Failed"), counts, right=(2, 3))]
    for section, heading in HEADINGS.items():
        lines = summary.of(section)
        trends = [(_named(line), *figures_of(line)) for line in lines if line.type == "trend"]
        others = [(_named(line), *figures_of(line)) for line in lines if line.type != "trend"]
        if lines:
            parts.append(f"### {heading}")
        if trends:
            parts += table(("Metric", *STATS), trends, right=range(1, 7))
        if others:
            parts += table(("Metric", "Value", ""), others, right=(1,))
    return "\n".join(parts).rstrip() + "\n"


def _named(line: Line) -> str:
    return " ".join(map(_plain, filter(None, (title_of(line.metric), f"{{{line.tags}}}" if line.tags else ""))))


def _plain(name: str) -> str:
    return escaped(name_of(name))


def _state(verdict: Verdict) -> str:
    return f"{MARKS[verdict.state]} {verdict.state}"


# -- JSON --------------------------------------------------------------------------------------------------------------


def as_json(summary: Summary) -> str:
    """What `k6 run --summary-export` writes; in `thresholds`, as there, true means that one was crossed.

    Of one that k6desk cannot judge it is null, and one whose metric has no samples stands there without figures.
    """
    import json

    return json.dumps(exported(summary), indent=4, ensure_ascii=False) + "\n"


def exported(summary: Summary) -> dict[str, Any]:
    """The same as an object."""
    metrics: dict[str, Any] = {
        masked_text(line.name): {name: _number(value) for name, value in line.values.items()}
        for line in summary.lines
        if line.values
    }
    for verdict in summary.verdicts:
        of_metric = metrics.setdefault(masked_text(verdict.threshold.subject), {}).setdefault("thresholds", {})
        is_known = verdict.state != "unknown"
        of_metric[masked_text(verdict.threshold.source)] = verdict.state == "failed" if is_known else None
    return {"root_group": _groups(summary.checks or ()), "metrics": metrics}


def _groups(checks: Sequence[Check]) -> dict[str, Any]:
    root = _group("", "")
    for check in checks:
        group = root
        for name in filter(None, check.group.split("::")):
            name = masked_text(name)
            group = group["groups"].setdefault(name, _group(name, f"{group['path']}::{name}"))
        name = masked_text(check.name)
        path = f"{group['path']}::{name}"
        counts = {"passes": check.passes, "fails": check.fails}
        group["checks"][name] = {"name": name, "path": path, "id": _id(path), **counts}
    return root


def _group(name: str, path: str) -> dict[str, Any]:
    return {"name": name, "path": path, "id": _id(path), "groups": {}, "checks": {}}


def _id(path: str) -> str:
    """As k6 makes it from the path of a group or check."""
    import hashlib

    return hashlib.md5(path.encode(errors="replace"), usedforsecurity=False).hexdigest()


def _number(value: float) -> float:
    return int(value) if value.is_integer() else value
