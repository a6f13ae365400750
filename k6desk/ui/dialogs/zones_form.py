"""The load zones that a project may use: all public ones, and the private ones that are ticked."""

from __future__ import annotations

from PySide6.QtWidgets import QVBoxLayout, QWidget

from k6desk.api.models import LoadZone
from k6desk.core.project_commands import ProjectCommands
from k6desk.core.tasks import Tasks
from k6desk.ui import theme
from k6desk.ui.dialogs.check_list import CheckList, Choice
from k6desk.ui.dialogs.section import Section
from k6desk.ui.text import PlainLabel

PUBLIC = "Every project may use the public load zones. Tick the private ones that this project may use."


class ZonesForm(Section):
    """The load zones of the stack, with those ticked that one project may use."""

    def __init__(self, commands: ProjectCommands, tasks: Tasks, project_id: int, parent: QWidget | None = None) -> None:
        super().__init__(tasks, parent)
        self._commands = commands
        self._project_id = project_id
        self._private: set[int] = set()
        self._allowed: set[int] = set()
        self.zones = CheckList("Load zones", "Filter by name or ID")
        column = QVBoxLayout(self.content)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.GAP)
        column.addWidget(PlainLabel(PUBLIC, muted=True, wrap=True))
        column.addWidget(self.zones, 1)
        self.zones.edited.connect(self.edited)
        self.setFocusProxy(self.zones)

    async def read(self) -> None:
        """Ask the server and show it. Raises `CloudError`."""
        zones = await self._commands.zones()
        self._allowed = {zone.id for zone in await self._commands.allowed_zones(self._project_id)}
        self._private = {zone.id for zone in zones if not zone.public}
        ordered = sorted(zones, key=lambda zone: (zone.public, zone.name.casefold()))
        self.zones.show_choices([self._choice(zone) for zone in ordered])

    def is_changed(self) -> bool:
        """Whether there is something to be sent."""
        return self.is_read and self._wanted() != self._allowed & self._private

    async def write(self) -> None:
        """Send which private load zones are allowed. Raises `CloudError`."""
        wanted = self._wanted()
        await self._commands.set_allowed_zones(self._project_id, sorted(wanted))
        self._allowed = wanted

    def _wanted(self) -> set[int]:
        return self.zones.checked() & self._private

    def _choice(self, zone: LoadZone) -> Choice:
        is_allowed = zone.public or zone.id in self._allowed
        is_fixed = zone.public or (not zone.available and not is_allowed)
        return Choice(zone.id, zone_words(zone), is_allowed, is_fixed, zone_hint(zone))


def zone_words(zone: LoadZone) -> str:
    """A load zone in one line."""
    kind = "public" if zone.public else "private"
    return f"{zone.name}  ·  {zone.k6_load_zone_id}  ·  {kind}{'' if zone.available else ', not available'}"


def zone_hint(zone: LoadZone) -> str:
    """Why a load zone is as it is."""
    if not zone.available:
        return "This load zone is not available now."
    return "A public load zone: every project may use it." if zone.public else ""
