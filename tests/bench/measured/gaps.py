"""How long the event loop of k6desk is busy at a stretch: while runs stream into the visible table, and at rest."""

from __future__ import annotations

import asyncio
import shutil
import sys
import time
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path

from figure import report
from program import drive
from PySide6.QtCore import Qt, QTimer

from k6desk.api.secret import Secret
from k6desk.api.v6 import CloudV6
from k6desk.core.place import Place
from k6desk.core.store import Store
from k6desk.ui.main_window import MainWindow

BEAT_MS = 5
SETTLE_S = 1.0
IDLE_S = 2.0
AFTERGLOW_S = 0.3


def main(profile: str, origin: str, runs: int) -> None:
    """So many runs come into the empty table; with none, nothing happens in the window for a while."""

    async def script(window: MainWindow, store: Store) -> None:
        assert store.counts().total == 0
        window.go(Place("all"))
        cloud = CloudV6(origin, Secret("token"), 1)
        await cloud.run(1)  # what a first connection costs comes once, and not with the runs
        await asyncio.sleep(SETTLE_S)
        beats = [time.perf_counter()]
        heart = QTimer(window, interval=BEAT_MS, timerType=Qt.TimerType.PreciseTimer)
        heart.timeout.connect(lambda: beats.append(time.perf_counter()))
        heart.start()
        if runs:
            await stream(cloud, store, runs)
            assert window.workspace
            table = window.workspace.runs.table.runs
            while table.rowCount() < runs:  # the table takes them in when it comes to it
                await asyncio.sleep(0.02)
            assert table.run(0)
        await asyncio.sleep(AFTERGLOW_S if runs else IDLE_S)
        assert len(beats) > 50
        report(max(late - early for early, late in pairwise(beats)) * 1000)

    fresh = Path(profile).with_name("fresh profile")  # or the runs of the round before would be no news
    shutil.rmtree(fresh, ignore_errors=True)
    drive(shutil.copytree(profile, fresh), script)


async def stream(cloud: CloudV6, store: Store, runs: int) -> None:
    """What the monitor does with the past: every page from the client into the store."""
    asked_at = datetime.now(UTC)
    listed = 0
    async for page in cloud.runs():
        await store.put_runs(page.rows, asked_at)
        listed += len(page.rows)
        if listed >= runs:
            break
    assert listed == runs


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
