"""What the rows of the tree say: names, counts, tooltips, and the words for those who listen."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from k6desk.api.models import Run
from k6desk.api.plans import Schedule
from k6desk.core.place import LISTS
from k6desk.core.progress import progress
from k6desk.ui import text, timing_words
from k6desk.ui.explorer.node import Node, NodeId

if TYPE_CHECKING:
    from k6desk.core.store import Store

LIST_WORDS = {
    "running": ("Running now", "Runs that have not ended"),
    "recent": ("Recent", "Runs of the last 7 days"),
    "failed": ("Failed", "Runs of the last 7 days that failed, ended with an error or were aborted"),
    "starred": ("Starred", "Runs that somebody has starred"),
    "kept": ("Kept", "Runs that are kept on this computer, also when Grafana has deleted them"),
    "expiring": ("Expiring", "Runs whose results Grafana deletes within 7 days and that are not kept here"),
    "all": ("All runs", "Every run of the stack that this computer knows"),
}
"""List → its name and what it holds."""


class Words:
    """The words of every kind of row; `count` reads the figures, the rest is as the store has it now."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._runs_in_list: dict[NodeId, int] = {}
        self._live: dict[str, Counter[NodeId]] = {}
        self.hint = ""
        self.count()

    def count(self) -> None:
        """Count the runs of the lists, and what is in progress in projects and tests."""
        counts = self._store.counts()
        unfinished = self._store.unfinished()
        self._runs_in_list = {name: counts.total if name == "all" else getattr(counts, name) for name in LISTS}
        self._live = {
            "project": Counter(run.project_id for run in unfinished),
            "test": Counter(run.test_id for run in unfinished),
        }

    def name(self, node: Node) -> str:
        """The text of a row; server text, on one line."""
        if node.kind == "list":
            return LIST_WORDS[str(node.id)][0]
        if node.kind == "heading":
            return "Projects"
        if node.kind == "hint":
            return self.hint
        if node.kind == "run":
            run = self.run(node)
            return text.when(run.created_at, datetime.now(UTC)) if run else ""
        id_ = int(node.id)
        thing = self._store.project(id_) if node.kind == "project" else self._store.test(id_)
        return text.one_line(thing.name) if thing else ""

    def figure(self, node: Node) -> int | None:
        """The number at the right: runs of a list, runs in progress of a project or test, None for nothing."""
        if node.kind == "list":
            return self._runs_in_list[node.id]
        return self._live[node.kind][node.id] or None if node.kind in self._live else None

    def run(self, node: Node) -> Run | None:
        """The run of a run's row."""
        return self._store.run(int(node.id)) if node.kind == "run" else None

    def fraction(self, node: Node) -> float | None:
        """How far a running run is, as far as it was seen."""
        run = self.run(node)
        return progress(run, self._store.seen_until(datetime.now(UTC))).fraction if run else None

    def intent(self, node: Node) -> str:
        """What is being done to a project or test, `Moving…`; empty for nothing."""
        return self._store.intent(int(node.id), node.kind) or "" if node.kind in self._live else ""

    def schedule(self, node: Node) -> Schedule | None:
        """The schedule by which a test will start by itself."""
        found = self._store.schedule(int(node.id)) if node.kind == "test" else None
        return found if found and found.is_active and found.next_run_at else None

    def spoken(self, node: Node) -> str:
        """The row for those who cannot see its shapes."""
        name, figure = self.name(node), self.figure(node)
        if run := self.run(node):
            return f"{text.outcome_word(run)}, {name}"
        if node.kind == "list":
            return f"{name}, {text.count(figure, 'run')}"
        if node.kind in self._live:
            progress = f"{figure} in progress" if figure else ""
            scheduled = "scheduled" if self.schedule(node) else ""
            return ", ".join(part for part in (name, node.kind, progress, scheduled, self.intent(node)) if part)
        return name

    def explained(self, node: Node) -> str:
        """The plain text of a row's tooltip."""
        if node.kind == "list":
            return LIST_WORDS[str(node.id)][1]
        if run := self.run(node):
            return f"{text.outcome_word(run)}: {text.outcome_meaning(run)}\n{text.exact(run.created_at)}\nRun {run.id}"
        if node.kind not in self._live:
            return ""
        figure = self.figure(node)
        lines = [self.name(node), f"{node.kind.capitalize()} {node.id}"]
        if figure:
            lines.append(f"{figure} in progress")
        if schedule := self.schedule(node):
            lines.append(timing_words.next_start(schedule, datetime.now(UTC)))
        if intent := self.intent(node):
            lines.append(intent)
        return "\n".join(lines)
