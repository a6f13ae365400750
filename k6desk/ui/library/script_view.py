"""An opened script or archive: its versions above, its files at the left, one of them at the right."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QModelIndex, QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QHeaderView, QSplitter, QTreeView, QVBoxLayout, QWidget

from k6desk.api.errors import CloudError
from k6desk.api.models import Run
from k6desk.core.notices import Notice, Notices
from k6desk.core.scripts.script_source import Loaded, Owner, original, script_by
from k6desk.core.session import Session
from k6desk.core.tasks import Tasks
from k6desk.data.problems import ArchiveProblem
from k6desk.ui import theme
from k6desk.ui.library.file_saving import save_archive, save_file
from k6desk.ui.library.file_view import FileView
from k6desk.ui.library.files_model import FILE, FilesModel
from k6desk.ui.library.script_head import ScriptHead
from k6desk.ui.library.words import Version, version_words, versions
from k6desk.ui.parts import Line
from k6desk.ui.script_actions import RUNS_ONLY

if TYPE_CHECKING:
    from k6desk.core.scripts.script_changes import Side
    from k6desk.data.archive import File

MOST_EXPANDED = 200
MOST_VERSIONS = 200
TREE = 280
VALUES = "values of a script"
"""The key of the notice that they were not loaded."""
NO_SOURCE = "It is not known which run or test this script is from."


class ScriptView(QWidget):
    """Shows one script; without a session nothing is known but the script itself."""

    version_wanted = Signal(object)  # Version
    compare_wanted = Signal(object)  # `ScriptsWindow.compare` is given this

    def __init__(self, session: Session | None, tasks: Tasks, notices: Notices) -> None:
        super().__init__()
        self._session = session
        self._tasks = tasks
        self._notices = notices
        self._owner = Owner(None, 0, 0, "")
        self._loaded: Loaded | None = None
        self._kept: Loaded | None = None  # the same with masked secrets, when what is loaded has them
        self._versions: list[Version] = []
        self._selected: dict[str, str] = {}  # digest -> name of the file that was shown last
        self._head = ScriptHead()
        self.model = FilesModel(self)
        self.tree = _tree(self.model)
        self.file_view = FileView(tasks)
        self.splitter = QSplitter(Qt.Orientation.Horizontal)
        self._lay_out()
        self._head.version_chosen.connect(self.version_wanted)
        self._head.compare_wanted.connect(self._compare)
        self._head.file_chosen.connect(self._compare_with_file)
        self._head.save_wanted.connect(self._save_archive)
        self.tree.selectionModel().currentChanged.connect(lambda index, _: self._show_file(index))
        self.file_view.save_wanted.connect(self._save_file)
        self.file_view.metadata.values_wanted.connect(self._load_values)
        if session:
            session.connection.changed.connect(self._allow)
            session.store.scripts_changed.connect(self._look_for_versions)

    @property
    def owner(self) -> Owner:
        """Whose script is shown."""
        return self._owner

    @property
    def loaded(self) -> Loaded | None:
        """The script that is shown."""
        return self._loaded

    def show_script(self, owner: Owner, loaded: Loaded, member: str = "", line: int = 0) -> None:
        """Show a script with one of its files, if it has that, or else the one that was shown last or its entry."""
        self._owner = owner
        self._loaded = self._kept = loaded
        self._versions = self._find_versions(owner, loaded.digest)
        self._show_head(loaded)
        with QSignalBlocker(self.tree.selectionModel()):
            self.model.show_files(loaded.opened.files)
        if len(loaded.opened.files) <= MOST_EXPANDED:
            self.tree.expandAll()
        else:
            self.tree.expandToDepth(0)
        self._allow()
        self.show_member(member or self._selected.get(loaded.digest, ""), line)

    def show_member(self, member: str, line: int = 0) -> None:
        """Show a file by the archive's own name of it, at a line counted from 1; the entry script if there is none."""
        assert self._loaded
        index = self.model.index_of(member)
        if not index.isValid():
            index = self.model.index_of(self._loaded.opened.entry)
        with QSignalBlocker(self.tree.selectionModel()):
            self.tree.setCurrentIndex(index)
        self.tree.viewport().update()
        self.tree.scrollTo(index)
        self._show_file(index, line)

    def _show_file(self, index: QModelIndex, line: int = 0) -> None:
        file: File | None = index.data(FILE) if index.isValid() else None
        if file and self._loaded:
            self._selected[self._loaded.digest] = file.name
            self.file_view.show_file(self._loaded.opened, file, line)

    # -- versions ------------------------------------------------------------------------------------------------------

    def _show_head(self, loaded: Loaded) -> None:
        self._head.show_script(self._owner, loaded, self._versions, self._runs())

    def _look_for_versions(self) -> None:
        """A script was seen, which may be one of the same test."""
        if self._kept and (found := self._find_versions(self._owner, self._kept.digest)) != self._versions:
            self._versions = found
            self._show_head(self._kept)

    def _find_versions(self, owner: Owner, digest: str) -> list[Version]:
        if not self._session or not owner.test_id:
            return []
        found = versions(self._session.store.sightings(owner.test_id), owner.kind, owner.id)
        return [one for at, one in enumerate(found) if at < MOST_VERSIONS or one.digest == digest]

    def _runs(self) -> dict[int, Run]:
        """The runs that the versions name."""
        ids = [one.seen[0].id for one in self._versions if one.seen[0].kind == "run"]
        return self._session.store.runs(ids) if self._session else {}

    def _compare(self, other: Version) -> None:
        assert self._session
        session, runs, now, kept = self._session, self._runs(), datetime.now(UTC), self._kept
        assert kept
        this = next((one for one in self._versions if one.digest == kept.digest), None)
        label = version_words(this, runs, now) if this else self._owner.title

        async def sides() -> tuple[Side, Side]:
            from k6desk.core.scripts.script_changes import Side

            found = await script_by(session.store, other.digest)
            old, new = Side(version_words(other, runs, now), found.script), Side(label, kept.script, kept.remark)
            return (new, old) if this and this.last_at < other.last_at else (old, new)

        self.compare_wanted.emit(sides)

    def _compare_with_file(self, path: Path) -> None:
        kept = self._kept
        assert kept
        runs, now = self._runs(), datetime.now(UTC)
        labels = (version_words(one, runs, now) for one in self._versions if one.digest == kept.digest)
        label = next(labels, self._owner.title)

        async def sides() -> tuple[Side, Side]:
            from k6desk.core.scripts.script_changes import Side
            from k6desk.core.scripts.script_choice import ChoiceProblem, read_choice

            try:
                choice = await asyncio.to_thread(read_choice, path)
            except ChoiceProblem as problem:
                raise ArchiveProblem(str(problem)) from problem
            return Side(label, kept.script, kept.remark), Side(choice.file_name, choice.script)

        self.compare_wanted.emit(sides)

    # -- the original --------------------------------------------------------------------------------------------------

    def _allow(self) -> None:
        session = self._session
        why_not = session.commands.why_not_connected() if session and self._owner.kind else NO_SOURCE
        if session and self._owner.kind == "test" and session.commands.lack("upload"):
            why_not = RUNS_ONLY
        self.file_view.metadata.say_why_not(why_not)

    def _load_values(self) -> None:
        assert self._loaded
        self.file_view.metadata.say_why_not("Loading…")
        self._tasks.spawn(self._load_original(self._loaded), name="load the secrets of a script", owner=self)

    async def _load_original(self, kept: Loaded) -> None:
        assert self._session
        try:
            loaded = await original(self._session.commands, self._owner, kept)
        except (CloudError, ArchiveProblem) as error:
            self._notices.show(Notice(VALUES, f"The values were not loaded: {error}", "error"))
        else:
            self._notices.clear(VALUES)
            if self._loaded is kept:
                self._loaded = loaded
                self._show_file(self.tree.currentIndex())
        self._allow()

    # -- saving --------------------------------------------------------------------------------------------------------

    def _save_file(self) -> None:
        if self._loaded and self.file_view.file:
            save_file(self._loaded, self.file_view.file, self._notices, self._tasks, self.window())

    def _save_archive(self) -> None:
        if self._loaded:
            owner = self._owner
            name = f"{owner.title} {owner.id}" if owner.kind == "run" else owner.title
            save_archive(self._loaded, name, self._notices, self._tasks, self.window())

    # -- building ------------------------------------------------------------------------------------------------------

    def _lay_out(self) -> None:
        self.splitter.addWidget(self.tree)
        self.splitter.addWidget(self.file_view)
        self.splitter.setChildrenCollapsible(False)
        self.splitter.setHandleWidth(1)
        self.splitter.setStretchFactor(1, 1)
        self.splitter.setSizes([TREE, 1100 - TREE])
        self.tree.setMinimumWidth(160)
        self.file_view.setMinimumWidth(320)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._head)
        column.addWidget(Line())
        column.addWidget(self.splitter, 1)
        self.setFocusProxy(self.tree)


def _tree(model: FilesModel) -> QTreeView:
    tree = QTreeView()
    tree.setModel(model)
    tree.setObjectName("padded")
    tree.setAccessibleName("Files")
    tree.setHeaderHidden(True)
    tree.setUniformRowHeights(True)
    tree.setTextElideMode(Qt.TextElideMode.ElideMiddle)
    tree.setExpandsOnDoubleClick(True)
    tree.setIndentation(14)
    header = tree.header()
    header.setStretchLastSection(False)
    header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
    header.setSectionResizeMode(1, QHeaderView.ResizeMode.Fixed)
    header.resizeSection(1, tree.fontMetrics().horizontalAdvance("000.0 KiB") + theme.WIDE)
    return tree
