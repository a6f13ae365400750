"""What the groups of actions on a load test share: which one it is, and how its dialogs and drops say how it went."""

from __future__ import annotations

from typing import TYPE_CHECKING

from k6desk.api.models import LoadTest
from k6desk.core.notices import Level
from k6desk.core.session import Session
from k6desk.ui.effects import Effects

if TYPE_CHECKING:
    from k6desk.ui.dialogs.deed import Tell

STARTING = "k6desk is still starting."


class LoadTestEffects(Effects):
    """Effects on the chosen load test, or on what something was dropped on."""

    def _here(self) -> tuple[Session, LoadTest]:
        test = self._workspace.test if self._workspace else None
        assert self._session
        assert test, "the action is enabled only while there is a test"
        return self._session, test

    def _teller(self, key: str) -> Tell:
        def tell(words: str, level: Level) -> None:
            self._say(key, words, level)

        return tell

    def _refuse_drop(self, why: str | None) -> bool:
        """Say why something that was dropped is not taken; whether it is not."""
        why = (None if self._tasks else STARTING) or why
        if why:
            self._say("drop", why, "info")
        return bool(why)
