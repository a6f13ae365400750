"""The log of a run in a bundle: `log.jsonl`, a line of JSON for each line of the log, without secrets."""

from __future__ import annotations

import msgspec
from msgspec import Struct

from k6desk.api.lenient import clean
from k6desk.api.logs import LogLine
from k6desk.data.run_log import Mark, Row, RunLog, pack
from k6desk.data.secrets import masked_text

_LONGEST_WORD = 100
_LATEST = 2**63 - 1


class _Line(Struct, omit_defaults=True):
    """A line of the log, or with `missing` a sentence on what is not there."""

    at_ns: int
    level: str = ""
    text: str = ""
    labels: dict[str, str] = {}
    missing: str = ""


def log_lines(document: bytes, most: int) -> bytes:
    """The lines of a kept log, in at most so many bytes: if there are more, the newest."""
    log = RunLog.unpacked(document)
    lines: list[bytes] = []
    for row in reversed(log.rows() if log else []):
        line = msgspec.json.encode(_said(row)) + b"\n"
        most -= len(line)
        if most < 0:
            break
        lines.append(line)
    return b"".join(reversed(lines))


def log_document(content: bytes) -> bytes:
    """The kept log that such lines are of. Raises `ValueError`."""
    log = RunLog()
    for line in content.splitlines():
        read = msgspec.json.decode(line, type=_Line)
        if not 0 <= read.at_ns <= _LATEST:
            raise ValueError("not a time")
        if read.missing:
            log.mark(clean(read.missing), read.at_ns)
        else:
            labels = {clean(name): clean(value) for name, value in read.labels.items()}
            log.take([LogLine(read.at_ns, clean(read.level[:_LONGEST_WORD]), clean(read.text), labels)])
    log.is_complete = True  # nobody can be asked for more
    return pack(log.snapshot())


def _said(row: Row) -> _Line:
    if isinstance(row, Mark):
        return _Line(row.at_ns, missing=row.text)
    labels = {name: masked_text(value) for name, value in row.labels.items()}
    return _Line(row.at_ns, row.level, masked_text(row.text), labels)
