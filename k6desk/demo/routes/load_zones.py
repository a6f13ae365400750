"""Load zones, and which project may use which private one."""

from __future__ import annotations

from typing import Annotated

import msgspec
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute

from k6desk.demo.bodies import Body, Int64, json_body
from k6desk.demo.catalogue import LoadZone
from k6desk.demo.errors import Refusal
from k6desk.demo.queries import check_names, words
from k6desk.demo.routes.projects import find_project
from k6desk.demo.routes.resource import resource
from k6desk.demo.shapes import zone_json
from k6desk.demo.world import World


class _Id(Body):
    id: Int64


class _Ids(Body):
    value: Annotated[list[_Id], msgspec.Meta(max_length=500)]


class LoadZones:
    """`/load_zones` and `/projects/{id}/allowed_load_zones`."""

    def __init__(self, world: World) -> None:
        self._world = world

    def routes(self) -> list[BaseRoute]:
        """The routes of this group."""
        of_project = "/cloud/v6/projects/{id:int}/allowed_load_zones"
        of_zone = "/cloud/v6/load_zones/{id:int}/allowed_projects"
        return [
            resource("/cloud/v6/load_zones", get=self.list),
            resource(of_project, get=self.zones, put=self.set_zones),
            resource(of_zone, get=self.projects, put=self.set_projects),
        ]

    async def list(self, request: Request) -> Response:
        """List load zones; this list has no pages."""
        check_names(request, "k6_load_zone_id", paged=False)
        wanted = words(request, "k6_load_zone_id")
        zones = self._world.load_zones
        return JSONResponse({"value": [zone_json(zone) for zone in zones if wanted in (None, zone.zone)]})

    async def zones(self, request: Request) -> Response:
        """List the private load zones that a project may use."""
        project = find_project(self._world, request)
        zones = self._world.permissions.zones_of(project.id)
        return JSONResponse({"value": [zone_json(zone) for zone in zones]})

    async def set_zones(self, request: Request) -> Response:
        """Let a project use these private load zones and no other."""
        project = find_project(self._world, request)
        wanted = [item.id for item in (await json_body(request, _Ids)).value]
        private = {zone.id for zone in self._world.load_zones if zone.image}
        if unknown := next((zone_id for zone_id in wanted if zone_id not in private), None):
            raise Refusal(400, f"{unknown} is no private load zone.", "value")
        self._world.permissions.allow_zones(project.id, wanted)
        return await self.zones(request)

    async def projects(self, request: Request) -> Response:
        """List the projects that may use a private load zone."""
        allowed = self._world.permissions.projects_of(self._find(request).id)
        found = [project for project in self._world.projects if project.id in allowed]
        return JSONResponse({"value": [{"id": project.id, "name": project.name} for project in found]})

    async def set_projects(self, request: Request) -> Response:
        """Let these projects and no other use a private load zone."""
        zone = self._find(request)
        wanted = [item.id for item in (await json_body(request, _Ids)).value]
        if unknown := next((project_id for project_id in wanted if not self._world.project(project_id)), None):
            raise Refusal(400, f"{unknown} is no project.", "value")
        self._world.permissions.allow_projects(zone.id, wanted)
        return await self.projects(request)

    def _find(self, request: Request) -> LoadZone:
        zone_id = request.path_params["id"]
        zone = next((zone for zone in self._world.load_zones if zone.id == zone_id and zone.image), None)
        if zone is None:
            raise Refusal(404, "Private load zone not found.")
        return zone
