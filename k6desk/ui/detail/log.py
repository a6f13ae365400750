"""The log: what the script and k6 write while the run goes on, and what of it is kept afterwards."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from PySide6.QtCore import QEvent, Qt, QTimer
from PySide6.QtGui import QHideEvent, QKeyEvent, QKeySequence, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QComboBox, QPushButton, QSplitter, QStackedWidget

from k6desk.api.models import Run, RunDetail
from k6desk.core.commands import Commands
from k6desk.core.logs.log_tail import LogTail, Phase
from k6desk.core.notices import Notices
from k6desk.core.store import Store
from k6desk.core.tasks import Tasks
from k6desk.ui import text, theme
from k6desk.ui.detail import log_words
from k6desk.ui.detail.find_bar import FindBar
from k6desk.ui.detail.log_line import LogLineView
from k6desk.ui.detail.log_list import LogList
from k6desk.ui.detail.log_model import LogModel
from k6desk.ui.detail.pane import Pane
from k6desk.ui.file_to_save import FileToSave
from k6desk.ui.filter_line import FilterLine
from k6desk.ui.parts import ElidedLabel, Line, columns, copy_button, say, tool_button
from k6desk.ui.placeholder import Placeholder
from k6desk.ui.text import PlainLabel

FILTER_MS = 150
SHOW_MS = 80
KEPT = timedelta(days=3)
"""Logs are kept for some days; of a run that ended longer ago it is no wonder that there is none."""
LEVELS = (("All levels", 0), ("Info and up", 1), ("Warnings", 2), ("Errors", 3))
NARROW = 560
"""Below this width the button to follow has no words."""
STATES: dict[Phase, str] = {
    Phase.READING: "Loading…",
    Phase.CONNECTING: "Connecting…",
    Phase.LIVE: "Live",
    Phase.AWAY: "Trying again",
    Phase.REFUSED: "Not loaded",
    Phase.OFFLINE: "Offline",
    Phase.COMPLETE: "Complete",
}


class LogPane(Pane):
    """The log is followed while the pane is shown, and no longer."""

    name = "log"
    title = "Log"
    scrolls = False

    def __init__(self, store: Store, commands: Commands, tasks: Tasks, log_tail: LogTail, notices: Notices) -> None:
        super().__init__(store, commands, tasks)
        self._tail = log_tail
        self._notices = notices
        self._model = LogModel(self)
        self._list = LogList(self._model)
        self._line = LogLineView()
        self._line.hide()
        self._words = FilterLine("Filter the log", "Filter")
        self._level = QComboBox()
        self._follow = tool_button("chevron-down", "Follow", "Show the newest lines as they come (End)", with_text=True)
        self._find_bar = FindBar(self._list, words="Find in the log")
        self._counts = ElidedLabel("caption")
        self._newer = QPushButton(flat=True)
        self._state = PlainLabel(kind="caption", muted=True)
        self._nothing = Placeholder()
        self._room = QStackedWidget()
        self._filtering = QTimer(self, singleShot=True, interval=FILTER_MS)
        self._showing = QTimer(self, singleShot=True, interval=SHOW_MS)  # many lines may come at once
        self._lay_out()
        self._connect()
        self.setFocusProxy(self._list)

    def refresh(self, run: Run, detail: RunDetail | None) -> None:
        if self.isVisible():
            self._tail.follow(run.id, self.tasks)
        self._show()

    def is_settled(self) -> bool:
        busy = {Phase.READING, Phase.CONNECTING}
        return not self._showing.isActive() and not self._filtering.isActive() and self._tail.phase not in busy

    def leave(self) -> None:
        self._find_bar.hide()
        self._list.forget_sought()
        self._line.hide()
        self._list.follow(True)

    # -- what is shown -------------------------------------------------------------------------------------------------

    def _show(self) -> None:
        self._showing.stop()
        if self.run is None or self._tail.run_id != self.run.id:
            self.show_placeholder("Loading the log…", icon="script")
            return
        log = self._tail.log
        if log is self._model.log:
            self._model.take_in()
        else:
            self._line.hide()
            self._model.show_log(log)
            self._list.follow(True)
        if log.end == log.first:
            self._show_nothing(self.run)
            return
        self.show_content()
        is_empty = self._model.rowCount() == 0
        self._room.setCurrentIndex(1 if is_empty else 0)
        gone = f"; the {text.count(log.cut, 'oldest line')} {text.is_are(log.cut)} not kept" if log.cut else ""
        said = log_words.counted(log.counts, self._number_shown()) + gone
        say(self._counts, said, said)
        if self._find_bar.isVisible():
            self._find_bar.count()
        is_late = self._tail.phase is Phase.LIVE and self.run.is_finished  # its last lines are on their way
        say(self._state, STATES[Phase.READING if is_late else self._tail.phase], self._tail.problem)

    def _number_shown(self) -> int | None:
        """How many lines the filter lets through; None without one. Marks are no lines, and words let none through."""
        if self._words.text().strip():
            return self._model.rowCount()
        least = self._level.currentData()
        return sum(count for at, count in self._tail.log.counts.items() if at >= least) if least else None

    def _show_nothing(self, run: Run) -> None:
        problem, again = self._tail.problem, self._tail.try_again
        match self._tail.phase:
            case Phase.OFFLINE:
                why = self.commands.why_not_connected() or problem
                self.show_placeholder("The log was never loaded on this computer", why, icon="offline")
            case Phase.REFUSED:
                title = "The log cannot be shown"
                self.show_placeholder(title, problem, icon="warning", action="Try again", on_action=again)
            case Phase.AWAY:
                title = "The log cannot be loaded now"
                sentence = f"{problem} k6desk keeps trying." if problem else "k6desk keeps trying."
                self.show_placeholder(title, sentence, icon="warning", action="Try now", on_action=again)
            case Phase.COMPLETE:
                self._show_empty(run)
            case Phase.LIVE if not run.is_finished:
                words = "They appear here as soon as the script or k6 writes them."
                self.show_placeholder("No lines yet", words, icon="clock")
            case _:
                self.show_placeholder("Loading the log…", "Lines appear here as they arrive.", icon="script")

    def _show_empty(self, run: Run) -> None:
        ended_at = run.ended_at or run.created_at
        if datetime.now(UTC) - ended_at > KEPT:
            words = "Grafana Cloud k6 keeps logs for some days only, and this run ended before that."
            self.show_placeholder("The log is not there any more", words)
        else:
            self.show_placeholder("The log is empty", "Neither the script nor k6 wrote anything.")

    def _show_chosen(self) -> None:
        places = self._list.selected_places()
        if len(places) == 1:
            was_hidden = self._line.isHidden()
            self._line.show_row(self._model.row(places[0]))
            self._line.show()
            if was_hidden:
                QTimer.singleShot(0, self._list, self._bring_chosen_in_sight)
        elif not places:
            self._line.hide()

    def _tell_of_newer(self, count: int) -> None:
        self._newer.setVisible(count > 0)
        self._newer.setText(f"{count:,} new ↓")
        self._newer.setAccessibleName(f"{text.count(count, 'new line')}: go to the newest")

    def _bring_chosen_in_sight(self) -> None:
        if (index := self._list.currentIndex()).isValid():
            self._list.scrollTo(index)

    def _close_line(self) -> None:
        self._list.selectionModel().clear()
        self._line.hide()
        self._list.setFocus()

    def _filter(self) -> None:
        self._filtering.stop()
        self._list.filter(self._words.text(), self._level.currentData())
        self._show_chosen()
        self._show()

    def _drop_filter(self) -> None:
        self._words.clear()
        self._level.setCurrentIndex(0)
        self._filter()

    def _shown(self) -> str:
        return log_words.as_text(self._model.rows())

    def _save(self) -> None:
        if self.run is None:
            return
        rows = self._model.rows()

        async def content() -> tuple[bytes, str]:
            from asyncio import to_thread

            return (await to_thread(log_words.as_text, rows)).encode("utf-8", "replace"), ""

        name = f"{self.commands.name_of(self.run)} {self.run.id}"
        saving = FileToSave(f"log:{self.run.id}", "The log", self._notices, self.tasks, self.window())
        saving.ask("Save log", name, ".log", "Text", content)

    # -- parts ---------------------------------------------------------------------------------------------------------

    def _lay_out(self) -> None:
        self._level.setAccessibleName("Which levels")
        self._level.setToolTip("Show lines of this level and worse ones")
        for words, least in LEVELS:
            self._level.addItem(words, least)
        self._follow.setCheckable(True)
        self._follow.setChecked(True)
        self._counts.setForegroundRole(self._state.foregroundRole())
        self._state.setAccessibleName("State of the log")
        find = tool_button("search", "Find", f"Find ({QKeySequence(QKeySequence.StandardKey.Find).toString()})")
        find.clicked.connect(self._find_bar.open_bar)
        copy = copy_button("Copy the lines that are shown", self._shown)
        save = tool_button("download", "Save", "Save the lines that are shown as a text file")
        save.clicked.connect(self._save)
        top = columns(self._words, self._level, self._follow, find, copy, save, stretch=0)
        top.setContentsMargins(theme.WIDE, theme.GAP, theme.WIDE, theme.GAP)
        self._nothing.show_words(
            "No line is like this",
            "None has all these words and one of these levels.",
            action="Show all lines",
            on_action=self._drop_filter,
        )
        self._room.addWidget(self._list)
        self._room.addWidget(self._nothing)
        split = QSplitter(Qt.Orientation.Vertical)
        split.setChildrenCollapsible(False)
        split.setHandleWidth(1)
        split.addWidget(self._room)
        split.addWidget(self._line)
        split.setStretchFactor(0, 3)
        split.setStretchFactor(1, 1)
        self._newer.setFont(theme.font("caption"))
        self._newer.setToolTip(text.tooltip("Show the newest lines as they come (End)"))
        self._tell_of_newer(0)
        bottom = columns(self._counts, self._newer, self._state, stretch=0)
        bottom.addStrut(self._newer.sizeHint().height())
        bottom.setContentsMargins(theme.WIDE, 0, theme.WIDE, 0)
        self.rows.setContentsMargins(0, 0, 0, 0)
        self.rows.setSpacing(0)
        self.rows.addLayout(top)
        self.rows.addWidget(Line())
        self.rows.addWidget(self._find_bar)
        self.rows.addWidget(split, 1)
        self.rows.addWidget(Line())
        self.rows.addLayout(bottom)

    def _connect(self) -> None:
        self._tail.changed.connect(self._take_in)
        self._showing.timeout.connect(self._show)
        self._filtering.timeout.connect(self._filter)
        self._words.textChanged.connect(lambda: self._filtering.start())
        self._words.left.connect(self._list.setFocus)
        self._level.currentIndexChanged.connect(self._filter)
        self._follow.clicked.connect(self._list.follow)
        self._list.following_changed.connect(self._follow.setChecked)
        self._list.newer_changed.connect(self._tell_of_newer)
        self._newer.clicked.connect(lambda: self._list.follow(True))
        self._list.selectionModel().selectionChanged.connect(self._show_chosen)
        self._line.closed.connect(self._close_line)
        self._find_bar.closed.connect(self._list.forget_sought)

    def _take_in(self) -> None:
        if self.run and self.isVisible() and not self._showing.isActive():
            self._showing.start()

    # -- Qt ------------------------------------------------------------------------------------------------------------

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self.run:
            self._tail.follow(self.run.id, self.tasks)
            self._show()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._tail.rest()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        styles = Qt.ToolButtonStyle
        is_narrow = event.size().width() < NARROW
        self._follow.setToolButtonStyle(styles.ToolButtonIconOnly if is_narrow else styles.ToolButtonTextBesideIcon)

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ShortcutOverride and _finds(event):
            event.accept()  # here it means the log, and not the runs
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if _finds(event):
            self._find_bar.open_bar()
        else:
            super().keyPressEvent(event)


def _finds(event: QEvent) -> bool:
    return isinstance(event, QKeyEvent) and event.matches(QKeySequence.StandardKey.Find)
