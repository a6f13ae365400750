"""Metrics of API v5: which there are, their series and labels, and queries over one run or several."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from math import isnan
from typing import TYPE_CHECKING, Any, TypeVar, cast
from uuid import NAMESPACE_URL, uuid5

from starlette.convertors import Convertor, register_url_convertor
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from k6desk.demo.errors import Refusal
from k6desk.demo.metrics.arguments import Kind, read_arguments
from k6desk.demo.metrics.expressions import read_expression, read_selector
from k6desk.demo.queries import check_names
from k6desk.demo.routes.load_tests import find_test
from k6desk.demo.runs import Run
from k6desk.demo.world import World

if TYPE_CHECKING:
    from k6desk.demo.metrics.evaluation import Bins, Curve
    from k6desk.demo.metrics.expressions import Selector
    from k6desk.demo.metrics.measured import Measured

_QUERY: dict[str, Kind] = {"query": "text", "metric": "text", "start": "time", "end": "time"}
_RUNS: dict[str, Kind] = {"test_run_count": "number", "test_run_ids": "numbers"}
T = TypeVar("T")
_RUN_COUNT = 30
_MOST_RUNS = 100


class _AnyText(Convertor[str]):
    """The rest of a path, which may have several lines: labels do."""

    regex = r"[\s\S]*"

    def convert(self, value: str) -> str:
        """As it is."""
        return value

    def to_string(self, value: str) -> str:
        """As it is."""
        return value


register_url_convertor("text", _AnyText())


class MetricRoutes:
    """What is under `/cloud/v5/test_runs/{id}` and `/cloud/v5/load_tests/{id}` about metrics."""

    def __init__(self, world: World) -> None:
        self._world = world

    def routes(self) -> list[BaseRoute]:
        """The routes of this group."""
        run, test = "/cloud/v5/test_runs/{id:int}", "/cloud/v5/load_tests/{id:int}"
        return [
            Route(run + "/metrics", self.metrics),
            Route(run + "/series", self.series),
            Route(run + "/labels", self.labels),
            Route(run + "/label/{name:text}/values", self.label_values),
            Route(run + "/query_range_k6({arguments:text})", self.query_range),
            Route(run + "/query_aggregate_k6({arguments:text})", self.query_aggregate),
            Route(test + "/metrics", self.test_metrics),
            Route(test + "/metrics({arguments:text})", self.test_metrics),
            Route(test + "/query_aggregate_k6({arguments:text})", self.query_runs),
        ]

    async def metrics(self, request: Request) -> Response:
        """List the metrics of a run."""
        check_names(request, paged=False)
        run = self._find(request)
        run_id, measured = self._world.run_id(run.index), self._measured(run)
        types = await self._work_out(lambda: measured.types if measured else {})
        value = [
            {
                "id": str(uuid5(NAMESPACE_URL, f"{run_id}/{name}")),
                "name": name,
                "origin": "script" if measured and name in measured.custom else "builtin",
                "test_run_id": run_id,
                "type": kind,
            }
            for name, kind in sorted(types.items())
        ]
        return JSONResponse({"value": value})

    async def series(self, request: Request) -> Response:
        """List the series that match any of the selectors."""
        run = self._find(request)
        selectors = _selectors(request)
        if not selectors:
            raise Refusal(400, "match[] is missing.", "match[]")
        found = [{"__name__": metric, **labels} for metric, labels in await self._labels(run, selectors)]
        return _success(found)

    async def labels(self, request: Request) -> Response:
        """List the names of the labels of the series that match."""
        run = self._find(request)
        found = {name for _, labels in await self._labels(run, _selectors(request)) for name in labels}
        return _success(sorted({"__name__", *found} if found else found))

    async def label_values(self, request: Request) -> Response:
        """List the values of a label of the series that match."""
        run = self._find(request)
        name = request.path_params["name"]
        found = await self._labels(run, _selectors(request))
        values = {{"__name__": metric, **labels}.get(name) for metric, labels in found}
        return _success(sorted(filter(None, values)))

    async def query_range(self, request: Request) -> Response:
        """A query over time."""
        check_names(request, paged=False)
        run = self._find(request)
        arguments = read_arguments(request.path_params["arguments"], _QUERY | {"step": "number"})
        expression, selector = read_expression(_text(arguments, "query")), read_selector(_text(arguments, "metric"))
        start, end = cast("int | None", arguments.get("start")), cast("int | None", arguments.get("end"))
        measured = self._measured(run)
        if measured is None:
            return _data("matrix", [])
        step_s = cast("int", arguments.get("step", 0))
        run_id = str(self._world.run_id(run.index))

        def shown() -> list[dict[str, Any]]:
            return _shown(run, run_id, selector, *measured.curves(expression, selector, step_s, start, end), digits=10)

        return _data("matrix", await self._work_out(shown))

    async def query_aggregate(self, request: Request) -> Response:
        """A query over a whole run, or a part of it."""
        check_names(request, paged=False)
        run = self._find(request)
        arguments = read_arguments(request.path_params["arguments"], _QUERY)
        return _data("vector", await self._totals([run], arguments))

    async def test_metrics(self, request: Request) -> Response:
        """List the metrics of the newest runs of a test, or of some of its runs, with their labels."""
        check_names(request, paged=False)
        runs = self._runs(request, read_arguments(request.path_params.get("arguments", ""), _RUNS))
        found: dict[tuple[str, str], set[str]] = {}
        for measured in filter(None, map(self._measured, runs)):
            for metric, labels in (await self._work_out(partial(_labels_by_metric, measured))).items():
                found.setdefault(metric, set()).update(labels)
        value = [{"name": name, "type": kind, "labels": sorted(found[name, kind])} for name, kind in sorted(found)]
        return JSONResponse({"value": value})

    async def query_runs(self, request: Request) -> Response:
        """A query over each of several runs of a test."""
        check_names(request, paged=False)
        arguments = read_arguments(request.path_params["arguments"], {**_QUERY, **_RUNS})
        return _data("vector", await self._totals(self._runs(request, arguments), arguments))

    def _find(self, request: Request) -> Run:
        run = self._world.run(request.path_params["id"])
        if run is None:
            raise Refusal(404, "Test run not found.")
        return run

    def _runs(self, request: Request, arguments: dict[str, Any]) -> list[Run]:
        """The newest runs of the test that the path names, newest first, or those asked for in their order."""
        test = find_test(self._world, request)
        indices = self._world.runs_of_test(test, None, None)
        if "test_run_ids" in arguments:
            if "test_run_count" in arguments:
                raise Refusal(400, "test_run_count and test_run_ids cannot be given both.", "test_run_ids")
            found = map(self._world.run, dict.fromkeys(arguments["test_run_ids"]))
            runs = [run for run in found if run and self._world.test_of_run(run.index).id == test.id]
        else:
            count = arguments.get("test_run_count", _RUN_COUNT)
            if not 1 <= count <= _MOST_RUNS:
                raise Refusal(400, f"test_run_count must be between 1 and {_MOST_RUNS}.", "test_run_count")
            runs = [self._world.plan(index) for index in reversed(indices[-count:])]
        if len(runs) > _MOST_RUNS:
            raise Refusal(400, f"test_run_ids must have at most {_MOST_RUNS}.", "test_run_ids")
        return runs

    async def _totals(self, runs: Sequence[Run], arguments: dict[str, Any]) -> list[dict[str, Any]]:
        expression, selector = read_expression(_text(arguments, "query")), read_selector(_text(arguments, "metric"))
        start, end = arguments.get("start"), arguments.get("end")

        def shown(run: Run, measured: Measured) -> list[dict[str, Any]]:
            run_id = str(self._world.run_id(run.index))
            return _shown(run, run_id, selector, *measured.totals(expression, selector, start, end))

        found: list[dict[str, Any]] = []
        for run in runs:
            if measured := self._measured(run):
                found.extend(await self._work_out(partial(shown, run, measured)))
        return found

    async def _labels(self, run: Run, selectors: list[Selector]) -> list[tuple[str, dict[str, str]]]:
        measured = self._measured(run)
        return await self._work_out(lambda: list(_labels(measured, selectors))) if measured else []

    def _measured(self, run: Run) -> Measured | None:
        return self._world.measurements.of(run, self._world.now())

    async def _work_out(self, work: Callable[[], T]) -> T:
        return await self._world.measurements.work_out(work)


def _shown(
    run: Run, run_id: str, selector: Selector, bins: Bins, curves: Sequence[Curve], digits: int = 17
) -> list[dict[str, Any]]:
    """Series as they are told; a run tells its numbers as texts or not."""
    times = [int(at) if at.is_integer() else at for at in bins.at_s[1:].tolist()]
    found = []
    for curve in curves:
        numbers = [
            (at, _number(value, digits))
            for at, value in zip(times, curve.values.tolist(), strict=True)
            if not isnan(value)
        ]
        values = [[at, str(value) if run.numbers_as_text else value] for at, value in numbers]
        labels = {"__name__": selector.metric, "test_run_id": run_id, **curve.labels}
        found.append({"metric": labels, "values": values})
    return found


def _labels(measured: Measured, selectors: list[Selector]) -> Iterator[tuple[str, dict[str, str]]]:
    """The metric and the labels of each series that has samples and matches, of all series without a selector."""
    for name in sorted(measured.types):
        matching = [selector.matches for selector in selectors if selector.metric == name]
        table = measured.table(name) if matching or not selectors else None
        for place in sorted(set(table.series.tolist())) if table else ():
            labels = dict(table.labels[place]) if table else {}
            if not selectors or any(matches(labels) for matches in matching):
                yield name, labels


def _labels_by_metric(measured: Measured) -> dict[tuple[str, str], set[str]]:
    """The names of the labels of each metric, by its name and type."""
    tables = ((name, kind, measured.table(name)) for name, kind in measured.types.items())
    return {(name, kind): {label for one in table.labels for label in one} for name, kind, table in tables if table}


def _selectors(request: Request) -> list[Selector]:
    for name in request.query_params:
        if name != "match[]":
            raise Refusal(400, f"Unknown parameter {name!r}.", name)
    return [read_selector(text, "match[]") for text in request.query_params.getlist("match[]")]


def _text(arguments: dict[str, Any], name: str) -> str:
    if name not in arguments:
        raise Refusal(400, f"{name} is missing.", name)
    text: str = arguments[name]
    return text


def _number(value: float, digits: int) -> float | int:
    return int(value) if value.is_integer() else float(f"{value:.{digits}g}")


def _success(found: list[Any]) -> Response:
    return JSONResponse({"status": "success", "data": found})


def _data(kind: str, found: list[dict[str, Any]]) -> Response:
    return JSONResponse({"status": "success", "data": {"resultType": kind, "result": found}})
