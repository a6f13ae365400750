"""Two programs side by side: which of them costs how much more, on this machine and at this moment.

Machines differ and drift, so only ratios count. A and B run in turn, each in a process of its own; every round gives
one ratio, and the median of the ratios is the result. A variant checks its own output before it reports.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

import msgspec
from measured.figure import STARTED

ROOT = Path(__file__).resolve().parents[2]
ROUNDS, ROUNDS_IF_SLOW, SLOW_S = 7, 3, 20.0


class Missing(Exception):
    """This machine lacks something that the bench needs; `str()` says what."""


class Failed(Exception):
    """A variant did not do what it was to do."""


@dataclass(frozen=True)
class Variant:
    """One side of a comparison: its name for people, and the command that prints its figure."""

    name: str
    command: list[str]
    env: Mapping[str, str] = field(default_factory=dict)


class Pair(NamedTuple):
    """A is ours, B is what it is compared with."""

    a: Variant
    b: Variant


class Bench(NamedTuple):
    """One goal: A costs at most `goal` times as much as B."""

    name: str
    what: str
    unit: str
    goal: float
    set_up: Callable[[Setting], AbstractContextManager[Pair]]


class Row(msgspec.Struct):
    """The outcome of one bench: figures of every round, or why there are none."""

    name: str
    what: str
    unit: str
    goal: float
    a_name: str = ""
    b_name: str = ""
    a: list[float] = []
    b: list[float] = []
    problem: str = ""

    @property
    def ratios(self) -> list[float]:
        """A divided by B, round by round."""
        return [a / b for a, b in zip(self.a, self.b, strict=True)]

    @property
    def verdict(self) -> str:
        """Whether the goal was reached."""
        if self.problem:
            return self.problem
        return "yes" if statistics.median(self.ratios) <= self.goal else "NO"


class Setting(NamedTuple):
    """Where a bench works: a folder of its own, and how many runs there are."""

    folder: Path
    runs: int
    is_quick: bool

    def variant(self, name: str, module: str, *arguments: object, env: Mapping[str, str] | None = None) -> Variant:
        """A program in `measured`, run by the Python that runs us."""
        path = Path(__file__).parent / "measured" / f"{module}.py"
        return Variant(name, [sys.executable, str(path), *map(str, arguments)], env or {})


def compare(bench: Bench, setting: Setting) -> Row:
    """Run both sides in turn; one round first that does not count."""
    row = Row(bench.name, bench.what, bench.unit, bench.goal)
    try:
        with bench.set_up(setting) as pair:
            row.a_name, row.b_name = pair.a.name, pair.b.name
            began = time.monotonic()
            for variant in pair:
                figure_of(variant, setting.folder)
            rounds = ROUNDS_IF_SLOW if time.monotonic() - began > SLOW_S else ROUNDS
            for round_ in range(1 if setting.is_quick else rounds):
                figures = {variant.name: figure_of(variant, setting.folder) for variant in pair[:: (-1) ** round_]}
                row.a.append(figures[pair.a.name])
                row.b.append(figures[pair.b.name])
    except (Missing, Failed) as problem:
        row.problem = str(problem)
    return row


def figure_of(variant: Variant, folder: Path) -> float:
    """Run one variant once."""
    env = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONPYCACHEPREFIX": str(folder / "pycache"), **variant.env}
    env.setdefault("QT_QPA_PLATFORM", "offscreen")
    env.pop("PYTHONDONTWRITEBYTECODE", None)  # installed programs are compiled, so both sides are
    env[STARTED] = repr(time.monotonic())
    done = subprocess.run(variant.command, env=env, cwd=folder, capture_output=True, text=True, check=False)
    try:
        return float(json.loads(done.stdout.splitlines()[-1])["value"])
    except (IndexError, ValueError):
        complaint = (done.stderr.strip().splitlines() or [f"exit code {done.returncode}, and not a word"])[-1]
        raise Failed(f"{variant.name} failed: {complaint}") from None


def table(rows: list[Row]) -> str:
    """All rows for people."""
    cells = [("bench", "A", "B", "A / B", "goal", "ok?")]
    for row in rows:
        goal = f"≤ {row.goal:.3g}"
        if row.problem:
            cells.append((row.name, "–", "–", "–", goal, row.problem))
            continue
        a, b = (
            f"{name} {statistics.median(figures):.4g} {row.unit}"
            for name, figures in ((row.a_name, row.a), (row.b_name, row.b))
        )
        ratios = row.ratios
        ratio = f"{statistics.median(ratios):.3g} [{min(ratios):.3g}–{max(ratios):.3g}]"
        cells.append((row.name, a, b, ratio, goal, row.verdict))
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    return "\n".join("  ".join(map(str.ljust, line, widths)).rstrip() for line in cells)
