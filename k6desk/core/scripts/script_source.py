"""Where the script of a run or test comes from: what is kept on this computer, or else the server."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

from msgspec import Struct

from k6desk.api.errors import CloudError
from k6desk.api.models import Script
from k6desk.core.commands import Commands
from k6desk.core.store import Store
from k6desk.data.problems import ArchiveProblem
from k6desk.data.scripts import ScriptKind

if TYPE_CHECKING:
    from k6desk.core.scripts.opened_script import OpenedScript

MOVED_ON = "The test has another script by now, so the values of this one cannot be loaded."


class Owner(Struct, frozen=True):
    """Whose script it is: that of a run, that of a test, or of neither; `title` is the test's name or the file's."""

    kind: ScriptKind | None
    id: int
    test_id: int
    title: str


class Found(NamedTuple):
    """A script; one that the server did not give, for the reason `why_not`, was seen `as_of` and kept then."""

    script: Script
    as_of: datetime | None = None
    why_not: str = ""


class Loaded(NamedTuple):
    """A script that was opened, with the digest by which it is or would be kept, and what is to be said of it.

    `is_masked`: the secrets of its metadata were masked when it was kept.
    """

    script: Script
    opened: OpenedScript
    digest: str
    is_masked: bool
    remark: str = ""


async def script_of(
    store: Store, commands: Commands, kind: ScriptKind, id_: int, *, with_secrets: bool = False
) -> Found:
    """A run's script or that of a test as it is now, or what is kept of it if the server fails. Raises `CloudError`.

    What is kept is taken at once where it cannot be another one; secrets in an archive's metadata are masked there.
    """
    if kind == "run" and not with_secrets and (script := await _kept(store, kind, id_)):
        return Found(script)
    try:
        loaded = await _ask(commands, kind, id_)
    except CloudError as error:
        seen, script = store.sighting(kind, id_), await _kept(store, kind, id_)
        if seen is None or script is None:
            raise
        return Found(script, seen.last_at, str(error))
    return Found(loaded if with_secrets else await _kept(store, kind, id_) or loaded)


async def script_by(store: Store, digest: str) -> Found:
    """A kept script. Raises `CloudError` when it is gone."""
    from asyncio import to_thread  # the first picture needs none of it

    script = await to_thread(store.script_by_digest, digest)
    if script is None:
        raise CloudError("This script is not on this computer any more.")
    return Found(script)


async def opened(script: Script, remark: str = "") -> Loaded:
    """Open a script in a worker thread. Raises `ArchiveProblem`."""
    from asyncio import to_thread

    return await to_thread(_open, script, remark)


async def original(commands: Commands, owner: Owner, kept: Loaded) -> Loaded:
    """The same script with its secrets, from the server, to be held in memory only.

    Raises `CloudError` and `ArchiveProblem`, also when the test has another script by now.
    """
    assert owner.kind, "only the script of a run or test can be asked for"
    loaded = await opened(await commands.load_script(owner.kind, owner.id))
    if owner.kind == "test" and loaded.digest != kept.digest:
        raise ArchiveProblem(MOVED_ON)
    return loaded


async def _ask(commands: Commands, kind: ScriptKind, id_: int) -> Script:
    if why_not := commands.why_not_connected():
        raise CloudError(why_not)
    return await commands.load_script(kind, id_)


async def _kept(store: Store, kind: ScriptKind, id_: int) -> Script | None:
    from asyncio import to_thread

    seen = store.sighting(kind, id_)
    return await to_thread(store.script_by_digest, seen.digest) if seen else None


def _open(script: Script, remark: str) -> Loaded:
    import hashlib

    from k6desk.core.scripts.opened_script import OpenedScript
    from k6desk.data.archive import without_secrets

    looked_into = OpenedScript(script)
    content = without_secrets(script.content) if script.is_archive else script.content
    return Loaded(script, looked_into, hashlib.sha256(content).hexdigest(), looked_into.is_masked, remark)
