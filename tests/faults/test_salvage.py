"""A library that is damaged, of any version and on any disk: all that can still be read of it is there afterwards."""

from __future__ import annotations

import os
import random
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest

from k6desk.api.models import Run, Script
from k6desk.data.library import Draft, Library, Target
from k6desk.data.note_queue import QueuedNote
from k6desk.data.schema import LIBRARY
from k6desk.data.sqlite import Database
from k6desk.data.stored import Stored

NOW = datetime(2026, 3, 1, tzinfo=UTC)
PAGE = 4096
SCRIPTS, LARGEST = 600, 2**63 - 1
ROOT = Path(__file__).parents[2]
BROKEN = 12
"""So many pages are broken; each costs the rows that lie on it, and no others."""


def content(number: int) -> bytes:
    return b"// %d\n" % number + b"x" * 4000


def ids(count: int) -> list[int]:
    """As servers give them: with large gaps, and up to the largest there is."""
    return [LARGEST - number * 10**13 for number in range(count)]


@pytest.fixture
def path(tmp_path):
    path = tmp_path / "library.db"
    library = Library(path)
    for number in range(SCRIPTS):
        library.scripts.keep(Script(content(number), is_archive=False), "test", number, number, "Checkout", NOW)
    for number in ids(50):
        run = Run(id=number, test_id=5, project_id=1, status="completed", created_at=NOW)
        library.kept.put(run, "Checkout", "Shop", "chosen", {"run": Stored(b'{"id":1}' * 400, NOW)}, NOW)
        library.put_draft(Draft(number, "base", f"typed {number}", NOW))
        library.note_queue.put(QueuedNote(number - 1, "Checkout", "base", f"queued {number}", NOW))
        library.begin("star", Target("run", number, "Checkout"))
    library.close()
    return path


def break_pages(path: Path, count: int = BROKEN) -> None:
    chance = random.Random(3)
    with path.open("r+b") as file:
        for page in chance.sample(range(20, path.stat().st_size // PAGE), count):
            file.seek(page * PAGE)
            file.write(chance.randbytes(PAGE))


def opened(path: Path) -> Library:
    library = Library(path)
    library.check()
    return library


def test_broken_pages_cost_what_lies_on_them_and_nothing_else(path):
    break_pages(path)
    library = opened(path)
    assert "was damaged" in library.problem
    digests = [known and known.digest for known in (library.scripts.newest("test", n) for n in range(SCRIPTS))]
    found = {n: library.scripts.script(digest) for n, digest in enumerate(digests) if digest}
    assert len(found) >= SCRIPTS - 3 * BROKEN
    assert all(script.content == content(n) for n, script in found.items()), "what is broken is not shown as whole"
    assert library.scripts.asked("test").keys() == found.keys(), "what is lost is asked for again"
    assert sum(library.draft(number) is not None for number in ids(50)) > 0
    library.close()


def test_one_broken_row_hides_no_other(path):
    """As a bit that flips: a text that is none, a value of the wrong kind, a page that ends elsewhere."""
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        db.execute("PRAGMA writable_schema = 1")
        db.execute("UPDATE sqlite_master SET sql = replace(sql, 'STRICT', '') WHERE type = 'table'")
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        for at in (10, 30):
            db.execute("UPDATE drafts SET saved = 'soon' WHERE run_id = ?", (ids(50)[at],))
            db.execute("UPDATE actions SET action = CAST(x'ff' AS TEXT) WHERE target_id = ?", (ids(50)[at],))
    break_pages(path, 1)
    library = opened(path)
    assert "was damaged" in library.problem
    assert [library.draft(number) is None for number in ids(50)].count(True) == 2
    assert len(library.pending()) == 50
    library.close()


@pytest.mark.parametrize("version", range(1, len(LIBRARY)))
def test_a_damaged_library_of_an_earlier_version_is_saved_and_brought_up_to_date(tmp_path, version):
    path = tmp_path / "library.db"
    old = Database(path, LIBRARY[:version], name="old library", durable=True)
    old.write(lambda db: db.executemany("INSERT INTO drafts (run_id, base, text, saved) VALUES (?, ?, ?, 0)", drafts))
    if version == 2:
        sql = "INSERT INTO replaced_scripts (test_id, test_name, content, is_archive, replaced) VALUES (?, ?, ?, 0, 0)"
        old.write(lambda db: db.executemany(sql, [(n, b"Checkout", content(n)) for n in range(SCRIPTS)]))
    old.close()
    pages = path.stat().st_size // PAGE
    with path.open("r+b") as file:
        file.seek((pages - 3) * PAGE)
        file.write(b"\xaa" * PAGE)
    library = opened(path)
    assert "was damaged" in library.problem
    assert sum(library.draft(n) is not None for n, *_ in drafts) > len(drafts) - 60
    if version == 2:
        assert len(library.scripts.digests()) >= SCRIPTS - 3
    library.begin("star", Target("run", 1, "Checkout"))
    library.close()
    assert Library(path).problem is None


drafts = [(n, b"base", b"typed" * 40) for n in range(400)]


@contextmanager
def nobody(folder: Path) -> Iterator[None]:
    """Root may write everywhere; be somebody else for a while, whose folder this is."""
    is_root = os.geteuid() == 0
    if is_root:
        for parent in list(folder.parents)[:3]:
            parent.chmod(0o755)
        for one in (folder, *folder.iterdir()):
            os.chown(one, 65534, 65534)
        os.seteuid(65534)
    try:
        yield
    finally:
        if is_root:
            os.seteuid(0)
        folder.chmod(0o700)


@contextmanager
def small_disk(limit: int) -> Iterator[None]:
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.mark.skipif(os.name != "posix", reason="modes and file size limits are POSIX")
@pytest.mark.parametrize("why", ["read-only", "full"])
def test_an_earlier_library_that_cannot_be_migrated_is_read(tmp_path, why):
    path = tmp_path / "account" / "library.db"
    old = Database(path, LIBRARY[:2], name="old library", durable=True)
    old.write(lambda db: db.executemany("INSERT INTO drafts (run_id, base, text, saved) VALUES (?, ?, ?, 0)", drafts))
    old.close()
    before = path.read_bytes()
    with nobody(path.parent) if why == "read-only" else small_disk(40_000):
        if why == "read-only":
            path.chmod(0o400)
            path.parent.chmod(0o500)
        library = Library(path)
        found = sum(library.draft(n) is not None for n, *_ in drafts)
        library.close()
    assert "cannot be saved because" in library.problem
    assert found == len(drafts)
    assert path.read_bytes() == before


KILLED = """
import os, signal, sys
from datetime import UTC, datetime
from pathlib import Path
from k6desk.data.library import Draft, Library
library = Library(Path(sys.argv[1]))
library.put_draft(Draft(7, "", "typed last", datetime.now(UTC)))
os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.mark.skipif(os.name != "posix", reason="SIGKILL is POSIX")
def test_what_was_written_before_a_kill_is_shown_although_the_file_has_become_read_only(path):
    environ = os.environ | {"PYTHONPATH": str(ROOT)}
    subprocess.run([sys.executable, "-c", KILLED, str(path)], env=environ, check=False)
    assert path.with_name("library.db-wal").stat().st_size
    with nobody(path.parent):
        path.chmod(0o400)
        library = Library(path)
        assert not library.is_saved
        assert library.draft(7).text == "typed last"
        library.close()


@pytest.mark.skipif(os.name != "posix", reason="file size limits are POSIX")
@pytest.mark.parametrize("limit", [0, 40_000, 1_000_000])
def test_a_damaged_library_on_a_full_disk_is_read_and_left_for_the_next_start(path, limit):
    break_pages(path)
    with small_disk(limit):
        library = opened(path)
        assert "is damaged and cannot be replaced" in library.problem
        assert not library.is_saved
        assert library.draft(LARGEST)
        library.close()
    assert not list(path.parent.glob("*.damaged-*")), "the next start is to find it"
    library = opened(path)
    assert library.is_saved
    assert len(library.scripts.digests()) >= SCRIPTS - 3 * BROKEN
    assert library.draft(LARGEST)
    library.close()
