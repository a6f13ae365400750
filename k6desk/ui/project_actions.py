"""What the actions on a project and on the stack do in the window. Bound to an id from the first click."""

from __future__ import annotations

from k6desk.ui.effects import SIGN_IN, Effects

NAMES = (
    "project_settings",
    "rename_project",
    "copy_project_link",
    "delete_project",
    "new_project",
    "schedules",
    "load_zones",
)


class ProjectActions(Effects):
    """The effects of the actions on the chosen project and on what belongs to the stack."""

    def allow(self) -> None:
        for name in NAMES:
            self._actions.allow(name, SIGN_IN)
