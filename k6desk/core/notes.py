"""The notes of runs: written over what their writer has seen and nothing else, kept here until the server has them."""

from __future__ import annotations

from datetime import UTC, datetime

from k6desk.core.deeds import Deeds
from k6desk.core.run_commands import RunCommands
from k6desk.core.store import Store
from k6desk.data.library import Draft


class Notes:
    """Writing one note at a time; see `outbox` for those that cannot be sent now."""

    def __init__(self, deeds: Deeds, runs: RunCommands, store: Store) -> None:
        self._deeds = deeds
        self._runs = runs
        self._store = store

    async def write(self, run_id: int, base: str, text: str) -> str | None:
        """Write a note over `base`, the text the user began with.

        The API has no version check, so the run is read first: when a colleague has changed the note meanwhile, nothing
        is written and their text is returned. So a note whose answer was lost is not written again, either. Afterwards
        it is read again, for a note that came in between. None means that the server has it. Raises `CloudError`.
        """
        cloud = self._deeds.cloud
        theirs = (await self._runs.fetch(run_id)).note
        if theirs not in {base, text}:
            return theirs
        if theirs != text:
            try:
                await cloud.set_note(run_id, text)
            finally:
                self._store.acted_on(run_id)
        written = (await self._runs.fetch(run_id)).note
        if written != text:
            return written
        await self._store.note_arrived(run_id, text)
        return None

    async def keep_draft(self, run_id: int, base: str, text: str) -> None:
        """Keep a note on this computer; on return it would survive a crash."""
        await self._store.put_draft(Draft(run_id, base, text, datetime.now(UTC)))

    async def drop_draft(self, run_id: int) -> None:
        """Forget a note that the user does not want any more."""
        await self._store.remove_draft(run_id)
