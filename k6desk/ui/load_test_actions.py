"""What the actions on a load test do in the window. Bound to an id from the first click."""

from __future__ import annotations

from k6desk.ui.effects import SIGN_IN, Effects

NAMES = (
    "start",
    "schedule",
    "upload",
    "test_script",
    "rename_test",
    "move",
    "clear_baseline",
    "copy_test_link",
    "delete_test",
    "new_test",
)


class LoadTestActions(Effects):
    """The effects of the actions on the chosen load test."""

    def allow(self) -> None:
        for name in NAMES:
            self._actions.allow(name, SIGN_IN)
