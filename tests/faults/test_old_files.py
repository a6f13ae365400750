"""Files that the version before wrote: they open, what was typed is there, and its open actions are settled."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest

from k6desk.data.query import Query
from tests.faults.acting import ActingStack
from tests.faults.conftest import run_json, said

CACHE_1 = """
CREATE TABLE projects (id INTEGER PRIMARY KEY, name TEXT NOT NULL, is_default INTEGER NOT NULL) STRICT;
CREATE TABLE tests (
    id INTEGER PRIMARY KEY, project_id INTEGER NOT NULL, name TEXT NOT NULL, created INTEGER, updated INTEGER) STRICT;
CREATE TABLE runs (
    id INTEGER PRIMARY KEY, test_id INTEGER NOT NULL, project_id INTEGER NOT NULL, status TEXT NOT NULL, result TEXT,
    created INTEGER NOT NULL, ended INTEGER, status_since INTEGER, started_by TEXT, note TEXT NOT NULL,
    is_starred INTEGER NOT NULL, max_vus INTEGER, estimated_duration_s INTEGER, execution_duration_s INTEGER,
    retention_expires INTEGER, vuh REAL) STRICT;
CREATE INDEX runs_by_created ON runs (created);
CREATE INDEX runs_by_test ON runs (test_id, created);
CREATE INDEX runs_unfinished ON runs (created) WHERE status NOT IN ('aborted', 'completed');
CREATE TABLE documents (
    kind TEXT NOT NULL, id INTEGER NOT NULL, content BLOB NOT NULL, fetched INTEGER NOT NULL,
    PRIMARY KEY (kind, id)) STRICT;
CREATE TABLE marks (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
PRAGMA user_version=1;
INSERT INTO projects VALUES (1, 'Shop', 0);
INSERT INTO tests VALUES (5, 1, 'Checkout', NULL, NULL);
INSERT INTO runs VALUES (7, 5, 1, 'completed', 'passed', 1772323207000, NULL, NULL, NULL, 'seen before', 0,
    NULL, NULL, NULL, NULL, NULL);
INSERT INTO documents VALUES ('zones', 0, X'C1', 0), ('run', 7, X'7B', 0);
"""
LIBRARY_1 = """
CREATE TABLE drafts (run_id INTEGER PRIMARY KEY, base BLOB NOT NULL, text BLOB NOT NULL, saved INTEGER NOT NULL) STRICT;
CREATE TABLE actions (
    id INTEGER PRIMARY KEY, action TEXT NOT NULL, run_id INTEGER NOT NULL, run_name BLOB NOT NULL,
    begun INTEGER NOT NULL, outcome TEXT, finished INTEGER) STRICT;
PRAGMA user_version=1;
INSERT INTO drafts VALUES (7, CAST('' AS BLOB), CAST('typed before' AS BLOB), 1772323207000);
INSERT INTO actions VALUES (1, 'abort', 9, CAST('Checkout' AS BLOB), 1772323207000, NULL, NULL);
INSERT INTO actions VALUES (2, 'abort', 8, X'EDA080', 1772323207000, 'accepted', 1772323208000);
INSERT INTO actions VALUES (3, 'abort', 55, X'EDA0803C623E0A', 1772323207000, NULL, NULL);
"""


@pytest.fixture
def stack():
    stack = ActingStack()
    stack.runs[2] = run_json(9, status="aborted")
    return stack


@pytest.fixture
def folder(tmp_path):
    folder = tmp_path / "account"
    folder.mkdir()
    for name, script in (("cache.db", CACHE_1), ("library.db", LIBRARY_1)):
        with closing(sqlite3.connect(folder / name)) as db:
            db.executescript(script)
    return folder


async def test_what_the_version_before_left_is_there_and_settled(session, go_live, folder, until):
    store = session.store
    assert store.run(7).note == "seen before"
    assert store.test(5).baseline_run_id is None
    assert store.draft(7).text == "typed before"
    assert [(one.action, one.target.kind, one.target.id) for one in store.pending()] == [
        ("abort", "run", 9),
        ("abort", "run", 55),
    ]
    await go_live()
    await until(lambda: store.pending() == [])
    await until(lambda: len(said(session)) == 2)
    first, second = said(session)
    assert "the abort of “Checkout”. The server says: " in first
    assert "it is no longer there" in second
    assert "\n" not in second
    assert store.intent(9) is store.intent(55) is None
    assert store.draft(7).text == "typed before"
    assert 7 in store.select(Query())
    assert not list(folder.glob("*.damaged-*"))
