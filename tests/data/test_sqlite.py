"""Real files, really broken."""

from __future__ import annotations

import contextlib
import os
import random
import signal
import sqlite3
import stat
import subprocess
import sys
import threading
from contextlib import closing
from pathlib import Path

import pytest

import k6desk
from k6desk.data.damage import is_damage, reason
from k6desk.data.sqlite import Database

SCHEMA = ("CREATE TABLE things (id INTEGER PRIMARY KEY, name TEXT NOT NULL);\nCREATE INDEX by_name ON things (name)",)
REPOSITORY = Path(k6desk.__file__).parents[1]


@pytest.fixture
def path(tmp_path) -> Path:
    return tmp_path / "things.db"


@pytest.fixture
def opened(path):
    """Databases on `path` that are closed in the end."""
    with contextlib.ExitStack() as stack:

        def make(migrations=SCHEMA, *, durable=False, where=path) -> Database:
            database = Database(where, migrations, name="list of things", durable=durable)
            stack.callback(database.close)
            return database

        yield make


def put(database: Database, *names: str) -> None:
    rows = [(name,) for name in names]
    database.write(lambda db: db.executemany("INSERT INTO things (name) VALUES (?)", rows))


def names(database: Database) -> list[str]:
    return database.read(lambda row: row[0], "SELECT name FROM things ORDER BY id")


def make_file(path: Path, *things: str, durable: bool = False) -> None:
    database = Database(path, SCHEMA, name="list of things", durable=durable)
    put(database, *things)
    database.close()


def aside(path: Path) -> list[Path]:
    return sorted(path.parent.glob(f"{path.name}.damaged-*"))


def test_what_is_written_can_be_read_at_once_and_later(path, opened):
    database = opened()
    put(database, "a", "b")
    assert names(database) == ["a", "b"]
    assert database.is_saved
    assert database.problem is None
    assert names(opened()) == ["a", "b"]


def test_without_a_path_nothing_is_saved_and_that_is_no_problem(opened):
    database = opened(where=None)
    put(database, "a")
    assert names(database) == ["a"]
    assert [len(chunk) for chunk in database.chunks("SELECT * FROM things", 5)] == [1]
    assert not database.is_saved
    assert database.problem is None


@pytest.mark.skipif(os.name != "posix", reason="file modes are POSIX")
def test_only_the_user_can_read_the_files(tmp_path, opened):
    path = tmp_path / "new" / "folder" / "things.db"
    put(opened(where=path), "a")
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert {stat.S_IMODE(file.stat().st_mode) for file in path.parent.iterdir()} == {0o600}


def test_a_failed_change_leaves_nothing_behind(opened):
    database = opened()

    def half(db):
        db.execute("INSERT INTO things (name) VALUES ('a')")
        raise KeyError("b")

    with pytest.raises(KeyError):
        database.write(half)
    put(database, "c")
    assert names(database) == ["c"]


def test_a_bug_in_our_sql_is_raised_and_not_taken_for_a_broken_disk(opened):
    database = opened()
    with pytest.raises(sqlite3.OperationalError):
        database.read(tuple, "SELECT nothing FROM nowhere")
    with pytest.raises(sqlite3.IntegrityError):
        database.write(lambda db: db.execute("INSERT INTO things (name) VALUES (NULL)"))
    assert database.is_saved
    assert database.problem is None


# Damage


def zero_pages(content: bytes) -> bytes:
    return content[:4096] + bytes(len(content) - 4096)


@pytest.mark.parametrize(
    "damage",
    [
        lambda content: b"this is no database" * 100,
        lambda content: content[:-4096],
        lambda content: content[:5000],
        zero_pages,
    ],
    ids=["another file", "last page gone", "cut in a page", "zeros"],
)
def test_a_damaged_file_is_set_aside_and_begun_anew(path, opened, damage):
    make_file(path, *(f"thing {n}" for n in range(500)))
    broken = damage(path.read_bytes())
    path.write_bytes(broken)
    database = opened()
    put(database, "new")
    assert names(database)[-1] == "new"
    assert database.is_saved
    (kept,) = aside(path)
    assert kept.read_bytes()[:4096] == broken[:4096]
    assert database.problem == (
        f"The list of things was damaged: k6desk began a new one and kept the old one as {kept.name}."
    )
    assert names(opened()) == ["new"]


def test_an_empty_file_is_a_new_one(path, opened):
    path.touch()
    database = opened()
    put(database, "a")
    assert (names(database), database.problem) == (["a"], None)


def test_damage_met_while_reading_is_repaired_by_the_next_write(path, opened):
    make_file(path, *(f"thing {n} " + "x" * 100 for n in range(400)))
    content = bytearray(path.read_bytes())
    content[9 * 4096 : 10 * 4096] = bytes([255]) * 4096
    path.write_bytes(content)
    database = opened()
    assert database.problem is None
    assert names(database) == []
    put(database, "new")
    assert names(database) == ["new"]
    assert "was damaged" in database.problem
    assert len(aside(path)) == 1


def test_a_check_finds_damage_that_nothing_has_met(path, opened):
    make_file(path, *(f"thing {n} " + "x" * 100 for n in range(400)))
    content = bytearray(path.read_bytes())
    content[9 * 4096 : 10 * 4096] = bytes(4096)
    path.write_bytes(content)
    database = opened()
    assert database.problem is None
    database.check()
    assert "was damaged" in database.problem
    assert names(database) == []


def test_a_check_of_a_sound_file_changes_nothing(opened):
    database = opened()
    put(database, "a")
    database.check()
    assert (names(database), database.problem) == (["a"], None)


def test_a_row_with_a_value_that_no_record_can_have_is_left_out(path, opened):
    make_file(path, "a", "7")
    database = opened()
    assert database.read(lambda row: int(row[0]), "SELECT name FROM things ORDER BY id") == [7]
    put(database, "new")
    assert names(database) == ["a", "7", "new"]
    assert database.problem is None


MISTAKES = {
    "wrong SQL": lambda db: db.execute("SELEKT 1"),
    "no such table": lambda db: db.execute("SELECT * FROM nowhere"),
    "too few parameters": lambda db: db.execute("INSERT INTO things VALUES (?, ?)", (1,)),
    "a type that SQLite does not know": lambda db: db.execute("INSERT INTO things VALUES (?, ?)", (9, object())),
    "a number that is too large": lambda db: db.execute("INSERT INTO things VALUES (?, 'x')", (2**63,)),
    "half a character": lambda db: db.execute("INSERT INTO things VALUES (9, ?)", ("\ud800",)),
    "a constraint": lambda db: db.execute("INSERT INTO things VALUES (1, 'twice')"),
    "a transaction in a transaction": lambda db: db.execute("BEGIN"),
    "a value of the wrong kind": lambda db: db.execute("INSERT INTO things VALUES ('nine', 'x')"),
    "a closed connection": lambda db: db.close() or db.execute("SELECT 1"),
    "something else entirely": lambda db: None + 1,
}


@pytest.mark.parametrize("mistake", MISTAKES.values(), ids=MISTAKES)
@pytest.mark.parametrize("durable", [False, True])
def test_no_mistake_of_ours_is_taken_for_damage(path, opened, mistake, durable):
    database = opened(durable=durable)
    put(database, "a")
    with pytest.raises(Exception) as raised:  # noqa: PT011 - each mistake has an error of its own
        database.write(mistake)
    assert not is_damage(raised.value)
    assert reason(raised.value) is None
    assert (database.problem, database.is_saved, aside(path)) == (None, True, [])
    assert names(opened()) == ["a"]


@pytest.mark.parametrize("parameter", [2**63, object(), "\ud800", (1, 2)])
def test_no_wrong_question_is_taken_for_damage(path, opened, parameter):
    database = opened()
    put(database, "a")
    with pytest.raises((sqlite3.Error, OverflowError, UnicodeEncodeError)):
        database.read(tuple, "SELECT name FROM things WHERE id = ?", parameter)
    with pytest.raises(TypeError):
        database.read(lambda row: row[0] + 1, "SELECT name FROM things")
    put(database, "b")
    assert names(database) == ["a", "b"]
    assert (database.problem, aside(path)) == (None, [])


DISK = {"FULL", "IOERR", "READONLY", "CANTOPEN", "PERM", "BUSY", "PROTOCOL"}
OURS = {"ERROR", "INTERNAL", "ABORT", "LOCKED", "NOMEM", "INTERRUPT", "NOTFOUND", "SCHEMA", "TOOBIG", "CONSTRAINT"}
OURS |= {"MISMATCH", "MISUSE", "NOLFS", "AUTH", "RANGE", "EMPTY", "FORMAT"}


@pytest.mark.parametrize("name", sorted(DISK | OURS | {"CORRUPT", "NOTADB"}))
def test_every_error_of_sqlite_is_damage_the_disk_or_a_bug(name):
    error = sqlite3.OperationalError(name)
    names_of_class = (
        [other for other in dir(sqlite3) if other.startswith(f"SQLITE_{name}_")] if name != "INTERNAL" else []
    )
    for each in [f"SQLITE_{name}", *names_of_class]:
        error.sqlite_errorcode = getattr(sqlite3, each, None) or {"SQLITE_EMPTY": 16, "SQLITE_FORMAT": 24}[each]
        assert is_damage(error) == (name in {"CORRUPT", "NOTADB"})
        assert bool(reason(error)) == (name in DISK)


def test_what_can_still_be_read_of_a_durable_file_is_saved(path, opened):
    without_index = (SCHEMA[0].partition(";")[0],)
    with closing(opened(without_index, durable=True)) as first:
        put(first, *(f"{n:04} " + "x" * 100 for n in range(400)))
    content = bytearray(path.read_bytes())
    content[5 * 4096 : 6 * 4096] = bytes(4096)
    path.write_bytes(content)
    database = opened(without_index, durable=True)
    database.check()
    saved = names(database)
    assert 350 < len(saved) < 400
    assert saved[0].startswith("0000")
    assert saved[-1].startswith("0399")
    assert f"Entries saved from it: {len(saved)}." in database.problem


def test_any_flipped_byte_ends_in_a_usable_database(path, opened):
    make_file(path, *(f"thing {n} " + "x" * 200 for n in range(60)))
    sound = path.read_bytes()
    chance = random.Random(1)
    for _ in range(60):
        content = bytearray(sound)
        for _ in range(chance.randrange(1, 40)):
            content[chance.randrange(len(content))] = chance.randrange(256)
        path.write_bytes(content)
        for suffix in ("-wal", "-shm"):
            path.with_name(path.name + suffix).unlink(missing_ok=True)
        database = Database(path, SCHEMA, name="list of things")
        names(database)
        database.check()
        put(database, "new")
        assert "new" in names(database)
        database.close()


# A disk that refuses


def test_a_file_held_by_another_program_is_left_alone(path, opened):
    make_file(path, "a")
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("PRAGMA locking_mode=EXCLUSIVE")
        other.execute("BEGIN EXCLUSIVE")
        database = opened()
        put(database, "b")
        assert names(database)[-1] == "b"
    assert not database.is_saved
    assert "because another program holds the file" in database.problem
    assert names(opened()) == ["a"]


@pytest.fixture
def ordinary_user(tmp_path_factory):
    """Root may write everywhere, so root becomes somebody else for a while."""
    if os.name != "posix":
        pytest.skip("folder modes are POSIX")
    folder = tmp_path_factory.mktemp("readonly")
    yield folder
    if os.geteuid() != os.getuid():
        os.seteuid(os.getuid())
    for place in (folder, *folder.iterdir()):
        place.chmod(0o700)


def become_ordinary(folder: Path) -> None:
    if os.geteuid() == 0:
        for parent in list(folder.parents)[:3]:
            if "pytest" in parent.name:
                parent.chmod(0o755)
        for place in (folder, *folder.iterdir()):
            os.chown(place, 65534, 65534)
        os.seteuid(65534)


def test_a_read_only_folder_is_read_and_then_worked_on_in_memory(ordinary_user, opened):
    path = ordinary_user / "things.db"
    make_file(path, "a")
    become_ordinary(ordinary_user)
    path.chmod(0o400)
    ordinary_user.chmod(0o500)
    database = opened(where=path)
    put(database, "b")
    assert names(database) == ["a", "b"]
    assert not database.is_saved
    assert str(path) in database.problem
    assert "forgets what is new when you quit" in database.problem


def test_a_folder_that_cannot_be_made_costs_only_the_saving(tmp_path, opened):
    (tmp_path / "file").touch()
    database = opened(where=tmp_path / "file" / "things.db")
    put(database, "a")
    assert names(database) == ["a"]
    assert not database.is_saved
    assert "cannot be saved" in database.problem


def test_a_disk_that_fills_up_ends_the_saving_and_nothing_else(path, opened):
    database = opened()
    put(database, "a")
    pages = database._writer.execute("PRAGMA page_count").fetchone()[0]
    database._writer.execute(f"PRAGMA max_page_count={pages}")
    put(database, "b" * 100_000)
    put(database, "c")
    assert [len(name) for name in names(database)] == [1, 100_000, 1]
    assert not database.is_saved
    assert "because the disk is full" in database.problem
    database.close()
    assert names(opened()) == ["a"]


def test_a_file_too_large_for_memory_goes_on_there_without_its_large_tables(path, monkeypatch):
    migrations = (*SCHEMA, "CREATE TABLE heavy (content BLOB)")
    first = Database(path, migrations, name="list", large=("heavy",))
    put(first, "a")
    first.write(lambda db: db.execute("INSERT INTO heavy VALUES (zeroblob(50000))"))
    for most, whole in ((10_000, 0), (10**9, 1)):
        monkeypatch.setattr("k6desk.data.sqlite.MOST_IN_MEMORY", most)
        database = Database(path, (*migrations, "CREATE TABLE new (id)"), name="list", large=("heavy",))
        database._recover(sqlite_full())
        put(database, "b")
        assert names(database) == ["a", "b"]
        assert database.read(tuple, "SELECT count(*) FROM heavy") == [(whole,)]
        assert ("too large to be shown whole" in database.problem) == (not whole)
        assert not database.is_saved
        database.close()
    first.close()


def sqlite_full() -> sqlite3.Error:
    error = sqlite3.OperationalError("database or disk is full")
    error.sqlite_errorcode = sqlite3.SQLITE_FULL
    return error


FILL = """
import resource, sys
from k6desk.data.sqlite import Database
from pathlib import Path
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[2]), int(sys.argv[2])))
database = Database(Path(sys.argv[1]), ["CREATE TABLE things (id INTEGER PRIMARY KEY, name TEXT )"], name="list")
for n in range(300):
    database.write(lambda db: db.execute("INSERT INTO things (name) VALUES (?)", (f"{n:04}" + "x" * 5000,)))
print(len(database.read(tuple, "SELECT id FROM things")), database.is_saved, database.problem)
"""


@pytest.mark.skipif(os.name != "posix", reason="file size limits are POSIX")
@pytest.mark.parametrize("limit", [0, 20_000, 200_000])
def test_a_disk_that_takes_no_more_bytes_is_survived(path, limit):
    done = subprocess.run(
        [sys.executable, "-c", FILL, str(path), str(limit)],
        env={**os.environ, "PYTHONPATH": str(REPOSITORY)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.startswith("300 False The list cannot be saved because ")
    with closing(sqlite3.connect(path)) as db:
        assert db.execute("PRAGMA quick_check").fetchone() == ("ok",)


def test_reading_goes_on_while_the_writer_changes_the_place(path, opened):
    database = opened()
    put(database, *(f"thing {n}" for n in range(200)))
    counts: list[int] = []
    done = threading.Event()

    def read() -> None:
        while not done.is_set():
            counts.append(len(names(database)))
            counts.extend(len(chunk) for chunk in database.chunks("SELECT id FROM things LIMIT 200", 200))

    thread = threading.Thread(target=read)
    thread.start()
    for _ in range(20):
        put(database, "more")
    pages = database._writer.execute("PRAGMA page_count").fetchone()[0]
    database._writer.execute(f"PRAGMA max_page_count={pages}")
    put(database, "b" * 100_000)
    for _ in range(20):
        put(database, "more")
    done.set()
    thread.join()
    assert not database.is_saved
    assert set(counts) <= set(range(200, 242))
    assert len(names(database)) == 241


# Versions


def test_migrations_run_once_and_keep_the_rows(path, opened):
    make_file(path, "a")
    newer = (*SCHEMA, "ALTER TABLE things ADD COLUMN size INTEGER;\nUPDATE things SET size = 5")
    database = opened(newer)
    assert database.read(tuple, "SELECT name, size FROM things") == [("a", 5)]
    database.write(lambda db: db.execute("UPDATE things SET size = 6"))
    assert opened(newer).read(tuple, "SELECT size FROM things") == [(6,)]
    assert database.problem is None


def test_a_migration_that_fails_changes_nothing(path):
    make_file(path, "a")
    broken = (*SCHEMA, "ALTER TABLE things RENAME TO objects;\nSELECT nothing FROM nowhere")
    with pytest.raises(sqlite3.OperationalError):
        Database(path, broken, name="list of things")
    database = Database(path, SCHEMA, name="list of things")
    assert names(database) == ["a"]
    database.close()


def test_a_durable_file_is_copied_before_a_migration(path, opened):
    make_file(path, "a", durable=True)
    opened((*SCHEMA, "DELETE FROM things"), durable=True)
    with closing(sqlite3.connect(f"{path}.version-1")) as copy:
        assert copy.execute("SELECT name FROM things").fetchall() == [("a",)]


def test_a_file_of_a_newer_version_is_left_as_it_is(path, opened):
    make_file(path, "a")
    with closing(sqlite3.connect(path)) as db:
        db.execute("PRAGMA user_version=7")
    before = path.read_bytes()
    database = opened()
    put(database, "b")
    assert names(database) == ["b"]
    assert not database.is_saved
    assert "written by a newer k6desk" in database.problem
    assert path.read_bytes() == before


# Sudden death

WRITE_FOR_EVER = """
import sys
import threading
from k6desk.data.sqlite import Database
from pathlib import Path
database = Database(Path(sys.argv[1]), ["CREATE TABLE things (id INTEGER PRIMARY KEY, name TEXT)"], name="list")
while True:
    row = database.write(lambda db: db.execute("INSERT INTO things (name) VALUES (?)", ("x" * 3000,)).lastrowid)
    print(row, flush=True)
"""


@pytest.mark.skipif(os.name != "posix", reason="SIGKILL is POSIX")
def test_nothing_acknowledged_is_lost_when_the_process_is_killed(path, opened):
    chance = random.Random(2)
    for _ in range(6):
        child = subprocess.Popen(
            [sys.executable, "-c", WRITE_FOR_EVER, str(path)],
            env={**os.environ, "PYTHONPATH": str(REPOSITORY)},
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(chance.randrange(1, 300)):
            last = child.stdout.readline()
        child.send_signal(signal.SIGKILL)
        rest = child.stdout.read().splitlines(keepends=True)
        child.stdout.close()
        child.wait()
        acknowledged = max(int(line) for line in [last, *rest] if line.endswith("\n"))
        with closing(sqlite3.connect(path)) as db:
            assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)
            assert db.execute("SELECT max(id) FROM things").fetchone()[0] >= acknowledged
    assert opened(["CREATE TABLE things (id INTEGER PRIMARY KEY, name TEXT NOT NULL)"]).problem is None
