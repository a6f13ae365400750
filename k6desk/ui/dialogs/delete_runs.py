"""Asks before runs are deleted: which ones, and what goes with them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QHBoxLayout, QListWidget, QListWidgetItem, QPushButton, QVBoxLayout, QWidget

from k6desk.api.models import Run
from k6desk.core.store import Store
from k6desk.ui import text, theme
from k6desk.ui.dialogs.button import Button
from k6desk.ui.dialogs.frame import Frame
from k6desk.ui.placeholder import Picture
from k6desk.ui.text import PlainLabel

WIDTH = 560
ICON = 32
ROW, SPACING = 22, 1
SHOWN = 10
"""The list is as high as this many runs; more are scrolled to."""


class DeleteRunsDialog(Frame):
    """Open it with `open()`; `accepted` means that exactly these runs are to be deleted."""

    def __init__(self, runs: Sequence[Run], left_out: int, store: Store, parent: QWidget | None = None) -> None:
        super().__init__("Delete runs" if len(runs) > 1 else "Delete run", parent)
        one = f"Delete run {runs[0].id} of “{text.one_line(store.name_of(runs[0]), 80)}”?"
        title = PlainLabel(
            one if len(runs) == 1 else f"Delete {text.count(len(runs), 'run')}?", kind="title", wrap=True
        )
        self.list = QListWidget()
        self.list.setAccessibleName("Runs to be deleted")
        self.list.setSelectionMode(QListWidget.SelectionMode.NoSelection)
        self.list.setUniformItemSizes(True)
        self.list.setSpacing(SPACING)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.list.setWordWrap(True)  # otherwise Qt cuts nothing and scrolls sideways
        now = datetime.now(UTC)
        for run in runs:
            name = text.one_line(store.name_of(run), 80)
            line = f"{name}  ·  {text.when(run.created_at, now)}  ·  {text.outcome_word(run)}  ·  {run.id}"
            item = QListWidgetItem(line, self.list)
            item.setSizeHint(QSize(0, ROW))
        self.list.setFixedHeight(min(len(runs), SHOWN) * (ROW + 2 * SPACING) + 2 * SPACING)
        goes = "Their results, metrics, logs and notes go with them. The load tests stay. This cannot be undone."
        if len(runs) == 1:
            goes = "Its results, metrics, logs and note go with it. The load test stays. This cannot be undone."
        if kept := sum(store.kept(run.id) is not None for run in runs):
            goes += f" {_stays(kept, len(runs))}"
        words = PlainLabel(goes, wrap=True)
        delete = Button(f"Delete {text.count(len(runs), 'run')}" if len(runs) > 1 else "Delete run")
        cancel = QPushButton("Cancel", default=True)  # “keep” means another thing here
        delete.clicked.connect(self.accept)
        cancel.clicked.connect(self.reject)

        picture = Picture("warning", "warning", ICON)
        lines = QVBoxLayout()
        lines.setSpacing(theme.GAP)
        lines.addWidget(title)
        lines.addWidget(self.list)
        lines.addWidget(words)
        if left_out:
            stay = "run has not ended yet and stays; abort it first."
            if left_out > 1:
                stay = "runs have not ended yet and stay; abort them first."
            lines.addWidget(PlainLabel(f"{text.count(left_out)} {stay}", wrap=True))
        row = QHBoxLayout()
        row.setSpacing(theme.WIDE)
        row.addWidget(picture, 0, Qt.AlignmentFlag.AlignTop)
        row.addLayout(lines, 1)
        buttons = QHBoxLayout()
        buttons.setSpacing(theme.GAP)
        buttons.addStretch()
        buttons.addWidget(delete)
        buttons.addWidget(cancel)
        self.column.setSpacing(theme.WIDE)
        self.column.addLayout(row)
        self.column.addLayout(buttons)
        self.setMinimumWidth(WIDTH)
        cancel.setFocus()


def _stays(kept: int, all_: int) -> str:
    """What is said of the runs that are kept on this computer."""
    if all_ == 1:
        return "What k6desk keeps of it on this computer stays."
    which = "these runs" if kept == all_ else f"{text.count(kept)} of them"
    return f"What k6desk keeps of {which} on this computer stays."
