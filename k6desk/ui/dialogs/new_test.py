"""Makes a load test of a script or archive, in one project."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtWidgets import QWidget

from k6desk.api.models import LoadTest, Project
from k6desk.core.scripts.script_choice import LONGEST_NAME, ScriptChoice
from k6desk.core.session import Session
from k6desk.core.tasks import Tasks
from k6desk.ui import text, theme
from k6desk.ui.dialogs.asking import Tell, Words
from k6desk.ui.dialogs.deed import SmallDeedDialog
from k6desk.ui.dialogs.name import NameField
from k6desk.ui.dialogs.script_chooser import ScriptChooser
from k6desk.ui.dialogs.subject import line_about


class NewTestDialog(SmallDeedDialog):
    """Open it with `open()`. It is about one project; `show` is given the test that was made."""

    def __init__(
        self,
        session: Session,
        project: Project,
        show: Callable[[LoadTest], object],
        tasks: Tasks,
        tell: Tell,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__("New test", "Create test", tasks, tell, parent)
        self.title.setText(f"New test in “{text.one_line(project.name, 120)}”")
        self._session = session
        self._project = project
        self._show = show
        self._choice: ScriptChoice | None = None
        self._is_typed = False
        self.chooser = ScriptChooser(tasks)
        self.field = NameField(LONGEST_NAME, "A name that no other test of this project has")
        self.field.line.textEdited.connect(self._type)
        self.field.line.textChanged.connect(self._look)
        self.chooser.chosen.connect(self._choose)
        self.body.addWidget(line_about(session, project))
        self.body.addSpacing(theme.GAP)
        self.body.addWidget(self.chooser)
        self.body.addSpacing(theme.UNIT)
        self.body.addWidget(self.field)
        self._look()
        self.chooser.setFocus()

    def read(self, path: Path) -> None:
        """Take this file."""
        self.chooser.read(path)

    def decide(self) -> None:
        assert self._choice, "there is nothing to decide without a file"
        name = self.field.name()
        short = text.one_line(name, 80)
        words = Words(
            "Create test",
            "Sending…",
            f"“{short}” was created.",
            f"“{short}” was not created",
            f"Whether “{short}” was created is not known",
        )
        create = self._session.commands.tests.create
        self.have_done(create(self._project.id, name, self._choice.script), words, self._show)

    def refuse(self, error: BaseException) -> None:
        if self.field.refuse(error):
            self.asking.complain("")

    def _choose(self, choice: ScriptChoice | None) -> None:
        self._choice = choice
        self.asking.complain("")
        if choice and not self._is_typed:
            self.field.line.setText(choice.name)
            self.field.say("")
        if choice:
            self.field.line.selectAll()
            self.field.setFocus()
        self._look()

    def _type(self, name: str) -> None:
        self._is_typed = bool(name)

    def _look(self) -> None:
        self.allow(bool(self._choice and self.field.name()))
