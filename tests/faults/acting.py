"""A stack on which everything can be done, the deeds themselves, and how a server gives no clear answer."""

from __future__ import annotations

import json
import re
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, NamedTuple

from k6desk.api.models import Limits, LoadZone, Script
from k6desk.api.plans import Label, Schedule, Timing
from k6desk.core.commands import Commands
from tests.api.faultserver import Reply, Request
from tests.faults.conftest import Stack, run_json

HTML = "<html><body><form>Sign in</form><script>alert(1)</script></body></html>"
TIMING = Timing(datetime(2027, 1, 1, 7, tzinfo=UTC))
SCHEDULE = Schedule(id=77, test_id=5, timing=TIMING)
OLD, NEW = (Script(b"export default () => { /* %s */ }" % word, is_archive=False) for word in (b"old", b"new"))
ZONE = {"id": 3, "name": "Ours", "k6_load_zone_id": "ours", "public": False}


class Deed(NamedTuple):
    """What the user does, to what, and what over the thing says that it is under way."""

    do: Callable[[Commands], Awaitable[Any]]
    kind: str
    id: int
    intent: str


DEEDS = {
    "start": Deed(lambda c: c.tests.start(5, c.tests.new_key()), "test", 5, "Starting"),
    "abort": Deed(lambda c: c.runs.abort(9), "run", 9, "Aborting"),
    "star": Deed(lambda c: c.runs.star(7, starred=True), "run", 7, "Starring"),
    "save": Deed(lambda c: c.runs.save(7, saved=True), "run", 7, "Saving results"),
    "upload": Deed(lambda c: c.tests.upload(5, NEW, OLD), "test", 5, "Uploading"),
    "rename test": Deed(lambda c: c.tests.rename(5, "Another"), "test", 5, "Renaming"),
    "move": Deed(lambda c: c.tests.move(5, 2), "test", 5, "Moving"),
    "baseline": Deed(lambda c: c.tests.set_baseline(5, 7), "test", 5, "Setting baseline"),
    "schedule": Deed(lambda c: c.tests.set_schedule(5, TIMING), "test", 5, "Scheduling"),
    "pause": Deed(lambda c: c.tests.activate_schedule(SCHEDULE, active=False), "test", 5, "Pausing schedule"),
    "unschedule": Deed(lambda c: c.tests.delete_schedule(SCHEDULE), "test", 5, "Deleting schedule"),
    "create test": Deed(lambda c: c.tests.create(1, "Made", NEW), "project", 1, "Creating “Made”"),
    "create project": Deed(lambda c: c.projects.create("Made"), "stack", 0, "Creating “Made”"),
    "rename project": Deed(lambda c: c.projects.rename(1, "Another"), "project", 1, "Renaming"),
    "limits": Deed(lambda c: c.projects.set_limits(Limits(1, vuh_max_per_month=9)), "project", 1, "Setting limits"),
    "zones": Deed(lambda c: c.projects.set_allowed_zones(1, [3]), "project", 1, "Setting load zones"),
    "zone": Deed(
        lambda c: c.projects.set_allowed_projects(LoadZone(3, "Ours", "ours"), [1]), "zone", 3, "Setting projects"
    ),
    "label": Deed(lambda c: c.projects.create_label_key("team", ""), "stack", 0, "Creating label"),
    "labels": Deed(lambda c: c.projects.set_labels(1, [Label("owner", "x")]), "project", 1, "Setting labels"),
    "delete run": Deed(lambda c: c.runs.delete(8), "run", 8, "Deleting"),
    "delete test": Deed(lambda c: c.tests.delete(6), "test", 6, "Deleting"),
    "delete project": Deed(lambda c: c.projects.delete(3), "project", 3, "Deleting"),
}
LOST = {
    "reset": Reply(reset=True),
    "silent": Reply(silent=True),
    "502": Reply(HTML, status=502, content_type="text/html"),
    "503": Reply({"error": {"message": "Later."}}, status=503, headers={"Retry-After": "1"}),
    "login page": Reply(HTML, content_type="text/html"),
    "redirect": Reply(b"", status=302, headers={"Location": "https://login.example.com/"}),
    "cut": Reply({"id": 1}, cut_at=3),
}
NO = {
    status: Reply(
        {"error": {"message": "No <b>way</b>\nto do it.", "code": "x"}}, status=status, headers={"Retry-After": "7"}
    )
    for status in (400, 401, 403, 404, 405, 409, 410, 422, 429)
}


class ActingStack(Stack):
    """Does what it is told and then answers with `how`; `effects` are the requests that changed something.

    With `does` False it refuses before anything is done; while it `falls_silent` it answers nothing any more after it
    has done something. A start with a key that was used is the same start.
    """

    def __init__(self) -> None:
        super().__init__()
        self.runs = [run_json(7), run_json(8), run_json(9, status="running")]
        self.projects = [{"id": 1, "name": "Shop"}, {"id": 2, "name": "Search"}, {"id": 3, "name": "Old"}]
        self.tests = [{"id": 5, "project_id": 1, "name": "Checkout"}, {"id": 6, "project_id": 1, "name": "Login"}]
        self.schedule = {"id": 77, "load_test_id": 5, "starts": "2027-01-01T07:00:00Z", "deactivated": False}
        self.script = OLD.content
        self.how: Reply | None = None
        self.does = True
        self.falls_silent = False
        self.effects: list[str] = []
        self.keys: dict[str, dict] = {}

    def __call__(self, request: Request) -> Reply:
        if request.method == "GET":
            return Reply(reset=True) if self.falls_silent and self.effects else self._read(request)
        if not self.does:
            return self.how or Reply({})
        reply = self._do(request)
        return self.how or reply

    def _read(self, request: Request) -> Reply:
        path = request.path
        one = re.fullmatch(r"/cloud/v6/(projects|load_tests)/(\d+)(/\w+)?", path)
        if path.endswith("/script"):
            return Reply(self.script, content_type="text/javascript")
        if path.endswith("/limits"):
            return Reply({"project_id": int(path.split("/")[4]), "vuh_max_per_month": 9})
        if path.endswith("/schedule") or path == "/cloud/v6/schedules/77":
            return Reply(self.schedule)
        if path == "/cloud/v6/load_zones":
            return Reply({"value": [ZONE]})
        if path == "/cloud/v6/labels":
            return Reply({"value": [{"id": 4, "key": "owner"}]})
        if one and not one[3]:
            rows = self.projects if one[1] == "projects" else self.tests
            found = [row for row in rows if row["id"] == int(one[2])]
            return Reply(found[0]) if found else Reply({"error": {"message": "Not found."}}, status=404)
        if (one and one[3] == "/load_tests") or "name=" in request.target:
            rows = self.tests if "load_tests" in path else self.projects
            return Reply({"value": [row for row in rows if row["name"] == "Made"]})
        return super().__call__(request)

    def _do(self, request: Request) -> Reply:  # noqa: C901 - a list of operations
        path, key = request.path, request.headers.get("k6-idempotency-key")
        if key in self.keys:
            return Reply(self.keys[key])
        self.effects.append(f"{request.method} {path}")
        body = json.loads(request.body) if request.headers.get("content-type") == "application/json" else {}
        id_ = int((re.findall(r"\d+", path.removeprefix("/cloud/v6")) or [0])[0])
        thing = next((one for one in [*self.runs, *self.tests, *self.projects] if one["id"] == id_), {})
        if path.endswith("/start"):
            run = run_json(100 + len(self.effects), status="created", day=20)
            self.runs.append(run)
            self.keys[key or str(len(self.effects))] = run
            return Reply(run)
        if path.endswith("/abort"):
            thing["status"] = "aborted"
        elif path.endswith("/move"):
            thing["project_id"] = body["project_id"]
        elif request.method == "PUT" and path.endswith("/script"):
            self.script = request.body
        elif path.endswith("/schedule"):
            return Reply(self.schedule)
        elif path.endswith("/deactivate"):
            self.schedule = self.schedule | {"deactivated": True}
        elif request.method == "PATCH" and "name" in body:
            thing["name"] = body["name"]
        elif request.method == "POST" and path.endswith(("/projects", "/load_tests")):
            made = {"id": 50 + len(self.effects), "name": "Made"} | ({"project_id": 1} if "load_tests" in path else {})
            (self.tests if "load_tests" in path else self.projects).append(made)
            return Reply(made, status=201)
        elif request.method == "PUT" or path.endswith("/labels"):
            return Reply({"value": [{"id": 4, "key": "team", "value": "x", "name": "Shop"} | ZONE]})
        elif request.method == "DELETE" and thing:
            for rows in (self.runs, self.tests, self.projects):
                rows[:] = [row for row in rows if row is not thing]
        return Reply(status=204, content_type=None)


def delayed(reply: Reply, seconds: float) -> Reply:
    return replace(reply, delay_s=seconds)
