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
    assert library.problem.startswith("The file with your drafts cannot be saved because")
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


def test_replaced_scripts_are_kept_newest_first_with_secrets_masked(library, make_archive):
    plain = Script(b"export default 1\n", is_archive=False)
    archive = make_archive(metadata={"options": {}, "env": {"API_KEY": "s3cr3t-of-ours"}})
    library.keep_replaced(5, "Checkout", plain)
    library.keep_replaced(5, "Checkout", Script(archive, is_archive=True))
    library.keep_replaced(6, "Another", plain)
    (number, _), (first, at) = library.replaced(5)
    newest, oldest = library.replaced_script(number), library.replaced_script(first)
    assert oldest == plain
    assert newest.is_archive
    assert b"s3cr3t-of-ours" not in newest.content
    assert datetime.now(UTC) - at < timedelta(minutes=1)


def kept(library, test_id: int) -> list[bytes]:
    return [library.replaced_script(number).content for number, _ in library.replaced(test_id)]


def test_the_oldest_replaced_scripts_make_room_and_the_same_is_kept_once(library, monkeypatch):
    monkeypatch.setattr("k6desk.data.library.REPLACED_BYTES", 100)
    library.keep_replaced(6, "Another", Script(b"x" * 90, is_archive=False))
    for content in (b"a", b"b", b"a"):
        library.keep_replaced(5, "Checkout", Script(content, is_archive=False))
    assert kept(library, 5) == [b"a", b"b"]
    for n in range(12):
        library.keep_replaced(5, "Checkout", Script(b"%d" % n, is_archive=False))
    assert kept(library, 5) == [b"%d" % n for n in range(11, 1, -1)]
    library.keep_replaced(5, "Checkout", Script(b"y" * 98, is_archive=False))
    assert kept(library, 5) == [b"y" * 98, b"11"]
    library.keep_replaced(5, "Checkout", Script(b"z" * 200, is_archive=False))
    assert kept(library, 5) == [b"z" * 200], "the last one is kept at any size"
    assert kept(library, 6) == [b"x" * 90]
    assert library.replaced_script(1_000_000) is None


def test_the_journal_of_an_earlier_version_is_read_on(path):
    earlier = Database(path, LIBRARY[:1], name="old file", durable=True)
    sql = "INSERT INTO actions (action, run_id, run_name, begun) VALUES ('abort', 7, ?, 0)"
    earlier.write(lambda db: db.execute(sql, (b"Checkout",)))
    earlier.close()
    library = Library(path)
    assert [(action.action, action.target) for action in library.pending()] == [("abort", Target("run", 7, "Checkout"))]
    library.close()
