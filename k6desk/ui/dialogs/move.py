"""Moves a test to another project: one that is chosen here, or the one that it was dropped on."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from k6desk.api.models import LoadTest, Project
from k6desk.core.session import Session
from k6desk.core.tasks import Tasks
from k6desk.ui import text, theme
from k6desk.ui.dialogs.asking import Tell, Words
from k6desk.ui.dialogs.deed import DeedDialog, SmallDeedDialog
from k6desk.ui.dialogs.project_list import ProjectList
from k6desk.ui.dialogs.subject import line_about
from k6desk.ui.parts import wrapping

SIZE = (460, 480)
GOES = "Its runs and its schedule move with it. Who may see, change and start it is up to the project from then on."


class MoveDialog(DeedDialog):
    """Open it with `open()`. It is about one test; the project is chosen here."""

    def __init__(
        self, session: Session, test: LoadTest, tasks: Tasks, tell: Tell, parent: QWidget | None = None
    ) -> None:
        super().__init__("Move test", "Move test", tasks, tell, parent)
        self.title.setText(f"Move “{text.one_line(test.name, 120)}” to another project")
        self._session = session
        self._test = test
        others = [project for project in session.store.projects() if project.id != test.project_id]
        self.projects = ProjectList(others)
        goes = wrapping("caption", muted=True)
        goes.setText(GOES)
        self.body.addWidget(line_about(session, test))
        self.body.addSpacing(theme.UNIT)
        self.body.addWidget(self.projects, 1)
        self.body.addWidget(goes)
        self.projects.chosen.connect(self._look)
        self.projects.activated.connect(self.first.click)
        self.resize(*SIZE)
        self._look()
        if not others:
            self.asking.complain("There is no other project that it could be moved to.")
        self.projects.setFocus()

    def decide(self) -> None:
        if project := self.projects.project():
            work = self._session.commands.tests.move(self._test.id, project.id)
            self.have_done(work, move_words(self._test, project))

    def _look(self) -> None:
        project = self.projects.project()
        self.first.setText(text.on_button(f"Move to “{text.one_line(project.name, 30)}”") if project else "Move test")
        self.allow(project is not None)


class MoveThereDialog(SmallDeedDialog):
    """Open it with `open()`. It is about one test and one project, and asks whether this is meant."""

    def __init__(
        self,
        session: Session,
        test: LoadTest,
        project: Project,
        tasks: Tasks,
        tell: Tell,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__("Move test", "Move test", tasks, tell, parent)
        self.title.setText(f"Move “{text.one_line(test.name, 120)}”?")
        self._session = session
        self._test = test
        self._project = project
        old = session.store.project(test.project_id)
        way = wrapping()
        before = f"From “{text.one_line(old.name, 120)}”" if old else "From its project"
        way.setText(f"{before} to “{text.one_line(project.name, 120)}”.")
        goes = wrapping(muted=True)
        goes.setText(GOES)
        self.body.addWidget(line_about(session, test))
        self.body.addSpacing(theme.UNIT)
        for part in (way, goes):
            self.body.addWidget(part)
        self.first.setFocus()

    def decide(self) -> None:
        work = self._session.commands.tests.move(self._test.id, self._project.id)
        self.have_done(work, move_words(self._test, self._project))


def move_words(test: LoadTest, project: Project) -> Words:
    """What is said of a move."""
    name = text.one_line(test.name, 80)
    return Words(
        "Move test",
        "Moving…",
        f"“{name}” is in “{text.one_line(project.name, 80)}” now.",
        f"“{name}” was not moved",
        f"Whether “{name}” was moved is not known",
    )
