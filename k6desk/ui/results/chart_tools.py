"""The row above the charts: which metrics, split by what, and what can be done with the pictures."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtGui import QAction, QFocusEvent
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QMenu, QToolButton, QWidget

from k6desk.core.metrics.chart_choice import LABELS
from k6desk.ui import text, theme
from k6desk.ui.parts import tool_button
from k6desk.ui.results.metric_search import MetricSearch

SHOWN_STATISTICS = ("p50", "p95", "p99", "avg", "max")
WIDEST_SEARCH = 320
WIDEST_SPLIT = 190


class ChartTools(QWidget):
    """Slim enough for the narrowest pane. The menu has no actions of its own until `offer` adds them."""

    split_chosen = Signal(str)  # a label, "" for none
    statistic_chosen = Signal(str)
    labels_wanted = Signal()  # somebody is about to choose a label

    def __init__(self) -> None:
        super().__init__()
        self.search = MetricSearch()
        self.search.setMaximumWidth(WIDEST_SEARCH)
        self._split = _Split()
        self._split.activated.connect(lambda at: self.split_chosen.emit(self._split.itemData(at)))
        self._split.opened.connect(self.labels_wanted)
        self._statistic = QComboBox()
        self._statistic.addItems(SHOWN_STATISTICS)
        self._statistic.setAccessibleName("Statistic of response times")
        self._statistic.setToolTip("Which statistic of response times the split charts show")
        self._statistic.textActivated.connect(self.statistic_chosen)
        self._menu = QMenu(self)
        self._menu.setToolTipsVisible(True)
        more = tool_button("more", "More", "Copy, save, and whole time")
        more.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        more.setMenu(self._menu)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.GAP)
        row.addWidget(self.search, 3)
        row.addWidget(self._split)
        row.addWidget(self._statistic)
        row.addStretch(1)
        row.addWidget(more)

    def offer(self, *actions: QAction | None) -> None:
        """What the menu has; None divides."""
        for action in actions:
            if action:
                self._menu.addAction(action)
            else:
                self._menu.addSeparator()

    def show_split(self, label: str, offered: Sequence[str], statistic: str, *, has_trends: bool) -> None:
        """Show what is chosen, and what else there is to choose from; a statistic only where one is to be chosen."""
        labels = ["", *offered, *([label] if label and label not in offered else [])]
        with QSignalBlocker(self._split), QSignalBlocker(self._statistic):
            if labels != [self._split.itemData(at) for at in range(self._split.count())]:
                self._split.clear()
                for each in labels:
                    self._split.addItem(f"By {words_of(each)}" if each else "Not split", each)
                self._split.fit_popup()
            self._split.setCurrentIndex(labels.index(label))
            self._statistic.setCurrentText(statistic)
        self._statistic.setVisible(bool(label) and has_trends)


class _Split(QComboBox):
    """Says when it is about to be used: what it offers may be asked for then."""

    opened = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName("Split by")
        self.setToolTip("Split the charts by a label of their samples")
        self.setMaximumWidth(WIDEST_SPLIT)

    def showPopup(self) -> None:
        self.opened.emit()
        super().showPopup()

    def fit_popup(self) -> None:
        """Make the list as high as what it offers now, if it is open."""
        if self.view().isVisible():
            super().showPopup()

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.opened.emit()


def words_of(label: str) -> str:
    """What people call a label; one that a script has made up keeps its name."""
    return LABELS.get(label, text.one_line(label, 30))


def values_of(label: str, count: int) -> str:
    """So many values of a label: "12 request names", "3 values of tenant"."""
    if label == "status":
        return f"{count:,} status{'es' * (count != 1)}"
    return text.count(count, LABELS[label]) if label in LABELS else f"{text.count(count, 'value')} of {words_of(label)}"
