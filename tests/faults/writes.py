"""Writes runs and drafts for ever, as a session does: `writes.py FOLDER NAME`; prints each draft on the disk."""

from __future__ import annotations

import asyncio
import itertools
import sys
from datetime import UTC, datetime
from pathlib import Path

from k6desk.api.models import Run
from k6desk.core.accounts import Account
from k6desk.core.notices import Notices
from k6desk.core.session import Session
from k6desk.data.library import Draft

ACCOUNT = Account.of("https://api.example.com", "https://team.grafana.net", 42)


async def main(folder: Path, name: str, first: int) -> None:
    session = Session(ACCOUNT, folder, Notices())
    for notice in session.notices.current():
        sys.exit(notice.text)
    session.notices.shown.connect(lambda notice: sys.exit(notice.text))
    await asyncio.gather(rows(session), drafts(session, name, first))


async def rows(session: Session) -> None:
    for number in itertools.count():
        now = datetime.now(UTC)
        page = [
            Run(id=id_, test_id=5, project_id=1, status="running", created_at=now, note=f"{number} " + "n" * 200)
            for id_ in range(1 + number % 5 * 200, 201 + number % 5 * 200)
        ]
        await session.store.put_runs(page, now)
        await asyncio.sleep(0.01)  # no server answers faster


async def drafts(session: Session, name: str, first: int) -> None:
    for number in itertools.count(first):
        await session.store.put_draft(Draft(number, "", f"{name} {number}", datetime.now(UTC)))
        print(number, flush=True)  # noqa: T201
        await asyncio.sleep(0.002)


asyncio.run(main(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])))
