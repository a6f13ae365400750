"""A script comes from this computer where that is sure, from the server where it may be another, or else as it was."""

from __future__ import annotations

import threading

import pytest

from k6desk.api.errors import CloudError, TryLater
from k6desk.api.models import Script
from k6desk.core.scripts.script_source import Owner, opened, original, script_by, script_of
from k6desk.core.store import Store
from k6desk.data.cache import Cache
from k6desk.data.library import Library
from k6desk.data.problems import ArchiveProblem
from k6desk.data.secrets import MASK

KEPT, NEW = Script(b"// kept", is_archive=False), Script(b"// new", is_archive=False)


class Server:
    """Stands for `Commands`: it gives a script and keeps it, or fails; `away` says why it cannot even be asked."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.answer: Script | CloudError = NEW
        self.away: str | None = None
        self.asked = 0

    def why_not_connected(self) -> str | None:
        return self.away

    async def load_script(self, kind, id_) -> Script:
        self.asked += 1
        if isinstance(self.answer, CloudError):
            raise self.answer
        await self.store.put_script(kind, id_, self.answer)
        return self.answer


@pytest.fixture
async def store(tmp_path):
    store = Store(Cache(None), Library(tmp_path / "library.db"))
    yield store
    store.close()


@pytest.fixture
def server(store):
    return Server(store)


async def test_what_a_run_used_is_here_and_what_a_test_has_is_asked_for(store, server):
    for kind in ("run", "test"):
        await store.put_script(kind, 1, KEPT)
    assert (await script_of(store, server, "run", 1)).script == KEPT
    assert server.asked == 0
    assert await script_of(store, server, "test", 1) == (NEW, None, "")


@pytest.mark.parametrize(("answer", "away"), [(TryLater("Busy.", status=503), None), (NEW, "Busy.")])
async def test_what_was_kept_serves_with_the_reason(store, server, answer, away):
    await store.put_script("test", 1, KEPT)
    server.answer, server.away = answer, away
    found = await script_of(store, server, "test", 1)
    assert found == (KEPT, store.sighting("test", 1).last_at, "Busy.")
    with pytest.raises(CloudError, match="Busy"):
        await script_of(store, server, "test", 2)


async def test_secrets_are_the_servers_to_give(store, server, make_archive):
    server.answer = Script(make_archive(metadata={"env": {"KEY": "canary"}}), is_archive=True)
    assert b"canary" not in (await script_of(store, server, "run", 1)).script.content
    assert (await script_of(store, server, "run", 1, with_secrets=True)).script == server.answer
    kept = await opened((await script_of(store, server, "run", 1)).script)
    assert kept.is_masked
    assert MASK in str(kept.opened.metadata())
    loaded = await original(server, Owner("run", 1, 0, ""), kept)
    assert (loaded.digest, loaded.is_masked) == (kept.digest, False)
    server.answer = NEW
    with pytest.raises(ArchiveProblem, match="another script by now"):
        await original(server, Owner("test", 1, 1, ""), kept)


async def test_contents_are_read_beside_the_window(store, server, monkeypatch):
    threads = []
    read = store.script_by_digest
    monkeypatch.setattr(
        store, "script_by_digest", lambda one: (threads.append(threading.current_thread()), read(one))[1]
    )
    await store.put_script("run", 1, KEPT)
    assert (await script_of(store, server, "run", 1)).script == KEPT
    assert (await script_by(store, store.sighting("run", 1).digest)).script == KEPT
    assert len(threads) == 2
    assert threading.main_thread() not in threads
    with pytest.raises(CloudError, match="not on this computer any more"):
        await script_by(store, "00" * 32)
