"""Load zones."""

from __future__ import annotations

from collections.abc import Sequence

from k6desk.api.models import LoadZone, Project
from k6desk.api.v6.resource import Resource
from k6desk.api.wire import catalogue, requests


class LoadZones(Resource):
    """The operations on load zones."""

    async def load_zones(self) -> list[LoadZone]:
        """The load zones of the stack."""
        return catalogue.load_zones(await self._exchange.get("/cloud/v6/load_zones"))

    async def allowed_projects(self, zone_id: int) -> list[Project]:
        """The projects that may use a private load zone."""
        return catalogue.projects(await self._exchange.get(_projects_of(zone_id)))

    async def set_allowed_projects(self, zone_id: int, project_ids: Sequence[int]) -> list[Project]:
        """Let these projects and no other use a private load zone."""
        return catalogue.projects(await self._exchange.act("PUT", _projects_of(zone_id), requests.ids(project_ids)))


def _projects_of(zone_id: int) -> str:
    return f"/cloud/v6/load_zones/{zone_id}/allowed_projects"
