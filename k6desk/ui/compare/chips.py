"""The runs that are compared, each in the colour of its lines, and the ways to choose others."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from functools import partial

from PySide6.QtCore import QPoint, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QPalette, QResizeEvent
from PySide6.QtWidgets import QFrame, QMenu, QToolButton, QVBoxLayout, QWidget

from k6desk.api.models import Run
from k6desk.core.compare.baseline import MOST_RUNS
from k6desk.core.store import Store
from k6desk.ui import text, theme
from k6desk.ui.charts.line_colours import line_colour
from k6desk.ui.library.words import run_words
from k6desk.ui.parts import ElidedLabel, columns, say, tool_button
from k6desk.ui.placeholder import Picture
from k6desk.ui.text import PlainLabel

NARROWEST, WIDEST = 216, 340
SMALL, STATE = 12, 12
MOST_OFFERED = 15


class Chips(QWidget):
    """Asks for another choice with `chosen`: the ids of the runs, the one that the others are compared with first."""

    chosen = Signal(object)  # list[int]
    run_wanted = Signal(object)  # run id
    baseline_wanted = Signal(object)  # run id

    def __init__(self, store: Store) -> None:
        super().__init__()
        self._store = store
        self._ids: list[int] = []
        self._roles: dict[int, int] = {}
        self._chips: list[_Chip] = []
        self.add = tool_button("plus", "Add run", "Compare another run of the same test", with_text=True)
        self.add.clicked.connect(self._offer_runs)
        self.add.setParent(self)

    def role(self, run_id: int) -> int:
        """The colour of a run, which stays the same while the run is compared."""
        return self._roles.get(run_id, 0)

    def forget(self) -> None:
        """The runs that come next have nothing to do with these: colours are given anew."""
        self._roles = {}

    def show_runs(self, run_ids: Sequence[int]) -> None:
        """Show these runs."""
        self._roles = {run_id: role for run_id, role in self._roles.items() if run_id in run_ids}
        for run_id in run_ids:
            free = (role for role in range(MOST_RUNS) if role not in self._roles.values())
            self._roles.setdefault(run_id, next(free, 0))
        self._ids = list(run_ids)
        while len(self._chips) > len(run_ids):
            gone = self._chips.pop()
            gone.hide()
            gone.deleteLater()
        while len(self._chips) < len(run_ids):
            self._chips.append(self._chip())
        self.refresh()
        self._lay_out()

    def refresh(self) -> None:
        """Show what is known of the runs now."""
        now = datetime.now(UTC)
        runs = self._store.runs(self._ids)
        for chip, run_id in zip(self._chips, self._ids, strict=True):
            run = runs.get(run_id)
            name = self._store.name_of(run) if run else f"Run {run_id}"
            test = self._store.test(run.test_id) if run else None
            is_local = run is not None and self._store.local_baseline(run.test_id) == run_id
            is_of_server = test is not None and test.baseline_run_id == run_id
            what = " and ".join(filter(None, ("local baseline" * is_local, "baseline in Grafana" * is_of_server)))
            chip.show_run(run_id, run, name, self._roles[run_id], now, f"The {what} of its test" if what else "")
            chip.baseline.setText("Clear local baseline" if is_local else "Set as local baseline")
            chip.allow(is_reference=run_id == self._ids[0], is_last=len(self._ids) < 3)
        self.add.setEnabled(len(self._ids) < MOST_RUNS)
        most = f"At most {MOST_RUNS} runs can be compared."
        self.add.setToolTip("Compare another run of the same test" if len(self._ids) < MOST_RUNS else most)

    def _chip(self) -> _Chip:
        chip = _Chip(self)
        chip.show()
        chip.remove.clicked.connect(lambda: self.chosen.emit([one for one in self._ids if one != chip.run_id]))
        chip.refer.triggered.connect(
            lambda: self.chosen.emit([chip.run_id, *(one for one in self._ids if one != chip.run_id)])
        )
        chip.open.triggered.connect(lambda: self.run_wanted.emit(chip.run_id))
        chip.baseline.triggered.connect(lambda: self.baseline_wanted.emit(chip.run_id))
        return chip

    def _offer_runs(self) -> None:
        """The last runs of the test of the first run."""
        run = self._store.run(self._ids[0]) if self._ids else None
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        now = datetime.now(UTC)
        recent = self._store.latest_of_test(run.test_id, MOST_OFFERED + MOST_RUNS) if run else []
        for one in [one for one in recent if one.id not in self._ids][:MOST_OFFERED]:
            action = menu.addAction(text.on_button(run_words(one.id, one, now)))
            action.triggered.connect(partial(self._add, one.id))
        if menu.isEmpty():
            menu.addAction("There is no other run of this test.").setEnabled(False)
        menu.popup(self.add.mapToGlobal(self.add.rect().bottomLeft()))

    def _add(self, run_id: int, *_: object) -> None:
        self.chosen.emit([*self._ids, run_id])

    def _lay_out(self) -> None:
        """As many beside each other as there is room for, all of one width, and the button where the next one would be.

        No layout of Qt keeps what is in several rows at one width.
        """
        count, room = len(self._chips), self.width() - 2 * theme.WIDE
        button = self.add.sizeHint()
        per_row = max(1, min(count, (room + theme.GAP) // (NARROWEST + theme.GAP)))
        if per_row == count and count * (NARROWEST + theme.GAP) + button.width() > room:
            per_row = max(1, per_row - 1)
        beside = button.width() + theme.GAP if per_row == count else 0
        width = max(1, min(WIDEST, (room - beside + theme.GAP) // per_row - theme.GAP))
        height = max([chip.sizeHint().height() for chip in self._chips], default=button.height())
        for at, chip in enumerate(self._chips):
            row, column = divmod(at, per_row)
            place = QPoint(theme.WIDE + column * (width + theme.GAP), theme.GAP + row * (height + theme.GAP))
            chip.setGeometry(QRect(place, QSize(width, height)))
        row, column = (0, count) if per_row == count else divmod(count, per_row)
        top = theme.GAP + row * (height + theme.GAP) + (height - button.height()) // 2
        self.add.setGeometry(QRect(QPoint(theme.WIDE + column * (width + theme.GAP), top), button))
        self.setFixedHeight(theme.GAP + (row + 1) * (height + theme.GAP))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._lay_out()


class _Chip(QFrame):
    """A run: its colour, outcome, name and age."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.run_id = 0
        self._role = 0
        self._outcome = ""
        self._name = ElidedLabel()
        self._which = ElidedLabel("caption")
        self._which.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        self._mark = Picture("baseline", "accent", SMALL)
        self._reference = PlainLabel("Reference", kind="caption", muted=True)
        self.remove = tool_button("close", "Remove")
        self._more = tool_button("chevron-down", "More")
        self._more.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        menu = QMenu(self._more)
        self.refer = menu.addAction(theme.icon("swap"), "Make it the reference")
        self.open = menu.addAction(theme.icon("external"), "Open in the main window")
        self.baseline = menu.addAction(theme.icon("baseline"), "Set as local baseline")
        self._more.setMenu(menu)
        for small in (self._more, self.remove):
            small.setIconSize(QSize(SMALL, SMALL))
            small.setFixedSize(SMALL + 8, SMALL + 8)
        first = columns(self._name, self._mark, self._reference, stretch=0)
        first.setSpacing(theme.UNIT)
        first.setContentsMargins(STATE + theme.UNIT + 2, 0, 0, 0)
        names = QVBoxLayout()
        names.setContentsMargins(0, 0, theme.UNIT, 0)
        names.setSpacing(0)
        names.addLayout(first)
        names.addWidget(self._which)
        row = columns(self._more, self.remove)
        row.setSpacing(0)
        row.insertLayout(0, names, 1)
        row.setContentsMargins(theme.WIDE, theme.UNIT, theme.UNIT, theme.UNIT)
        self.setLayout(row)

    def show_run(self, run_id: int, run: Run | None, name: str, role: int, now: datetime, baseline: str) -> None:
        """Show a run, as far as it is known; `baseline` says whose it is, "" if it is none."""
        self.run_id, self._role = run_id, role
        self._outcome = run.outcome if run else ""
        which = f"Run {run_id} · {text.when(run.created_at, now)}" if run else "Not known on this computer"
        outcome = text.outcome_word(run) if run else ""
        whole = "\n".join(filter(None, (name, which, outcome, baseline)))
        say(self._name, text.one_line(name))
        say(self._which, which)
        self._mark.setVisible(bool(baseline))
        self._mark.setToolTip(text.tooltip(baseline))
        self.setToolTip(text.tooltip(whole))
        self.setAccessibleName(", ".join(filter(None, (text.one_line(name), which, outcome, baseline))))
        self.remove.setAccessibleName(f"Remove run {run_id}")
        self._more.setAccessibleName(f"More on run {run_id}")
        self._more.setToolTip("Make it the reference, open it, set it as baseline")
        self.baseline.setEnabled(run is not None)
        self.open.setEnabled(run is not None)
        self.update()

    def allow(self, *, is_reference: bool, is_last: bool) -> None:
        """Offer what can be done with it among the others."""
        self._reference.setVisible(is_reference)
        self.refer.setEnabled(not is_reference)
        self.remove.setEnabled(not is_last)
        self.remove.setToolTip("Two runs are the fewest that can be compared" if is_last else "Compare without this")

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(theme.colour("line", self.palette()))
        painter.setBrush(theme.colour("surface", self.palette()))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 6, 6)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(line_colour(self._role, self.palette()))
        painter.drawRoundedRect(QRectF(6, 8, 4, self.height() - 16), 2, 2)
        if self._outcome:
            middle = self._name.geometry().center().y() + 1
            place = QRectF(theme.WIDE, middle - STATE / 2, STATE, STATE)
            theme.paint_state(painter, place, self._outcome, palette=self.palette())
