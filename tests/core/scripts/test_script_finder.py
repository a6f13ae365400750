"""The index follows the library, whatever happens to either; what is found is told by test and file."""

from __future__ import annotations

import asyncio
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from k6desk.api.models import Script
from k6desk.core.scripts import script_finder
from k6desk.core.scripts.opened_script import OpenedScript
from k6desk.core.scripts.script_finder import ScriptFinder
from k6desk.core.store import Store
from k6desk.data import matcher
from k6desk.data.cache import Cache
from k6desk.data.library import Library
from k6desk.data.matcher import BadPattern, Sought

NOW = datetime.now(UTC)
ARCHIVES = Path(__file__).parents[4] / "shared" / "data" / "archives"
KEY = "AKIAIOSFODNN7EXAMPLE"
TOKEN = "glsa_" + "ab12" * 8 + "_1a2b3c4d"


def script(text: str) -> Script:
    return Script(text.encode(), is_archive=False)


@pytest.fixture
def library(tmp_path):
    return Library(tmp_path / "library.db")


@pytest.fixture
def keep(library):
    """`keep(text, run)` keeps a script that a run of a test used, the higher the id the later."""

    def keep(text: str | Script, run: int, test_id: int = 1, kind: str = "run") -> str:
        kept = script(text) if isinstance(text, str) else text
        return library.scripts.keep(kept, kind, run, test_id, f"Test {test_id}", NOW + timedelta(seconds=run))

    return keep


@pytest.fixture
async def store(library, tmp_path):
    store = Store(Cache(tmp_path / "cache.db"), library)
    yield store
    store.close()


@pytest.fixture
async def open_finder(store, tasks, tmp_path, until):
    """`await open_finder()` is a finder that is in step."""
    opened = []

    async def open_it(*, wait: bool = True) -> ScriptFinder:
        finder = ScriptFinder(store, tmp_path / "search.db")
        opened.append(finder)
        finder.start(tasks)
        if wait:
            if not store.is_indexed:
                await store.load_index()
            await until(lambda: finder.is_in_step)
        return finder

    yield open_it
    await tasks.aclose()
    for finder in opened:
        finder.close()


async def names(finder: ScriptFinder, words: str, **how) -> list[str]:
    finding = await finder.find(Sought(words, **how))
    return [test.name for test in finding.tests]


async def test_what_the_library_holds_is_found_and_what_comes_later_too(open_finder, keep, store, until):
    keep("const a = 'first';", 10)
    finder = await open_finder()
    assert await names(finder, "FIRST") == ["Test 1"]
    assert await names(finder, "second") == []
    await store.put_script("test", 7, script("sleep('second');"))
    await until(lambda: finder.is_in_step)
    assert finder.indexed == finder.total == 2
    assert len((await finder.find(Sought("second"))).tests) == 1


async def test_nothing_is_indexed_before_the_store_has_read_its_files(open_finder, keep, store, until):
    keep("const a;", 10)
    finder = await open_finder(wait=False)
    assert not finder.is_in_step
    assert finder.total == 0
    await store.load_index()
    await until(lambda: finder.is_in_step)
    assert finder.total == 1


async def test_a_start_indexes_only_what_is_missing(open_finder, keep, monkeypatch):
    keep("const a;", 10)
    (await open_finder()).close()
    keep("const b;", 11)
    asked = []
    monkeypatch.setattr(script_finder, "texts_of", lambda one: asked.append(one.content) or [("", "b")])
    await open_finder()
    assert asked == [b"const b;"]


async def test_a_new_library_empties_the_index(open_finder, keep, store, tmp_path, monkeypatch):
    keep("const a = 'mine';", 10)
    finder = await open_finder()
    finder.close()
    monkeypatch.setattr(store, "script_digests", set)
    assert await names(await open_finder(), "mine") == []


async def test_a_deleted_index_is_made_again(open_finder, keep, tmp_path):
    keep("const a = 'mine';", 10)
    (await open_finder()).close()
    for file in tmp_path.glob("search.db*"):
        file.unlink()
    assert await names(await open_finder(), "mine") == ["Test 1"]


@pytest.mark.parametrize("offset", [0, 16384 * 3])
async def test_a_damaged_index_is_made_again(open_finder, keep, tmp_path, offset, until):
    for run in range(60):
        keep(f"const a{run} = 'mine';\n" * 200, run)
    (await open_finder()).close()
    with (tmp_path / "search.db").open("r+b") as file:
        file.seek(offset)
        file.write(b"\xfe" * 16384 * 4)
    finder = await open_finder(wait=False)
    told = []
    finder.problem_found.connect(told.append)
    await until(lambda: finder.is_in_step and finder.indexed == 60)
    assert "damaged" in told[0]
    assert await names(finder, "const a17 ") == ["Test 1"]


async def test_a_script_of_several_runs_is_named_once_with_the_newest_of_them(open_finder, keep):
    keep("const shared;", 10, test_id=1)
    keep("const shared;", 12, test_id=2)
    keep("const shared;", 14, test_id=1)
    keep("const shared;", 3, test_id=3, kind="test")
    (test,) = (await (await open_finder()).find(Sought("shared"))).tests
    (file,) = test.files
    assert (test.id, test.name) == (1, "Test 1")
    assert (file.newest_run, file.runs, file.is_of_test, file.other_tests) == (14, 3, True, 2)
    assert [line.number for line in file.lines] == [1]


async def test_newest_scripts_come_first(open_finder, keep):
    for run in (11, 30, 20):
        keep(f"const shared = {run};", run, test_id=run)
    assert await names(await open_finder(), "shared") == ["Test 30", "Test 20", "Test 11"]


async def test_no_secret_is_in_the_index(open_finder, keep, make_archive, tmp_path):
    keep(f"const key = '{TOKEN}';\nhttp.get('https://x');", 10)
    lib = {"file/lib.js": f"let t = '{TOKEN}'"}
    keep(Script(make_archive("open('lib.js')", metadata={"env": {"API_KEY": KEY}}, files=lib), is_archive=True), 11)
    finder = await open_finder()
    assert len((await finder.find(Sought("let t = "))).tests) == 1
    assert len((await finder.find(Sought("API_KEY"))).tests) == 1
    for secret in (KEY, TOKEN, TOKEN[8:20], KEY[2:9]):
        assert (await finder.find(Sought(secret))).tests == ()
    finder.close()
    content = b"".join(file.read_bytes() for file in tmp_path.glob("search.db*"))
    assert TOKEN.encode() not in content
    assert KEY.encode() not in content


@pytest.mark.skipif(not ARCHIVES.is_dir(), reason=f"the real archives are not at {ARCHIVES}")
async def test_real_archives(open_finder, keep):
    for number, path in enumerate(sorted(ARCHIVES.glob("*.tar"))):
        keep(Script(path.read_bytes(), is_archive=True), number, test_id=number)
    finder = await open_finder()
    (test,) = (await finder.find(Sought("export function ok"))).tests
    assert test.files[0].member.endswith("lib/helpers.js")
    digest, member, line = test.files[0].digest, test.files[0].member, test.files[0].lines[0]
    around = await finder.lines_near(digest, member, line.number, 1)
    assert [one.number for one in around][:2] == [line.number - 1, line.number]
    assert around[1].text == line.text


async def test_metadata_is_found_in_the_lines_in_which_it_is_shown(open_finder, keep, make_archive):
    kept = Script(make_archive(metadata={"env": {"A": KEY}, "options": {"vus": 7}}), is_archive=True)
    digest = keep(kept, 10)
    finder = await open_finder()
    ((test,),) = [(await finder.find(Sought('"vus": 7'))).tests]
    (file,) = test.files
    assert (file.digest, file.member) == (digest, "metadata.json")
    shown = OpenedScript(finder._store.script_by_digest(digest)).read("metadata.json").shown
    assert file.lines[0].text == shown.split("\n")[file.lines[0].number - 1]


async def test_a_damaged_archive_stands_in_nobodys_way(open_finder, keep, store, monkeypatch):
    digest = keep("const a;", 10)
    damaged = Script(b"no archive", is_archive=True)
    monkeypatch.setattr(store, "script_by_digest", lambda _digest: damaged)
    finder = await open_finder()
    assert finder.indexed == 1
    assert digest in store.script_digests()


async def test_scripts_are_read_beside_the_window(open_finder, keep, store, monkeypatch):
    keep("const a;", 10)
    threads, read = set(), store.script_by_digest
    monkeypatch.setattr(store, "script_by_digest", lambda one: (threads.add(threading.current_thread()), read(one))[1])
    finder = await open_finder()
    assert finder.indexed == 1
    assert threads
    assert threading.main_thread() not in threads


async def test_a_search_gives_way_to_the_next(open_finder, keep):
    for run in range(50):
        keep(f"const shared = {run};", run)
    finder = await open_finder()
    first, second = await asyncio.gather(finder.find(Sought("sha")), finder.find(Sought("shared")))
    assert first is None
    assert second.lines == 50


async def test_a_pattern_without_end_holds_up_nothing(open_finder, keep, monkeypatch):
    monkeypatch.setattr(matcher, "MOST_PER_TEXT_S", 0.3)
    keep("a" * 5000, 10)
    finder = await open_finder()
    gaps = []

    async def beat() -> None:
        before = asyncio.get_running_loop().time()
        while True:
            await asyncio.sleep(0.005)
            now = asyncio.get_running_loop().time()
            gaps.append(now - before)
            before = now

    beating = asyncio.get_running_loop().create_task(beat())
    finding = await finder.find(Sought("(a+a+)+b", is_pattern=True))
    beating.cancel()
    assert "takes too long" in finding.problem
    assert len(gaps) > 10
    assert max(gaps) < 0.15


async def test_what_is_no_pattern_is_told(open_finder):
    with pytest.raises(BadPattern):
        await (await open_finder()).find(Sought("(", is_pattern=True))
