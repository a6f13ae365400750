"""Where the scripts that the window shows come from: what is kept on this computer, or else the server."""

from __future__ import annotations

import asyncio
import hashlib
from datetime import UTC, datetime
from typing import NamedTuple

from msgspec import Struct

from k6desk.api.errors import CloudError
from k6desk.api.models import Script
from k6desk.core.opened_script import OpenedScript
from k6desk.core.session import Session
from k6desk.data.archive import ArchiveProblem, without_secrets
from k6desk.data.scripts import ScriptKind
from k6desk.ui import text


class Origin(Struct, frozen=True):
    """Whose script it is: that of a run, that of a test, or of neither; `title` is the test's name or the file's."""

    kind: ScriptKind | None
    id: int
    test_id: int
    title: str


class Loaded(NamedTuple):
    """A script that was opened, with the digest by which it is or would be kept, and what is to be said of it.

    `is_masked`: the secrets of its metadata were masked when it was kept.
    """

    script: Script
    opened: OpenedScript
    digest: str
    is_masked: bool
    remark: str = ""


async def script_of(session: Session, kind: ScriptKind, id_: int) -> tuple[Script, str]:
    """A run's script or that of a test as it is now, and a remark if it may be an older one. Raises `CloudError`.

    What is kept is taken where it cannot be another: secrets in an archive's metadata are masked there.
    """
    stored, why_not = session.store.script(kind, id_), session.commands.why_not_connected()
    if stored and kind == "run":
        return stored.value, ""
    if not why_not or not stored:
        try:
            loaded = await session.commands.load_script(kind, id_)
        except CloudError as error:
            if stored is None:
                raise
            why_not = str(error)
        else:
            kept = session.store.script(kind, id_)
            return kept.value if kept else loaded, ""
    when = text.when(stored.fetched_at, datetime.now(UTC))
    return stored.value, f"This is the script as it was {when}; it may be another by now. {why_not}"


async def opened(script: Script, remark: str = "") -> Loaded:
    """Open a script in a worker thread. Raises `ArchiveProblem`."""
    return await asyncio.to_thread(_open, script, remark)


async def original(session: Session, origin: Origin, kept: Script) -> Loaded:
    """The same script with its secrets, from the server, to be held in memory only.

    Raises `CloudError` and `ArchiveProblem`, also when the test has another script by now.
    """
    assert origin.kind, "only the script of a run or test can be asked for"
    loaded = await opened(await session.commands.load_script(origin.kind, origin.id))
    if origin.kind == "test" and loaded.digest != await asyncio.to_thread(_digest, kept):
        raise ArchiveProblem("The test has another script by now, so the values of this one cannot be loaded.")
    return loaded


def _open(script: Script, remark: str) -> Loaded:
    looked_into = OpenedScript(script)
    return Loaded(script, looked_into, _digest(script), looked_into.is_masked, remark)


def _digest(script: Script) -> str:
    content = without_secrets(script.content) if script.is_archive else script.content
    return hashlib.sha256(content).hexdigest()
