"""The options that a run was started with, as a tree."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAction, QGuiApplication, QKeySequence
from PySide6.QtWidgets import QHeaderView, QMenu, QTreeView

from k6desk.api.models import Run, RunDetail
from k6desk.core.commands import Commands
from k6desk.core.store import Store
from k6desk.core.tasks import Tasks
from k6desk.ui.detail.options_model import OptionsModel
from k6desk.ui.detail.pane import Pane

OPEN_LEVELS = 2


class OptionsPane(Pane):
    """The tree; what is expanded and selected stays while the options stay the same."""

    name = "options"
    title = "Options"
    scrolls = False

    def __init__(self, store: Store, commands: Commands, tasks: Tasks) -> None:
        super().__init__(store, commands, tasks)
        self._model = OptionsModel(self)
        self._tree = QTreeView()
        self._tree.setAccessibleName("Options")
        self._tree.setUniformRowHeights(True)
        self._tree.setModel(self._model)
        self._tree.header().setSectionResizeMode(0, QHeaderView.ResizeMode.Interactive)
        self._tree.header().setMinimumSectionSize(60)
        self._tree.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self._tree.customContextMenuRequested.connect(self._show_menu)
        self._menu = QMenu(self)
        copy = QAction("Copy value", self._tree)
        copy.setShortcut(QKeySequence(QKeySequence.StandardKey.Copy))
        copy.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
        copy.triggered.connect(self._copy)
        copy_all = QAction("Copy all as JSON", self._tree)
        copy_all.triggered.connect(self._copy_all)
        self._tree.addAction(copy)
        self._menu.addActions([copy, copy_all])
        self.setFocusProxy(self._tree)
        self.rows.setContentsMargins(0, 0, 0, 0)
        self.rows.addWidget(self._tree)

    def refresh(self, run: Run, detail: RunDetail | None) -> None:
        if detail is None:
            self.show_not_loaded()
        elif not detail.options:
            self.show_placeholder("No options", "The server names no options for this run.", icon="options")
        else:
            self.show_content()
            if self._model.show_options(detail.options):
                self._tree.expandToDepth(OPEN_LEVELS - 1)
                self._tree.setColumnWidth(0, max(120, min(260, self.width() * 9 // 20)))

    def _show_menu(self, at: QPoint) -> None:
        self._menu.popup(self._tree.viewport().mapToGlobal(at))

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self._model.node(self._tree.currentIndex()).as_text())

    def _copy_all(self) -> None:
        QGuiApplication.clipboard().setText(self._model.node(self._tree.rootIndex()).as_text())
