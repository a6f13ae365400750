"""Load zones."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from k6desk.demo.queries import check_names, words
from k6desk.demo.shapes import zone_json
from k6desk.demo.world import World


class LoadZones:
    """`/load_zones`."""

    def __init__(self, world: World) -> None:
        self._world = world

    def routes(self) -> list[BaseRoute]:
        """The routes of this group."""
        return [Route("/cloud/v6/load_zones", self.list)]

    async def list(self, request: Request) -> Response:
        """List load zones; this list has no pages."""
        check_names(request, "k6_load_zone_id", paged=False)
        wanted = words(request, "k6_load_zone_id")
        zones = self._world.load_zones
        return JSONResponse({"value": [zone_json(zone) for zone in zones if wanted in (None, zone.zone)]})
