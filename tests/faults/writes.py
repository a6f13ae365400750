"""Writes for ever what a session does: `writes.py FOLDER NAME FIRST`; prints what is on the disk, one thing a line."""

from __future__ import annotations

import asyncio
import itertools
import sys
from datetime import UTC, datetime
from pathlib import Path

from k6desk.api.models import Run, Script
from k6desk.core.accounts import Account
from k6desk.core.notices import Notices
from k6desk.core.session import Session
from k6desk.data.library import Draft, Target

PAUSE_S = 0.01  # no server answers faster, and nobody types faster
KEPT = 1_000_000
"""The first of the kept runs; those below come and go."""
ACCOUNT = Account.of("https://api.example.com", "https://team.grafana.net", 42)


async def main(folder: Path, name: str, first: int) -> None:
    session = Session(ACCOUNT, folder, Notices())
    for notice in session.notices.current():
        sys.exit(notice.text)
    session.notices.shown.connect(lambda notice: sys.exit(notice.text))
    works = [rows(session), drafts(session, name, first), scripts(session, name, first), journal(session, first)]
    await asyncio.gather(*works, kept(session, first), notes(session, name, first))


async def rows(session: Session) -> None:
    for number in itertools.count():
        now = datetime.now(UTC)
        page = [
            Run(id=id_, test_id=5, project_id=1, status="running", created_at=now, note=f"{number} " + "n" * 200)
            for id_ in range(1 + number % 5 * 200, 201 + number % 5 * 200)
        ]
        await session.store.put_runs(page, now)
        await asyncio.sleep(PAUSE_S)


async def drafts(session: Session, name: str, first: int) -> None:
    for number in itertools.count(first):
        await session.store.put_draft(Draft(number, "", f"{name} {number}", datetime.now(UTC)))
        say("draft", number)
        await asyncio.sleep(PAUSE_S)


async def scripts(session: Session, name: str, first: int) -> None:
    for number in itertools.count(first):
        content = f"// {name} {number}\n".encode() + b"x" * 4000
        await session.store.keep_script("test", number, Script(content, is_archive=False))
        say("script", number)
        await asyncio.sleep(PAUSE_S)


async def journal(session: Session, first: int) -> None:
    for number in itertools.count(first):
        target = Target("run", number, f"run {number}")
        entry = await session.store.begin("star", target, "Starring…")
        say("begun", number)
        if number % 2:
            await session.store.finish(entry, target, "done")
            say("finished", number)
        await asyncio.sleep(PAUSE_S)


async def notes(session: Session, name: str, first: int) -> None:
    for number in itertools.count(first + KEPT):
        await session.outbox.save(number, "base", f"{name} {number}")
        say("note", number)
        await asyncio.sleep(0.002)


async def kept(session: Session, first: int) -> None:
    now = datetime.now(UTC)
    for number in itertools.count(first + KEPT):
        run = Run(id=number, test_id=5, project_id=1, status="completed", created_at=now)
        await session.store.put_runs([run], now, {number: b'{"id":%d}' % number})
        await session.store.keep_run(number, "chosen")
        say("kept", number)
        await asyncio.sleep(PAUSE_S)


def say(what: str, number: int) -> None:
    print(what, number, flush=True)  # noqa: T201


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])))
