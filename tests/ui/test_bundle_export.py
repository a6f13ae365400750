"""Runs in one file, from the window of one computer to that of another."""

from __future__ import annotations

import io
import re
import tarfile
from zipfile import ZipFile

import msgspec
import pytest
from PySide6.QtWidgets import QFileDialog, QLabel

from k6desk.api.errors import NotFound, Unreachable
from k6desk.core.accounts import IMPORTED
from k6desk.core.imported import origin, take_in
from k6desk.core.notices import Notices
from k6desk.core.place import Place
from k6desk.core.session import Session
from k6desk.data.bundle_reader import read_bundle
from k6desk.data.rows import run_row
from k6desk.ui.detail.detail_view import PANES
from k6desk.ui.main_window import MainWindow
from tests.conftest import assert_plain_text
from tests.ui.test_several_runs import cloud_of, rows_of, said, select

SEEN = re.compile(r"\s·\sseen\s.*$")
"""Said where no server can be asked."""
OWN = re.compile("ago|just now|^Results.expire|^From.a.file|^Since.today|^No$|^Until|^–$|^The.project.may")
"""What is of one computer or of the stack: how old a thing is, how long it stays, what a project may use."""


@pytest.fixture
def export(desk, until, notices, tmp_path):
    """`await export(ids…)` exports the selected runs as some.k6run and gives what is said then."""

    async def export() -> str:
        desk.actions_["export_bundle"].trigger()
        [dialog] = [one for one in desk.findChildren(QFileDialog) if one.isVisible()]
        dialog.fileSelected.emit(str(tmp_path / "some.k6run"))
        dialog.close()
        await until(lambda: any("some.k6run" in words for words in said(notices)), 20)
        return said(notices)[-1]

    return export


@pytest.fixture
async def elsewhere(tmp_path, settings, tasks, qtbot):
    """Shows the account of runs from files in a window of its own, as on another computer."""
    sessions = []

    async def show(bundle) -> MainWindow:
        session = Session(IMPORTED, tmp_path / "elsewhere", Notices())
        sessions.append(session)
        await session.store.load_index()
        await take_in(bundle, session.store)
        window = MainWindow(settings, session.notices, offline=False)
        qtbot.addWidget(window)
        window.show_session(session)
        window.complete(tasks)
        window.show()
        return window

    yield show
    for session in sessions:
        await session.aclose()


def choose(desk, outcome: str, many: int = 1) -> list[int]:
    desk.go(Place("all"))
    return select(desk, *rows_of(desk, lambda run: run.outcome == outcome, many))


def inside(path) -> dict[str, bytes]:
    with ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


async def test_a_run_is_all_there_without_a_secret(desk, export, tmp_path, token):
    [run_id] = choose(desk, "failed")
    assert await export() == "The bundle was saved as some.k6run."
    members = inside(tmp_path / "some.k6run")
    run = msgspec.json.decode(members[f"runs/{run_id}/run.json"])
    assert {"status_history", "cost", "options"} <= run.keys()
    assert f"runs/{run_id}/distribution.json" in members
    [name] = [name for name in members if name.startswith(f"runs/{run_id}/script.")]
    if name.endswith(".tar"):
        with tarfile.open(fileobj=io.BytesIO(members[name])) as tar:
            metadata = msgspec.json.decode(tar.extractfile("metadata.json").read())
        assert set(metadata["env"].values()) <= {"••••"}
    assert not any(token.encode() in content for content in members.values())


async def test_it_looks_the_same_on_another_computer(desk, export, elsewhere, tmp_path, until):
    [run_id] = choose(desk, "failed")
    await export()
    there = await elsewhere(read_bundle(tmp_path / "some.k6run"))
    there.go(Place("run", run_id))
    await until(lambda: there.workspace.run is not None)
    assert there.workspace.run == desk.workspace.run
    for pane in PANES:
        if pane.name in {"note", "script"}:
            continue
        shown = []
        for window in (desk, there):
            window.go(Place("run", run_id, pane.name))
            await until(window.workspace.details.is_settled, 20)
            view = window.workspace.details
            words = (label.text() for label in view.findChildren(QLabel) if label.isVisible())
            shown.append([line for text in words for line in text.splitlines()])
        here_lines, there_lines = ([SEEN.sub("", line) for line in lines if not OWN.search(line)] for lines in shown)
        assert there_lines, pane.name
        if pane.name == "overview":
            assert len(there_lines) > 10
        assert there_lines == here_lines, pane.name
    assert_plain_text(there)


async def test_there_nothing_can_be_done_and_it_says_why(desk, export, elsewhere, tmp_path, until):
    [run_id] = choose(desk, "failed")
    await export()
    there = await elsewhere(read_bundle(tmp_path / "some.k6run"))
    there.go(Place("run", run_id, "note"))
    there._allow()
    for name in (
        "refresh",
        "abort",
        "note",
        "copy_link",
        "open_web",
        "star",
        "save",
        "baseline",
        "delete_runs",
        "start",
        "schedule",
        "schedules",
        "upload",
        "rename_test",
        "move",
        "delete_test",
        "new_test",
        "new_project",
        "sign_out",
    ):
        assert not there.actions_[name].isEnabled(), name
        assert "offline" not in there.actions_[name].toolTip().lower(), name
        assert "sign in" not in there.actions_[name].toolTip().lower(), name
    for name in ("export_bundle", "copy_id", "find", "sign_in", "open_file"):
        assert there.actions_[name].isEnabled(), name
    await until(lambda: there.workspace.details.pane == "note")
    words = [label.text() for label in there.findChildren(QLabel) if label.isVisible()]
    assert "These runs are from files: there is no server behind them." in words
    assert "The notes of runs from files can only be read." in words
    assert not any("offline" in line.lower() for line in words)


async def test_several_runs_are_one_file_and_those_that_are_gone_are_named(desk, export, tmp_path, monkeypatch):
    ids = choose(desk, "failed", 3)
    run = cloud_of(desk).run

    async def one_is_gone(run_id):
        if run_id == ids[1]:
            raise NotFound("Not Found", status=404)
        return await run(run_id)

    monkeypatch.setattr(cloud_of(desk), "run", one_is_gone)
    assert await export() == "The bundle was saved as some.k6run. 1 run could not be read and is not in it."
    found = read_bundle(tmp_path / "some.k6run")
    assert [one.run.id for one in found.runs] == [ids[0], ids[2]]
    assert found.stack_url == desk.session.account.stack_url


async def test_without_a_server_it_is_what_is_known_here(desk, export, monkeypatch, tmp_path):
    async def unreachable(*_arguments):
        raise Unreachable("No answer.")

    [run_id] = choose(desk, "failed")
    for name in ("run", "distribution", "run_script"):
        monkeypatch.setattr(cloud_of(desk), name, unreachable)
    words = await export()
    if desk.session.store.document(run_id) is None:
        assert (
            words == "The bundle was saved as some.k6run. "
            "Its details, script, metrics and log could not be read and are not in it."
        )
    else:
        assert words.endswith("Its script, metrics and log could not be read and are not in it.")
    assert run_row(read_bundle(tmp_path / "some.k6run").runs[0].run) == run_row(desk.session.store.run(run_id))


async def test_a_kept_run_is_exported_from_what_is_kept(desk, export, monkeypatch, tmp_path):
    [run_id] = choose(desk, "failed")
    store = desk.session.store
    await desk.session.commands.runs.whole(run_id)
    await store.keep_run(run_id, "chosen")
    await store.remove_run(run_id)
    assert store.kept(run_id).gone_at
    desk.go(Place("run", run_id))
    desk._allow()
    assert await export() == "The bundle was saved as some.k6run."
    assert read_bundle(tmp_path / "some.k6run").runs[0].detail


async def test_what_has_not_ended_cannot_be_exported(desk):
    choose(desk, "running")
    assert desk.actions_["export_bundle"].toolTip() == "This run has not ended yet."


async def test_what_has_not_ended_is_left_out_and_that_is_said(desk, export, tmp_path):
    desk.go(Place("all"))
    [failed] = rows_of(desk, lambda run: run.outcome == "failed", 1)
    [ended, *_] = select(desk, failed, *rows_of(desk, lambda run: not run.is_finished, 2))
    assert (await export()).endswith("2 runs have not ended yet and are not in it.")
    assert [one.run.id for one in read_bundle(tmp_path / "some.k6run").runs] == [ended]


async def test_it_can_be_cancelled_and_writes_nothing_then(desk, until, notices, tmp_path):
    choose(desk, "failed", 3)
    cancelled = []

    def cancel(notice) -> None:
        if notice.action == "Cancel" and not cancelled:
            cancelled.append(notice.text)
            notice.on_action()

    notices.shown.connect(cancel)
    desk.actions_["export_bundle"].trigger()
    desk.findChild(QFileDialog).fileSelected.emit(str(tmp_path / "some.k6run"))
    await until(lambda: cancelled and not said(notices), 10)
    assert cancelled == ["Reading 1 of 3 runs…"]
    assert not (tmp_path / "some.k6run").exists()


async def test_a_bundle_that_cannot_be_saved_says_why(desk, export, monkeypatch):
    def full(_path, _content):
        raise OSError("the disk is full")  # without a number, and so without the system's own words

    choose(desk, "failed")
    monkeypatch.setattr("k6desk.ui.file_to_save.write_atomically", full)
    assert await export() == "The bundle was not saved as some.k6run: the disk is full"


async def test_imported_runs_are_exported_as_of_the_stack_they_came_from(desk, export, elsewhere, until, tmp_path):
    [run_id] = choose(desk, "failed")
    await export()
    first = read_bundle(tmp_path / "some.k6run")
    there = await elsewhere(first)
    there.go(Place("run", run_id))
    there._allow()
    there.actions_["export_bundle"].trigger()
    there.findChild(QFileDialog).fileSelected.emit(str(tmp_path / "again.k6run"))
    await until(lambda: (tmp_path / "again.k6run").exists(), 10)
    again = read_bundle(tmp_path / "again.k6run")
    assert again.runs == first.runs
    assert again.stack_url == first.stack_url == origin(there.session.store, run_id).stack_url
