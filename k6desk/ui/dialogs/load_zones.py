"""The load zones of the stack, and which projects may use the private ones."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QHeaderView, QStackedWidget, QTreeWidget, QTreeWidgetItem, QVBoxLayout, QWidget

from k6desk.api.errors import CloudError
from k6desk.api.models import LoadZone, Project
from k6desk.core.project_commands import ProjectCommands
from k6desk.core.session import Session
from k6desk.core.tasks import Tasks
from k6desk.ui import text, theme
from k6desk.ui.dialogs.asking import FAULT
from k6desk.ui.dialogs.check_list import ROW, CheckList, Choice
from k6desk.ui.dialogs.section import Section
from k6desk.ui.dialogs.settings_dialog import SettingsDialog
from k6desk.ui.dialogs.subject import line_about
from k6desk.ui.dialogs.zones_form import zone_hint
from k6desk.ui.text import PlainLabel

COLUMNS = ("Load zone", "ID", "Open to", "State")
WIDTH, HEIGHT = 660, 540


class ZoneProjectsForm(Section):
    """Choose a zone above to see below who may use it. What was ticked for several zones is saved together."""

    def __init__(
        self, commands: ProjectCommands, tasks: Tasks, projects: Sequence[Project], parent: QWidget | None = None
    ) -> None:
        super().__init__(tasks, parent)
        self._commands = commands
        self._projects = projects
        self._zones: dict[int, LoadZone] = {}
        self._allowed: dict[int, set[int]] = {}  # as the server has it, for each private zone that was looked at
        self._wanted: dict[int, set[int]] = {}
        self._zone: LoadZone | None = None
        self.table = QTreeWidget()
        self.table.setHeaderLabels(COLUMNS)
        self.table.setRootIsDecorated(False)
        self.table.setObjectName("padded")
        self.table.setAccessibleName("Load zones")
        self.table.setAllColumnsShowFocus(True)
        self.table.setUniformRowHeights(True)
        header = self.table.header()
        header.setStretchLastSection(False)
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        self._words = PlainLabel(wrap=True, muted=True)
        self._words.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
        self.projects = CheckList("Projects", "Filter projects")
        self._who = QStackedWidget()
        self._who.addWidget(self._words)
        self._who.addWidget(self.projects)
        self._title = PlainLabel(kind="body")
        column = QVBoxLayout(self.content)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.GAP)
        column.addWidget(self.table, 1)
        column.addWidget(self._title)
        column.addWidget(self._who, 1)
        self.table.currentItemChanged.connect(lambda item: self._choose(item))
        self.projects.edited.connect(self._tick)
        self.setFocusProxy(self.table)

    async def read(self) -> None:
        """Ask the server and show it. Raises `CloudError`."""
        zones = sorted(await self._commands.zones(), key=lambda zone: (zone.public, zone.name.casefold()))
        self._zones = {zone.id: zone for zone in zones}
        self.table.clear()
        for zone in zones:
            state = "" if zone.available else "Not available"
            words = (zone.name, zone.k6_load_zone_id, "All projects" if zone.public else "Chosen projects", state)
            item = QTreeWidgetItem(self.table, [text.one_line(each) for each in words])
            item.setData(0, Qt.ItemDataRole.UserRole, str(zone.id))
            item.setSizeHint(0, QSize(0, ROW))
            for at in range(len(COLUMNS)):
                item.setToolTip(at, text.tooltip(zone_hint(zone)))
                if not zone.available:
                    item.setForeground(at, theme.colour("muted"))
        if first := self.table.topLevelItem(0):
            self.table.setCurrentItem(first)
        else:
            self._words.setText("This stack has no load zones.")

    def is_changed(self) -> bool:
        """Whether there is something to be sent."""
        return bool(self._changed())

    async def write(self) -> None:
        """Send who may use which zone. Raises `CloudError`."""
        for zone_id in self._changed():
            wanted = self._wanted[zone_id]
            await self._commands.set_allowed_projects(self._zones[zone_id], sorted(wanted))
            self._allowed[zone_id] = wanted

    def _changed(self) -> list[int]:
        return [zone_id for zone_id, wanted in self._wanted.items() if wanted != self._allowed[zone_id]]

    def _choose(self, item: QTreeWidgetItem | None) -> None:
        self._zone = self._zones[int(item.data(0, Qt.ItemDataRole.UserRole))] if item else None
        zone = self._zone
        if zone is None:
            return
        self._title.setText(f"Who may use “{text.one_line(zone.name, 60)}”")
        self._who.setCurrentWidget(self._words)
        if zone.public:
            self._words.setText("Every project: it is a public load zone.")
        elif zone.id in self._allowed:
            self._show_projects(zone)
        else:
            self._words.setText("Asking the server…")
            self.tasks.spawn(
                self._ask(zone), name="read who may use a zone", key=f"zone:{id(self)}:{zone.id}", owner=self
            )

    async def _ask(self, zone: LoadZone) -> None:
        try:
            allowed = {project.id for project in await self._commands.allowed_projects(zone)}
        except CloudError as error:
            if self._zone is zone:
                self._words.setText(f"{error} Choose the zone again to ask again.")
            return
        except Exception:
            if self._zone is zone:
                self._words.setText(FAULT)
            raise
        self._allowed[zone.id] = allowed
        self._wanted[zone.id] = set(allowed)
        if self._zone is zone:
            self._show_projects(zone)

    def _show_projects(self, zone: LoadZone) -> None:
        wanted = self._wanted[zone.id]
        self.projects.show_choices(
            [Choice(project.id, project.name, project.id in wanted) for project in self._projects]
        )
        self._who.setCurrentWidget(self.projects)

    def _tick(self) -> None:
        if self._zone:
            shown = {project.id for project in self._projects}
            # A project that is not known here stays as it is.
            self._wanted[self._zone.id] = self.projects.checked() | (self._allowed[self._zone.id] - shown)
            self.edited.emit()


class LoadZonesDialog(SettingsDialog):
    """Open it with `open()`."""

    def __init__(self, session: Session, tasks: Tasks, parent: QWidget | None = None) -> None:
        self.form = ZoneProjectsForm(session.commands.projects, tasks, session.store.projects())
        sections = [("Load zones", self.form)]
        super().__init__("Load zones", "Load zones of the stack", line_about(session), sections, tasks, parent)
        self.resize(WIDTH, HEIGHT)
