"""Which test or project a dialog is about, beyond its name."""

from __future__ import annotations

from PySide6.QtGui import QPalette

from k6desk.api.models import LoadTest, Project
from k6desk.core.session import Session
from k6desk.ui import text
from k6desk.ui.detail.parts import ElidedLabel, say


def about(session: Session, test: LoadTest) -> ElidedLabel:
    """A line with the test's id, its project and its account; the tooltip has the whole."""
    project = session.store.project(test.project_id)
    words = f"Test {test.id} in {text.one_line(project.name) if project else 'an unknown project'}"
    return _line(session, words)


def about_project(session: Session, project: Project) -> ElidedLabel:
    """A line with the project's id and its account; the tooltip has the whole."""
    return _line(session, f"Project {project.id}")


def _line(session: Session, words: str) -> ElidedLabel:
    label = ElidedLabel("caption")
    label.setForegroundRole(QPalette.ColorRole.PlaceholderText)
    say(label, f"{words} · {text.one_line(session.account.name, 80)}", f"{words}\n{session.account.name}")
    return label
