"""What a project may use and how it is labelled."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from k6desk.api.models import Project
from k6desk.core.session import Session
from k6desk.core.tasks import Tasks
from k6desk.ui import text
from k6desk.ui.dialogs.labels_form import LabelsForm
from k6desk.ui.dialogs.limits_form import LimitsForm
from k6desk.ui.dialogs.settings_dialog import SettingsDialog
from k6desk.ui.dialogs.stack_labels import StackLabelsForm
from k6desk.ui.dialogs.subject import line_about
from k6desk.ui.dialogs.zones_form import ZonesForm


class ProjectSettingsDialog(SettingsDialog):
    """Open it with `open()`. It is about one project from the beginning."""

    def __init__(self, session: Session, tasks: Tasks, project: Project, parent: QWidget | None = None) -> None:
        commands = session.commands.projects
        self.limits = LimitsForm(commands, tasks, project.id)
        self.zones = ZonesForm(commands, tasks, project.id)
        self.labels = LabelsForm(commands, tasks, project.id)
        sections = (("Limits", self.limits), ("Load zones", self.zones), ("Labels", self.labels))
        about = line_about(session, project)
        super().__init__("Project settings", text.one_line(project.name, 120), about, sections, tasks, parent)
        self._session = session
        self.labels.stack_labels_wanted.connect(self._open_stack_labels)

    def _open_stack_labels(self) -> None:
        dialog = stack_labels_dialog(self._session, self._tasks, self)
        dialog.saved.connect(self.labels.take_keys)
        dialog.open()


def stack_labels_dialog(session: Session, tasks: Tasks, parent: QWidget) -> SettingsDialog:
    """The labels of the whole stack."""
    sections = [("Labels", StackLabelsForm(session.commands.projects, tasks))]
    title = "Labels of the stack"
    return SettingsDialog(title, title, line_about(session), sections, tasks, parent)
