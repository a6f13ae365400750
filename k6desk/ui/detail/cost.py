"""The cost: from the base through each reduction to what is billed, as a picture and as figures."""

from __future__ import annotations

from dataclasses import dataclass

from k6desk.api.models import Cost, Run, RunDetail
from k6desk.core.commands import Commands
from k6desk.core.store import Store
from k6desk.core.tasks import Tasks
from k6desk.ui import text, theme
from k6desk.ui.detail.bar import Bar, Segment
from k6desk.ui.detail.ledger import Entry, Ledger, Tone
from k6desk.ui.detail.pane import Pane
from k6desk.ui.parts import say, wrapping
from k6desk.ui.text import PlainLabel

PROTOCOL = Tone("accent")
BROWSER = Tone("running")
REDUCTION = Tone("muted")
_VUH = "Virtual user hours: one virtual user for one hour"
_KNOWN = {
    "volume": ("Volume", "A discount for how much load the run makes"),
    "local_run": ("Local run", "A discount for load that your own machines make"),
}


@dataclass(frozen=True, slots=True)
class Reduction:
    """One reduction: the percentage the server names and the VUH that it takes off what the ones before it leave."""

    name: str
    percent: float
    vuh: float


def reductions(cost: Cost) -> list[Reduction]:
    """A cost's reductions in the server's order; what they do not explain is a last one, named so."""
    if cost.base_total_vuh is None:
        return []
    left = cost.base_total_vuh
    result = []
    for name, percent in cost.reductions.items():
        off = left * percent / 100
        result.append(Reduction(name, percent, off))
        left -= off
    rest = left - (cost.total_vuh if cost.total_vuh is not None else left)
    if abs(rest) > max(0.01, cost.base_total_vuh * 0.005):
        result.append(Reduction("not explained by the server", rest / cost.base_total_vuh * 100, rest))
    return result


class CostPane(Pane):
    """The figure that counts, the bar and the ledger."""

    name = "cost"
    title = "Cost"

    def __init__(self, store: Store, commands: Commands, tasks: Tasks) -> None:
        super().__init__(store, commands, tasks)
        self._figure = PlainLabel(kind="headline", selectable=True)
        self._kind = wrapping(muted=True)
        self._bar = Bar("Cost from base to billed")
        self._list = Ledger(columns=3)
        self._remark = wrapping("caption", muted=True)
        for widget in (self._figure, self._kind):
            self.rows.addWidget(widget)
        self.rows.addSpacing(theme.GAP)
        self.rows.addWidget(self._bar)
        self.rows.addSpacing(theme.GAP)
        self.rows.addWidget(self._list)
        self.rows.addSpacing(theme.GAP)
        self.rows.addWidget(self._remark)
        self.rows.addStretch(1)

    def refresh(self, run: Run, detail: RunDetail | None) -> None:
        if run.vuh is None:
            self._show_none(run)
            return
        self.show_content()
        say(self._figure, f"{text.vuh(run.vuh)} VUH", _VUH)
        say(self._kind, "billed" if run.is_finished else "estimate of the full cost, until the run has ended")
        cost = detail.cost if detail else None
        self._bar.setVisible(cost is not None)
        self._list.setVisible(cost is not None)
        if cost is None:
            say(self._remark, "The breakdown has not been loaded yet.")
            return
        self._bar.show_segments(segments(cost))
        self._list.show_entries(entries(cost, billed=run.is_finished))
        say(self._remark, "\n".join(filter(None, (rule(cost), self._limit(run)))))

    def _show_none(self, run: Run) -> None:
        when = "k6 computes the cost when it has validated the script."
        if lack := self.commands.lack("cost"):
            self.show_placeholder("No cost", lack, icon="cost")
        elif run.is_finished:
            self.show_placeholder("No cost", f"{when} This run ended without one.", icon="cost")
        else:
            self.show_placeholder("No cost yet", when, icon="cost")

    def _limit(self, run: Run) -> str:
        limits = self.store.limits(run.project_id)
        if limits is None or limits.vuh_max_per_month is None or run.vuh is None:
            return ""
        share = f" ({text.percent(run.vuh / limits.vuh_max_per_month * 100)} of it)" if limits.vuh_max_per_month else ""
        return f"The project may use {text.count(limits.vuh_max_per_month)} VUH per calendar month{share}."


def segments(cost: Cost) -> list[Segment]:
    """What a cost is made of, and what was taken off it."""
    parts = [
        Segment(vuh, tone, name, f"{text.vuh(vuh)} VUH")
        for name, tone, vuh in (("Protocol", PROTOCOL, cost.protocol_vuh), ("Browser", BROWSER, cost.browser_vuh))
        if vuh
    ]
    if not parts:
        parts = [Segment(cost.total_vuh or 0.0, PROTOCOL, "Total", f"{text.vuh(cost.total_vuh)} VUH")]
    taken = [
        Segment(each.vuh, REDUCTION, _title(each.name), f"−{text.vuh(each.vuh)} VUH", hollow=True)
        for each in reductions(cost)
        if each.vuh > 0
    ]
    return parts + taken


def entries(cost: Cost, *, billed: bool) -> list[Entry]:
    """The lines from base to billed, and of which kinds of virtual users that is."""
    lines = []
    if cost.base_total_vuh is not None:
        lines.append(Entry(("Base", "", text.vuh(cost.base_total_vuh)), hint="Before any reduction"))
    for each in reductions(cost):
        cells = (_title(each.name), f"−{text.percent(each.percent)}", f"−{text.vuh(each.vuh)}")
        lines.append(Entry(cells, hint=_KNOWN.get(each.name, ("", ""))[1], tone=REDUCTION))
    lines.append(Entry(("Billed" if billed else "Estimate", "", text.vuh(cost.total_vuh)), hint=_VUH, strong=True))
    total = (cost.protocol_vuh or 0) + (cost.browser_vuh or 0)
    for name, tone, vuh in (("Protocol", PROTOCOL, cost.protocol_vuh), ("Browser", BROWSER, cost.browser_vuh)):
        if vuh is not None:
            share = text.percent(vuh / total * 100) if total else ""
            lines.append(Entry((f"of which {name.lower()}", share, text.vuh(vuh)), tone=tone))
    return lines


def _title(name: str) -> str:
    known = _KNOWN.get(name)
    return known[0] if known else text.one_line(name, 60).replace("_", " ").capitalize()


def rule(cost: Cost) -> str:
    """How the reductions of a cost work together, in one sentence."""
    if cost.base_total_vuh is None:
        return "The server gives no base and no reductions for this run."
    if not cost.reductions:
        return "No reductions apply."
    together = cost.reduction_rate
    if together is None and cost.base_total_vuh and cost.total_vuh is not None:
        together = (1 - cost.total_vuh / cost.base_total_vuh) * 100
    return f"Each reduction applies to what the ones before it leave; together they are {text.percent(together)}."
