"""Saves notes without a server, each said as soon as it is on the disk: `saves.py FOLDER RUN=TEXT…`; then waits."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from k6desk.core.notices import Notices
from k6desk.core.session import Session
from tests.faults.writes import ACCOUNT


async def main(folder: Path, notes: list[str]) -> None:
    session = Session(ACCOUNT, folder, Notices())
    await session.store.load_index()
    for note in notes:
        run, _, text = note.partition("=")
        await session.outbox.save(int(run), "base", text)
        print("saved", run, flush=True)  # noqa: T201
    await asyncio.Event().wait()


asyncio.run(main(Path(sys.argv[1]), sys.argv[2:]))
