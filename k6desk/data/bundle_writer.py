"""Makes the file of a bundle. Whatever it is given, no secret is written into it."""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

import msgspec

from k6desk import __version__
from k6desk.api.lenient import JsonObject
from k6desk.api.models import RunDetail, Script
from k6desk.api.wire.runs import run_detail
from k6desk.data.bundle import (
    CONTENTS,
    FORMAT,
    LONGEST_NAME,
    MAX_JSON,
    MOST_RUNS,
    VERSION,
    Bundle,
    BundledRun,
    Contents,
    Entry,
    Named,
    Nodes,
    folder,
)
from k6desk.data.bundle_log import log_lines
from k6desk.data.bundle_members import MAX_BYTES, BundleProblem
from k6desk.data.bundle_metrics import metrics_json
from k6desk.data.export_json import masked_document
from k6desk.data.problems import ArchiveProblem
from k6desk.data.rows import run_row
from k6desk.data.run_tables import history_csv, runs_csv, zones_csv
from k6desk.data.shareable import shareable

_PLAIN_FILE = 0o100644 << 16
_UNIX = 3
_OLDEST = datetime(1980, 1, 1, tzinfo=UTC)  # that a ZIP can name


def bundle_bytes(bundle: Bundle, written: Callable[[int], object] = lambda _: None) -> bytes:
    """The file of a bundle, the same for the same bundle; `written` is told how many of the runs are in it.

    Blocks, so for a worker thread. Raises `BundleProblem` when it would be too large to be read again.
    """
    if len(bundle.runs) > MOST_RUNS:
        raise BundleProblem(f"One file holds at most {MOST_RUNS} runs: choose fewer.")
    file = io.BytesIO()
    with ZipFile(file, "w", ZIP_DEFLATED) as archive:
        writer = _Writer(archive, max(bundle.made_at, _OLDEST))
        entries = []
        for number, one in enumerate(bundle.runs, 1):
            entries.append(writer.put_run(one))
            written(number)
        writer.put("runs.csv", runs_csv(bundle.runs))
        contents = Contents(FORMAT, VERSION, f"k6desk {__version__}", bundle.made_at, bundle.stack_url, entries)
        writer.put(CONTENTS, _json(contents))
    return file.getvalue()


class _Writer:
    def __init__(self, archive: ZipFile, made_at: datetime) -> None:
        self._archive = archive
        self._date = made_at.astimezone(UTC).timetuple()[:6]
        self._left = MAX_BYTES
        self._scripts: dict[bytes, str | None] = {}  # where what was given is; None where it cannot be cleaned

    def put(self, name: str, content: bytes) -> None:
        self._left -= len(content)
        if self._left < 0:
            raise BundleProblem(f"One file holds at most {MAX_BYTES >> 20} MiB: choose fewer runs.")
        member = ZipInfo(name, self._date)
        member.compress_type, member.create_system, member.external_attr = ZIP_DEFLATED, _UNIX, _PLAIN_FILE
        self._archive.writestr(member, content)

    def put_run(self, one: BundledRun) -> Entry:
        run, here = one.run, folder(one.run.id)
        detail = run_detail(one.detail) if one.detail is not None else None
        said = _run_json(one, detail)
        if len(said) > MAX_JSON:
            raise BundleProblem(f"The server says more than {MAX_JSON >> 20} MiB of run {run.id}: leave that out.")
        self.put(f"{here}run.json", said)
        if detail:
            self.put(f"{here}status_history.csv", history_csv(detail))
        if one.nodes:
            self.put(f"{here}distribution.json", _distribution_json(one.nodes[0]))
        if detail or one.nodes:
            self.put(f"{here}zones.csv", zones_csv(detail, one.nodes and one.nodes[0]))
        if one.numbers:
            self.put(f"{here}metrics.json", metrics_json(one.numbers, MAX_JSON))
        if one.log is not None:
            self.put(f"{here}log.jsonl", log_lines(one.log, MAX_JSON))
        return Entry(
            id=run.id,
            as_of=one.as_of,
            test=Named(run.test_id, one.test_name[:LONGEST_NAME]),
            project=Named(run.project_id, one.project_name[:LONGEST_NAME]),
            has_details=detail is not None,
            has_distribution=one.nodes is not None,
            script=self._put_script(here, one.script) if one.script else None,
            has_metrics=bool(one.numbers),
            has_log=one.log is not None,
        )

    def _put_script(self, here: str, script: Script) -> str | None:
        key = hashlib.sha256(script.content).digest()
        if key not in self._scripts:
            name = f"{here}script.{'tar' if script.is_archive else 'js'}"
            try:
                content = shareable(script).content
            except ArchiveProblem:  # a damaged one, in which its secrets cannot be found
                self._scripts[key] = None
            else:
                self.put(name, content)
                self._scripts[key] = name
        return self._scripts[key]


def _run_json(one: BundledRun, detail: RunDetail | None) -> bytes:
    """What the server said of a run, under the API's names; its row is laid over what was said before that."""
    if detail is None or one.detail is None:
        return masked_document(_json(one.run))
    if run_row(detail.run) == run_row(one.run):
        try:
            return masked_document(one.detail)
        except msgspec.DecodeError:
            pass  # a NaN or half a character in it; what is used of it is written anew
    members = JsonObject.parse(one.detail).members | {
        name: value for name, value in msgspec.to_builtins(one.run).items() if name not in {"cost", "status_details"}
    }
    return masked_document(json.dumps(members, indent=2).encode())


def _distribution_json(nodes: Nodes) -> bytes:
    """Where the load came from, as the API says it; null where it says nothing."""
    zones = {zone.load_zone: {"percentage": zone.percentage, "nodes": zone.nodes} for zone in nodes or ()}
    return _json({"distribution": None if nodes is None else zones})


def _json(value: Any) -> bytes:
    return msgspec.json.format(msgspec.json.encode(value), indent=2)
