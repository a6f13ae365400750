"""Files that somebody removes or replaces while k6desk has them open: nothing is called saved that is not."""

from __future__ import annotations

import os
import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest

from k6desk.api.models import Script
from k6desk.core.notices import Notices
from k6desk.core.session import Session
from k6desk.data.library import Draft, Library
from k6desk.data.matcher import Sought
from tests.faults.conftest import said
from tests.faults.writes import ACCOUNT

NOW = datetime(2026, 3, 1, tzinfo=UTC)

pytestmark = pytest.mark.skipif(os.name != "posix", reason="elsewhere an open file cannot be removed")


@pytest.fixture
async def session(folder):
    session = Session(ACCOUNT, folder, Notices())
    await session.store.load_index()
    await session.store.put_draft(Draft(1, "", "typed before", NOW))
    await session.store.keep_script("run", 1, Script(b"// before", is_archive=False))
    yield session
    await session.aclose()


def remove_file(folder: Path) -> None:
    (folder / "library.db").unlink()


def remove_all(folder: Path) -> None:
    for file in folder.glob("library.db*"):
        file.unlink()


def move_away(folder: Path) -> None:
    (folder / "library.db").rename(folder / "moved.db")


WAYS = [remove_file, remove_all, move_away, shutil.rmtree]


@pytest.mark.parametrize("remove", WAYS)
async def test_a_library_that_is_removed_is_written_again(session, folder, remove):
    remove(folder)
    await session.store.put_draft(Draft(2, "", "typed after", NOW))
    await session.store.keep_script("run", 2, Script(b"// after", is_archive=False))
    assert session.store.is_saved
    (sentence,) = said(session)
    assert "was removed while k6desk ran" in sentence
    assert session.store.script("run", 1).value.content == b"// before"
    await session.aclose()
    library = Library(folder / "library.db")
    assert library.problem is None
    assert [library.draft(n).text for n in (1, 2)] == ["typed before", "typed after"]
    assert len(library.scripts.digests()) == 2
    library.close()


async def test_another_file_in_its_place_is_left_alone(session, folder):
    (folder / "library.db").rename(folder / "moved.db")
    (folder / "library.db").write_bytes(b"something else")
    await session.store.put_draft(Draft(2, "", "typed after", NOW))
    assert not session.store.is_saved
    (sentence,) = said(session)
    assert "another file is in its place" in sentence
    assert [session.store.draft(n).text for n in (1, 2)] == ["typed before", "typed after"]
    assert session.store.script("run", 1).value.content == b"// before"
    assert (folder / "library.db").read_bytes() == b"something else"


@pytest.mark.parametrize("file", ["cache.db", "search.db"])
async def test_what_can_be_made_again_may_be_removed_at_any_time(session, folder, tasks, until, file):
    session.finder.start(tasks)
    await until(lambda: session.finder.is_in_step)
    for one in folder.glob(f"{file}*"):
        one.unlink()
    await session.store.keep_script("run", 2, Script(b"// after", is_archive=False))
    await until(lambda: session.finder.is_in_step)
    found = await session.finder.find(Sought("// "))
    assert found.lines == 2
    await session.aclose()
    again = Session(ACCOUNT, folder, Notices())
    await again.store.load_index()
    again.finder.start(tasks)
    await until(lambda: again.finder.is_in_step)
    assert (await again.finder.find(Sought("// "))).lines == 2
    assert again.store.draft(1).text == "typed before"
    assert said(again) == []
    await again.aclose()
