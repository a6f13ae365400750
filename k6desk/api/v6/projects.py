"""Projects, and what they may use."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Sequence

from k6desk.api.models import Limits, LoadZone, Page, Project
from k6desk.api.v6.resource import Resource
from k6desk.api.wire import catalogue, requests


class Projects(Resource):
    """The operations on projects."""

    def projects(
        self, *, name: str | None = None, name_search: str | None = None
    ) -> AsyncGenerator[Page[Project], None]:
        """All projects; with `name` the one called exactly so, with `name_search` those with it in their name."""
        query = {"name": name, "name_search": name_search, "$orderby": "created"}  # new ones last, so no row moves
        return self._pages("/cloud/v6/projects", catalogue.projects_page, query)

    async def project(self, project_id: int) -> Project:
        """One project."""
        return catalogue.project(await self._exchange.get(f"/cloud/v6/projects/{project_id}"))

    async def create_project(self, name: str) -> Project:
        """A new project. `Conflict`: there is one of this name."""
        return catalogue.project(await self._exchange.act("POST", "/cloud/v6/projects", requests.named(name)))

    async def rename_project(self, project_id: int, name: str) -> None:
        """Give a project another name. `Conflict`: there is one of that name."""
        await self._exchange.act("PATCH", f"/cloud/v6/projects/{project_id}", requests.named(name))

    async def delete_project(self, project_id: int) -> None:
        """Delete a project with its load tests and runs for good. `Conflict`: something of it is running."""
        await self._exchange.act("DELETE", f"/cloud/v6/projects/{project_id}")

    async def limits(self, project_id: int) -> Limits:
        """What a project may use."""
        return catalogue.limits(await self._exchange.get(f"/cloud/v6/projects/{project_id}/limits"))

    def all_limits(self, project_ids: Sequence[int] = ()) -> AsyncGenerator[Page[Limits], None]:
        """What the projects may use: all of them, or at most 30 by id."""
        query = {"project_id_in": ",".join(map(str, project_ids)) or None}
        return self._pages("/cloud/v6/project-limits", catalogue.limits_page, query)

    async def set_limits(self, limits: Limits) -> None:
        """Set what a project may use; None = no limit."""
        path = f"/cloud/v6/projects/{limits.project_id}/limits"
        await self._exchange.act("PATCH", path, requests.limits_patch(limits))

    async def allowed_zones(self, project_id: int) -> list[LoadZone]:
        """The private load zones that a project may use."""
        return catalogue.load_zones(await self._exchange.get(_zones_of(project_id)))

    async def set_allowed_zones(self, project_id: int, zone_ids: Sequence[int]) -> list[LoadZone]:
        """Let a project use these private load zones and no other."""
        return catalogue.load_zones(await self._exchange.act("PUT", _zones_of(project_id), requests.ids(zone_ids)))


def _zones_of(project_id: int) -> str:
    return f"/cloud/v6/projects/{project_id}/allowed_load_zones"
