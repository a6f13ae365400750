"""The line at the bottom: how current the window is, why it is not, and what is being read."""

from __future__ import annotations

from datetime import UTC, datetime

from PySide6.QtCore import QSize, QTimer, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QPushButton, QWidget

from k6desk.core.connection import Connection, State
from k6desk.ui import text, theme
from k6desk.ui.text import PlainLabel

ROLES = {
    State.STARTING: "waiting",
    State.LIVE: "passed",
    State.STALE: "warning",
    State.OFFLINE: "waiting",
    State.SIGNED_OUT: "failed",
    State.FILES: "waiting",
}


class StatusLine(QWidget):
    """The state of the connection in words, moving every second; never a word of the server's own."""

    try_again = Signal()
    sign_in = Signal()

    def __init__(self, connection: Connection, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._connection = connection
        self._dot = _Dot(self)
        self._words = PlainLabel(kind="caption", muted=True)
        self._words.setAccessibleName("Connection")
        self._action = QPushButton()
        self._action.setFlat(True)
        self._action.setFont(theme.font("caption"))
        self._action.clicked.connect(self._act)
        self._reading = PlainLabel(kind="caption", muted=True)
        self._parts = QHBoxLayout()
        self._parts.setSpacing(theme.GAP)
        self._bar = QProgressBar()
        self._bar.setFixedWidth(96)
        self._bar.setTextVisible(False)
        self._bar.setAccessibleName("Reading the past runs")
        line = QHBoxLayout(self)
        line.setContentsMargins(theme.WIDE, 0, theme.WIDE, 0)
        line.setSpacing(theme.GAP)
        line.addWidget(self._dot)
        line.addWidget(self._words)
        line.addWidget(self._action)
        line.addStretch(1)
        line.addLayout(self._parts)
        line.addWidget(self._reading)
        line.addWidget(self._bar)
        self.setFixedHeight(theme.ROW)
        self.show_reading(0, 0)
        self._clock = QTimer(self)
        self._clock.setInterval(1000)
        self._clock.timeout.connect(self._refresh)
        self._clock.start()
        connection.changed.connect(self._refresh)
        self._refresh()

    def add(self, part: QWidget) -> None:
        """Show another thing that is under way."""
        self._parts.addWidget(part)

    def show_reading(self, done: int, total: int) -> None:
        """How many of the past runs have been read; nothing is shown when all have."""
        reading = done < total
        self._reading.setVisible(reading)
        self._bar.setVisible(reading)
        if reading:
            self._reading.setText(f"Reading past runs: {text.count(done)} of {text.count(total)}")
            self._bar.setMaximum(total)
            self._bar.setValue(done)

    def _refresh(self) -> None:
        state = self._connection.state
        self._dot.show_role(ROLES[state])
        self._words.setText(self._sentence(state))
        self._words.setToolTip(text.tooltip(self._connection.reason) if self._connection.reason else "")
        retry = state in {State.OFFLINE, State.STALE} and not self._connection.is_by_choice
        self._action.setText("Sign in" if state is State.SIGNED_OUT else "Try now")
        self._action.setVisible(retry or state is State.SIGNED_OUT)

    def _sentence(self, state: State) -> str:
        now = datetime.now(UTC)
        fresh_at = self._connection.fresh_at
        fresh = f"Updated {text.age((now - fresh_at).total_seconds())}" if fresh_at else "Showing what was seen before"
        since = text.when(self._connection.since, now)
        if self._connection.is_by_choice:
            return f"Started offline. {fresh}."
        match state:
            case State.LIVE:
                return f"Live. {fresh}."
            case State.STARTING:
                connecting = self._connection.reason or "Connecting…"
                return f"{connecting} {fresh}." if fresh_at else connecting
            case State.SIGNED_OUT:
                return f"Signed out since {since}. {fresh}. {self._connection.reason}"
            case State.OFFLINE:
                return f"Offline since {since}. {fresh}. {self._next_try()}"
            case State.FILES:
                return self._connection.reason
            case State.STALE:
                return f"{self._connection.reason} {fresh}. {self._next_try()}"

    def _next_try(self) -> str:
        wait = self._connection.wait_s
        return f"Next try in {text.duration(round(wait))}." if wait >= 1 else "Trying now…"

    def _act(self) -> None:
        (self.sign_in if self._connection.state is State.SIGNED_OUT else self.try_again).emit()


class _Dot(QWidget):
    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._role = "waiting"
        self.setFixedSize(QSize(8, 8))

    def show_role(self, role: str) -> None:
        if role != self._role:
            self._role = role
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(theme.colour(self._role))
        painter.setBrush(theme.colour(self._role))
        painter.drawEllipse(self.rect().adjusted(1, 1, -1, -1))
