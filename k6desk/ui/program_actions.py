"""What the actions on the program itself do: whether it starts at login, tells of newer versions, and what it is."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from k6desk.core.notices import Notices
from k6desk.core.settings import Settings, usual_folder
from k6desk.ui.actions import Actions
from k6desk.ui.effects import STARTING, Effects

if TYPE_CHECKING:
    from k6desk.core.tasks import Tasks

OTHER_PROFILE = "The usual profile is what starts at login, and this window has another one."
AS_PACKAGE = "This copy came as a package: new ones are on the releases page."
NOT_TOLD = {"deb": AS_PACKAGE, "rpm": AS_PACKAGE, "source": "This copy runs from its source."}
OFFLINE = "Not possible offline."
STARTS = "k6desk will start when you log in, with its window minimised."
STARTS_NOT = "k6desk will no longer start when you log in."


class ProgramActions(Effects):
    """The effects of the actions that have nothing to do with an account; `choose` keeps a choice of the user's."""

    diagnostics_wanted = Signal()

    def __init__(
        self,
        actions: Actions,
        settings: Settings,
        notices: Notices,
        choose: Callable[..., object],
        window: QWidget,
        *,
        offline: bool,
    ) -> None:
        super().__init__(actions, notices, window)
        self._settings = settings
        self._choose = choose
        self._offline = offline
        self._no_login: str | None = STARTING
        self._no_updates: str | None = STARTING
        actions.connect_all(
            {
                "start_at_login": self._switch_start,
                "tell_updates": self._switch_updates,
                "shortcuts": self._show_shortcuts,
                "demo": self._start_demo,
                "diagnostics": self.diagnostics_wanted.emit,
                "about": self._show_about,
            }
        )

    def complete(self, tasks: Tasks) -> None:
        if not self._tasks:
            from k6desk.core import installation

            self._no_login = None if self._settings.folder == usual_folder() else OTHER_PROFILE
            self._no_updates = NOT_TOLD.get(installation.kind(), OFFLINE if self._offline else None)
            self._begin(tasks)
        super().complete(tasks)
        self.show_state()

    def allow(self) -> None:
        self._actions.allow("start_at_login", self._no_login)
        self._actions.allow("tell_updates", self._no_updates)
        self._actions.allow("about", self._starting)

    def show_state(self) -> None:
        """Check the actions by what is true now: the system's own settings may have switched the start at login."""
        if not self._tasks:
            return  # nobody has seen a menu yet, and the first picture needs none of this
        from k6desk.core import start_at_login

        starts = False
        with suppress(OSError):
            starts = start_at_login.is_on()
        self._actions["start_at_login"].setChecked(starts)
        self._actions["tell_updates"].setChecked(self._no_updates is None and self._settings.choices.tell_updates)

    def _begin(self, tasks: Tasks) -> None:
        if not self._no_login:
            from k6desk.core import start_at_login

            with suppress(OSError):  # nobody asked for it now, and the next start tries again
                start_at_login.renew()
        if not self._no_updates:
            from k6desk.core.updates import Updates

            updates = Updates(self._settings, self._notices, self._open, self)
            tasks.spawn(updates.watch(), name="look for new versions")

    def _switch_start(self) -> None:
        from k6desk.core import start_at_login

        try:
            on = not start_at_login.is_on()
            start_at_login.switch(on)
        except OSError as error:
            where = Path(error.filename).parent if isinstance(error.filename, str) else "the registry"
            why = f"Start at login was not changed ({error.strerror})"
            self._say("start at login", f"{why}; check that you may write to {where}, and try again.", "error")
        else:
            self._say("start at login", STARTS if on else STARTS_NOT, "success")
        self.show_state()

    def _switch_updates(self) -> None:
        from k6desk.core.updates import KEY

        self._choose(tell_updates=not self._settings.choices.tell_updates)
        if not self._settings.choices.tell_updates:
            self._notices.clear(KEY)
        self.show_state()

    def _show_shortcuts(self) -> None:
        from k6desk.ui.dialogs.shortcuts import ShortcutsDialog

        ShortcutsDialog(self._actions, self._window).open()

    def _start_demo(self) -> None:
        from PySide6.QtCore import QProcess

        from k6desk.core import installation

        program, *arguments = installation.command()
        started, _ = QProcess.startDetached(program, [*arguments, "--demo"])
        if started:
            self._say("demo", "The demo opens in a window of its own.", "success")
        else:
            self._say("demo", f"The demo was not started: {program} cannot be run. Install k6desk anew.", "error")

    def _show_about(self) -> None:
        from k6desk.ui.dialogs.about import AboutDialog

        assert self._tasks, "the action is enabled only while there are tasks"
        AboutDialog(self._tasks, self.diagnostics_wanted.emit, self._window).open()
