"""What the exporting actions do in the window: ask as what and where, and write it. Bound to ids from the click on."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QWidget

from k6desk.api.errors import CloudError
from k6desk.api.models import Run
from k6desk.core.notices import Notices
from k6desk.core.session import Session
from k6desk.ui import text
from k6desk.ui.actions import Actions
from k6desk.ui.effects import SIGN_IN, Effects
from k6desk.ui.workspace import Workspace

if TYPE_CHECKING:
    from k6desk.ui.table_file import TableFile

NAMES = ("export_run", "export_table")
LISTS = {
    "running": "Runs not ended",
    "recent": "Recent runs",
    "failed": "Failed runs",
    "starred": "Starred runs",
    "kept": "Kept runs",
    "expiring": "Expiring runs",
    "all": "All runs",
}
"""What a file with a list of runs is called."""


class ExportActions(Effects):
    """The effects of exporting one run, and the runs of the table."""

    def __init__(self, actions: Actions, notices: Notices, window: QWidget) -> None:
        super().__init__(actions, notices, window)
        self._before: Sequence[str] = ()
        self._writing: set[TableFile] = set()
        actions.connect_all({"export_run": self._ask_for_run, "export_table": self._ask_for_table})

    def use(self, session: Session | None, workspace: Workspace | None) -> None:
        """Act on this account from now on; a table of the one before that is being written is given up."""
        super().use(session, workspace)
        for file in self._writing:
            file.cancel()
        if workspace:
            workspace.runs.table.columns.addAction(self._actions["export_table"])
            workspace.runs.table.runs.layoutChanged.connect(self.allow)

    def allow(self) -> None:
        workspace = self._workspace
        if workspace is None:
            for name in NAMES:
                self._actions.allow(name, SIGN_IN)
            return
        choose = None if workspace.run else "Choose a run first."
        self._actions.allow("export_run", self._starting or self._several or choose)
        rows = None if workspace.runs.table.runs.rowCount() else "There are no runs in the table."
        self._actions.allow("export_table", self._starting or rows)

    # -- one run -------------------------------------------------------------------------------------------------------

    def _ask_for_run(self) -> None:
        from k6desk.ui.dialogs.export import Choice, ExportDialog
        from k6desk.ui.run_files import FORMS

        session, run = self._run_here()
        name = text.one_line(session.store.name_of(run), 80)
        choices = [Choice(name, form.words, form.about) for name, form in FORMS.items()]
        dialog = ExportDialog("Export run", f"Export run {run.id} of “{name}”", [choices], self._before, self._window)
        dialog.chosen.connect(lambda chosen: self._export_run(session, run, *chosen))
        dialog.open()

    def _export_run(self, session: Session, run: Run, form: str) -> None:
        from k6desk.core.report import ask_for_missing, report_of
        from k6desk.ui.file_to_save import FileToSave
        from k6desk.ui.run_files import FORMS, run_file

        assert self._tasks
        self._before = (form,)
        kind = FORMS[form]

        async def content() -> tuple[bytes, str] | None:
            if self._session is session:
                await ask_for_missing(session, run)
            self._insist_on(session)
            return await run_file(report_of(session, run), form)

        of = "" if form in {"pdf", "html", "json"} else f" {form}"
        name = f"{session.store.name_of(run)} {run.id}{of}"
        file = FileToSave(f"export:{run.id}", kind.what, self._notices, self._tasks, self._window)
        file.ask("Export run", name, f".{kind.files.lower()}", kind.files, content)

    # -- the table -----------------------------------------------------------------------------------------------------

    def _ask_for_table(self) -> None:
        from k6desk.ui.dialogs.export import Choice, ExportDialog

        session, workspace = self._session, self._workspace
        assert session
        assert workspace
        table = workspace.runs.table
        ids = {"all": table.runs.ids(0, table.runs.rowCount()), "selected": workspace.run_ids}
        columns = table.columns.shown()
        name = self._name_of_table(session, workspace)
        whole, some = (text.count(len(ids[which]), "run") for which in ("all", "selected"))
        rows = [Choice("all", f"All {whole} of the table")] if len(ids["all"]) > 1 else []
        if len(ids["selected"]) > 1:
            rows.insert(0, Choice("selected", f"The {some} that are selected"))
        forms = [
            Choice("csv", "CSV", "For spreadsheets: the columns of the table, with exact figures"),
            Choice("json", "JSON", "For other programs: all fields of a list, as the API names them"),
        ]
        groups = [rows, forms] if len(rows) > 1 else [forms]
        subject = f"Export {whole}" if len(groups) == 1 else "Export runs"
        dialog = ExportDialog("Export table", subject, groups, self._before, self._window)
        dialog.chosen.connect(
            lambda chosen: self._export_table(
                session, ids[chosen[0] if len(chosen) > 1 else "all"], columns, name, chosen[-1]
            )
        )
        dialog.open()

    def _export_table(self, session: Session, ids: Sequence[int], columns: Sequence[int], name: str, form: str) -> None:
        from k6desk.ui.file_to_save import FileToSave
        from k6desk.ui.table_file import TableFile

        assert self._tasks
        self._before = (form,)

        async def content() -> tuple[bytes, str] | None:
            self._insist_on(session)
            file = TableFile(session.store, ids, columns, self._window)
            self._writing.add(file)
            try:
                made = await file.content("json" if form == "json" else "csv")
            finally:
                self._writing.discard(file)
                file.deleteLater()
            if made is None:
                self._insist_on(session)
            return made

        file = FileToSave("export:table", "The table", self._notices, self._tasks, self._window)
        file.ask("Export table", f"{name} {date.today():%Y-%m-%d}", f".{form}", form.upper(), content)

    def _insist_on(self, session: Session) -> None:
        """Raises `CloudError` when the account is another one by now: the files of that one are closed."""
        if self._session is not session:
            raise CloudError("The account was closed before that.")

    def _name_of_table(self, session: Session, workspace: Workspace) -> str:
        query, store = workspace.runs.query, session.store
        test = store.test(query.place_id) if query.place == "test" else None
        project = store.project(query.place_id) if query.place == "project" else None
        known = test or project
        return f"Runs of {known.name}" if known else LISTS.get(query.place, "Runs")
