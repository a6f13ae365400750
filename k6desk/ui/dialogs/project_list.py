"""All projects but one, to choose from, narrowed as one types."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QListView, QVBoxLayout, QWidget

from k6desk.api.models import Project
from k6desk.ui import text, theme
from k6desk.ui.filter_line import FilterLine
from k6desk.ui.roles import DECORATION, DISPLAY, SIZE_HINT, TOOL_TIP, Index

NOWHERE = QModelIndex()
ICON = 16
ROW_SIZE = QSize(0, theme.ROW)


class ProjectList(QWidget):
    """Choose one with the arrows, also while typing; `activated` is a double click or Return on it."""

    chosen = Signal()
    activated = Signal()

    def __init__(self, projects: Sequence[Project], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = _Projects(projects, self)
        self.filter = _Filter("Filter projects", "Filter by name or ID")
        self.list = QListView()
        self.list.setModel(self._model)
        self.list.setUniformItemSizes(True)
        self.list.setIconSize(QSize(ICON, ICON))
        self.list.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setAccessibleName("Projects")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.GAP)
        column.addWidget(self.filter)
        column.addWidget(self.list, 1)
        self.filter.textChanged.connect(self._narrow)
        self.filter.left.connect(self._enter)
        self.list.selectionModel().selectionChanged.connect(lambda *_: self.chosen.emit())
        self.list.activated.connect(lambda _: self.activated.emit())
        self.setFocusProxy(self.filter)

    def project(self) -> Project | None:
        """The one that is chosen."""
        indexes = self.list.selectedIndexes()
        return self._model.project(indexes[0]) if indexes else None

    def _narrow(self, words: str) -> None:
        before = self.project()
        self._model.narrow(words)
        row = self._model.row(before) if before else 0
        if self._model.rowCount() and (words.strip() or before):
            self.list.setCurrentIndex(self._model.index(row))
        self.chosen.emit()

    def _enter(self) -> None:
        self.list.setFocus()
        if not self.list.selectedIndexes() and self._model.rowCount():
            self.list.setCurrentIndex(self._model.index(0))


class _Filter(FilterLine):
    """Leaves Return, and Esc when there is nothing to empty, to the dialog around it."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        is_escape = event.key() == Qt.Key.Key_Escape and not self.text()
        if is_escape or event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            event.ignore()
        else:
            super().keyPressEvent(event)


class _Projects(QAbstractListModel):
    def __init__(self, projects: Sequence[Project], parent: QObject) -> None:
        super().__init__(parent)
        self._all = [(project, f"{project.name} {project.id}".casefold()) for project in projects]
        self._shown = list(projects)
        self._icon = theme.icon("project", "muted")

    def narrow(self, words: str) -> None:
        """Show those with all the words in their names or ids."""
        wanted = words.casefold().split()
        self.beginResetModel()
        self._shown = [project for project, name in self._all if all(word in name for word in wanted)]
        self.endResetModel()

    def project(self, index: Index) -> Project:
        """The project of a row."""
        return self._shown[index.row()]

    def row(self, project: Project) -> int:
        """Where a project is shown; the first row when it is not."""
        return next((row for row, one in enumerate(self._shown) if one.id == project.id), 0)

    def rowCount(self, parent: Index = NOWHERE) -> int:
        return 0 if parent.isValid() else len(self._shown)

    def data(self, index: Index, role: int = DISPLAY) -> Any:
        project = self._shown[index.row()]
        if role == DISPLAY:
            return text.one_line(project.name, 120)
        if role == DECORATION:
            return self._icon
        if role == SIZE_HINT:
            return ROW_SIZE
        if role == TOOL_TIP:
            return text.tooltip(f"{project.name}\nProject {project.id}")
        return None
