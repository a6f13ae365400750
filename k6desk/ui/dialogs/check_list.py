"""A list to tick things off in, narrowed as one types."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from k6desk.ui import text, theme
from k6desk.ui.filter_line import FilterLine
from k6desk.ui.roles import USER

ROW = 24
CHECKED = Qt.CheckState.Checked


class Choice(NamedTuple):
    """A line of the list; one that is fixed cannot be changed."""

    id: int
    words: str
    is_checked: bool
    is_fixed: bool = False
    hint: str = ""


class CheckList(QWidget):
    """Choices by id. What a filter hides stays as it is."""

    edited = Signal()

    def __init__(self, name: str, placeholder: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.filter = FilterLine(f"Filter {name.lower()}", placeholder)
        self.list = QListWidget()
        self.list.setAccessibleName(name)
        self.list.setUniformItemSizes(True)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.GAP)
        column.addWidget(self.filter)
        column.addWidget(self.list, 1)
        self.filter.textChanged.connect(self._narrow)
        self.filter.left.connect(self.list.setFocus)
        self.list.itemChanged.connect(lambda _: self.edited.emit())
        self.setFocusProxy(self.list)

    def show_choices(self, choices: Sequence[Choice]) -> None:
        """Show these in place of what was there."""
        self.list.blockSignals(True)
        self.list.clear()
        for choice in choices:
            item = QListWidgetItem(text.one_line(choice.words), self.list)
            item.setData(USER, str(choice.id))  # Qt's own integers are shorter than an id may be
            item.setSizeHint(QSize(0, ROW))
            item.setCheckState(CHECKED if choice.is_checked else Qt.CheckState.Unchecked)
            item.setToolTip(text.tooltip(choice.hint))
            if choice.is_fixed:
                item.setFlags(item.flags() & ~Qt.ItemFlag.ItemIsEnabled)
        self.list.blockSignals(False)
        self._narrow(self.filter.text())

    def checked(self) -> set[int]:
        """The ids that are ticked, fixed ones included."""
        return {int(item.data(USER)) for item in self._items() if item.checkState() == CHECKED}

    def _items(self) -> list[QListWidgetItem]:
        return [self.list.item(row) for row in range(self.list.count())]

    def _narrow(self, words: str) -> None:
        for item in self._items():
            item.setHidden(not all(word in item.text().casefold() for word in words.casefold().split()))
