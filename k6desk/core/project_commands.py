"""What can be done to projects and to what belongs to the whole stack: limits, load zones, labels."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from contextlib import aclosing, suppress
from datetime import UTC, datetime
from typing import TypeVar

from k6desk.api.cloud import Cloud
from k6desk.api.errors import CloudError, NotFound
from k6desk.api.models import Limits, LoadZone, Project
from k6desk.api.operations import Operation
from k6desk.api.plans import Label, LabelKey
from k6desk.core.deeds import Deeds
from k6desk.core.store import Store
from k6desk.data.library import Target

T = TypeVar("T")
STACK = Target("stack", 0, "the stack")


class ProjectCommands:
    """Raises `CloudError`; afterwards the store has what the server has."""

    def __init__(self, deeds: Deeds, store: Store) -> None:
        self._deeds = deeds
        self._store = store

    async def fetch(self, project_id: int) -> Project:
        """A project as it is now on the server; one that is not there any more is forgotten."""
        asked_at = datetime.now(UTC)
        try:
            project = await self._deeds.cloud.project(project_id)
        except NotFound:
            await self._store.remove_project(project_id)
            raise
        await self._store.put_project(project, asked_at)
        return project

    async def find(self, name: str) -> Project | None:
        """The project of exactly this name, if there is one."""
        asked_at = datetime.now(UTC)
        async with aclosing(self._deeds.cloud.projects(name=name)) as pages:
            async for page in pages:
                for project in page.rows:
                    await self._store.put_project(project, asked_at)
                    return project
        return None

    async def create(self, name: str) -> Project:
        """Create a project. `Conflict`: there is one of this name."""
        target = Target("stack", 0, name)
        project = await self._deeds.do(
            "create_project", target, f"Creating “{name}”…", lambda cloud: cloud.create_project(name)
        )
        await self._store.put_project(project, datetime.now(UTC))
        return project

    async def rename(self, project_id: int, name: str) -> None:
        """Give a project another name. `Conflict`: there is one of that name."""
        await self._do("rename_project", project_id, "Renaming…", lambda cloud: cloud.rename_project(project_id, name))
        await self._try_to_fetch(project_id)

    async def delete(self, project_id: int) -> None:
        """Delete a project with its tests and runs for good; one that is not there any more counts as deleted."""
        try:
            await self._do("delete_project", project_id, "Deleting…", lambda cloud: cloud.delete_project(project_id))
        except NotFound:
            if await self._try_to_fetch(project_id):
                raise  # it is there: what the server does not know is how to delete it
        await self._store.remove_project(project_id)

    # -- limits --------------------------------------------------------------------------------------------------------

    async def read_limits(self, project_id: int) -> Limits:
        """What a project may use, as it is now on the server."""
        asked_at = datetime.now(UTC)
        limits = await self._deeds.cloud.limits(project_id)
        await self._store.put_limits([limits], asked_at)
        return limits

    async def set_limits(self, limits: Limits) -> None:
        """Set what a project may use."""
        await self._do("limits", limits.project_id, "Setting limits…", lambda cloud: cloud.set_limits(limits))
        with suppress(CloudError):  # they are set, whether or not they can be read now
            await self.read_limits(limits.project_id)

    def used_this_month(self, project_id: int) -> float:
        """VUH of the project's runs of this calendar month (UTC): a lower bound, since deleted runs are not known."""
        start = datetime.now(UTC).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
        return self._store.vuh_since(project_id, start)

    # -- load zones ----------------------------------------------------------------------------------------------------

    async def zones(self) -> list[LoadZone]:
        """The load zones of the stack, as they are now on the server."""
        zones = await self._deeds.cloud.load_zones()
        await self._store.put_zones(zones)
        return zones

    async def allowed_zones(self, project_id: int) -> list[LoadZone]:
        """The load zones that a project may use."""
        return await self._deeds.cloud.allowed_zones(project_id)

    async def set_allowed_zones(self, project_id: int, zone_ids: Sequence[int]) -> list[LoadZone]:
        """Let a project use these load zones and no other."""
        words = "Setting load zones…"
        return await self._do(
            "allowed_zones", project_id, words, lambda cloud: cloud.set_allowed_zones(project_id, zone_ids)
        )

    async def allowed_projects(self, zone: LoadZone) -> list[Project]:
        """The projects that may use a load zone."""
        return await self._deeds.cloud.allowed_projects(zone.id)

    async def set_allowed_projects(self, zone: LoadZone, project_ids: Sequence[int]) -> list[Project]:
        """Let these projects and no other use a load zone."""
        target = Target("zone", zone.id, zone.name)
        words = "Setting projects…"
        return await self._deeds.do(
            "allowed_zones", target, words, lambda cloud: cloud.set_allowed_projects(zone.id, project_ids)
        )

    # -- labels --------------------------------------------------------------------------------------------------------

    async def label_keys(self) -> list[LabelKey]:
        """The labels of the stack."""
        return await self._deeds.cloud.label_keys()

    async def create_label_key(self, key: str, description: str) -> LabelKey:
        """Make a label for the whole stack. `Conflict`: there is one of this key."""
        return await self._on_stack("Creating label…", lambda cloud: cloud.create_label_key(key, description))

    async def change_label_key(self, key_id: int, key: str, description: str) -> None:
        """Give a label another key or description, in all projects."""
        await self._on_stack("Changing label…", lambda cloud: cloud.change_label_key(key_id, key, description))

    async def delete_label_key(self, key_id: int) -> None:
        """Delete a label from the stack and all its projects."""
        await self._on_stack("Deleting label…", lambda cloud: cloud.delete_label_key(key_id))

    async def labels(self, project_id: int) -> list[Label]:
        """A project's labels."""
        return await self._deeds.cloud.labels(project_id)

    async def set_labels(self, project_id: int, labels: Sequence[Label]) -> list[Label]:
        """Give a project these labels and no other; keys that the stack does not have yet are made."""
        words = "Setting labels…"
        return await self._do("labels", project_id, words, lambda cloud: cloud.set_labels(project_id, labels))

    async def remove_label(self, project_id: int, key: str) -> None:
        """Take a label from a project."""
        await self._do("labels", project_id, "Removing label…", lambda cloud: cloud.remove_label(project_id, key))

    async def _try_to_fetch(self, project_id: int) -> Project | None:
        """Read a project after acting on it; None when it cannot be read now."""
        try:
            return await self.fetch(project_id)
        except CloudError:
            return None

    async def _do(self, operation: Operation, project_id: int, words: str, send: Callable[[Cloud], Awaitable[T]]) -> T:
        project = self._store.project(project_id)
        target = Target("project", project_id, project.name if project else f"project {project_id}")
        return await self._deeds.do(operation, target, words, send)

    async def _on_stack(self, words: str, send: Callable[[Cloud], Awaitable[T]]) -> T:
        return await self._deeds.do("labels", STACK, words, send)
