"""Files that the user names, chooses or drops."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from msgspec.structs import replace

from k6desk.core.accounts import IMPORTED
from k6desk.core.notices import Notices
from k6desk.core.place import Place
from k6desk.core.session import Session
from k6desk.core.store import Store
from k6desk.data.bundle_writer import bundle_bytes
from k6desk.program.file_opener import NOT_SAVED, FileOpener
from tests.core.test_imported import bundle_of, one_run


class Desk:
    """What the opener works on: the account of imported runs, which is shown when it is wanted."""

    def __init__(self, folder) -> None:
        self.folder = folder
        self.notices = Notices()
        self.session: Session | None = None
        self.scripts: list[tuple[bytes, str]] = []
        self.places: list[Place] = []
        self.opener = FileOpener(
            self.notices,
            self.show,
            lambda script, title: self.scripts.append((script.content, title)),
            self.places.append,
        )

    async def show(self) -> Session:
        if self.session is None:
            self.session = Session(IMPORTED, self.folder / "imported", self.notices)
            await self.session.store.load_index()
        return self.session

    def said(self) -> list[tuple[str, str]]:
        return [(notice.level, notice.text) for notice in self.notices.current()]


@pytest.fixture
async def desk(tmp_path):
    desk = Desk(tmp_path)
    yield desk
    if desk.session:
        await desk.session.aclose()


@pytest.fixture
def bundle(tmp_path):
    def write(*runs, name="some.k6run", stack_url="https://acme.grafana.net"):
        path = tmp_path / name
        path.write_bytes(bundle_bytes(bundle_of(*runs, stack_url=stack_url)))
        return path

    return write


async def test_the_runs_of_a_file_are_shown_beginning_with_the_first(desk, bundle):
    assert await desk.opener.open([bundle(one_run(8), one_run(5))])
    assert desk.places == [Place("run", 8)]
    assert desk.said() == [("success", "some.k6run: 2 runs are here now.")]


async def test_what_the_disk_cannot_keep_is_said(desk, bundle, monkeypatch):
    monkeypatch.setattr(Store, "is_saved", False)
    await desk.opener.open([bundle(one_run(8))])
    assert ("warning", NOT_SAVED) in desk.said()


async def test_several_files_are_taken_in_and_a_bad_one_among_them_is_named(desk, bundle, tmp_path):
    (tmp_path / "bad.k6run").write_bytes(b"hello")
    files = [bundle(one_run(1), name="a.k6run"), tmp_path / "bad.k6run", bundle(one_run(2), name="b.K6RUN")]
    assert await desk.opener.open(files)
    assert desk.places == [Place("run", 1)]
    assert sorted(desk.session.store.kept_ids()) == [1, 2]
    assert desk.said() == [
        ("success", "a.k6run: 1 run is here now."),
        ("error", "bad.k6run was not opened. It is damaged or something else: get it anew from where it was made."),
        ("success", "b.K6RUN: 1 run is here now."),
    ]


async def test_a_bad_file_changes_nothing_and_is_said_once(desk, tmp_path):
    bad = tmp_path / "\u202ebad\n.k6run"
    bad.write_bytes(b"hello")
    assert not await desk.opener.open([bad])
    assert (desk.session, desk.places) == (None, [])
    [(level, words)] = desk.said()
    assert level == "error"
    assert words.isprintable()


async def test_it_is_said_what_became_of_each_run(desk, bundle):
    then = one_run().as_of
    await desk.opener.open([bundle(one_run(1), one_run(2, "b"), one_run(3, "c"), one_run(4))])
    later = [
        one_run(1),
        one_run(2, "new", as_of=then + timedelta(hours=1)),
        one_run(3, "old", as_of=then - timedelta(hours=1)),
        one_run(9),
    ]
    await desk.opener.open([bundle(*later)])
    words = (
        "some.k6run: 1 run is here now. 1 run was brought up to date. 1 run was here already. "
        "1 run is older than what is here, which stays."
    )
    assert desk.said() == [("success", words)]
    await desk.opener.open([bundle(one_run(2, "x"), one_run(4, "x"), stack_url="https://other.grafana.net")])
    assert desk.said() == [
        ("warning", "some.k6run: 2 runs were left out: here their number belongs to a run of another stack.")
    ]


async def test_a_script_is_shown_and_what_is_none_is_named(desk, tmp_path):
    (tmp_path / "login.js").write_text("export default 1")
    (tmp_path / "data.bin").write_bytes(b"\0\1")
    assert not await desk.opener.open([tmp_path / "login.js", tmp_path / "data.bin", tmp_path / "none.tar"])
    assert desk.scripts == [(b"export default 1", "login.js")]
    assert [level for level, _ in desk.said()] == ["error", "error"]


async def test_the_age_of_what_is_shown_is_that_of_the_file(desk, bundle):
    await desk.opener.open([bundle(replace(one_run(), as_of=datetime(2026, 4, 2, tzinfo=UTC)))])
    assert desk.session.store.detail(5).fetched_at == datetime(2026, 4, 2, tzinfo=UTC)
