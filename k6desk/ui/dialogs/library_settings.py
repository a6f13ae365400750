"""What is kept on this computer by itself, how much there is, and where it lies. Every change takes effect at once."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QCheckBox, QPushButton, QSpinBox, QWidget

from k6desk.core.scripts.script_sync import MEGABYTE
from k6desk.core.session import Session, library_file
from k6desk.core.settings import LEAST_LIMIT_MB, MOST_LIMIT_MB, Settings
from k6desk.ui import text, theme
from k6desk.ui.dialogs.button import Button
from k6desk.ui.dialogs.frame import Frame
from k6desk.ui.dialogs.timing_fields import number
from k6desk.ui.outside import open_outside
from k6desk.ui.parts import FactGrid, columns, wrapping
from k6desk.ui.text import PlainLabel

WIDTH = 480
REFRESH_MS = 500
SCRIPTS, RUNS = "Scripts", "Kept runs"
INDENT = 20
"""Where the words of a check box begin."""


class LibrarySettings(Frame):
    """Open it with `open()`. `choose` takes up and keeps what the user chooses."""

    def __init__(
        self, session: Session, settings: Settings, choose: Callable[..., None], parent: QWidget | None = None
    ) -> None:
        super().__init__("Offline library", parent, width=WIDTH)
        self._session = session
        choices = settings.choices
        self._add_words("What k6desk keeps on this computer can be read and searched without a connection.")

        self._add_title("Scripts")
        fetch = self._add_box("Fetch scripts in the background", choices.fetch_scripts, "fetch_scripts", choose)
        self._add_words("Of each test, and of its three newest runs. Every script you look at is kept, too.", INDENT)
        self._limit = number("Stop when the kept scripts take", QSpinBox())
        self._limit.setRange(LEAST_LIMIT_MB, MOST_LIMIT_MB)
        self._limit.setSingleStep(100)
        self._limit.setGroupSeparatorShown(True)
        self._limit.setSuffix(" MB")
        self._limit.setValue(choices.script_limit_mb)
        self._limit.setKeyboardTracking(False)
        self._limit.valueChanged.connect(lambda value: choose(script_limit_mb=value))
        self._limit.setEnabled(choices.fetch_scripts)
        fetch.toggled.connect(self._limit.setEnabled)
        limit = columns(PlainLabel("Stop when the kept scripts take"), self._limit)
        limit.setContentsMargins(INDENT, 0, 0, 0)
        limit.addStretch(1)
        self.column.addLayout(limit)

        self._add_title("Runs")
        self._add_box("Keep every starred run", choices.keep_starred, "keep_starred", choose)
        self._add_box("Keep every failed run", choices.keep_failed, "keep_failed", choose)
        self._add_words("A kept run stays here whole, also when Grafana deletes it.", INDENT)

        self._add_title("On this computer now")
        self._amount = FactGrid((SCRIPTS, RUNS))
        self.column.addWidget(self._amount)
        self._add_file(library_file(session.folder))
        close = Button("Close")
        close.clicked.connect(self.accept)
        buttons = columns(close)
        buttons.insertStretch(0)
        self.column.addSpacing(theme.GAP)
        self.column.addLayout(buttons)
        # Whole lists come in at once, and what there is takes time to count.
        self._soon = QTimer(self, singleShot=True, interval=REFRESH_MS)
        self._soon.timeout.connect(self._show_amount)
        session.store.scripts_changed.connect(self._show_soon)
        session.store.changed.connect(self._show_soon)
        self._show_amount()
        fetch.setFocus()

    def _add_title(self, words: str) -> None:
        self.column.addSpacing(theme.GAP)
        self.column.addWidget(PlainLabel(words, kind="title"))

    def _add_words(self, words: str, indent: int = 0) -> PlainLabel:
        label = wrapping(muted=True)
        label.setText(words)
        label.setContentsMargins(indent, 0, 0, 0)
        self.column.addWidget(label)
        return label

    def _add_box(self, words: str, checked: bool, name: str, choose: Callable[..., None]) -> QCheckBox:
        box = QCheckBox(words)
        box.setChecked(checked)
        box.toggled.connect(lambda on: choose(**{name: on}))
        self.column.addWidget(box)
        return box

    def _add_file(self, path: Path) -> None:
        if not self._session.store.is_saved:
            self._add_words("The library’s file cannot be written now, so what is new is kept only until k6desk ends.")
        where = wrapping()
        where.setText(text.one_line(str(path), 500))
        where.setAccessibleName("File of the library")
        folder = QPushButton("Show folder", autoDefault=False)
        folder.clicked.connect(lambda: open_outside(path.parent))
        self.column.addLayout(columns(where, folder, stretch=0))
        self._add_words("k6desk never deletes this file.")

    def _show_soon(self) -> None:
        if not self._soon.isActive():
            self._soon.start()

    def _show_amount(self) -> None:
        store = self._session.store
        self._amount.put(SCRIPTS, amount(len(store.script_digests()), store.script_bytes()))
        self._amount.put(RUNS, amount(len(store.kept_ids()), store.kept_bytes()))


def amount(how_many: int, size: int) -> str:
    """How many there are, and what they take in the unit of the limit."""
    if not how_many:
        return "none"
    taken = f"{size / MEGABYTE:,.1f} MB" if size >= MEGABYTE / 10 else "less than 0.1 MB"
    return f"{text.count(how_many)}, {taken}"
