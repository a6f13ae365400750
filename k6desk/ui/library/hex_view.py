"""Bytes as they are: where, in hexadecimal, and as text. Only what is in sight is made, so any size opens at once."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, Qt
from PySide6.QtGui import QAction, QFontMetrics, QGuiApplication, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView

from k6desk.ui import theme
from k6desk.ui.roles import DISPLAY, FONT, FOREGROUND, Index

WIDTH = 16
"""Bytes in a row."""
MOST_COPIED = 65_536
"""Rows that can be copied at once: 1 MiB of the file."""
_HEADERS = ("Offset", "Bytes", "Text")
_PRINTABLE = "".join(chr(code) if 0x20 <= code < 0x7F else "·" for code in range(256))


class HexModel(QAbstractTableModel):
    """Sixteen bytes in each row."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._content = b""

    def show_content(self, content: bytes) -> None:
        """Show these bytes."""
        self.beginResetModel()
        self._content = content
        self.endResetModel()

    def row_text(self, row: int) -> str:
        """A row as a line of text."""
        return "  ".join(self._cell(row, column) for column in range(len(_HEADERS)))

    def _cell(self, row: int, column: int) -> str:
        if column == 0:
            return f"{row * WIDTH:08x}"
        piece = self._content[row * WIDTH : (row + 1) * WIDTH]
        if column == 1:
            return f"{piece[:8].hex(' ')}  {piece[8:].hex(' ')}".ljust(WIDTH * 3)
        return piece.decode("latin-1").translate(dict(enumerate(_PRINTABLE)))

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's signature
        return 0 if parent.isValid() else -(-len(self._content) // WIDTH)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(_HEADERS)

    def data(self, index: Index, role: int = DISPLAY) -> Any:
        if role == DISPLAY and index.isValid():
            return self._cell(index.row(), index.column())
        if role == FONT:
            return theme.font("mono")
        if role == FOREGROUND and index.column() == 0:
            return theme.colour("muted")
        return None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = DISPLAY) -> Any:
        return _HEADERS[section] if role == DISPLAY and orientation == Qt.Orientation.Horizontal else None


class HexView(QTableView):
    """The bytes of a file as a table; what is selected can be copied as lines of text."""

    def __init__(self) -> None:
        super().__init__()
        self.model_ = HexModel(self)
        self.setModel(self.model_)
        self.setAccessibleName("Bytes of the file")
        self.setObjectName("padded")
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ContiguousSelection)
        rows = self.verticalHeader()
        rows.hide()
        rows.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        rows.setDefaultSectionSize(20)
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header.setStretchLastSection(True)
        self._copy = QAction("Copy rows", self)
        self._copy.setShortcut(QKeySequence(QKeySequence.StandardKey.Copy))
        self._copy.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
        self._copy.triggered.connect(self._copy_rows)
        self.addAction(self._copy)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.ActionsContextMenu)
        self.selectionModel().selectionChanged.connect(self._allow)
        self._allow()

    def show_content(self, content: bytes) -> None:
        """Show these bytes from their beginning."""
        self.model_.show_content(content)
        for column in range(len(_HEADERS) - 1):
            self.resizeColumnToContents(column)
        self.scrollToTop()
        self._allow()

    def sizeHintForColumn(self, column: int) -> int:
        """All rows are equally wide."""
        characters = len(self.model_.data(self.model_.index(0, column)) or "")
        return QFontMetrics(theme.font("mono")).horizontalAdvance("0") * characters + theme.WIDE * 2

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Copy):
            self._copy.trigger()  # Qt would copy one cell
        else:
            super().keyPressEvent(event)

    def _rows(self) -> range:
        chosen = self.selectionModel().selection().toList()
        return range(chosen[0].top(), chosen[0].bottom() + 1) if chosen else range(0)

    def _allow(self) -> None:
        rows = self._rows()
        self._copy.setEnabled(0 < len(rows) <= MOST_COPIED)
        too_many = len(rows) > MOST_COPIED
        self._copy.setText("Copy rows (choose at most 1 MiB)" if too_many else "Copy rows")

    def _copy_rows(self) -> None:
        QGuiApplication.clipboard().setText("\n".join(map(self.model_.row_text, self._rows())))
