"""The options and metadata of an archive as a tree, secrets masked; each can be shown alone."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPoint, Qt, Signal
from PySide6.QtGui import QAction, QGuiApplication, QKeySequence
from PySide6.QtWidgets import QHeaderView, QMenu, QTreeView, QVBoxLayout, QWidget

from k6desk.data.secrets import MASK
from k6desk.ui import theme
from k6desk.ui.detail.options_model import Node, OptionsModel
from k6desk.ui.library.words import hidden_words
from k6desk.ui.parts import Line, columns, tool_button, wrapping
from k6desk.ui.placeholder import Picture
from k6desk.ui.roles import ACCESSIBLE, DISPLAY, TOOL_TIP, Index
from k6desk.ui.text import tooltip

OPEN_LEVELS = 2
NOT_KEPT = "The values are not kept on this computer."


class MetadataModel(OptionsModel):
    """Metadata whose values can change in place; `path` names a row as the secrets are named."""

    def path(self, index: Index) -> str:
        """Where a row is: `env.API_KEY`, `options.tlsAuth.0.key`."""
        return ".".join(self._keys(index))

    def index_of(self, path: str) -> QModelIndex:
        """Where the row with this path stands; invalid if there is none."""
        index = QModelIndex()
        while path:
            fits = (one for one in self.node(index).children if f"{path}.".startswith(f"{one.name}."))
            if (child := next(fits, None)) is None:
                return QModelIndex()
            index = self.createIndex(child.row, 0, child)
            path = path[len(child.name) + 1 :]
        return index

    def take_over(self, index: Index, metadata: dict[str, Any]) -> None:
        """Show the value that this metadata has where a row is."""
        value: Any = metadata
        for key in self._keys(index):
            value = value[int(key)] if isinstance(value, list) else value[key]
        self.node(index).value = value
        row = self.createIndex(index.row(), 1, self.node(index))
        self.dataChanged.emit(row, row)

    def _keys(self, index: Index) -> list[str]:
        keys: list[str] = []
        node: Node | None = self.node(index)
        while node and node.parent:
            keys.append(node.name)
            node = node.parent
        return keys[::-1]

    def data(self, index: Index, role: int = DISPLAY) -> Any:
        if role == TOOL_TIP and index.isValid() and self.node(index).value == MASK:
            return tooltip("Secret: it is hidden.")
        if role == ACCESSIBLE and index.column() == 1 and self.node(index).value == MASK:
            return "hidden"
        return super().data(index, role)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = DISPLAY) -> Any:
        if role == DISPLAY and orientation == Qt.Orientation.Horizontal and section == 0:
            return "Name"
        return super().headerData(section, orientation, role)


class MetadataView(QWidget):
    """The tree, and above it what can be done about its secrets."""

    reveal_changed = Signal(object)  # frozenset of the paths that are to be shown
    values_wanted = Signal()  # the original is to be loaded

    def __init__(self) -> None:
        super().__init__()
        self._secrets: Sequence[str] = ()
        self._revealed: frozenset[str] = frozenset()
        self._asked = QPersistentModelIndex()
        self._is_masked = False
        self._refusal: str | None = None
        self.model = MetadataModel(self)
        self.tree = QTreeView()
        self.tree.setAccessibleName("Options and metadata")
        self.tree.setUniformRowHeights(True)
        self.tree.setModel(self.model)
        self.tree.header().setSectionResizeMode(0, QHeaderView.ResizeMode.Interactive)
        self.tree.header().setMinimumSectionSize(60)
        self.tree.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.tree.customContextMenuRequested.connect(self._show_menu)
        self.tree.selectionModel().currentChanged.connect(lambda *_: self._allow())
        self.tree.activated.connect(lambda _: self._switch())
        self._said = wrapping()
        self._reveal = tool_button("eye", "Show value", with_text=True)
        self._reveal.clicked.connect(self._switch)
        self._next = tool_button("chevron-down", "Next hidden value", with_text=True)
        self._next.clicked.connect(self._go_on)
        self._load = tool_button("download", "Load them from Grafana", with_text=True)
        self._load.clicked.connect(self.values_wanted)
        self._bar = QWidget()
        row = columns(Picture("info", "accent"), self._said, self._next, self._reveal, self._load, stretch=1)
        row.setContentsMargins(theme.WIDE, theme.UNIT, theme.GAP, theme.UNIT)
        self._bar.setLayout(row)
        self._menu = QMenu(self)
        self._make_actions()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._bar)
        column.addWidget(Line())
        column.addWidget(self.tree, 1)
        self.setFocusProxy(self.tree)

    def show_metadata(self, metadata: dict[str, Any], secrets: Sequence[str], *, is_masked: bool) -> None:
        """Show metadata with all its secrets hidden; `is_masked`: there are no values to show."""
        self._secrets = secrets
        if self._revealed:
            self.model.show_options({})  # the rows have values that are to be hidden again
        self._revealed = frozenset()
        self._is_masked = is_masked
        if self.model.show_options(metadata):
            self.tree.expandToDepth(OPEN_LEVELS - 1)
            self.tree.setColumnWidth(0, max(160, min(320, self.width() * 2 // 5)))
        self._allow()

    def show_revealed(self, metadata: dict[str, Any], revealed: frozenset[str]) -> None:
        """Show the value that was asked for, or hide it, as this metadata has it."""
        if self._asked.isValid():
            self._revealed = revealed
            self.model.take_over(self._asked, metadata)
            self._allow()

    def say_why_not(self, refusal: str | None) -> None:
        """Why the values cannot be loaded now; None when they can."""
        self._refusal = refusal
        self._allow()

    @property
    def revealed(self) -> frozenset[str]:
        """The paths of the secrets that are shown."""
        return self._revealed

    def _allow(self) -> None:
        path = self.model.path(self.tree.currentIndex())
        is_secret = path in self._secrets
        self._bar.setVisible(bool(self._secrets))
        self._said.setText(self._words())
        self._reveal.setVisible(not self._is_masked)
        self._reveal.setEnabled(is_secret)
        is_shown = path in self._revealed
        self._reveal.setText("Hide value" if is_shown else "Show value")
        self._reveal.setIcon(theme.icon("eye-off" if is_shown else "eye"))
        self._reveal.setToolTip("" if is_secret else tooltip("Choose a hidden value first."))
        self._load.setVisible(self._is_masked)
        self._load.setEnabled(self._refusal is None)
        self._load.setToolTip(tooltip(self._refusal or "They stay in memory, and are gone when this is closed"))
        self._switch_action.setEnabled(is_secret and not self._is_masked)
        self._switch_action.setText(self._reveal.text())

    def _words(self) -> str:
        words = hidden_words(len(self._secrets) - len(self._revealed), len(self._revealed))
        return f"{words} {NOT_KEPT}" if self._is_masked else words

    def _switch(self) -> None:
        path = self.model.path(self.tree.currentIndex())
        if path in self._secrets and not self._is_masked:
            self._asked = QPersistentModelIndex(self.tree.currentIndex())
            self.reveal_changed.emit(self._revealed ^ {path})

    def _go_on(self) -> None:
        path = self.model.path(self.tree.currentIndex())
        at = self._secrets.index(path) + 1 if path in self._secrets else 0
        index = self.model.index_of(self._secrets[at % len(self._secrets)])
        self.tree.setCurrentIndex(index)
        self.tree.scrollTo(index, QTreeView.ScrollHint.PositionAtCenter)

    def _make_actions(self) -> None:
        self._switch_action = QAction("Show value", self.tree)
        self._switch_action.triggered.connect(self._switch)
        copy = QAction("Copy value", self.tree)
        copy.setShortcut(QKeySequence(QKeySequence.StandardKey.Copy))
        copy.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
        copy.triggered.connect(lambda: self._copy(self.tree.currentIndex()))
        copy_all = QAction("Copy all as JSON", self.tree)
        copy_all.triggered.connect(lambda: self._copy(QModelIndex()))
        self.tree.addAction(copy)
        self._menu.addActions([self._switch_action, copy, copy_all])

    def _show_menu(self, at: QPoint) -> None:
        self._menu.popup(self.tree.viewport().mapToGlobal(at))

    def _copy(self, index: QModelIndex) -> None:
        QGuiApplication.clipboard().setText(self.model.node(index).as_text())
