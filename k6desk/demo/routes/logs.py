"""The live log of a run: what was written from a time on, and then what is being written."""

from __future__ import annotations

import asyncio
import json
import re
from functools import lru_cache
from itertools import islice

from starlette.responses import Response
from starlette.routing import BaseRoute, WebSocketRoute
from starlette.websockets import WebSocket

from k6desk.demo.errors import refusal_response
from k6desk.demo.logs import Entry, Told, frame, plan_log, told
from k6desk.demo.runs import Run, State
from k6desk.demo.world import World

_POLL_S = 0.2
_AT_ONCE = 100
_QUERY = re.compile(r'\{test_run_id="(\d{1,19})"\}')


class LogRoutes:
    """What is under `/api/v1`."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._planned = lru_cache(32)(self._plan)

    def routes(self) -> list[BaseRoute]:
        """The routes of this group."""
        return [WebSocketRoute("/api/v1/tail", self.tail)]

    async def tail(self, websocket: WebSocket) -> None:
        """Send the log of the run that the query names, until the client goes."""
        found, start_ns = self._asked(websocket)
        if isinstance(found, Response):
            await websocket.send_denial_response(found)
            return
        await websocket.accept()
        # Not by time: lines may share a nanosecond with the last that was sent.
        sent = sum(1 for line in self._told(found) if line.at_ns < start_ns)
        while True:
            is_over = self._state(found).outcome is not None
            while lines := list(islice(self._told(found), sent, sent + _AT_ONCE)):
                await websocket.send_text(json.dumps(frame(lines)))
                sent += len(lines)
            if is_over:  # it idles, as the original does
                while (await websocket.receive())["type"] != "websocket.disconnect":
                    pass
                return
            try:
                async with asyncio.timeout(_POLL_S):
                    message = await websocket.receive()
            except TimeoutError:
                continue
            if message["type"] == "websocket.disconnect":
                return

    def _asked(self, websocket: WebSocket) -> tuple[Run | Response, int]:
        query, start = websocket.query_params.get("query", ""), websocket.query_params.get("start", "0")
        named = _QUERY.fullmatch(query)
        if not named or not start.isdecimal():
            return refusal_response(400, 'The query must be {test_run_id="ID"}, and start a number of ns.'), 0
        if websocket.headers.get("x-k6testrun-id") != named[1]:
            return refusal_response(403, "X-K6TestRun-Id must name the run of the query."), 0
        run = self._world.run(int(named[1]))
        return run or refusal_response(404, "Test run not found."), int(start)

    def _told(self, run: Run) -> list[Told]:
        return list(told(self._planned(run.index), run, self._state(run), self._world.clock, self._world.now()))

    def _state(self, run: Run) -> State:
        return self._world.state(run, self._world.now())

    def _plan(self, index: int) -> tuple[Entry, ...]:
        return plan_log(self._world.seed, self._world.plan(index), self._world.begun_from(index).draft)
