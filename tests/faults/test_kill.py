"""Sudden death and a second k6desk: no file is ever corrupt, and nothing that was acknowledged is lost.

`KILLS=200 python -m pytest tests/faults/test_kill.py -s` kills as often as one likes, and tells the figures.
"""

from __future__ import annotations

import os
import random
import sqlite3
import subprocess
import sys
import time
from collections import defaultdict
from contextlib import closing
from pathlib import Path

import pytest

from k6desk.api.models import Script
from k6desk.data.library import Library
from k6desk.data.schema import LIBRARY
from k6desk.data.sqlite import Database

HERE = Path(__file__).parent
KILLS = int(os.environ.get("KILLS", "12"))
OLD_SCRIPTS = 300

pytestmark = pytest.mark.skipif(os.name != "posix", reason="SIGKILL is POSIX")

Acknowledged = dict[str, set[int]]


def start(program: str, *arguments: object) -> subprocess.Popen[str]:
    environ = os.environ | {"PYTHONPATH": str(HERE.parents[1])}
    command = [sys.executable, str(HERE / program), *map(str, arguments)]
    pipe = subprocess.PIPE
    return subprocess.Popen(command, env=environ, stdin=pipe, stdout=pipe, stderr=pipe, text=True)


def kill(child: subprocess.Popen[str]) -> list[str]:
    """Kill it; the whole lines that it still had to say."""
    child.kill()
    lines = child.stdout.read().splitlines(keepends=True)
    child.wait()
    for pipe in (child.stdin, child.stdout, child.stderr):
        pipe.close()
    return [line.strip() for line in lines if line.endswith("\n")]


def kill_after(child: subprocess.Popen[str], lines: int) -> Acknowledged:
    """Kill it after so many lines; what it had acknowledged."""
    said = [child.stdout.readline().strip() for _ in range(lines)]
    assert child.poll() is None, child.stderr.read()
    acknowledged: Acknowledged = defaultdict(set)
    for line in said + kill(child):
        what, number = line.split()
        acknowledged[what].add(int(number))
    return acknowledged


def assert_sound(folder: Path) -> None:
    for file in ("cache.db", "library.db"):
        with closing(sqlite3.connect(folder / file)) as db:
            assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    assert not list(folder.glob("*.damaged-*"))


def lost(folder: Path, name: str, acknowledged: Acknowledged) -> list[tuple[str, int]]:
    """What was acknowledged and is not there."""
    library = Library(folder / "library.db")
    try:
        kept, asked = library.kept.ids(), library.scripts.asked("test")
        queued = {note.run_id: note.text for note in library.note_queue.all()}
        open_actions = {action.target.id for action in library.pending()}
        return [
            *(("draft", n) for n in acknowledged["draft"] if library.draft(n).text != f"{name} {n}"),
            *(("script", n) for n in acknowledged["script"] - asked.keys()),
            *(("script", n) for n in acknowledged["script"] if not is_whole(library, name, n)),
            *(("begun", n) for n in acknowledged["begun"] if not n % 2 and n not in open_actions),
            *(("finished", n) for n in acknowledged["finished"] & open_actions),
            *(("note", n) for n in acknowledged["note"] if queued.get(n) != f"{name} {n}"),
            *(("kept", n) for n in acknowledged["kept"] - kept),
            *(("kept", n) for n in acknowledged["kept"] if library.kept.document(n, "run").value != b'{"id":%d}' % n),
        ]
    finally:
        library.close()


def is_whole(library: Library, name: str, number: int) -> bool:
    script = library.scripts.script(library.scripts.newest("test", number).digest)
    return script.content.startswith(f"// {name} {number}\n".encode()) and len(script.content) > 4000


def test_nothing_acknowledged_is_lost_however_often_it_is_killed(tmp_path):
    chance = random.Random(4)
    total = 0
    all_acknowledged: Acknowledged = defaultdict(set)
    for round_ in range(KILLS):
        acknowledged = kill_after(start("writes.py", tmp_path, "one", 1 + round_ * 10_000), chance.randrange(1, 60))
        for what, numbers in acknowledged.items():
            all_acknowledged[what] |= numbers
            total += len(numbers)
        assert_sound(tmp_path)
        assert lost(tmp_path, "one", acknowledged) == []
    assert lost(tmp_path, "one", all_acknowledged) == []
    assert all_acknowledged.keys() == {"draft", "note", "script", "begun", "finished", "kept"}
    print(f"{KILLS} kills: {total} acknowledged, none lost, no file damaged")  # noqa: T201


def test_two_at_once_on_the_same_files_are_both_usable(tmp_path):
    one = start("writes.py", tmp_path, "one", 1)
    one.stdout.readline()  # nobody starts two of a new program in the same moment
    two = start("writes.py", tmp_path, "two", 100_001)
    acknowledged = {"one": kill_after(one, 100), "two": kill_after(two, 100)}
    assert_sound(tmp_path)
    for name, known in acknowledged.items():
        assert lost(tmp_path, name, known) == []


def test_a_migration_that_is_killed_is_done_or_not_begun(tmp_path):
    chance = random.Random(5)
    path = tmp_path / "library.db"
    old = Database(path, LIBRARY[:2], name="old library", durable=True)
    sql = "INSERT INTO replaced_scripts (test_id, test_name, content, is_archive, replaced) VALUES (?, ?, ?, 0, 0)"
    rows = [(n, b"Checkout", b"// %d\n" % n + b"x" * 20_000) for n in range(OLD_SCRIPTS)]
    old.write(lambda db: db.executemany(sql, rows))
    old.write(lambda db: db.execute("INSERT INTO drafts VALUES (7, ?, ?, 0)", (b"base", b"typed")))
    old.close()
    original = path.read_bytes()
    versions = set()
    for _ in range(KILLS):
        for file in tmp_path.iterdir():
            file.unlink()
        path.write_bytes(original)
        child = start("migrates.py", tmp_path)
        assert child.stdout.readline() == "begins\n", child.stderr.read()
        time.sleep(chance.uniform(0, 0.08))  # somewhere in the middle, which no event tells
        kill(child)
        with closing(sqlite3.connect(path)) as db:
            versions.add(db.execute("PRAGMA user_version").fetchone()[0])
        library = Library(path)
        assert library.problem is None
        assert library.draft(7).text == "typed"
        found = [library.scripts.script(library.scripts.newest("test", n).digest) for n in range(OLD_SCRIPTS)]
        assert found == [Script(content, is_archive=False) for _, _, content in rows]
        library.close()
    assert versions <= {2, len(LIBRARY)}
    print(f"{KILLS} kills in a migration: left at versions {sorted(versions)}, nothing lost")  # noqa: T201
