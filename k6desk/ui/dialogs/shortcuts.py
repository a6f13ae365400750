"""The keyboard shortcuts, read off the table of actions."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QGridLayout, QVBoxLayout, QWidget

from k6desk.ui import theme
from k6desk.ui.actions import Actions
from k6desk.ui.text import PlainLabel

IN_PLACE = (
    ("Esc", "Clear the filter"),
    ("↓", "From the filter into the runs"),
    ("Enter", "From a run into its details"),
    ("Ctrl+S", "Save the note"),
)


class ShortcutsDialog(QDialog):
    """Two columns: the keys and what they do."""

    def __init__(self, actions: Actions, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("Keyboard shortcuts")
        rows = [
            (action.shortcut().toString(QKeySequence.SequenceFormat.NativeText), action.text().rstrip("…"))
            for _, action in actions.all()
            if not action.shortcut().isEmpty()
        ]
        grid = QGridLayout()
        grid.setHorizontalSpacing(theme.WIDE)
        grid.setVerticalSpacing(theme.UNIT)
        half = (len(rows) + len(IN_PLACE) + 1) // 2
        for index, (keys, words) in enumerate((*rows, *IN_PLACE)):
            row, side = index % half, index // half * 2
            grid.addWidget(PlainLabel(keys, kind="mono"), row, side, Qt.AlignmentFlag.AlignLeft)
            grid.addWidget(PlainLabel(words), row, side + 1)
        close = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        close.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.setContentsMargins(theme.WIDE, theme.WIDE, theme.WIDE, theme.WIDE)
        column.setSpacing(theme.WIDE)
        column.addLayout(grid)
        column.addWidget(close)
