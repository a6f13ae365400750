"""Secrets of runs and archives: they are in no file but the script that holds them, and in no export."""

from __future__ import annotations

import csv
import io
import json
import logging
import re
import zlib
from collections.abc import Iterator
from pathlib import Path
from zipfile import ZipFile

import pytest
from PySide6.QtWidgets import QWidget

from k6desk.core import keeper
from k6desk.core.report import report_of
from k6desk.data.bundle import Bundle
from k6desk.data.bundle_writer import bundle_bytes
from k6desk.data.matcher import Sought
from k6desk.program import log
from k6desk.ui.run_files import FORMS, run_file
from k6desk.ui.runs.columns import COLUMNS
from k6desk.ui.table_file import TableFile
from tests.api.faultserver import Reply
from tests.faults.conftest import run_json, said
from tests.faults.test_uploads import member

BY_NAME = {
    "env": "value-of-env-nobody-should-see",
    "cloud token": "value-of-cloud-token-nobody-should-see",
    "client key": "value-of-client-key-nobody-should-see",
    "password": "value-of-password-nobody-should-see",
}
"""Secret by their names: on no disk."""
BY_LOOK = {
    "script": "glc_" + "eyJvIjoic2NyaXB0In0x" * 3,
    "module": "ghp_" + "1moduleTOKEN" * 3,
    "option": "glsa_" + "1optionTOKEN" * 3,
    "note": "xoxb-" + "1noteTOKEN" * 3,
    "history": "npm_" + "1historyTOKEN" * 3,
}
"""What looks like a secret: kept as it is, and in no index and no export."""
OPTIONS = {
    "vus": 3,
    "env": {"API": BY_NAME["env"], "more": [{"deep": BY_NAME["env"]}]},
    "cloud": {"token": BY_NAME["cloud token"]},
    "ext": {"loadimpact": {"token": BY_NAME["cloud token"], "env": {"x": BY_NAME["env"]}}},
    "tlsAuth": [{"cert": "c", "key": BY_NAME["client key"], "password": BY_NAME["password"]}],
    "tags": {"innocent": BY_LOOK["option"]},
    "scenarios": {"one": {"env": {"X": BY_NAME["env"]}, "exec": "default"}},
}
JS = f"// a script\nconst grafana = '{BY_LOOK['script']}';\nexport default function () {{}}\n".encode()


def archive() -> bytes:
    import tarfile

    metadata = {"filename": "file:///x/script.js", "options": OPTIONS, "env": {"API": BY_NAME["env"]}, "k6version": "1"}
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w:") as written:
        for info, content in [
            member("metadata.json", json.dumps(metadata).encode()),
            member("data", JS),
            member("file/x/module.js", f"// findme\nexport const t = '{BY_LOOK['module']}';\n".encode()),
        ]:
            written.addfile(info, io.BytesIO(content))
    return file.getvalue()


@pytest.fixture
def stack(stack):
    history = [
        {"type": "created", "entered": "2026-03-01T00:00:07Z"},
        {
            "type": "aborted",
            "entered": "2026-03-01T00:01:07Z",
            "extra": {"by_user": "ada", "message": f"no: {BY_LOOK['history']}", "code": 5},
        },
    ]
    facts = {
        "options": OPTIONS,
        "status_history": history,
        "note": f"it is {BY_LOOK['note']}",
        "result": "failed",
    }
    stack.runs = [run_json(7, **facts), run_json(8)]
    stack.answers["/cloud/v6/test_runs/7/script"] = Reply(archive(), content_type="application/x-tar")
    stack.answers["/cloud/v6/test_runs/8/script"] = Reply(JS, content_type="text/javascript")
    return stack


@pytest.fixture
def logged(folder):
    """All that is logged at DEBUG goes to the log file of the profile."""
    root = logging.getLogger()
    before = root.handlers[:], root.level
    log.start(folder)
    root.setLevel(logging.DEBUG)
    yield
    for handler in set(root.handlers) - set(before[0]):
        handler.close()
        root.removeHandler(handler)
    root.setLevel(before[1])


def forms(secret: str) -> Iterator[bytes]:
    yield secret.encode()
    yield secret.encode("utf-16-le")
    yield json.dumps(secret).encode()


def found_in(content: bytes, secrets: dict[str, str]) -> set[str]:
    content = unpacked(content)
    return {name for name, secret in secrets.items() if any(form in content for form in forms(secret))}


def unpacked(content: bytes) -> bytes:
    """With what is compressed in a ZIP or a PDF."""
    if content.startswith(b"PK"):
        with ZipFile(io.BytesIO(content)) as archive:
            content += b"".join(archive.read(name) for name in archive.namelist())
    if content.startswith(b"%PDF"):
        for stream in re.findall(rb"stream\r?\n(.*?)endstream", content, re.DOTALL):
            content += zlib.decompressobj().decompress(stream) if stream[:1] == b"x" else b""
    return content


async def test_no_secret_is_in_a_file_an_index_or_an_export(logged, live, tasks, folder, until, monkeypatch):
    monkeypatch.setattr(keeper, "PAUSE_S", 0.0)
    session = live
    for run_id in (7, 8):
        assert await session.keeper.keep(run_id)
    session.finder.start(tasks)
    await until(lambda: session.finder.is_in_step and session.finder.indexed == 2)
    shown = []
    for words in ("findme", "a script", "innocent", "glc_", "ghp_"):
        found = await session.finder.find(Sought(words))
        shown += [line.text for test in found.tests for file in test.files for line in file.lines]
    assert any("findme" in line for line in shown)

    exports = {}
    run = session.store.run(7)
    for form in FORMS:
        exports[form], _ = await run_file(report_of(session, run), form)
    window = QWidget()
    for form in ("csv", "json"):
        table = TableFile(session.store, [7, 8], range(len(COLUMNS)), window)
        exports[f"table {form}"], _ = await table.content(form)
    whole = [await session.commands.runs.whole(run_id) for run_id in (7, 8)]
    exports["bundle"] = bundle_bytes(Bundle("https://team.grafana.net", run.created_at, tuple(whole)))
    exports["diagnostics"] = log.diagnostics().encode()
    exports["notices"] = "\n".join(said(session)).encode()
    exports["what was found"] = "\n".join(shown).encode()
    for name, content in exports.items():
        assert found_in(content, BY_NAME | BY_LOOK) == set(), name
    assert any("ada" in cell for row in csv.reader(io.StringIO(exports["history"].decode())) for cell in row)

    check_files(folder, is_open=True)
    await session.aclose()
    check_files(folder, is_open=False)


def check_files(folder: Path, *, is_open: bool) -> None:
    files = {path.name: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    assert files.keys() >= {"cache.db", "library.db", "search.db", "k6desk.log"}
    assert not is_open or "library.db-wal" in files
    for name, content in files.items():
        assert found_in(content, BY_NAME) == set(), name
        if not name.startswith(("cache.db", "library.db")):
            assert found_in(content, BY_LOOK) == set(), name
    every = b"".join(content for name, content in files.items() if name.startswith("library.db"))
    assert "script" in found_in(every, BY_LOOK), "a script is kept as it is, so this can fail"
