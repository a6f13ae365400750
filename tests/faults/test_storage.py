"""Files that are broken, locked, full or not ours: the program opens, says so once, works on, and keeps them."""

from __future__ import annotations

import os
import random
import sqlite3
import stat
import subprocess
import sys
from collections.abc import Iterable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from k6desk.api.models import Run
from k6desk.core.accounts import Account, Accounts
from k6desk.core.notices import Notices
from k6desk.core.session import Session
from k6desk.core.settings import Settings
from k6desk.core.system_keyring import SystemKeyring
from k6desk.data.library import Draft, Target
from k6desk.data.query import Query
from tests.faults.conftest import said

NOW = datetime(2026, 3, 1, tzinfo=UTC)
ACCOUNT = Account.of("https://api.example.com", "https://team.grafana.net", 42)
ROOT = Path(__file__).parents[2]


def run(id_: int, **more) -> Run:
    return Run(id=id_, test_id=5, project_id=1, status="completed", created_at=NOW, **more)


@pytest.fixture
async def open_session(folder):
    """Sessions on the same folder, one after another, without a server."""
    opened = []

    def start() -> Session:
        close_all()
        opened.append(Session(ACCOUNT, folder, Notices()))
        return opened[0]

    def close_all() -> None:
        while opened:
            opened.pop().store.close()

    start.close = close_all
    yield start
    close_all()


@pytest.fixture
async def filled(open_session, folder):
    session = open_session()
    await session.store.put_runs([run(id_, note="n" * 300) for id_ in range(500)], NOW)
    for id_ in range(40):
        await session.store.put_draft(Draft(id_, "", f"draft {id_} " + "d" * 200, NOW))
    open_session.close()
    return folder


async def works(session: Session) -> None:
    """A whole little session: index, new runs, drafts, an action."""
    await session.store.load_index()
    await session.store.put_runs([run(9001)], NOW)
    await session.store.put_draft(Draft(9001, "", "typed now", NOW))
    target = Target("run", 9001, "Checkout")
    entry = await session.store.begin("abort", target, "Aborting…")
    await session.store.finish(entry, target, "accepted")
    assert session.store.run(9001)
    assert session.store.draft(9001).text == "typed now"
    assert 9001 in session.store.select(Query())
    known = session.store.runs(session.store.select(Query()))
    assert set(known) == set(session.store.select(Query()))


def drafts(session: Session, ids: Iterable[int]) -> int:
    """How many of these runs have a draft."""
    return sum(session.store.draft(id_) is not None for id_ in ids)


def kept(folder: Path, file: str) -> list[Path]:
    return [path for path in folder.glob(f"{file}.damaged-*") if not path.name.endswith(("-wal", "-shm"))]


def garbage(content: bytes) -> bytes:
    return random.Random(1).randbytes(len(content))


def page_flips(content: bytes) -> bytes:
    return content[:8192] + bytes([170]) * 8192 + content[16384:]


DAMAGES = {
    "garbage": garbage,
    "another file": lambda _: b"<html>this is no database</html>" * 300,
    "truncated": lambda content: content[: len(content) // 2 + 77],
    "two pages": page_flips,
    "zeros": lambda content: content[:4096] + bytes(len(content) - 4096),
}


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES)
@pytest.mark.parametrize("file", ["cache.db", "library.db"])
async def test_a_damaged_file_is_kept_aside_and_said_once(filled, open_session, file, damage):
    path = filled / file
    broken = damage(path.read_bytes())
    path.write_bytes(broken)
    session = open_session()
    await works(session)
    (aside,) = kept(filled, file)
    assert aside.read_bytes() == broken
    (sentence,) = said(session)
    assert "was damaged" in sentence
    assert aside.name in sentence
    again = open_session()
    await works(again)
    assert said(again) == []
    assert len(kept(filled, file)) == 1


@pytest.mark.parametrize("file", ["cache.db", "library.db"])
async def test_damage_in_mid_session_is_survived(filled, open_session, file):
    session = open_session()
    await session.store.load_index()
    content = (filled / file).read_bytes()
    with (filled / file).open("r+b") as broken:
        broken.write(garbage(content))
    for database in (session.store._cache, session.store._library):
        for connection in (database._database._reader, database._database._writer):
            connection.execute("PRAGMA shrink_memory")
    for attempt in range(3):
        await session.store.put_runs([run(7000 + attempt)], NOW)
        await session.store.put_draft(Draft(1, "", f"attempt {attempt}", NOW))
        session.store.run(3)
        session.store.draft(1)
    await works(session)
    assert len(said(session)) <= 1


@pytest.mark.parametrize("file", ["cache.db", "library.db"])
async def test_an_empty_file_is_a_new_one(filled, open_session, file):
    for path in filled.glob(f"{file}*"):
        path.unlink()
    (filled / file).touch()
    session = open_session()
    await works(session)
    assert said(session) == []


@pytest.mark.parametrize("file", ["cache.db", "library.db"])
async def test_a_file_of_a_newer_k6desk_is_left_as_it_is(filled, open_session, file):
    with closing(sqlite3.connect(filled / file)) as db:
        db.execute("PRAGMA user_version = 99")
    before = (filled / file).read_bytes()
    session = open_session()
    await works(session)
    (sentence,) = said(session)
    assert "newer k6desk" in sentence
    assert (filled / file).read_bytes() == before


@pytest.mark.parametrize("file", ["cache.db", "library.db"])
async def test_a_file_that_another_program_holds_is_left_alone(filled, open_session, file, monkeypatch):
    monkeypatch.setattr("k6desk.data.sqlite.WRITE_TIMEOUT_S", 0.1)
    with closing(sqlite3.connect(filled / file, isolation_level=None)) as other:
        other.execute("PRAGMA locking_mode=EXCLUSIVE")
        other.execute("BEGIN EXCLUSIVE")
        session = open_session()
        await works(session)
        (sentence,) = said(session)
        assert "another program holds the file" in sentence
    assert kept(filled, file) == []


@pytest.mark.parametrize("file", ["cache.db", "library.db"])
async def test_a_file_that_becomes_held_in_mid_session_costs_only_the_saving(filled, open_session, file, monkeypatch):
    monkeypatch.setattr("k6desk.data.sqlite.WRITE_TIMEOUT_S", 0.1)
    session = open_session()
    await session.store.load_index()
    with closing(sqlite3.connect(filled / file, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        await works(session)
    (sentence,) = said(session)
    assert "another program holds the file" in sentence
    assert len(session.store.select(Query())) == 501
    assert drafts(session, (*range(40), 9001)) == 41


@pytest.fixture
def ordinary(filled):
    """Root may write everywhere; be somebody else for a while."""
    if os.name != "posix":
        pytest.skip("file modes are POSIX")
    if os.geteuid() == 0:
        for parent in list(filled.parents)[:4]:
            if parent.stat().st_uid == 0 and parent.name != "tmp":
                parent.chmod(0o755)
        for place in (filled, *filled.iterdir()):
            os.chown(place, 65534, 65534)
        os.seteuid(65534)
    yield filled
    os.seteuid(os.getuid())
    for place in (filled, *filled.iterdir()):
        place.chmod(0o700)


@pytest.mark.parametrize("what", ["files", "folder"])
async def test_what_is_read_only_is_read_and_worked_on_in_memory(ordinary, open_session, what):
    for path in ordinary.iterdir():
        path.chmod(stat.S_IRUSR)
    if what == "folder":
        ordinary.chmod(stat.S_IRUSR | stat.S_IXUSR)
    session = open_session()
    await works(session)
    if not said(session):
        pytest.skip("this user may write what is read-only")
    assert len(session.store.select(Query())) == 501
    assert drafts(session, (*range(40), 9001)) == 41
    assert len(said(session)) == 2  # one for each file
    assert all("forgets what is new" in sentence for sentence in said(session))


FILL = """
import asyncio, resource, sys
from datetime import UTC, datetime
from pathlib import Path
from PySide6.QtCore import QCoreApplication
sys.path.insert(0, sys.argv[1])
from tests.faults.test_storage import ACCOUNT, Session, Notices, run, works, said, drafts, Draft, Query
application = QCoreApplication([])
limit = int(sys.argv[3])
now = datetime.now(UTC)
async def main():
    session = Session(ACCOUNT, Path(sys.argv[2]), Notices())
    await session.store.load_index()
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
    for start in range(0, 2000, 100):
        await session.store.put_runs([run(id_, note="n" * 3000) for id_ in range(start, start + 100)], now)
        await session.store.put_draft(Draft(start, "", "d" * 30000, now))
    assert len(session.store.select(Query())) == 2000 and drafts(session, range(0, 2000, 100)) == 20
    await works(session)
    print(len(said(session)), *said(session), sep="|")
    session.store.close()
asyncio.run(main())
"""


@pytest.mark.skipif(os.name != "posix", reason="file size limits are POSIX")
@pytest.mark.parametrize("limit", [100_000, 400_000])
def test_a_disk_that_fills_up_costs_only_the_saving(tmp_path, limit):
    done = subprocess.run(
        [sys.executable, "-c", FILL, str(ROOT), str(tmp_path / "account"), str(limit)],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    count, *sentences = done.stdout.strip().split("|")
    assert 1 <= int(count) <= 2
    assert all("cannot be saved because the disk" in sentence for sentence in sentences)
    for file in ("cache.db", "library.db"):
        with closing(sqlite3.connect(tmp_path / "account" / file)) as db:
            assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert kept(tmp_path / "account", file) == []


@pytest.mark.parametrize("content", [b"theme = [", b"\xff\xfe\x00", b"", bytes(5000), b"theme = 7\nnotify = 'yes'"])
def test_damaged_settings_are_defaults_and_kept(tmp_path, content):
    (tmp_path / "settings.toml").write_bytes(content)
    settings = Settings(tmp_path)
    assert settings.choices.theme == "system"
    settings.choose(theme="dark")
    assert Settings(tmp_path).choices.theme == "dark"
    if settings.problem:
        (aside,) = tmp_path.glob("settings.toml.damaged-*")
        assert aside.read_bytes() == content
        assert settings.problem.count(". ") <= 1


@pytest.mark.parametrize(
    "content", [b"[[account", b"\xff\xfe\x00", bytes(5000), b"account = 7", b"[[account]]\nkey = 1"]
)
async def test_a_damaged_list_of_accounts_is_kept_and_begun_anew(tmp_path, content):
    path = tmp_path / "accounts.toml"
    path.write_bytes(content)
    accounts = Accounts(path, SystemKeyring(), lambda *_: None)
    assert accounts.all() == []
    assert accounts.problem
    accounts.keep_for_session(ACCOUNT)
    assert Accounts(path, SystemKeyring(), lambda *_: None).all() == [ACCOUNT]
    (aside,) = tmp_path.glob("accounts.toml.damaged-*")
    assert aside.read_bytes() == content


@pytest.mark.parametrize("kind", ["folder", "unreadable"])
async def test_settings_and_accounts_that_cannot_be_opened_at_all(tmp_path, kind):
    for name in ("settings.toml", "accounts.toml"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "file").touch()
    if kind == "unreadable" and os.geteuid() == 0:
        (tmp_path / "settings.toml").chmod(0)
    settings, accounts = Settings(tmp_path), Accounts(tmp_path / "accounts.toml", SystemKeyring(), lambda *_: None)
    assert settings.problem
    assert accounts.problem
    settings.choose(theme="dark")
    assert settings.choices.theme == "dark"
