"""Which view of a comparison is shown, and what can be chosen in it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QButtonGroup, QComboBox, QHBoxLayout, QSpinBox, QToolButton, QWidget

from k6desk.core.compare.compared_runs import ScriptChange
from k6desk.core.compare.run_comparison import USUAL, Tolerance
from k6desk.ui import theme
from k6desk.ui.parts import columns, tool_button
from k6desk.ui.text import PlainLabel

FIGURES, CURVES, REQUESTS, DIFFERENCES = range(4)
VIEWS = (
    ("Figures", "What the runs measured, in figures"),
    ("Curves", "What the runs measured, from the start of their load"),
    ("Requests", "What became of each request, the greatest damage first"),
    ("Differences", "What the runs were told to do differently: script, options, cost"),
)
MOST_PERCENT = 50


class CompareBar(QWidget):
    """The views at the left; at the right what belongs to the one that is shown."""

    view_chosen = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        self._views = QButtonGroup(self)
        self.other = QComboBox()
        self.percent = QSpinBox(maximum=MOST_PERCENT, value=round(USUAL.share * 100), suffix=" %")
        self.scripts = tool_button("compare", "Compare the scripts", with_text=True)
        self._percent_words = PlainLabel("Tolerance")
        self._percent_words.setBuddy(self.percent)
        self.percent.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self.percent.setAccessibleName("Tolerance in percent")
        self.percent.setToolTip(
            "Smaller differences are taken for noise, and so are 5 ms and half a percentage point; "
            "with 0 % every difference counts"
        )
        self.other.setAccessibleName("The run to compare with the reference")
        row = QHBoxLayout(self)
        row.setContentsMargins(theme.WIDE, 0, theme.WIDE, theme.GAP)
        row.setSpacing(0)
        for view, (title, hint) in enumerate(VIEWS):
            row.addWidget(self._button(view, title, hint))
        row.addStretch(1)
        row.addLayout(columns(self.other, self._percent_words, self.percent, self.scripts))

    @property
    def tolerance(self) -> Tolerance:
        """What is taken for noise."""
        return Tolerance(self.percent.value() / 100)

    def show_view(self, view: int, *, with_other: bool) -> None:
        """Show which view is shown, and what belongs to it; `with_other`: there is a choice of the second run."""
        self._views.button(view).setChecked(True)
        self.other.setVisible(with_other and view in {REQUESTS, DIFFERENCES})
        for widget in (self._percent_words, self.percent):
            widget.setVisible(view in {FIGURES, REQUESTS})
        self.scripts.setVisible(view == DIFFERENCES)

    def allow_scripts(self, change: ScriptChange | None) -> None:
        """Offer to show the scripts where there is a difference between them to be seen, or say why there is none."""
        why_not = "It is not known yet whether the scripts are different" if change is None else change.problem
        if change is not None and change.is_same:
            why_not = "Both runs had the same script"
        self.scripts.setEnabled(not why_not)
        self.scripts.setToolTip(why_not or "Show the scripts of both runs side by side")

    def offer_runs(self, run_ids: Sequence[int]) -> None:
        """Offer these runs to be compared with the reference; the chosen one stays so if it is among them.

        Else it is the last one: runs come with the newest at the end.
        """
        before = self.other.currentData()
        self.other.blockSignals(True)
        self.other.clear()
        for run_id in run_ids:
            self.other.addItem(f"Run {run_id}", run_id)
        at = self.other.findData(before)
        self.other.setCurrentIndex(at if at >= 0 else self.other.count() - 1)
        self.other.blockSignals(False)

    def _button(self, view: int, title: str, hint: str) -> QToolButton:
        button = QToolButton()
        button.setText(title)
        button.setToolTip(hint)
        button.setCheckable(True)
        button.setProperty("segment", True)
        button.clicked.connect(partial(self._choose, view))
        self._views.addButton(button, view)
        return button

    def _choose(self, view: int, *_: object) -> None:
        self.view_chosen.emit(view)
