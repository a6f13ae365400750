"""What the actions on the view do: where the keyboard is, what is shown of the window, and in which colours."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget

from k6desk.core.notices import Notices
from k6desk.core.place import Place
from k6desk.core.session import Session
from k6desk.core.settings import Settings
from k6desk.ui import theme
from k6desk.ui.actions import Actions
from k6desk.ui.effects import SIGN_IN, Effects
from k6desk.ui.workspace import Workspace

OF_THE_WINDOW = ("find", "explorer", "runs", "details", "next_pane", "previous_pane", "layout", "details_alone")
OF_A_RUN = ("charts", "log")
BESIDE, BELOW = ("Details beside the runs", "panel-right"), ("Details below the runs", "panel-bottom")
ALONE, NOT_ALONE = ("Details alone", "maximize"), ("Lists and details", "minimize")
LIGHT, DARK = ("Light theme", "sun"), ("Dark theme", "moon")


class ViewActions(Effects):
    """The effects of the actions that change nothing but what is seen; `choose` keeps a choice of the user's."""

    def __init__(
        self,
        actions: Actions,
        settings: Settings,
        notices: Notices,
        choose: Callable[..., object],
        window: QWidget,
    ) -> None:
        super().__init__(actions, notices, window)
        self._settings = settings
        self._choose = choose
        actions.connect_all(
            {
                "find": lambda: self._with_lists().runs.focus_filter(),
                "explorer": lambda: self._with_lists().explorer.setFocus(),
                "runs": lambda: self._with_lists().runs.focus_table(),
                "details": lambda: self._here.focus_details(),
                "charts": lambda: self._here.read("charts"),
                "log": lambda: self._here.read("log"),
                "next_pane": lambda: self._here.step_pane(1),
                "previous_pane": lambda: self._here.step_pane(-1),
                "layout": self._switch_layout,
                "details_alone": lambda: self._show_details_alone(not self._here.shows_details_alone),
                "theme": lambda: self._choose_theme("light" if theme.is_dark() else "dark"),
                "theme_system": self._switch_follow_system,
                "notify": lambda: self._choose(notify=self._actions["notify"].isChecked()),
            }
        )
        QGuiApplication.styleHints().colorSchemeChanged.connect(self._follow_system)
        self.show_choices()

    def use(self, session: Session | None, workspace: Workspace | None) -> None:
        super().use(session, workspace)
        self.show_choices()

    def allow(self) -> None:
        refusal = None if self._session else SIGN_IN
        for name in OF_THE_WINDOW:
            self._actions.allow(name, refusal)
        has_run = self._workspace is not None and self._workspace.run is not None
        for name in OF_A_RUN:
            self._actions.allow(name, refusal or (None if has_run else "Choose a run first."))

    def make_room_for(self, place: Place) -> None:
        """Let the lists come back where a place is shown in them."""
        if place.kind != "run":
            self._with_lists()

    def show_choices(self) -> None:
        """Say of each switch what it does next."""
        choices, alone = self._settings.choices, self._workspace is not None and self._workspace.shows_details_alone
        self._actions.show_next("layout", *(BESIDE if choices.detail_below else BELOW))
        self._actions.show_next("details_alone", *(NOT_ALONE if alone else ALONE))
        self._actions.show_next("theme", *(LIGHT if theme.is_dark() else DARK))
        self._actions["theme_system"].setChecked(choices.theme == "system")
        self._actions["notify"].setChecked(choices.notify)

    @property
    def _here(self) -> Workspace:
        assert self._workspace, "actions on the workspace are enabled only while there is one"
        return self._workspace

    def _with_lists(self) -> Workspace:
        if self._here.shows_details_alone:
            self._show_details_alone(False)
        return self._here

    def _show_details_alone(self, alone: bool) -> None:
        self._here.show_details_alone(alone)
        self.show_choices()

    def _switch_layout(self) -> None:
        self._choose(detail_below=not self._settings.choices.detail_below)
        self._here.show_detail_below(self._settings.choices.detail_below)
        self.show_choices()

    def _switch_follow_system(self) -> None:
        now = "dark" if theme.is_dark() else "light"
        self._choose_theme("system" if self._actions["theme_system"].isChecked() else now)

    def _follow_system(self) -> None:
        if self._settings.choices.theme == "system":
            self._choose_theme("system")

    def _choose_theme(self, choice: str) -> None:
        self._choose(theme=choice)
        theme.apply(QGuiApplication.instance(), self._settings.choices.theme)  # type: ignore[arg-type]
        self.show_choices()
