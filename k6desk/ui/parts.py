"""The small things that panes and dialogs are made of."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Literal

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QColor, QGuiApplication, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSizePolicy,
    QToolButton,
    QWidget,
)

from k6desk.ui import theme
from k6desk.ui.placeholder import Picture
from k6desk.ui.text import PlainLabel, tooltip

FontKind = Literal["body", "caption", "headline", "title", "mono"]


def wrapping(kind: FontKind = "body", *, muted: bool = False, selectable: bool = True) -> PlainLabel:
    """A label that takes the width it is given and wraps in it, however long its words are."""
    made = PlainLabel(kind=kind, muted=muted, wrap=True, selectable=selectable)
    policy = QSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
    policy.setHeightForWidth(True)
    made.setSizePolicy(policy)
    made.setMinimumWidth(1)
    return made


def say(label: QLabel, words: str, hint: str | None = None) -> None:
    """Give a label its words and tooltip, and leave it and what is selected in it alone when nothing is new."""
    if label.text() != words:
        label.setText(words)
    if hint is not None and label.toolTip() != (shown := tooltip(hint) if hint else ""):
        label.setToolTip(shown)


def tool_button(icon: str, name: str, hint: str = "", *, with_text: bool = False) -> QToolButton:
    """A flat button with an icon; its name is also for screen readers."""
    button = QToolButton()
    button.setIcon(theme.icon(icon))
    button.setText(name)
    button.setAccessibleName(name)
    button.setToolTip(tooltip(hint or name))
    if with_text:
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
    return button


def button(name: str, hint: str, act: Callable[[], object]) -> QPushButton:
    """A push button with a tooltip."""
    made = QPushButton(name)
    made.setToolTip(tooltip(hint))
    made.clicked.connect(lambda: act())
    return made


def copy_button(name: str, content: Callable[[], str]) -> QToolButton:
    """A button that copies what `content` gives when it is clicked."""
    button = tool_button("copy", name)
    button.clicked.connect(lambda: QGuiApplication.clipboard().setText(content()))
    return button


class ElidedLabel(PlainLabel):
    """One line that shortens itself to the width it has; the tooltip has the whole."""

    def __init__(self, kind: FontKind = "body") -> None:
        super().__init__(kind=kind)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    def minimumSizeHint(self) -> QSize:
        return QSize(40, super().minimumSizeHint().height())

    def ink(self) -> QColor:
        """The colour of its words."""
        return self.palette().color(self.foregroundRole())

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setPen(self.ink())
        shown = self.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideRight, self.width())
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeading, shown)


class WarningLine(ElidedLabel):
    """One line in the colour of warnings; it stands beside a shape, for a colour is never alone."""

    def ink(self) -> QColor:
        return theme.colour("warning", self.palette())


class Line(QFrame):
    """A thin line between things."""

    def __init__(self) -> None:
        super().__init__()
        self.setFixedHeight(1)

    def paintEvent(self, event: QPaintEvent) -> None:
        QPainter(self).fillRect(self.rect(), theme.colour("line", self.palette()))


def sign(icon: str, role: str, words: PlainLabel) -> QWidget:
    """A remark with an icon before it."""
    made = QWidget()
    picture = Picture(icon, role)
    row = columns(picture, words, stretch=1)
    row.setAlignment(picture, Qt.AlignmentFlag.AlignTop)
    made.setLayout(row)
    return made


class FactGrid(QWidget):
    """Names and values, in two columns where there is room for them. The names are given once."""

    TWO_COLUMNS_FROM = 640

    def __init__(self, names: Sequence[str]) -> None:
        super().__init__()
        self._cells = [(PlainLabel(name, muted=True), wrapping()) for name in names]
        self._values = dict(zip(names, (value for _, value in self._cells), strict=True))
        for name, value in self._cells:
            name.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeading)
            value.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeading)
            value.setAccessibleName(name.text())
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(theme.WIDE)
        self._grid.setVerticalSpacing(theme.GAP)
        self._columns = 0
        self._lay_out(1)

    def put(self, name: str, value: str, hint: str = "") -> None:
        """Show a value; an empty one shows as a dash."""
        say(self._values[name], value or "–", hint)

    def _lay_out(self, columns: int) -> None:
        if columns == self._columns:
            return
        self._columns = columns
        per_column = -(-len(self._cells) // columns)
        for at, (name, value) in enumerate(self._cells):
            row, column = at % per_column, at // per_column * 2
            self._grid.addWidget(name, row, column)
            self._grid.addWidget(value, row, column + 1)
        for column in (1, 3):
            self._grid.setColumnStretch(column, 1 if column < columns * 2 else 0)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._lay_out(2 if self.width() >= self.TWO_COLUMNS_FROM else 1)


def columns(*widgets: QWidget, stretch: int | None = None) -> QHBoxLayout:
    """Widgets side by side; `stretch` is the index of the one that takes the room that is left."""
    row = QHBoxLayout()
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(theme.GAP)
    for at, widget in enumerate(widgets):
        row.addWidget(widget, 1 if at == stretch else 0)
    return row
