"""What the actions on all selected runs do in the window."""

from __future__ import annotations

from k6desk.ui.effects import SIGN_IN, Effects

NAMES = ("star", "save", "save_copy", "baseline", "delete_runs")


class SeveralRuns(Effects):
    """The effects of starring, saving and deleting runs, and of what one of them is among others."""

    def allow(self) -> None:
        for name in NAMES:
            self._actions.allow(name, SIGN_IN)
