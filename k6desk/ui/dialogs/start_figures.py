"""What starting a test would do, cost and leave, in pictures and figures."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QVBoxLayout, QWidget

from k6desk.core.start_plan import StartPlan
from k6desk.ui import text, theme
from k6desk.ui.detail.bar import Bar, Segment
from k6desk.ui.detail.cost import segments
from k6desk.ui.detail.ledger import Tone
from k6desk.ui.parts import say, wrapping
from k6desk.ui.text import PlainLabel

USED, RUN, LEFT, TOO_MUCH = Tone("muted"), Tone("accent"), Tone("muted", 0.5), Tone("failed")
ZONES = tuple(Tone("accent", share) for share in (1.0, 0.75, 0.55, 0.4))
MOST_NAMED = 2


class StartFigures(QWidget):
    """Load, load zones, cost, and the project's month, one under another."""

    def __init__(self, zone_name: Callable[[str], str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._zone_name = zone_name
        self._load = wrapping()
        self._zones = Bar("Load zones")
        self._zone_words = wrapping()
        self._cost = PlainLabel(kind="headline", selectable=True)
        self._parts = Bar("Estimated cost")
        self._basis = wrapping("caption", muted=True)
        self._month = Bar("The project's month")
        self._month_words = wrapping()
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(theme.WIDE)
        self._grid.setVerticalSpacing(theme.WIDE)
        self._grid.setColumnStretch(1, 1)
        self._add("Load", self._load)
        self._add("Load zones", self._zones, self._zone_words)
        self._add("Cost", self._cost, self._parts, self._basis)
        self._add("This month", self._month_words, self._month)
        for bar in (self._zones, self._parts, self._month):
            bar.hide()
        for words in (self._load, self._zone_words, self._cost, self._month_words):
            words.setText("…")

    def show_plan(self, plan: StartPlan) -> None:
        """Show what is known, and say of the rest that it is not."""
        say(self._load, load_words(plan))
        zones = zone_segments(plan, self._zone_name)
        self._zones.show_segments(zones)
        self._zones.setVisible(len(zones) > 1)
        named = ", ".join(f"{zone.words} {zone.figure}" for zone in zones)
        say(self._zone_words, named or "Not known before the run begins.")
        self._zone_words.setVisible(not 1 < len(zones) <= MOST_NAMED)
        estimate = plan.estimate
        self._cost.setVisible(estimate is not None)
        parts = segments(estimate.cost) if estimate and estimate.vuh else []
        self._parts.show_segments(parts)
        self._parts.setVisible(len(parts) > 1)
        if estimate:
            say(self._cost, f"{text.vuh(estimate.vuh)} VUH", "Virtual user hours: one virtual user for one hour")
        say(self._basis, plan.basis)
        month = month_segments(plan)
        self._month.show_segments(month)
        self._month.setVisible(bool(month))
        say(self._month_words, month_words(plan), text.USED_THIS_MONTH)

    def _add(self, name: str, *parts: QWidget) -> None:
        row = self._grid.rowCount()
        label = PlainLabel(name, muted=True)
        column = QVBoxLayout()
        column.setSpacing(theme.UNIT)
        for part in parts:
            column.addWidget(part)
        self._grid.addWidget(label, row, 0, Qt.AlignmentFlag.AlignTop)
        self._grid.addLayout(column, row, 1)


def load_words(plan: StartPlan) -> str:
    """How much load and for how long: "Up to 250 VUs for 12 min 00 s"."""
    load = plan.workload
    vus = f"up to {text.count(load.vus, 'VU')}" if load.vus is not None else ""
    span = f"for {text.duration(load.duration_s)}" if load.duration_s is not None else ""
    words = " ".join(filter(None, (vus, span)))
    return words[:1].upper() + words[1:] if words else "Not known before the run begins."


def zone_segments(plan: StartPlan, zone_name: Callable[[str], str]) -> list[Segment]:
    """The load zones in proportion to their share of the load."""
    named = ((zone.percent, text.one_line(zone_name(zone.load_zone), 60)) for zone in plan.zones)
    return [
        Segment(percent or 0.0, ZONES[at % len(ZONES)], name, text.percent(percent))
        for at, (percent, name) in enumerate(named)
    ]


def month_segments(plan: StartPlan) -> list[Segment]:
    """The project's monthly limit: what is used, what this run takes, what is left or over. Empty without a limit."""
    left = plan.left_vuh
    if left is None or plan.used_vuh is None:
        return []
    over = max(0.0, -left)
    run = plan.estimate.vuh if plan.estimate and plan.estimate.vuh else 0.0
    run_over = min(run, over)
    parts = (
        (plan.used_vuh - (over - run_over), USED, "Used", False),
        (run - run_over, RUN, "This run", False),
        (over, TOO_MUCH, "Over the limit", False),
        (max(0.0, left), LEFT, "Left", True),
    )
    return [
        Segment(size, tone, words, f"{text.vuh(size)} VUH", hollow) for size, tone, words, hollow in parts if size > 0
    ]


def month_words(plan: StartPlan) -> str:
    """The same in one sentence."""
    if plan.used_vuh is None:
        return "Not known: this account tells no costs."
    used, left = text.vuh(plan.used_vuh), plan.left_vuh
    if left is None:
        limit = "no monthly limit is known" if plan.limits is None else "it has no monthly limit"
        return f"The project has used {used} VUH; {limit}."
    assert plan.limits
    so_far = f"{used} of {text.count(plan.limits.vuh_max_per_month)} VUH are used"
    if left < 0:
        after = "with this run the project is" if plan.estimate else "the project is"
        return f"{so_far}; {after} {text.vuh(-left)} VUH over its limit."
    after = " after this run" if plan.estimate else ""
    return f"{so_far}; {text.vuh(left)} are left{after}."
