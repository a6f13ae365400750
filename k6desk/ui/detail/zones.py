"""Load zones: where the load was configured to come from, and the load generators that it really came from."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QGridLayout, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from k6desk.api.errors import CloudError
from k6desk.api.models import Node, Run, RunDetail, ZoneNodes, ZoneShare
from k6desk.core.commands import Commands
from k6desk.core.store import Store
from k6desk.core.tasks import Tasks
from k6desk.ui import text, theme
from k6desk.ui.detail.pane import Pane
from k6desk.ui.parts import columns, copy_button, say, wrapping
from k6desk.ui.text import PlainLabel


class ZonesPane(Pane):
    """One block per load zone; the load generators are asked for when the pane is shown and they are not known."""

    name = "zones"
    title = "Zones"

    def __init__(self, store: Store, commands: Commands, tasks: Tasks) -> None:
        super().__init__(store, commands, tasks)
        self._failures: dict[int, str] = {}
        self._is_asking = False
        self._zones: tuple[ZoneNodes, ...] = ()
        self._blocks: list[_ZoneBlock] = []
        self._state = wrapping(muted=True)
        self._again = QPushButton("Try again")
        self._again.clicked.connect(self._try_again)
        self._copy_all = copy_button("Copy all addresses", lambda: addresses(self._zones))
        self._copy_all.setText("Copy all")
        self._copy_all.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self._list = QVBoxLayout()
        self._list.setSpacing(theme.WIDE)
        self.rows.addLayout(columns(self._state, self._again, self._copy_all, stretch=0))
        self.rows.addSpacing(theme.GAP)
        self.rows.addLayout(self._list)
        self.rows.addStretch(1)

    def refresh(self, run: Run, detail: RunDetail | None) -> None:
        stored = self.store.distribution(run.id)
        self._is_asking = stored is None and run.id not in self._failures
        if self._is_asking:
            self.tasks.spawn(self._load(run.id), name="load nodes", key=f"nodes:{run.id}", owner=self)
        configured = detail.distribution or () if detail else ()
        nodes = stored.value or () if stored else ()
        if not configured and not nodes and detail is None and stored is None:
            self.show_not_loaded()
            return
        if not configured and stored and not nodes:
            words = "The server names neither load zones nor load generators."
            self.show_placeholder("No distribution data for this run", words, icon="zones")
            return
        self.show_content()
        self._show_state(run, stored is not None, nodes)
        self._zones = nodes
        self._show_blocks(configured, nodes)

    def is_settled(self) -> bool:
        return not self._is_asking

    def leave(self) -> None:
        self._failures.clear()

    def _show_state(self, run: Run, asked: bool, nodes: Sequence[ZoneNodes]) -> None:
        failure = self._failures.get(run.id)
        generators = sum(len(zone.nodes) for zone in nodes)
        if nodes:
            words = f"{text.count(generators, 'load generator')} in {text.count(len(nodes), 'load zone')}"
        elif asked:
            words = "No distribution data for this run: the server names no load generators."
        elif failure:
            words = f"The load generators are not known: {failure}"
        else:
            words = "Asking for the load generators…"
        say(self._state, words)
        self._again.setVisible(not asked and failure is not None)
        self._copy_all.setVisible(generators > 0)

    def _show_blocks(self, configured: Sequence[ZoneShare], nodes: Sequence[ZoneNodes]) -> None:
        shares = {share.load_zone: share.percent for share in configured}
        real = {zone.load_zone: zone for zone in nodes}
        ids = list(dict.fromkeys([*shares, *real]))
        while len(self._blocks) < len(ids):
            block = _ZoneBlock()
            self._blocks.append(block)
            self._list.addWidget(block)
        for at, block in enumerate(self._blocks):
            block.setVisible(at < len(ids))
        for block, zone_id in zip(self._blocks, ids, strict=False):
            block.show_zone(zone_id, self.store.zone_name(zone_id), shares.get(zone_id), real.get(zone_id))

    def _try_again(self) -> None:
        if self.run:
            self._failures.pop(self.run.id, None)
            self.present(self.run, self.store.detail(self.run.id))

    async def _load(self, run_id: int) -> None:
        try:
            await self.commands.load_distribution(run_id)
        except CloudError as error:
            self._failures[run_id] = str(error)
        if self.run and self.run.id == run_id:
            self.present(self.run, self.store.detail(run_id))


class _ZoneBlock(QWidget):
    """A zone's name, its share as a bar, and its load generators by size."""

    def __init__(self) -> None:
        super().__init__()
        self._zone: ZoneNodes | None = None
        self._name = wrapping("title")
        self._id = wrapping("caption", muted=True)
        self._percent = PlainLabel(kind="title")
        self._bar = _ShareBar()
        self._generators = wrapping()
        self._addresses = wrapping("mono", muted=True)
        self._copy = copy_button(
            "Copy the addresses of this zone", lambda: addresses([self._zone] if self._zone else [])
        )
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setVerticalSpacing(theme.UNIT)
        grid.setColumnStretch(0, 1)
        grid.addWidget(self._name, 0, 0)
        grid.addWidget(self._percent, 0, 1, Qt.AlignmentFlag.AlignRight)
        grid.addWidget(self._id, 1, 0, 1, 2)
        grid.addWidget(self._bar, 2, 0, 1, 2)
        grid.addWidget(self._generators, 3, 0)
        grid.addWidget(self._copy, 3, 1, 2, 1, Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignRight)
        grid.addWidget(self._addresses, 4, 0)

    def show_zone(self, zone_id: str, name: str, percent: float | None, real: ZoneNodes | None) -> None:
        """Show a zone; `percent` is configured, `real` what ran."""
        self._zone = real
        say(self._name, text.one_line(name, 80))
        say(self._id, text.one_line(zone_id, 120))
        self._id.setVisible(name != zone_id)
        share = percent if percent is not None else real.percentage if real else None
        differs = real is not None and real.percentage is not None and percent not in {None, real.percentage}
        really = f"{text.percent(real.percentage)} really" if real and differs else ""
        say(self._percent, text.percent(share) if share is not None else "", really)
        self._bar.show_percent(share)
        nodes = real.nodes if real else ()
        say(self._generators, ", ".join(filter(None, (sizes(nodes), really))))
        say(self._addresses, "   ".join(text.one_line(node.public_ip, 60) for node in nodes))
        for widget in (self._generators, self._addresses, self._copy):
            widget.setVisible(bool(nodes))


class _ShareBar(QWidget):
    """A share of the load."""

    def __init__(self) -> None:
        super().__init__()
        self._percent = 0.0
        self.setAccessibleName("Share of the load")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_percent(self, percent: float | None) -> None:
        """Fill this much of the bar, 0 to 100."""
        self._percent = min(100.0, max(0.0, percent or 0.0))
        self.setAccessibleDescription(text.percent(percent))
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(100, 8)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        whole = QRectF(self.rect())
        painter.setBrush(theme.colour("line", self.palette()))
        painter.drawRoundedRect(whole, 4, 4)
        if self._percent:
            whole.setWidth(max(8.0, whole.width() * self._percent / 100))
            painter.setBrush(theme.colour("accent", self.palette()))
            painter.drawRoundedRect(whole, 4, 4)


def addresses(zones: Sequence[ZoneNodes]) -> str:
    """The public addresses of the zones' load generators, one a line, for an allow-list."""
    return "\n".join(node.public_ip for zone in zones for node in zone.nodes)


def sizes(nodes: Sequence[Node]) -> str:
    """How many load generators there are of each machine size."""
    numbers: dict[str, int] = {}
    for node in nodes:
        numbers[node.size] = numbers.get(node.size, 0) + 1
    by_size = ", ".join(f"{number} × {text.one_line(size, 40) or 'unknown size'}" for size, number in numbers.items())
    return f"{text.count(len(nodes), 'load generator')}: {by_size}" if nodes else ""
