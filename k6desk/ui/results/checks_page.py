"""The checks of a run: what the script looked at in what it got, and how often it was as it should be."""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, datetime

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout

from k6desk.api.metrics import Answer
from k6desk.core.metrics.asked import Asked
from k6desk.core.metrics.checks import ASKS, METRIC, WITHOUT_GROUPS, Check, checks_of, curve
from k6desk.core.metrics.load_span import SampleSpan, origin_of
from k6desk.core.metrics.numbers import Numbers
from k6desk.core.summary.summary import LOAD
from k6desk.ui import text, theme
from k6desk.ui.parts import Line, columns, say, wrapping
from k6desk.ui.results.check_curve import CheckCurve
from k6desk.ui.results.checks_model import key_of, ratio_of
from k6desk.ui.results.checks_table import ChecksTable
from k6desk.ui.results.page import Page

NEVER_FAIL = "Checks never fail a run: only thresholds do."


class ChecksPage(Page):
    """A table, and below it the curve of the check that was chosen in it."""

    name = "checks"
    title = "Checks"

    check_chosen = Signal(str)  # the name of a check to filter the charts by

    def __init__(self, numbers: Numbers) -> None:
        super().__init__(numbers)
        self._checks: tuple[Check, ...] = ()
        self._answers: list[Answer | None] = [None] * (len(ASKS) + len(WITHOUT_GROUPS))  # that these were read from
        self._all = Check("", "", 0, 0)  # all of them taken together
        self._drawn: Check | None = None
        self._knows_groups = True
        self._span = SampleSpan()
        self.table = ChecksTable()
        self.table.current_changed.connect(self._draw)
        self.table.chosen.connect(lambda check: self.check_chosen.emit(check.name))
        self.table.left.connect(self._close_curve)
        self.curve = CheckCurve()
        self.curve.hide()
        self.curve.closed.connect(self._close_curve)
        self.curve.charts_wanted.connect(self._choose_drawn)
        self._summary = wrapping("title")
        self._summary.setAccessibleName("How many checks failed")
        self._remark = wrapping("caption", muted=True)
        self._line = Line()
        self._line.hide()
        rows = QVBoxLayout(self)
        rows.setContentsMargins(0, theme.UNIT, 0, 0)
        rows.setSpacing(0)
        for label in (self._summary, self._remark):
            row = columns(label, stretch=0)
            row.setContentsMargins(theme.WIDE, 0, theme.WIDE, theme.UNIT)
            rows.addLayout(row)
        for part in (Line(), self.table, self._line, self.curve):
            rows.addWidget(part, part is self.table)
        self.setFocusProxy(self.table)

    def refresh(self, *, is_other: bool) -> None:
        if self.run is None:
            return
        if is_other:
            self._span = SampleSpan()
            self._close_curve()
        answers = [self.known(asked) for asked in (*ASKS, *WITHOUT_GROUPS)]
        if is_other or any(new is not old for new, old in zip(answers, self._answers, strict=True)):
            self._answers = answers
            self._take_in_checks(checks_of(self.numbers.known_of(self.run.id)) or ())
        self._say_remark()
        if is_other:
            self.table.scrollToTop()
        if self._knows_groups == self._has_nothing_in_groups():
            self._knows_groups = not self._knows_groups
            self.wanted_changed.emit()
        self._show_curve()

    def wanted(self) -> Collection[Asked]:
        asks = list(ASKS)
        if self._has_nothing_in_groups():
            asks += WITHOUT_GROUPS
        if self._drawn:
            asks += [curve(self._drawn), LOAD]
        return asks

    def has_content(self) -> bool:
        return bool(self._checks)

    def _has_nothing_in_groups(self) -> bool:
        """Whether the run has checks, and the server finds none of them in groups."""
        run_id = self.run.id if self.run else 0
        if not any(metric.name == METRIC for metric in self.numbers.metrics(run_id) or ()):
            return False
        answers = [(self.known(asked), self.numbers.problem(run_id, asked)) for asked in ASKS]
        return all(problem if answer is None else not answer.series for answer, problem in answers)

    def _take_in_checks(self, found: tuple[Check, ...]) -> None:
        had, self._checks = bool(self._checks), found
        self.table.show_checks(found)
        self._all = Check("", "", sum(check.passes for check in found), sum(check.fails for check in found))
        fails, passes = self._all.fails, self._all.passes
        failed = f"{text.count(fails)} of {text.count(fails + passes)} failed, {ratio_of(self._all)} passed"
        say(self._summary, failed if fails else f"All passed: {text.count(passes, 'time')}")
        if had != bool(found):
            self.content_changed.emit()

    def _say_remark(self) -> None:
        lack = max((answer.left_out for answer in self._answers if answer), default=0)
        has_passed = self.run is not None and self.run.result == "passed"
        remarks = [NEVER_FAIL if self._all.fails and has_passed else ""]
        remarks.append(f"{text.count(lack)} more were too many to be read, and are not counted." if lack else "")
        say(self._remark, " ".join(filter(None, remarks)))
        self._remark.setVisible(bool(self._remark.text()))

    # -- the curve -----------------------------------------------------------------------------------------------------

    def _draw(self, check: Check | None) -> None:
        was = self._drawn
        self._drawn = check
        self._show_curve()
        if (was and key_of(was)) != (check and key_of(check)):
            self.wanted_changed.emit()

    def _choose_drawn(self) -> None:
        if self._drawn:
            self.check_chosen.emit(self._drawn.name)

    def _close_curve(self) -> None:
        self.table.clearSelection()
        self.table.setCurrentIndex(self.table.model_.index(-1, -1))

    def _show_curve(self) -> None:
        self._line.setVisible(self._drawn is not None)
        self.curve.setVisible(self._drawn is not None)
        if not self._drawn or not self.run:
            return
        check = self.table.current or self._drawn
        asked = curve(check)
        problem = self.numbers.problem(self.run.id, asked)
        self._span.take_in([self.known(asked), self.known(LOAD)])
        origin = origin_of(self.run, self.detail, self._span.ends, datetime.now(UTC))
        self.curve.show_check(check, self.known(asked), origin.at_s, problem)
