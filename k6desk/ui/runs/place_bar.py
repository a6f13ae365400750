"""The strip above the runs of a test or a project: what it is about to do, what it has used, and what can be done.

Above the runs that expire soon it offers to keep them.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

from PySide6.QtCore import QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QFont, QHideEvent, QPainter, QPaintEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from k6desk.api.models import LoadTest, Project
from k6desk.core.delta import Delta
from k6desk.core.session import Session
from k6desk.ui import text, theme, timing_words
from k6desk.ui.actions import Actions
from k6desk.ui.parts import ElidedLabel, say

ACTIONS = {
    "test": ("start", "schedule", "upload"),
    "project": ("new_test", "project_settings"),
    "expiring": ("keep_expiring",),
}
NARROW = 620
"""Below this width the buttons are icons alone."""
LINE = 18
ROOMY = 360
"""Below this width the words have the room of the month's bar."""
MINUTE_MS = 60_000
SOON_MS = 5_000
"""How late a project's sum may be after its runs; it is too much to be added up with each of them."""
MUCH = 0.9
"""From this share of its month's limit on, a project's use is worth a warning."""


class PlaceBar(QFrame):
    """Reads the store alone, and is not there for other lists. `run_wanted` carries the id of a run to go to."""

    run_wanted = Signal(object)

    def __init__(self, session: Session, actions: Actions, place: Callable[[], tuple[str, int]]) -> None:
        super().__init__()
        self._session = session
        self._place = place
        self._baseline: int | None = None
        self._name = ElidedLabel()
        font = theme.font("body")
        font.setWeight(QFont.Weight.DemiBold)
        self._name.setFont(font)
        self._facts = ElidedLabel("caption")
        self._facts.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self._facts.setForegroundRole(self.palette().ColorRole.PlaceholderText)
        self._month = _MonthBar()
        self._link = QPushButton(flat=True)
        self._link.setFont(theme.font("caption"))
        self._link.setFixedHeight(LINE)
        self._link.setToolTip("Go to the run that others of this test are compared with")
        self._link.clicked.connect(lambda: self.run_wanted.emit(self._baseline))
        self._buttons = {name: _button(actions, name) for names in ACTIONS.values() for name in names}
        self._minutes = QTimer(self, interval=MINUTE_MS)
        self._minutes.timeout.connect(self.refresh)
        self._soon = QTimer(self, singleShot=True, interval=SOON_MS)
        self._soon.timeout.connect(self.refresh)
        session.store.changed.connect(self._on_changed)
        for name in self._buttons:
            actions[name].visibleChanged.connect(self.refresh)
        self._has_limit = False
        self._arrange()
        self.refresh()

    def refresh(self) -> None:
        """Show what the store has of the place."""
        kind, id_ = self._place()
        store = self._session.store
        test = store.test(id_) if kind == "test" else None
        project = store.project(id_) if kind == "project" else None
        if test:
            self._show_test(test)
        elif project:
            self._show_project(project)
        expiring = store.counts().expiring if kind == "expiring" else 0
        if expiring:
            self._show_expiring(expiring)
        for owner, names in ACTIONS.items():
            for name in names:
                button = self._buttons[name]
                button.setVisible(owner == kind and button.defaultAction().isVisible())
        self.setVisible(bool(test or project or expiring))

    def _on_changed(self, delta: Delta) -> None:
        has_other_runs = delta.added or delta.changed or delta.removed
        kind = self._place()[0]
        if has_other_runs and kind == "expiring":
            self.refresh()
        elif has_other_runs and self.isVisible() and kind == "project" and not self._soon.isActive():
            self._soon.start()

    def _show_test(self, test: LoadTest) -> None:
        now, schedule = datetime.now(UTC), self._session.store.schedule(test.id)
        at = schedule.next_run_at if schedule else None
        say(self._name, text.one_line(test.name), text.one_line(test.name))
        if schedule:
            rule = timing_words.rule(schedule.timing, now, at)
            say(self._facts, timing_words.next_start(schedule, now), f"{rule}\n{text.exact(at)}" if at else rule)
        else:
            lack = self._session.commands.lack("schedule")
            say(self._facts, "" if lack else "No schedule", lack or "This test does not start by itself")
        self._baseline = test.baseline_run_id
        self._link.setText(f"Baseline: run {self._baseline}")
        self._link.setVisible(self._baseline is not None)
        self._has_limit = False
        self._month.hide()

    def _show_project(self, project: Project) -> None:
        store = self._session.store
        used, limits = self._session.commands.projects.used_this_month(project.id), store.limits(project.id)
        limit = limits.vuh_max_per_month if limits else None
        of = f" of {text.count(limit)}" if limit is not None else ""
        tests = text.count(len(store.tests(project.id)), "test")
        say(self._name, text.one_line(project.name), text.one_line(project.name))
        say(self._facts, f"{text.vuh(used)}{of} VUH this month · {tests}", text.USED_THIS_MONTH)
        self._has_limit = bool(limit)
        self._month.setVisible(self._has_limit and self.width() >= ROOMY)
        self._month.show_share(used / limit if limit else 0.0)
        self._link.hide()

    def _show_expiring(self, number: int) -> None:
        verb = "expires" if number == 1 else "expire"
        say(self._name, f"{text.count(number, 'run')} {verb} within 7 days", "")
        say(self._facts, "Grafana deletes the results then", "What is kept on this computer stays")
        self._has_limit = False
        self._month.hide()
        self._link.hide()

    def _arrange(self) -> None:
        below = QHBoxLayout()
        below.setSpacing(theme.GAP)
        below.addWidget(self._month)
        below.addWidget(self._facts)
        below.addWidget(self._link)
        below.addStretch()
        below.addStrut(LINE)
        words = QVBoxLayout()
        words.setSpacing(0)
        words.addWidget(self._name)
        words.addLayout(below)
        row = QHBoxLayout(self)
        row.setContentsMargins(theme.GAP, theme.GAP, theme.GAP, 0)
        row.setSpacing(theme.UNIT)
        row.addLayout(words, 1)
        for button in self._buttons.values():
            row.addWidget(button)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._minutes.start()  # “in 14 min” does not stay true

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._minutes.stop()
        self._soon.stop()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._month.setVisible(self._has_limit and self.width() >= ROOMY)
        styles = Qt.ToolButtonStyle
        style = styles.ToolButtonIconOnly if self.width() < NARROW else styles.ToolButtonTextBesideIcon
        for name, button in self._buttons.items():
            button.setToolButtonStyle(style if name != "keep_expiring" else styles.ToolButtonTextBesideIcon)  # is alone


class _MonthBar(QWidget):
    """How much of a limit is used, as a thin bar."""

    def __init__(self) -> None:
        super().__init__()
        self._share = 0.0
        self.setAccessibleName("VUH of the monthly limit")
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def show_share(self, share: float) -> None:
        """Fill this share of the bar, 0 to 1; what is over the limit fills it too."""
        self._share = share
        self.setAccessibleDescription(text.percent(share * 100))
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(72, 6)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        whole = QRectF(self.rect())
        painter.setBrush(theme.colour("line", self.palette()))
        painter.drawRoundedRect(whole, 3, 3)
        if self._share > 0:
            whole.setWidth(max(6.0, whole.width() * min(1.0, self._share)))
            role = "failed" if self._share > 1 else "warning" if self._share >= MUCH else "accent"
            painter.setBrush(theme.colour(role, self.palette()))
            painter.drawRoundedRect(whole, 3, 3)


def _button(actions: Actions, name: str) -> QToolButton:
    button = QToolButton()
    button.setDefaultAction(actions[name])
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    return button
