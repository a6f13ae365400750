from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from k6desk.api.models import Script
from k6desk.data.library import Draft, Library, Target
from k6desk.data.schema import LIBRARY
from k6desk.data.sqlite import Database

NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


@pytest.fixture
def path(tmp_path):
    return tmp_path / "library.db"


@pytest.fixture
def library(path):
    library = Library(path)
    yield library
    library.close()


def test_a_draft_replaces_the_former_one_of_its_run(library):
    library.put_draft(Draft(2**40, "base", "first", NOW))
    second = Draft(2**40, "base", "second", NOW)
    library.put_draft(second)
    assert library.draft(2**40) == second
    library.remove_draft(2**40)
    assert library.draft(2**40) is None


@pytest.mark.parametrize("text", ["", "a\0b", "half a character: \ud83d", "\u202e", "x" * 1_000_000])
def test_whatever_was_typed_is_there_in_another_session(path, text):
    first = Library(path)
    first.put_draft(Draft(1, text, text, NOW))
    second = Library(path)
    assert second.draft(1) == Draft(1, text, text, NOW)
    assert second.problem is None
    first.close()
    second.close()


def test_an_action_is_pending_until_its_outcome_is_known(library):
    abort = library.begin("abort", Target("run", 5, "Checkout <b>soak</b>"))
    note = library.begin("note", Target("run", 6, "\ud83d"), NOW)
    assert [(action.id, action.action, action.target.id) for action in library.pending()] == [
        (abort, "abort", 5),
        (note, "note", 6),
    ]
    library.finish(abort, "confirmed")
    (left,) = library.pending()
    assert (left.id, left.target.name, left.after) == (note, "\ud83d", NOW)
    assert datetime.now(UTC) - left.begun_at < timedelta(minutes=1)


def test_commits_wait_for_the_disk(library):
    assert library._database._writer.execute("PRAGMA synchronous").fetchone() == (2,)


def test_a_place_that_cannot_be_written_is_said_and_survived(tmp_path):
    (tmp_path / "file").touch()
    library = Library(tmp_path / "file" / "library.db")
    library.put_draft(Draft(1, "", "typed", NOW))
    assert library.draft(1).text == "typed"
    assert library.problem.startswith("The library of notes, scripts and kept runs cannot be saved because")
    library.close()


def test_drafts_are_saved_from_a_damaged_file(path):
    first = Library(path)
    for id_ in range(300):
        first.put_draft(Draft(id_, "base", f"text {id_} " * 50, NOW))
    first.close()
    content = bytearray(path.read_bytes())
    content[15 * 4096 : 16 * 4096] = bytes(4096)
    path.write_bytes(content)
    again = Library(path)
    again.check()
    assert "was damaged" in again.problem
    assert sum(again.draft(id_) is not None for id_ in range(300)) > 200
    again.close()


def test_the_replaced_scripts_of_an_earlier_version_are_there(path):
    earlier = Database(path, LIBRARY[:2], name="old file", durable=True)
    sql = "INSERT INTO replaced_scripts (test_id, test_name, content, is_archive, replaced) VALUES (?, ?, ?, 0, ?)"
    for test_id, content, replaced in ((5, b"// one", 1000), (5, b"// two", 2000), (6, b"// one", 3000)):
        row = (test_id, b"Checkout", content, replaced)
        earlier.write(lambda db, row=row: db.execute(sql, row))
    earlier.close()
    library = Library(path)
    found = [(one.kind, one.id, library.scripts.script(one.digest)) for one in library.scripts.sightings()]
    one, two = (Script(content, is_archive=False) for content in (b"// one", b"// two"))
    assert found == [("test", 6, one), ("test", 5, two), ("test", 5, one)]
    assert len(library.scripts.digests()) == 2
    library.close()


def test_the_journal_of_an_earlier_version_is_read_on(path):
    earlier = Database(path, LIBRARY[:1], name="old file", durable=True)
    sql = "INSERT INTO actions (action, run_id, run_name, begun) VALUES ('abort', 7, ?, 0)"
    earlier.write(lambda db: db.execute(sql, (b"Checkout",)))
    earlier.close()
    library = Library(path)
    assert [(action.action, action.target) for action in library.pending()] == [("abort", Target("run", 7, "Checkout"))]
    library.close()
