"""Sudden death and a second k6desk: no file is ever corrupt, and no draft that was acknowledged is lost."""

from __future__ import annotations

import os
import random
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from k6desk.data.library import Library

HERE = Path(__file__).parent
KILLS = 12

pytestmark = pytest.mark.skipif(os.name != "posix", reason="SIGKILL is POSIX")


def start(folder: Path, name: str, first: int) -> subprocess.Popen[str]:
    environ = os.environ | {"PYTHONPATH": str(HERE.parents[1])}
    command = [sys.executable, str(HERE / "writes.py"), str(folder), name, str(first)]
    return subprocess.Popen(command, env=environ, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def kill_after(child: subprocess.Popen[str], drafts: int) -> int:
    """Kill it after so many drafts; the last one that was acknowledged."""
    lines = [child.stdout.readline() for _ in range(drafts)]
    assert child.poll() is None, child.stderr.read()
    child.kill()
    lines += child.stdout.read().splitlines(keepends=True)
    child.wait()
    child.stdout.close()
    child.stderr.close()
    return max(int(line) for line in lines if line.endswith("\n"))


def assert_sound(folder: Path) -> None:
    for file in ("cache.db", "library.db"):
        with closing(sqlite3.connect(folder / file)) as db:
            assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    assert not list(folder.glob("*.damaged-*"))


def drafts(folder: Path, numbers: range) -> list[str | None]:
    library = Library(folder / "library.db")
    try:
        return [draft and draft.text for draft in map(library.draft, numbers)]
    finally:
        library.close()


def test_nothing_acknowledged_is_lost_however_often_it_is_killed(tmp_path):
    chance = random.Random(4)
    last = 0
    for _ in range(KILLS):
        last = kill_after(start(tmp_path, "one", last + 1), chance.randrange(1, 15))
        assert_sound(tmp_path)
        assert None not in drafts(tmp_path, range(1, last + 1))


def test_two_at_once_on_the_same_files_are_both_usable(tmp_path):
    one, two = start(tmp_path, "one", 1), start(tmp_path, "two", 100_001)
    last_one, last_two = kill_after(one, 60), kill_after(two, 60)
    assert_sound(tmp_path)
    for name, numbers in (("one", range(1, last_one + 1)), ("two", range(100_001, last_two + 1))):
        assert drafts(tmp_path, numbers) == [f"{name} {number}" for number in numbers]
