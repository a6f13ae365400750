"""What the split charts draw: the largest series, or those that were chosen, and in which places."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import Signal
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QPushButton, QWidget

from k6desk.api.metrics import Answer
from k6desk.core.metrics.picks import MOST, Picks, sizes_of
from k6desk.core.metrics.standard_charts import ChartSpec
from k6desk.ui import text, theme
from k6desk.ui.parts import columns, say, wrapping
from k6desk.ui.results.chart_tools import values_of, words_of
from k6desk.ui.results.series_choice import Measure, SeriesChoice

MOST_MEASURES = 2
CHECKS = "checks"
"""Of these, the ones that pass least are looked for."""


class SeriesRow(QWidget):
    """A line that says which, and a button to choose others. It is there where there is a choice."""

    changed = Signal()  # others are to be drawn

    def __init__(self) -> None:
        super().__init__()
        self._picks = Picks()
        self._specs: tuple[ChartSpec, ...] = ()
        self._answers: tuple[Answer | None, ...] = ()
        self._names: tuple[str, ...] = ()
        self._words = wrapping("caption", muted=True)
        self._button = QPushButton("Choose…")
        self._button.setFlat(True)
        self._button.setFont(theme.font("caption"))
        self._button.setAccessibleName("Choose what is drawn")
        width = QFontMetrics(theme.font("caption")).horizontalAdvance(self._button.text())
        self._button.setFixedWidth(width + 3 * theme.UNIT)
        self._button.clicked.connect(self._open_choice)
        self.setLayout(columns(self._button, self._words, stretch=1))
        self.hide()

    @property
    def places(self) -> Mapping[str, int]:
        """The values of the label that are drawn, and their places."""
        return self._picks.places

    @property
    def has_names(self) -> bool:
        """Whether it is known what there is to be drawn."""
        return bool(self._names)

    def reset(self) -> None:
        """Another run or another label: nothing is known yet."""
        self._picks = Picks()
        self._answers, self._names = (), ()

    def take_in(self, specs: Sequence[ChartSpec], answers: Sequence[Answer | None]) -> None:
        """These charts are split, and this is what is known of each.

        The first one that has data tells which values are the largest; others may add values of their own.
        """
        is_new = len(answers) != len(self._answers) or any(
            a is not b for a, b in zip(answers, self._answers, strict=True)
        )
        if is_new or tuple(specs) != self._specs:
            self._specs, self._answers = tuple(specs), tuple(answers)
            self._pick()
        self.setVisible(len(self._names) > 1)

    def _pick(self) -> None:
        sizes: dict[str, float] = {}
        for spec, answer in zip(self._specs, self._answers, strict=True):
            if not sizes:
                sizes = sizes_of(answer, spec.label, is_sum=spec.per_s)
                if spec.metrics[0] == CHECKS:
                    sizes = {value: -size for value, size in sizes.items()}
            elif answer:
                for series in answer.series:
                    sizes.setdefault(series.labels.get(spec.label, ""), float("nan"))
        self._names = tuple(sizes)
        self._picks.follow(sizes)
        say(self._words, self._sentence())

    def _sentence(self) -> str:
        if not self._specs:
            return ""
        drawn, total = len(self._picks.places), values_of(self._specs[0].label, len(self._names))
        left_out = max((answer.left_out for answer in self._answers if answer), default=0)
        unread = f" The server has {text.count(left_out)} more, too many to be read." if left_out else ""
        if self._picks.is_chosen:
            return f"{drawn} of {total}, as you chose.{unread}"
        if len(self._names) <= MOST:
            return f"{total}.{unread}"
        lead = next((spec for spec, answer in zip(self._specs, self._answers, strict=True) if answer), self._specs[0])
        more = len(self._names) - drawn
        if lead.metrics[0] == CHECKS:
            return f"The {drawn} of {total} that fail most; {more:,} more fail less.{unread}"
        return f"The {drawn} largest of {total} by {lead.title.lower()}; {more:,} more with less.{unread}"

    def _open_choice(self) -> None:
        measures = [
            Measure(spec.title, spec.unit, spec.per_s, sizes_of(answer, spec.label, is_sum=False))
            for spec, answer in zip(self._specs[:MOST_MEASURES], self._answers, strict=False)
        ]
        title = words_of(self._specs[0].label).capitalize()
        choice = SeriesChoice(title, self._names, self._picks.places, measures, self)
        choice.chosen.connect(self._choose)
        choice.largest_wanted.connect(self._choose_largest)
        choice.open_at(self._button)

    def _choose(self, values: list[str]) -> None:
        self._picks.choose(values)
        say(self._words, self._sentence())
        self.changed.emit()

    def _choose_largest(self) -> None:
        self._picks = Picks()
        self._pick()
        self.changed.emit()
