"""The figures of the whole run, as k6 prints them at the end of a test: to be read, and to be passed on."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QGuiApplication, QKeySequence, QShortcut
from PySide6.QtWidgets import QFrame, QMenu, QProgressBar, QScrollArea, QToolButton, QVBoxLayout, QWidget

from k6desk.core.metrics.asked import Asked
from k6desk.core.metrics.checks import Check, group_words
from k6desk.core.metrics.metric_names import title_of
from k6desk.core.metrics.numbers import Numbers
from k6desk.core.metrics.units import NO_VALUE
from k6desk.core.summary import summary
from k6desk.core.summary.summary import STATS, Line, Section, Summary
from k6desk.core.summary.summary_words import HEADINGS, figures_of
from k6desk.core.thresholds import threshold_words
from k6desk.core.thresholds.served_thresholds import ServedThresholds
from k6desk.core.thresholds.thresholds import Threshold, Verdict, thresholds_of
from k6desk.ui import text, theme
from k6desk.ui.parts import columns, say, tool_button, wrapping
from k6desk.ui.results.figures import Figures, Item, Outcome, Outcomes
from k6desk.ui.results.page import VerdictsPage
from k6desk.ui.text import PlainLabel

COPIED_MS = 1500
MOST_CHECKS = 12
COMPUTED = {"k6desk": "thresholds computed by k6desk", "both": "some thresholds computed by k6desk"}
_KINDS = {"passed": "passed", "failed": "failed", "no samples": "passed", "unknown": "created"}
_SYMBOLS = {"ms": " ms", "bytes": " bytes", "share": "", "count": "", "": ""}


class SummaryPage(VerdictsPage):
    """What was crossed or failed first, then the metrics by section; it fills while the answers come in."""

    name = "summary"
    title = "Summary"

    def __init__(self, numbers: Numbers, served: ServedThresholds) -> None:
        super().__init__(numbers, served)
        self._asked: tuple[Asked, ...] = ()
        self.summary = Summary()
        self._headline = wrapping("title")
        self._remark = wrapping(muted=True)
        self._progress = QProgressBar()
        self._progress.setAccessibleName("Answers of the server")
        self._progress.setTextVisible(False)
        policy = self._progress.sizePolicy()
        policy.setRetainSizeWhenHidden(True)  # so that nothing moves when all is there
        self._progress.setSizePolicy(policy)
        self._progress_words = PlainLabel(kind="caption", muted=True)
        self.thresholds, self.checks = Outcomes("Thresholds"), Outcomes("Checks")
        self.sections: dict[Section, Figures] = {name: Figures(words, STATS) for name, words in HEADINGS.items()}
        self.copy_button = tool_button("copy", "Copy", "Copy the summary to pass it on", with_text=True)
        self._copied = QTimer(self, singleShot=True, interval=COPIED_MS)
        self._copied.timeout.connect(lambda: self.copy_button.setText("Copy"))
        self._offer_copies()
        self._scroll_area = QScrollArea()
        self._lay_out()

    def refresh(self, *, is_other: bool) -> None:
        assert self.run
        metrics, wanted = self.numbers.metrics(self.run.id) or (), self._thresholds()
        asked = summary.asks(metrics, wanted) if metrics else ()
        if asked != self._asked:
            self._asked = asked
            self.wanted_changed.emit()
        self.summary = summary.summary_of(metrics, wanted, self.known, self.detail, self.verdicts(wanted))
        if is_other:
            self._scroll_area.verticalScrollBar().setValue(0)
        self._show_head()
        self._show_outcomes()
        unknown = "…" if self.numbers.is_asking(self.run.id) else NO_VALUE
        for section, figures in self.sections.items():
            lines = self.summary.of(section)
            figures.show_items([_item(line, unknown=unknown) for line in lines])
            figures.setVisible(bool(lines))

    def wanted(self) -> Collection[Asked]:
        return self._asked

    def has_content(self) -> bool:
        return bool(self.summary.lines)

    def copy_as(self, form: Callable[[Summary], str]) -> None:
        """Put the summary into the clipboard."""
        QGuiApplication.clipboard().setText(form(self.summary))
        self.copy_button.setText("Copied")
        self._copied.start()

    def copy_text(self) -> None:
        """Put it into the clipboard as k6 prints it."""
        from k6desk.core.summary.summary_text import as_text

        self.copy_as(as_text)

    def copy_markdown(self) -> None:
        """Put it into the clipboard as tables."""
        from k6desk.core.summary.summary_text import as_markdown

        self.copy_as(as_markdown)

    def copy_json(self) -> None:
        """Put it into the clipboard as k6 exports it."""
        from k6desk.core.summary.summary_text import as_json

        self.copy_as(as_json)

    def _thresholds(self) -> Sequence[Threshold]:
        return thresholds_of(self.detail.options) if self.detail else ()

    def _show_head(self) -> None:
        assert self.run
        so_far = "" if self.run.is_finished else " so far"
        say(self._headline, headline(self.summary) + so_far)
        took = text.duration(self.summary.duration_s) if self.summary.duration_s else ""
        computed = COMPUTED.get(threshold_words.who(self.summary.verdicts), "")
        said = [f"{took} of load{so_far}" if took else "", computed]
        say(self._remark, " · ".join(filter(None, said)))
        run_id, number = self.run.id, len(self._asked)
        answered = sum(
            self.numbers.told(run_id, one) is not None or bool(self.numbers.problem(run_id, one)) for one in self._asked
        )
        is_coming = self.numbers.is_asking(run_id)
        self._progress.setVisible(answered < number and is_coming)
        self._progress_words.setVisible(answered < number)
        self._progress.setRange(0, max(1, number))
        self._progress.setValue(answered)
        never = "" if is_coming else "The others were never loaded on this computer."
        say(self._progress_words, f"{answered} of {number}" + ("" if is_coming else " loaded"), never)

    def _show_outcomes(self) -> None:
        verdicts, checks = self.summary.verdicts, self.summary.checks or ()
        counted = threshold_words.summary(verdicts, is_live=not self.summary.is_over)
        self.thresholds.show_lines(counted, [_threshold(each) for each in verdicts])
        self.thresholds.setVisible(bool(verdicts))
        failing = sorted((each for each in checks if each.fails), key=lambda each: -each.fails)
        lines = [_check(each) for each in failing[:MOST_CHECKS]]
        rest = len(failing) - len(lines)
        passed = len(checks) - len(failing)
        if rest:
            lines.append(Outcome("error", f"{text.count(rest, 'more check')} with failures", "", "", ""))
        if passed:
            others = "other check" if failing else "check"
            lines.append(Outcome("passed", f"{text.count(passed, others)} passed every time", "", "", ""))
        total = sum(each.passes + each.fails for each in checks)
        fails = sum(each.fails for each in checks)
        self.checks.show_lines(f"{text.count(fails)} of {text.count(total)} failed", lines)
        self.checks.setVisible(bool(checks))

    def _offer_copies(self) -> None:
        menu = QMenu(self)
        for name, act in (
            ("As text, like k6", self.copy_text),
            ("As Markdown", self.copy_markdown),
            ("As JSON, like --summary-export", self.copy_json),
        ):
            menu.addAction(name).triggered.connect(lambda *_, act=act: act())
        first = menu.actions()[0]
        first.setText(f"{first.text()}\t{QKeySequence(QKeySequence.StandardKey.Copy).toString()}")
        self.copy_button.setMenu(menu)
        self.copy_button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        context = Qt.ShortcutContext.WidgetWithChildrenShortcut
        copy = QShortcut(QKeySequence(QKeySequence.StandardKey.Copy), self, context=context)
        copy.activated.connect(self.copy_text)

    def _lay_out(self) -> None:
        content = QWidget()
        rows = QVBoxLayout(content)
        rows.setContentsMargins(theme.WIDE, theme.GAP, theme.WIDE, theme.WIDE)
        rows.setSpacing(theme.UNIT)
        rows.addLayout(columns(self._headline, self.copy_button, stretch=0))
        rows.addLayout(columns(self._remark, self._progress_words, stretch=0))
        rows.addWidget(self._progress)
        for part in (self.thresholds, self.checks, *self.sections.values()):
            part.setContentsMargins(0, theme.GAP, 0, 0)
            rows.addWidget(part)
        rows.addStretch(1)
        rows.setSpacing(theme.GAP)
        self._scroll_area.setAccessibleName("Summary of the run")
        self._scroll_area.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll_area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll_area.setWidgetResizable(True)
        self._scroll_area.setWidget(content)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(self._scroll_area)
        self.setFocusProxy(self._scroll_area)


def headline(of: Summary) -> str:
    """What matters most of a summary in a few words."""
    checks = of.checks or ()
    fails, total = sum(each.fails for each in checks), sum(each.passes + each.fails for each in checks)
    of_checks = f"{text.count(fails)} of {text.count(total)} checks failed" if fails else "all checks passed"
    parts = (threshold_words.headline(of.verdicts), of_checks if total else "")
    said = ", ".join(filter(None, parts)) or "no thresholds, no checks"
    return said[:1].upper() + said[1:]


def _threshold(verdict: Verdict) -> Outcome:
    hint = "\n".join(
        filter(
            None,
            (
                f"{verdict.threshold.subject}: {verdict.threshold.source}",
                f"{verdict.value!r}" if verdict.value is not None else "",
                verdict.remark,
            ),
        )
    )
    return Outcome(
        _KINDS[verdict.state],
        text.one_line(verdict.threshold.subject),
        text.one_line(verdict.threshold.source),
        verdict.words(verdict.value) if verdict.value is not None else NO_VALUE,
        f"{verdict.state}, aborted the run" if verdict.aborted else verdict.state,
        hint,
    )


def _check(check: Check) -> Outcome:
    total = check.passes + check.fails
    return Outcome(
        "error",  # in the colour of a warning: it fails no run
        text.one_line(check.name),
        text.one_line(group_words(check.group)),
        f"{text.count(check.fails)} of {text.count(total)}",
        "failed",
        f"{check.name}\n{text.percent(check.ratio * 100)} passed",
    )


def _item(line: Line, *, unknown: str) -> Item:
    """`unknown` stands for what is not known."""
    figures = figures_of(line)
    if not line.is_known:
        figures = tuple(unknown if figure == NO_VALUE else figure for figure in figures)
    name = line.tags.replace(":", ": ", 1) if line.tags else title_of(line.metric)
    exact = line.values.get
    if line.type == "trend":
        hints = [_exact(exact(stat), line) for stat in STATS]
    else:
        first = "count" if line.type == "counter" else "value"
        hints = [_exact(exact(first), line), _exact(exact("rate"), line)]
    return Item(text.one_line(name), figures, (line.name[:2000], *hints), is_part=bool(line.tags))


def _exact(value: float | None, line: Line) -> str:
    return "" if value is None else f"{value:,.6f}".rstrip("0").rstrip(".") + _SYMBOLS[line.unit]
