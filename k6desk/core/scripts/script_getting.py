"""Gets scripts from the server into the store."""

from __future__ import annotations

from contextlib import suppress
from functools import partial

from k6desk.api.cloud import Cloud
from k6desk.api.errors import CloudError
from k6desk.core.connection import Connection
from k6desk.core.store import Store
from k6desk.data.problems import ArchiveProblem
from k6desk.data.scripts import ScriptKind


async def get_script(kind: ScriptKind, id_: int, cloud: Cloud, connection: Connection, store: Store) -> None:
    """Get the script of a run or the present one of a test; it is noted when there is none. Raises `CloudError`."""
    script = await connection.ask_for_one(partial(cloud.run_script if kind == "run" else cloud.test_script, id_))
    if not isinstance(script, CloudError):
        with suppress(ArchiveProblem):
            await store.keep_script(kind, id_, script)
            return
    await store.note_no_script(kind, id_)
