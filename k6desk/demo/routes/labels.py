"""Labels: the keys of the stack, and the labels of a project."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
from msgspec import UNSET, UnsetType
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute

from k6desk.demo.bodies import Body, Int64, json_body
from k6desk.demo.errors import Refusal
from k6desk.demo.labels import LabelKey
from k6desk.demo.routes.projects import find_project
from k6desk.demo.routes.resource import resource
from k6desk.demo.world import World

_Word = Annotated[str, msgspec.Meta(min_length=1, max_length=64, pattern=r"""\A[^\s'";\\%]+\Z""")]
_Description = Annotated[str, msgspec.Meta(min_length=1, max_length=255)] | None


class _Key(Body):
    key: _Word
    description: _Description = None


class _Keys(Body):
    value: Annotated[list[_Key], msgspec.Meta(min_length=1, max_length=100)]


class _Patch(Body):
    key: _Word | UnsetType | None = UNSET
    description: _Description | UnsetType = UNSET


class _Label(Body):
    value: _Word
    key_id: Int64 | None = None
    key: _Word | None = None


class _Labels(Body):
    value: Annotated[list[_Label], msgspec.Meta(max_length=30)]


class LabelRoutes:
    """`/labels` and `/projects/{id}/labels`."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._labels = world.labels

    def routes(self) -> list[BaseRoute]:
        """The routes of this group."""
        one, of_project = "/cloud/v6/labels/{id:int}", "/cloud/v6/projects/{id:int}/labels"
        return [
            resource("/cloud/v6/labels", get=self.list, post=self.create),
            resource(one, patch=self.patch, delete=self.delete),
            resource(of_project, get=self.of_project, put=self.put),
            resource(f"{of_project}/{{key:path}}", delete=self.take),
        ]

    async def list(self, request: Request) -> Response:
        """List all keys."""
        return self._keys(200)

    async def create(self, request: Request) -> Response:
        """Add keys; the answer lists all."""
        wanted = (await json_body(request, _Keys)).value
        if len({item.key for item in wanted}) < len(wanted):
            raise Refusal(400, "A label key is given more than once.", "value")
        self._labels.create([(item.key, item.description) for item in wanted])
        return self._keys(201)

    async def patch(self, request: Request) -> Response:
        """Change the name or the description of a key; without a name it keeps the one it has."""
        label = self._find(request)
        change = await json_body(request, _Patch, optional=True)
        key = change.key or label.key
        description = label.description if change.description is UNSET else change.description
        return JSONResponse(_key_json(self._labels.change(label, key, description)))

    async def delete(self, request: Request) -> Response:
        """Delete a key from the stack and all its projects."""
        self._labels.remove(self._find(request))
        return Response(status_code=204)

    async def of_project(self, request: Request) -> Response:
        """List the labels of a project."""
        labels = self._labels.of_project(find_project(self._world, request).id)
        return JSONResponse({"value": [{"key": label.key, "value": value} for label, value in labels]})

    async def put(self, request: Request) -> Response:
        """Replace the labels of a project."""
        project = find_project(self._world, request)
        wanted = (await json_body(request, _Labels)).value
        values = {self._named(item).id: item.value for item in wanted}
        if len(values) < len(wanted):
            raise Refusal(400, "A label key is given more than once.", "value")
        self._labels.put(project.id, values)
        labels = self._labels.of_project(project.id)
        return JSONResponse(
            {"value": [{"key_id": label.id, "key": label.key, "value": value} for label, value in labels]}
        )

    async def take(self, request: Request) -> Response:
        """Take a label from a project."""
        project = find_project(self._world, request)
        label = self._labels.named(request.path_params["key"])
        if label is None or not self._labels.take(project.id, label):
            raise Refusal(404, "The project has no such label.")
        return Response(status_code=204)

    def _find(self, request: Request) -> LabelKey:
        label = self._labels.key(request.path_params["id"])
        if label is None:
            raise Refusal(404, "Label key not found.")
        return label

    def _named(self, item: _Label) -> LabelKey:
        if (item.key is None) == (item.key_id is None):
            raise Refusal(400, "A label needs either key_id or key.", "value")
        label = self._labels.named(item.key) if item.key is not None else self._labels.key(item.key_id or 0)
        if label is None:
            raise Refusal(400, f"There is no label key {item.key or item.key_id}.", "value")
        return label

    def _keys(self, status: int) -> Response:
        return JSONResponse({"value": [_key_json(label) for label in self._labels.all()]}, status)


def _key_json(label: LabelKey) -> dict[str, Any]:
    return {"id": label.id, "key": label.key, "description": label.description}
