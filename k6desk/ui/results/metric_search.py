"""The line that finds a metric of the run by its name, title or type."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QModelIndex, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QStandardItem, QStandardItemModel
from PySide6.QtWidgets import QCompleter, QLineEdit, QWidget

from k6desk.api.metrics import Metric
from k6desk.core.metrics.metric_names import title_of
from k6desk.core.metrics.standard_charts import chart_of
from k6desk.ui import text, theme
from k6desk.ui.roles import ACCESSIBLE, TOOL_TIP, USER

MOST_SHOWN = 12
LIST_WIDTH = 400


class MetricSearch(QLineEdit):
    """Type a part of it; Down lists all, Return takes the one that is marked or the first, Esc empties the line."""

    metric_chosen = Signal(str)  # its name

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setPlaceholderText("Add metric…")
        self.setAccessibleName("Add a chart of a metric")
        self.setToolTip("Type a part of a metric’s name to add its chart")
        self.addAction(theme.icon("plus", "muted"), QLineEdit.ActionPosition.LeadingPosition)
        self.setTextMargins(-theme.UNIT, 0, 0, 0)
        self._metrics: tuple[Metric, ...] = ()
        self._found = QStandardItemModel(self)
        self._completer = QCompleter(self._found, self)
        self._completer.setFilterMode(Qt.MatchFlag.MatchContains)
        self._completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        self._completer.setMaxVisibleItems(MOST_SHOWN)
        if popup := self._completer.popup():
            popup.setObjectName("completions")
            popup.setAccessibleName("Metrics of this run")
            popup.setMinimumWidth(LIST_WIDTH)
        self.setCompleter(self._completer)
        self._completer.activated[QModelIndex].connect(self._on_activated)  # type: ignore[index]  # stubs know one of two
        self.returnPressed.connect(self._take_first)
        self._chosen = ""
        self._telling = QTimer(self, singleShot=True, interval=0)  # the completer writes into the line once more
        self._telling.timeout.connect(self._tell)

    def offer(self, metrics: Sequence[Metric]) -> None:
        """These can be chosen."""
        if tuple(metrics) == self._metrics:
            return
        self._metrics = tuple(metrics)
        self._found.clear()
        for metric in sorted(metrics, key=lambda each: (not each.is_builtin, title_of(each.name).casefold())):
            if chart_of(metric) is None:
                continue
            title, name, kind = title_of(metric.name), text.one_line(metric.name, 120), text.one_line(metric.type, 20)
            item = QStandardItem(f"{title} · {name} · {kind}" if title != metric.name else f"{name} · {kind}")
            item.setData(metric.name, USER)
            item.setData(text.tooltip(metric.name), TOOL_TIP)
            item.setData(f"{title}, {kind}", ACCESSIBLE)
            self._found.appendRow(item)

    def _on_activated(self, index: QModelIndex) -> None:
        self._choose(str(index.data(USER)))

    def _take_first(self) -> None:
        self._completer.setCompletionPrefix(self.text())
        if self.text() and self._completer.completionCount():
            popup = self._completer.popup()
            marked = popup.currentIndex() if popup and popup.isVisible() else QModelIndex()
            self._choose(str((marked if marked.isValid() else self._completer.currentIndex()).data(USER)))

    def _choose(self, name: str) -> None:
        if not self._telling.isActive():
            self._chosen = name
            self._telling.start()

    def _tell(self) -> None:
        self.clear()
        self.metric_chosen.emit(self._chosen)

    # Qt

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = event.key()
        if key == Qt.Key.Key_Escape and self.text():
            self.clear()
        elif key == Qt.Key.Key_Down and not self.text():
            self._completer.setCompletionPrefix("")
            self._completer.complete()
        else:
            super().keyPressEvent(event)
