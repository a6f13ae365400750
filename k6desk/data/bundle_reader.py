"""Reads the file of a bundle. It is from elsewhere, so that everything in it may be anything.

What is used of a run is what the readers of the server's answers make of it, and is written anew: clean text, finite
numbers, a bounded depth, secrets masked.
"""

from __future__ import annotations

import json
import re
from datetime import datetime
from pathlib import Path
from typing import TypeVar

import msgspec

from k6desk.api.errors import BadAnswer
from k6desk.api.exchange import SCRIPT_LIMIT
from k6desk.api.lenient import JsonObject, clean, line, utc
from k6desk.api.models import Run, Script
from k6desk.api.stack import stack_url
from k6desk.api.wire.runs import distribution, run_detail
from k6desk.data.archive import without_secrets
from k6desk.data.bundle import (
    CONTENTS,
    FORMAT,
    MAX_JSON,
    MOST_RUNS,
    VERSION,
    Bundle,
    BundledRun,
    Contents,
    Entry,
    Head,
    Nodes,
    folder,
)
from k6desk.data.bundle_log import log_document
from k6desk.data.bundle_members import BundleProblem, Members, opened
from k6desk.data.bundle_metrics import metrics_documents
from k6desk.data.problems import ArchiveProblem
from k6desk.data.secrets import masked

T = TypeVar("T")

_LONGEST_WORD = 200
_SCRIPT = re.compile(r"runs/[1-9][0-9]{0,18}/script\.(js|tar)")
_BAD_CONTENTS = f"Its {CONTENTS} is not as it should be: get the file anew from where it was made."


def read_bundle(path: Path) -> Bundle:
    """The runs in a file. Blocks, so for a worker thread. Raises `BundleProblem`."""
    with opened(path) as members:
        contents = _contents(members)
        scripts: dict[str, Script] = {}
        return Bundle(
            stack_url=_stack_url(contents.stack_url),
            made_at=_time(contents.made_at),
            runs=tuple(_run(members, entry, scripts) for entry in contents.runs),
        )


def _contents(members: Members) -> Contents:
    if CONTENTS not in members:
        raise BundleProblem(f"It is not a file of runs: it has no {CONTENTS}.")
    listed = members.read(CONTENTS, MAX_JSON)
    head = _decoded(listed, Head)
    if head.format != FORMAT or head.version < 1:
        raise BundleProblem(_BAD_CONTENTS)
    if head.version > VERSION:
        raise BundleProblem("It was made by a newer k6desk: update k6desk to open it.")
    contents = _decoded(listed, Contents)
    if not contents.runs:
        raise BundleProblem("There are no runs in it.")
    if len(contents.runs) > MOST_RUNS:
        raise BundleProblem(f"It lists more than {MOST_RUNS} runs, so k6desk does not open it.")
    if len({entry.id for entry in contents.runs}) < len(contents.runs):
        raise BundleProblem("It lists a run twice, so k6desk does not open it.")
    return contents


def _decoded(content: bytes, kind: type[T]) -> T:
    try:
        return msgspec.json.decode(content, type=kind)
    except (msgspec.MsgspecError, ValueError, RecursionError):
        raise BundleProblem(_BAD_CONTENTS) from None


def _run(members: Members, entry: Entry, scripts: dict[str, Script]) -> BundledRun:
    here = folder(entry.id)
    run, detail = _detail(members.read(f"{here}run.json", MAX_JSON), entry)
    return BundledRun(
        run=run,
        test_name=clean(entry.test.name),
        project_name=clean(entry.project.name),
        as_of=_time(entry.as_of),
        detail=detail if entry.has_details else None,
        nodes=(_nodes(members.read(f"{here}distribution.json", MAX_JSON), entry),) if entry.has_distribution else None,
        script=_script(members, entry.script, scripts) if entry.script is not None else None,
        numbers=_numbers(members.read(f"{here}metrics.json", MAX_JSON), entry) if entry.has_metrics else {},
        log=_log(members.read(f"{here}log.jsonl", MAX_JSON), entry) if entry.has_log else None,
    )


def _detail(content: bytes, entry: Entry) -> tuple[Run, bytes]:
    """The run, and all of its JSON as it may be kept."""
    try:
        kept = json.dumps(masked(JsonObject.parse(content).members), ensure_ascii=False, separators=(",", ":")).encode()
        run = run_detail(kept).run
    except (BadAnswer, ValueError, RecursionError):
        raise _bad(entry, "run.json") from None
    words = (run.status, run.result or "", run.started_by or "")
    if run.id != entry.id or max(map(len, words)) > _LONGEST_WORD:
        raise _bad(entry, "run.json")
    if not run.is_finished:
        raise BundleProblem(f"Run {entry.id} had not ended when it was made, and k6desk keeps only runs that have.")
    return run, kept


def _nodes(content: bytes, entry: Entry) -> Nodes:
    try:
        said = JsonObject.parse(content).members
        return None if said.get("distribution", said) is None else distribution(content)
    except (BadAnswer, ValueError, RecursionError):
        raise _bad(entry, "distribution.json") from None


def _numbers(content: bytes, entry: Entry) -> dict[str, bytes]:
    try:
        return metrics_documents(content)
    except (BadAnswer, msgspec.MsgspecError, ValueError, RecursionError):
        raise _bad(entry, "metrics.json") from None


def _log(content: bytes, entry: Entry) -> bytes:
    try:
        return log_document(content)
    except (msgspec.MsgspecError, ValueError, RecursionError):
        raise _bad(entry, "log.jsonl") from None


def _script(members: Members, name: str, scripts: dict[str, Script]) -> Script:
    if not _SCRIPT.fullmatch(name):
        raise BundleProblem(_BAD_CONTENTS)
    if name not in scripts:
        content = members.read(name, SCRIPT_LIMIT)
        is_archive = name.endswith(".tar")
        try:
            scripts[name] = Script(without_secrets(content) if is_archive else content, is_archive=is_archive)
        except ArchiveProblem as problem:
            raise BundleProblem(f"A script in it cannot be used. {problem}") from None
    return scripts[name]


def _stack_url(text: str) -> str:
    try:
        return stack_url(text) if text else ""
    except ValueError:
        raise BundleProblem(_BAD_CONTENTS) from None


def _time(time: datetime) -> datetime:
    try:
        moment = utc(time)
    except OverflowError:
        moment = None
    if moment is None:
        raise BundleProblem(_BAD_CONTENTS)
    return moment


def _bad(entry: Entry, name: str) -> BundleProblem:
    return BundleProblem(f"Its {line(folder(entry.id) + name, 60)} is not as it should be, so nothing of it was used.")
