"""Parts of the line at the bottom: notes that wait to be sent, and scripts and runs that are got by themselves."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QToolButton, QWidget

from k6desk.core.keeper import Keeper
from k6desk.core.outbox import Outbox
from k6desk.core.scripts.script_sync import MEGABYTE, ScriptSync
from k6desk.ui import text, theme
from k6desk.ui.parts import say
from k6desk.ui.text import PlainLabel

MOST_NAMED = 8
PICTURE = 14


class WaitingNotes(QPushButton):
    """How many notes are not on the server although they were saved; a click leads to the first of them."""

    wanted = Signal(object)  # run id

    def __init__(self, outbox: Outbox, parent: QWidget) -> None:
        super().__init__(parent)
        self._outbox = outbox
        self.setFlat(True)
        self.setFont(theme.font("caption"))
        self.setIcon(theme.icon("note", "muted"))
        self.setIconSize(QSize(PICTURE, PICTURE))
        self.clicked.connect(self._choose)
        outbox.changed.connect(self._refresh)
        self._refresh()

    def _refresh(self) -> None:
        waiting, refused = self._outbox.waiting, self._outbox.refused
        self.setVisible(bool(waiting or refused))
        waits = f"{text.count(len(waiting), 'note')} {'waits' if len(waiting) == 1 else 'wait'} to be sent"
        words = f"{text.count(len(refused), 'note')} not sent" if refused else waits
        if refused and waiting:
            words = f"{words}, {text.count(len(waiting))} waiting"
        self.setText(words)
        self.setAccessibleName(words)
        lines = [text.one_line(draft.problem) for draft in refused]
        lines += [f"Sent when the server answers: the note of “{note.called}”" for note in waiting]
        more = [f"and {text.count(len(lines) - MOST_NAMED)} more"] if len(lines) > MOST_NAMED else []
        self.setToolTip(text.tooltip("\n".join([*lines[:MOST_NAMED], *more])))

    def _choose(self) -> None:
        ids = [draft.run_id for draft in self._outbox.refused] + [note.run_id for note in self._outbox.waiting]
        if ids:
            self.wanted.emit(ids[0])


class KeepProgress(PlainLabel):
    """How many of the runs that are to be kept are here whole; hidden when all are."""

    def __init__(self, keeper: Keeper, parent: QWidget) -> None:
        super().__init__(parent=parent, kind="caption", muted=True)
        self.hide()
        keeper.progressed.connect(self._show_progress)

    def _show_progress(self, done: int, total: int) -> None:
        self.setText(f"Keeping runs: {text.count(done)} of {text.count(total)}")
        self.setVisible(done < total)


class ScriptProgress(QWidget):
    """How many of the scripts that are fetched by themselves are here, and a button that pauses that or goes on."""

    pause_wanted = Signal(bool)  # whether nothing is to be fetched any more

    def __init__(self, sync: ScriptSync, parent: QWidget) -> None:
        super().__init__(parent)
        self._sync = sync
        self._words = PlainLabel(kind="caption", muted=True)
        self._button = QToolButton()
        self._button.setAutoRaise(True)
        self._button.setIconSize(QSize(PICTURE, PICTURE))
        self._button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._button.clicked.connect(lambda: self.pause_wanted.emit(not sync.is_paused))
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(theme.UNIT)
        line.addWidget(self._words)
        line.addWidget(self._button)
        sync.changed.connect(self._refresh)
        self._refresh()

    def _refresh(self) -> None:
        sync = self._sync
        is_complete = sync.total > 0 and sync.done == sync.total
        self.setVisible(sync.progress in {"fetching", "paused", "full"} and not is_complete)
        figures = f"Scripts: {text.count(sync.done)} of {text.count(sync.total)}" if sync.total else "Scripts"
        is_paused = sync.progress == "paused"
        if sync.progress == "full":
            hint = (
                f"The scripts that are kept take {text.count(round(sync.limit / MEGABYTE))} MB, which is the limit, so "
                "k6desk fetches no more by itself. Choose another limit in File → Offline library."
            )
            say(self._words, f"{figures}, limit reached", hint)
        else:
            hint = "Fetched while nobody waits, so that they can be read without a connection"
            say(self._words, f"{figures}, paused" if is_paused else figures, hint)
        self._button.setVisible(sync.progress != "full")
        self._button.setIcon(theme.icon("play" if is_paused else "pause", "muted"))
        name = "Go on fetching scripts" if is_paused else "Pause fetching scripts"
        self._button.setAccessibleName(name)
        self._button.setToolTip(name)
