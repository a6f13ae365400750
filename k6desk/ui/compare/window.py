"""The window "Compare runs": runs beside each other, and the trend of a test, beside the main window."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSettings, Signal
from PySide6.QtGui import QCloseEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QStackedWidget, QTabWidget, QVBoxLayout, QWidget

from k6desk.core.compare.baseline import MOST_RUNS, baseline_of
from k6desk.core.notices import Notices
from k6desk.core.session import Session
from k6desk.core.tasks import Tasks
from k6desk.ui.action_table import TABLE
from k6desk.ui.compare.compare_page import ComparePage
from k6desk.ui.compare.trend_page import TrendPage
from k6desk.ui.notice_bar import NoticeBar
from k6desk.ui.placeholder import Placeholder
from k6desk.ui.side_window import SideWindow

COMPARE, TREND = range(2)


class CompareWindow(SideWindow):
    """What is compared and followed is read while the window is open and no longer."""

    run_wanted = Signal(object)  # run id: show it in the main window
    scripts_wanted = Signal(object, object)  # ids of two runs: show what is different between their scripts

    name = "compare"

    def __init__(self, session: Session, tasks: Tasks, notices: Notices, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.setWindowTitle(f"Compare runs – {session.account.name} – k6desk")
        self.compare_page = ComparePage(session, tasks)
        self.trend_page = TrendPage(session, tasks)
        self._compare_room, self._trend_room = QStackedWidget(), QStackedWidget()
        nothing_compared, nothing_followed = Placeholder(), Placeholder()
        nothing_compared.show_words(
            "Nothing to compare yet",
            f"Select 2 to {MOST_RUNS} runs in the main window, and choose “Compare runs” in their menu.",
            icon="compare",
        )
        nothing_followed.show_words("No trend yet", "Choose “Trend” in the menu of a test or run.", icon="timeline")
        for room, nothing in ((self._compare_room, nothing_compared), (self._trend_room, nothing_followed)):
            room.addWidget(nothing)
        self._compare_room.addWidget(self.compare_page)
        self._trend_room.addWidget(self.trend_page)
        self.tabs = QTabWidget()
        self.tabs.setAccessibleName("Comparison and trend")
        self.tabs.addTab(self._compare_room, "Compare")
        self.tabs.addTab(self._trend_room, "Trend")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(NoticeBar(notices))
        column.addWidget(self.tabs, 1)
        for page in (self.compare_page, self.trend_page):
            page.run_wanted.connect(self.run_wanted)
        self.compare_page.scripts_wanted.connect(self.scripts_wanted)
        for keys in next(spec.keys for spec in TABLE if spec.name == "refresh"):
            QShortcut(QKeySequence(keys), self).activated.connect(self._read_again)

    def compare(self, run_ids: Sequence[int]) -> None:
        """Compare two to five runs with the first of them."""
        self.compare_page.compare(run_ids)
        self._compare_room.setCurrentWidget(self.compare_page)
        self._come_up(COMPARE)

    def compare_with_baseline(self, run_id: int) -> None:
        """Compare a run with the baseline of its test, if there is one that is another run."""
        run = self._session.store.run(run_id)
        baseline = baseline_of(self._session.store, run) if run else None
        if baseline is not None:
            self.compare([baseline, run_id])

    def show_trend(self, test_id: int) -> None:
        """Follow a test over its last runs."""
        self._trend_room.setCurrentWidget(self.trend_page)
        self._come_up(TREND)
        self.trend_page.show_trend(test_id)

    def is_settled(self) -> bool:
        """Whether nothing more is on its way."""
        return self.compare_page.is_settled and self.trend_page.is_settled

    def _read_again(self) -> None:
        (self.compare_page, self.trend_page)[self.tabs.currentIndex()].read_again()

    def _come_up(self, tab: int) -> None:
        self.tabs.setCurrentIndex(tab)
        self.come_up()
        (self.compare_page, self.trend_page)[tab].setFocus()

    # -- sizes ---------------------------------------------------------------------------------------------------------

    def save_state(self, settings: QSettings) -> None:
        """Remember the size and the choices for the next time."""
        super().save_state(settings)
        self.compare_page.save_state(settings)

    def restore_state(self, settings: QSettings) -> None:
        """Take up the size and the choices of last time."""
        super().restore_state(settings)
        self.compare_page.restore_state(settings)

    def closeEvent(self, event: QCloseEvent) -> None:
        self.compare_page.stop()
        self.trend_page.stop()
        super().closeEvent(event)
