"""Files that are no scripts, that lie about themselves or change, and a connection that is cut while one is sent."""

from __future__ import annotations

import asyncio
import io
import json
import os
import tarfile
import tracemalloc
from pathlib import Path

import pytest

from k6desk.api.errors import CloudError
from k6desk.api.models import Script
from k6desk.core import settling
from k6desk.core.deeds import Unknown
from k6desk.core.scripts.script_choice import ChoiceProblem, read_choice
from k6desk.ui.dialogs.new_test import NewTestDialog
from k6desk.ui.dialogs.upload import UploadDialog
from tests.api.faultserver import Reply
from tests.conftest import assert_plain_text
from tests.faults.acting import ActingStack

JS = b"export default function () {}\n"
SECRET = "value-that-nobody-should-see"
METADATA = json.dumps(
    {"filename": "file:///x/script.js", "options": {"vus": 1}, "env": {"API_KEY": SECRET}, "k6version": "1.0.0"}
).encode()


def member(name: str, content: bytes = b"", **more) -> tuple[tarfile.TarInfo, bytes]:
    info = tarfile.TarInfo(name)
    info.size = len(content)
    for field, value in more.items():
        setattr(info, field, value)
    return info, content


def tar(*members: tuple[tarfile.TarInfo, bytes]) -> bytes:
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w:") as archive:
        for info, content in [member("metadata.json", METADATA), member("data", JS), *members]:
            archive.addfile(info, io.BytesIO(content) if info.isreg() else None)
    return file.getvalue()


def bomb() -> bytes:
    """Headers that promise 8 GiB in a file of a few KiB."""
    whole = tar()
    info, _ = member("huge")
    info.size = 8 << 30
    return whole[: whole.rindex(b"export") // 512 * 512 + 512] + info.tobuf(tarfile.GNU_FORMAT) + bytes(1024)


FILES: dict[str, bytes] = {
    "large.js": b"/" * ((64 << 20) + 1),
    "large.tar": b"/" * ((64 << 20) + 1),
    "bomb.tar": bomb(),
    "cut.tar": tar(member("more", b"x" * 4000))[:-12000],
    "many.tar": tar(*(member(f"file-{n}") for n in range(6000))),
    "device.tar": tar(member("dev", type=tarfile.CHRTYPE, devmajor=1, devminor=3)),
    "fifo.tar": tar(member("fifo", type=tarfile.FIFOTYPE)),
    "gzip.tar": b"\x1f\x8b\x08" + bytes(2000),
    "empty.tar": b"",
    "nul.js": b"export\0default",
    "utf16.js": "export default () => {}".encode("utf-16"),
    "utf16-no-mark.js": "export default () => {}".encode("utf-16-le"),
    "latin.js": b"// caf\xe9\n",
    "empty.js": b" \n",
    "bom-only.js": b"\xef\xbb\xbf",
    "script.js.tar": JS,
    "name\n<b>\u202e.js": b"\0",
}


@pytest.fixture
def stack():
    return ActingStack()


def assert_refused(path: Path) -> None:
    with pytest.raises(ChoiceProblem) as problem:
        read_choice(path)
    sentence = str(problem.value)
    assert sentence.endswith(".")
    assert "Errno" not in sentence
    assert SECRET not in sentence


@pytest.mark.parametrize("name", FILES)
def test_what_is_no_script_is_refused_before_anything_is_sent(tmp_path, name):
    (tmp_path / name).write_bytes(FILES[name])
    tracemalloc.start()
    assert_refused(tmp_path / name)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 140 << 20


@pytest.mark.skipif(os.name != "posix", reason="FIFOs, devices and modes are POSIX")
def test_what_is_no_file_is_refused_without_waiting(tmp_path):
    os.mkfifo(tmp_path / "fifo.js")
    (tmp_path / "folder.js").mkdir()
    (tmp_path / "loop.js").symlink_to(tmp_path / "loop.js")
    (tmp_path / "gone.js").symlink_to(tmp_path / "nothing")
    names = ("fifo.js", "folder.js", "loop.js", "gone.js", "nothing.js", "x" * 300 + ".js", "nul\0.js")
    for path in [*(tmp_path / name for name in names), Path("/dev/zero"), Path("/dev/null")]:
        assert_refused(path)
    if os.geteuid():
        (tmp_path / "closed.js").write_bytes(JS)
        (tmp_path / "closed.js").chmod(0)
        assert_refused(tmp_path / "closed.js")


async def choose(dialog, path: Path, until) -> None:
    chosen = []
    dialog.chooser.chosen.connect(lambda choice: chosen.append(choice))
    dialog.read(path)
    await until(lambda: chosen)


@pytest.fixture
def open_dialog(live, tasks, qtbot):
    def open_(kind: type):
        about = live.store.test(5) if kind is UploadDialog else live.store.project(1)
        told = []
        tell = lambda words, level: told.append((words, level))  # noqa: E731
        more = [] if kind is UploadDialog else [lambda test: None]
        dialog = kind(live, about, *more, tasks, tell)
        dialog.told = told
        qtbot.addWidget(dialog)
        dialog.open()
        return dialog

    return open_


@pytest.mark.parametrize("kind", [UploadDialog, NewTestDialog])
async def test_a_dialog_says_what_is_wrong_and_keeps_its_button_off(open_dialog, tmp_path, until, stack, kind):
    dialog = open_dialog(kind)
    for name in ("device.tar", "nul.js", "name\n<b>\u202e.js"):
        (tmp_path / name).write_bytes(FILES[name])
        await choose(dialog, tmp_path / name, until)
        assert not dialog.first.isEnabled()
        assert "\n" not in dialog.chooser._facts.text()
        assert "\n" not in dialog.chooser._name.text()
        assert "\u202e" not in dialog.chooser._name.text() + dialog.chooser._facts.text()
        assert_plain_text(dialog)
    assert stack.effects == []
    dialog.reject()


async def test_what_was_compared_is_sent_though_the_file_changed_or_vanished(open_dialog, tmp_path, until, stack):
    path = tmp_path / "script.js"
    path.write_bytes(JS)
    dialog = open_dialog(UploadDialog)
    await choose(dialog, path, until)
    await until(dialog.first.isEnabled)
    path.write_bytes(b"something else entirely")
    path.unlink()
    dialog.decide()
    await until(lambda: dialog.told)
    assert stack.script == JS


async def test_the_secrets_of_archives_are_on_no_disk(live, stack, folder):
    stack.script = tar()
    old = await live.commands.tests.current_script(5)
    assert old.is_archive
    await live.commands.tests.upload(5, Script(tar(member("more")), is_archive=True), old)
    await live.commands.load_script("run", 7)
    kept = live.store.script_by_digest(live.store.earlier_scripts(5)[0].digest)
    assert kept.is_archive
    assert SECRET.encode() not in kept.content
    whole = await live.commands.runs.whole(7)
    assert SECRET.encode() not in (whole.detail or b"")
    assert SECRET.encode() not in whole.script.content
    for path in folder.rglob("*"):
        assert SECRET.encode() not in path.read_bytes(), path


@pytest.mark.parametrize("reads", [0, 1 << 16, 3 << 20])
async def test_a_connection_that_is_cut_while_a_file_is_sent_leaves_the_outcome_open(
    live, server, until, monkeypatch, reads
):
    """The server closes after so many bytes; the old script is kept, the start is not blocked for ever."""
    monkeypatch.setattr(settling, "SHOWS_WITHIN", settling.timedelta())
    monkeypatch.setattr(settling, "FIRST_PAUSE_S", 0.01)
    cut = []

    async def serve(reader, writer):
        await reader.readuntil(b"\r\n\r\n")
        if reads:
            await reader.readexactly(reads)
        cut.append(True)
        writer.transport.abort()

    rude = await asyncio.start_server(serve, "127.0.0.1", 0)
    exchange = live._cloud._exchange
    origin, exchange._origin = exchange._origin, f"http://127.0.0.1:{rude.sockets[0].getsockname()[1]}"
    exchange._new_pool, usual = _pool_to(exchange), exchange._new_pool
    try:
        with pytest.raises(Unknown) as error:
            await live.commands.tests.upload(5, Script(JS * 200_000, is_archive=False), Script(JS, is_archive=False))
    finally:
        exchange._origin, exchange._new_pool = origin, usual
        exchange._pools.pop("uploads", None)
        rude.close()
    assert cut
    assert "lost" in str(error.value)
    assert [live.store.script_by_digest(one.digest).content for one in live.store.sightings(5)] == [JS]
    await until(lambda: live.store.pending() == [])
    assert live.store.intent(5, "test") is None


def _pool_to(exchange):
    from k6desk.api.transport import TokenTransport, open_pool, system_trust

    return lambda purpose: TokenTransport(
        open_pool(system_trust(), None, connections=1, reuse=False), exchange._origin, exchange._token, 42
    )


async def test_a_server_that_takes_nothing_more_is_given_up(live, server, until, monkeypatch):
    monkeypatch.setattr("k6desk.api.exchange.SCRIPT_DEADLINE_S", 0.3)
    server.script = Reply(silent=True)
    with pytest.raises(CloudError, match="did not answer within"):
        await live.commands.tests.upload(5, Script(JS, is_archive=False), None)
