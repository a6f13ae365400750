"""Notes that wait to be sent, in the library's file."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from k6desk.data.library import Draft, Library
from k6desk.data.note_queue import QueuedNote

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


@pytest.fixture
def library(tmp_path):
    library = Library(tmp_path / "library.db")
    yield library
    library.close()


def note(run_id=7, text="mine", base="base"):
    return QueuedNote(run_id, "Checkout \ud83d", base, text, NOW)


def test_a_queued_note_is_no_draft_any_more_and_comes_back_after_a_restart(library, tmp_path):
    library.put_draft(Draft(7, "base", "mine", NOW))
    library.note_queue.put(note(8))
    library.note_queue.put(note(7, "mine \ud800"))
    assert library.draft(7) is None
    library.close()
    again = Library(tmp_path / "library.db")
    assert again.note_queue.all() == [note(8), note(7, "mine \ud800")]
    again.close()


def test_a_later_note_keeps_the_place_and_the_base_of_the_earlier_one(library):
    library.note_queue.put(note(8))
    library.note_queue.put(note(7))
    library.note_queue.put(note(8, "again", "mine"))
    assert library.note_queue.all() == [note(8, "again"), note(7)]


def test_what_was_written_while_a_note_was_sent_began_from_that(library):
    queue = library.note_queue
    queue.put(note(7, "first"))
    library.put_draft(Draft(7, "base", "third", NOW))
    queue.put(note(8, "other"))
    queue.note_arrival(7, "first")
    assert queue.all() == [note(8, "other")]
    assert library.draft(7) == Draft(7, "first", "third", NOW)
    queue.put(note(7, "second", "first"))
    queue.note_arrival(7, "first")
    assert queue.of(7) == note(7, "second", "first")


def test_a_note_that_is_taken_out_becomes_a_draft_with_its_problem(library):
    queue = library.note_queue
    queue.put(note())
    queue.take_out(7, "The server says no.")
    draft = Draft(7, "base", "mine", NOW, "The server says no.")
    assert (queue.all(), library.draft(7)) == ([], draft)
    assert library.refused_drafts() == [draft]
    library.put_draft(Draft(7, "base", "mine, and more", NOW))
    assert library.refused_drafts() == []


def test_a_draft_that_was_written_later_stays_when_the_note_is_taken_out(library):
    library.note_queue.put(note(7, "sent"))
    library.put_draft(Draft(7, "base", "typed", NOW))
    library.note_queue.take_out(7)
    assert library.draft(7).text == "typed"
