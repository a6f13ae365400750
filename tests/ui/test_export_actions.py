"""Exporting the chosen run and the table, from the menu to the file."""

from __future__ import annotations

import csv
import io
import json
from datetime import UTC, datetime

import pytest
from PySide6.QtWidgets import QFileDialog, QProgressDialog, QPushButton, QRadioButton

from k6desk.api.errors import Unreachable
from k6desk.core.place import Place
from k6desk.ui.dialogs.export import ExportDialog
from k6desk.ui.runs.columns import COLUMNS, ID, NOTE, TEST
from tests.conftest import assert_plain_text

CANARY = "glsa_CanaryCanaryCanaryCanaryCanary0_deadbeef"


@pytest.fixture
def table(desk):
    desk.go(Place("all"))
    table = desk.workspace.runs.table
    table.columns.fit(900)
    return table


def select(desk, *rows: int) -> list[int]:
    table = desk.workspace.runs.table
    table.clearSelection()
    flags = table.selection.SelectionFlag
    for row in rows:
        table.selection.setCurrentIndex(table.runs.index(row, 0), flags.Select | flags.Rows)
    desk._allow()
    return [table.runs.id(row) for row in rows]


@pytest.fixture
def save(desk, tmp_path, until):
    """`await save("export_run", "CSV", …)` triggers the action and chooses these buttons; the name that it suggests."""

    async def save(action: str, *words: str, path=tmp_path / "chosen"):
        desk.actions_[action].trigger()
        dialog = desk.findChild(ExportDialog)
        assert_plain_text(dialog)
        for button in dialog.findChildren(QRadioButton):
            if button.text() in words or any(button.text().startswith(word) for word in words):
                button.click()
        next(button for button in dialog.findChildren(QPushButton) if button.text() == "Save as…").click()
        await until(lambda: desk.findChildren(QFileDialog))
        [chooser] = desk.findChildren(QFileDialog)
        name = chooser.selectedFiles()[0]
        chooser.fileSelected.emit(str(path))
        chooser.reject()
        await until(lambda: any(notice.key.startswith("export:") for notice in desk.session.notices.current()), 20)
        await until(lambda: not desk.findChildren(QFileDialog))
        return name

    return save


def said(desk) -> str:
    return "\n".join(notice.text for notice in desk.session.notices.current())


def rows(path) -> list[list[str]]:
    return list(csv.reader(io.StringIO(path.read_bytes().decode("utf-8-sig"), newline="")))


# -- what is possible --------------------------------------------------------------------------------------------------


async def test_one_run_at_a_time_is_exported_and_an_empty_table_not_at_all(desk, table, until):
    select(desk, 0, 1)
    assert desk.actions_["export_run"].toolTip().startswith("Choose one run only.")
    assert desk.actions_["export_table"].isEnabled()
    desk.workspace.runs.filter.line.setText("there is no such run")
    await until(lambda: not table.runs.rowCount())
    assert desk.actions_["export_table"].toolTip().startswith("There are no runs in the table.")


async def test_without_an_account_there_is_nothing_to_export(window):
    for name in ("export_run", "export_table"):
        assert window.actions_[name].toolTip().startswith("Sign in first.")


async def test_the_header_of_the_table_offers_it_too(desk, table):
    menu = table.columns.column_menu()
    assert desk.actions_["export_table"] in menu.actions()
    menu.deleteLater()


# -- a run -------------------------------------------------------------------------------------------------------------


async def test_a_report_is_saved(desk, table, save, tmp_path):
    [run_id] = select(desk, 5)
    name = await save("export_run", "Report as PDF")
    assert name.endswith(f" {run_id}.pdf")
    assert (tmp_path / "chosen").read_bytes().startswith(b"%PDF-")
    assert said(desk).startswith("The report was saved as chosen.")
    desk.session.notices.clear(f"export:{run_id}")
    await save("export_run", "Report as HTML")
    assert str(run_id) in (tmp_path / "chosen").read_text()


async def test_the_last_choice_is_offered_first(desk, table, save):
    select(desk, 5)
    await save("export_run", "Cost as CSV")
    desk.actions_["export_run"].trigger()
    dialog = desk.findChild(ExportDialog)
    assert [button.text() for button in dialog.findChildren(QRadioButton) if button.isChecked()] == ["Cost as CSV"]
    dialog.reject()


async def test_everything_of_a_run_is_json(desk, table, save, tmp_path):
    [run_id] = select(desk, 5)
    await save("export_run", "Everything as JSON")
    found = json.loads((tmp_path / "chosen").read_bytes())
    assert found["test_run"]["id"] == found["id"] == run_id
    assert found["as_of"]
    assert found["test_name"] == desk.session.store.name_of(desk.session.store.run(run_id))


async def test_the_tables_of_a_run_are_csv(desk, table, save, tmp_path):
    store = desk.session.store
    row = next(row for row in range(table.runs.rowCount()) if store.run(table.runs.id(row)).result == "failed")
    [run_id] = select(desk, row)
    await save("export_run", "Status history as CSV")
    header, *entries = rows(tmp_path / "chosen")
    assert header[:3] == ["Status", "Entered (UTC)", "Lasted (s)"]
    assert [entry[0] for entry in entries][-1] == "Completed"
    assert all(entry[1].endswith("Z") for entry in entries)
    desk.session.notices.clear(f"export:{run_id}")
    await save("export_run", "Cost as CSV")
    assert rows(tmp_path / "chosen")[-3] == ["Billed", "", str(store.run(run_id).vuh)]
    desk.session.notices.clear(f"export:{run_id}")
    await save("export_run", "Load zones as CSV")
    assert rows(tmp_path / "chosen")[0][0] == "Zone ID"


async def test_without_metrics_a_file_says_so(desk, table, save, tmp_path):
    [run_id] = select(desk, 5)
    await desk.session.commands.runs.fetch(run_id)
    desk.session.connection.stay_offline()
    await save("export_run", "Summary of the metrics as CSV")
    assert "No metrics of this run were loaded" in said(desk)
    assert len(rows(tmp_path / "chosen")) == 1


async def test_what_a_run_measured_is_in_its_files(desk, table, save, tmp_path):
    session = desk.session
    row = next(row for row in range(table.runs.rowCount()) if session.store.run(table.runs.id(row)).result == "failed")
    [run_id] = select(desk, row)
    found = {}
    for words in ("Summary of the metrics", "Thresholds as", "Checks as"):
        await save("export_run", words)
        header, *lines = rows(tmp_path / "chosen")
        found[words] = [dict(zip(header, line, strict=True)) for line in lines]
        assert found[words], words
        session.notices.clear(f"export:{run_id}")
    [requests] = [each for each in found["Summary of the metrics"] if each["Metric"] == "http_reqs"]
    assert float(requests["count"]) > 0
    assert {each["Verdict"] for each in found["Thresholds as"]} <= {"passed", "failed", "no samples", "unknown"}
    assert all(int(each["Passed"]) + int(each["Failed"]) > 0 for each in found["Checks as"])
    await save("export_run", "Everything as JSON")
    whole = json.loads((tmp_path / "chosen").read_bytes())
    assert whole["summary"]["metrics"]["http_reqs"]["count"] == float(requests["count"])


async def test_no_secret_leaves_with_any_format(desk, table, save, tmp_path, monkeypatch):
    store = desk.session.store
    [run_id] = select(desk, 5)
    await desk.session.commands.runs.fetch(run_id)
    document = json.loads(store.document(run_id).value)
    document["options"] = {"env": {"KEY": CANARY}, "cloud": {"token": CANARY}}
    document["note"] = f"sign in with {CANARY}"
    document["status_history"][-1]["message"] = f"401 for {CANARY}"
    await store.put_detail(json.dumps(document).encode(), datetime.now(UTC))
    assert CANARY in store.run(run_id).note
    for words in (
        "Report as PDF",
        "Report as HTML",
        "Everything as JSON",
        "Status history",
        "Cost as",
        "Load zones",
        "Thresholds",
    ):
        await save("export_run", words)
        assert CANARY.encode() not in (tmp_path / "chosen").read_bytes(), words
        desk.session.notices.clear(f"export:{run_id}")
    table.columns.setSectionHidden(NOTE, False)
    for words in ("CSV", "JSON"):
        await save("export_table", words)
        assert CANARY.encode() not in (tmp_path / "chosen").read_bytes(), words
        desk.session.notices.clear("export:table")


async def test_what_cannot_be_written_is_said(desk, table, save, tmp_path):
    select(desk, 5)
    await save("export_run", path=tmp_path)
    assert "was not saved as" in said(desk)


async def test_details_that_were_never_loaded_are_missed(desk, table, save, tmp_path, monkeypatch):
    store = desk.session.store
    row = next(
        row
        for row in range(table.runs.rowCount())
        if store.document(table.runs.id(row)) is None and store.run(table.runs.id(row)).is_finished
    )

    async def silent(_run_id):
        raise Unreachable("The server did not answer in time.")

    for ask in ("run", "distribution"):
        monkeypatch.setattr(desk.session.commands._deeds._cloud, ask, silent)
    select(desk, row)
    await save("export_run", "Report as PDF")
    assert "Its details were never loaded on this computer and are not in it." in said(desk)


# -- the table ---------------------------------------------------------------------------------------------------------


async def test_the_table_is_saved_as_it_is_shown(desk, table, save, tmp_path):
    table.columns.setSectionHidden(ID, False)
    table.columns.moveSection(table.columns.visualIndex(ID), 0)
    name = await save("export_table", "CSV")
    assert name.split("/")[-1].startswith("All runs ")
    header, *found = rows(tmp_path / "chosen")
    assert header[0] == "Run ID"
    assert header[-1] == "Ended (UTC)"
    assert len(header) == len(table.columns.shown()) + 1
    assert [int(row[0]) for row in found] == table.runs.ids(0, table.runs.rowCount())
    run = desk.session.store.run(int(found[0][0]))
    assert found[0][header.index("Started (UTC)")].startswith(f"{run.created_at:%Y-%m-%dT%H:%M:%S}")


async def test_hidden_columns_are_not_in_it_but_what_identifies_a_run(desk, table, save, tmp_path):
    for index in range(len(COLUMNS)):
        table.columns.setSectionHidden(index, index != TEST)
    await save("export_table", "CSV")
    assert rows(tmp_path / "chosen")[0] == ["Test", "Run ID", "Started (UTC)", "Ended (UTC)"]


async def test_every_column_can_be_in_it(desk, table, save, tmp_path):
    for index in range(len(COLUMNS)):
        table.columns.setSectionHidden(index, False)
    await save("export_table", "CSV")
    header, first, *_ = rows(tmp_path / "chosen")
    assert [title.split(" (")[0] for title in header[:-1]] == [COLUMNS[at].title for at in table.columns.shown()]
    assert len(first) == len(header)


async def test_only_the_selected_runs_are_saved_where_several_are(desk, table, save, tmp_path):
    ids = select(desk, 2, 7, 4)
    await save("export_table", "JSON")
    found = json.loads((tmp_path / "chosen").read_bytes())
    assert [each["id"] for each in found] == [ids[0], ids[2], ids[1]]
    desk.session.notices.clear("export:table")
    await save("export_table", "All ", "JSON")
    assert len(json.loads((tmp_path / "chosen").read_bytes())) == table.runs.rowCount()


async def test_a_run_that_is_deleted_meanwhile_is_missed(desk, table, save, tmp_path, monkeypatch):
    store, gone = desk.session.store, table.runs.id(3)
    runs = type(store).runs
    monkeypatch.setattr(type(store), "runs", lambda self, ids: {k: v for k, v in runs(self, ids).items() if k != gone})
    await save("export_table", "CSV")
    assert said(desk).endswith("1 run has been deleted meanwhile.")
    assert len(rows(tmp_path / "chosen")) == table.runs.rowCount()


async def test_a_long_writing_can_be_cancelled(desk, table, tmp_path, until, monkeypatch):
    [effects] = [one for one in desk._effects if type(one).__name__ == "ExportActions"]
    monkeypatch.setattr("k6desk.ui.table_file.BLOCK", 1)
    monkeypatch.setattr("k6desk.ui.table_file.SHOWN_AFTER_MS", 0)
    path = tmp_path / "chosen"
    desk.actions_["export_table"].trigger()
    next(b for b in desk.findChild(ExportDialog).findChildren(QPushButton) if b.text() == "Save as…").click()
    [chooser] = desk.findChildren(QFileDialog)
    chooser.fileSelected.emit(str(path))
    chooser.reject()
    await until(lambda: [one for one in desk.findChildren(QProgressDialog) if one.isVisible()])
    [progress] = desk.findChildren(QProgressDialog)
    assert_plain_text(progress)
    assert progress.value() < table.runs.rowCount() - 1
    progress.findChild(QPushButton).click()
    await until(lambda: not desk.findChildren(QProgressDialog))
    await until(lambda: not effects._writing)
    assert not path.exists()
    assert not said(desk)


async def test_with_the_account_the_writing_ends(desk, table, tmp_path, until, monkeypatch, notices):
    monkeypatch.setattr("k6desk.ui.table_file.BLOCK", 1)
    [effects] = [one for one in desk._effects if type(one).__name__ == "ExportActions"]
    desk.actions_["export_table"].trigger()
    next(b for b in desk.findChild(ExportDialog).findChildren(QPushButton) if b.text() == "Save as…").click()
    [chooser] = desk.findChildren(QFileDialog)
    chooser.fileSelected.emit(str(tmp_path / "chosen"))
    chooser.reject()
    await until(lambda: effects._writing)
    desk.show_session(None)
    await until(notices.current)
    assert notices.current()[0].text == "The table was not saved as chosen: The account was closed before that."
    assert not (tmp_path / "chosen").exists()
