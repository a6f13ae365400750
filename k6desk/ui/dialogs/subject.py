"""Which test or project a dialog is about, beyond its name."""

from __future__ import annotations

from PySide6.QtGui import QPalette

from k6desk.api.models import LoadTest, Project
from k6desk.core.session import Session
from k6desk.ui import text
from k6desk.ui.parts import ElidedLabel, say


def line_about(session: Session, subject: LoadTest | Project | None = None) -> ElidedLabel:
    """A line with its id, a test's project, and the account, or the account alone; the tooltip has the whole."""
    whose = session.account.name
    words = f"Project {subject.id} · " if subject else ""
    if isinstance(subject, LoadTest):
        project = session.store.project(subject.project_id)
        words = f"Test {subject.id} in {text.one_line(project.name) if project else 'an unknown project'} · "
    label = ElidedLabel("caption")
    label.setForegroundRole(QPalette.ColorRole.PlaceholderText)
    say(label, f"{words}{text.one_line(whose, 80)}", f"{words.removesuffix(' · ')}\n{whose}".strip())
    return label
