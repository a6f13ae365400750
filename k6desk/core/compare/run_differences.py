"""What runs were told to do differently: their options path by path, what they cost, where and with what they ran."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

from msgspec import Struct

from k6desk.api.models import Cost, RunDetail
from k6desk.data.secrets import masked


class Difference(Struct, frozen=True):
    """Something that is not the same in all runs, with its value in each as people read it; None: it has none."""

    name: str
    values: tuple[str | None, ...]


def option_differences(details: Sequence[RunDetail]) -> list[Difference]:
    """The options that are not the same, by their paths (`scenarios.default.stages[0].target`); secrets are masked."""
    sides = [dict(_leaves(masked(detail.options or {}))) for detail in details]
    paths = dict.fromkeys(path for side in sides for path in side)
    return _different([(path, tuple(side.get(path) for side in sides)) for path in paths])


def cost_differences(details: Sequence[RunDetail]) -> list[Difference]:
    """What makes their costs different, in VUH and percent."""
    sides = [_cost(detail.cost) if detail.cost else {} for detail in details]
    names = dict.fromkeys(name for side in sides for name in side)
    return _different([(name, tuple(side.get(name) for side in sides)) for name in names])


def place_differences(details: Sequence[RunDetail]) -> list[Difference]:
    """Where the load came from and which k6 made it."""
    sides = [_places(detail) for detail in details]
    names = dict.fromkeys(name for side in sides for name in side)
    return _different([(name, tuple(side.get(name) for side in sides)) for name in names])


def _different(rows: Sequence[tuple[str, tuple[str | None, ...]]]) -> list[Difference]:
    return [Difference(name, values) for name, values in rows if len(set(values)) > 1]


def _leaves(value: Any, path: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(value, dict) and value:
        for name, inner in value.items():
            yield from _leaves(inner, f"{path}.{name}" if path else name)
    elif isinstance(value, list) and value:
        for at, inner in enumerate(value):
            yield from _leaves(inner, f"{path}[{at}]")
    elif path:
        yield path, value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _cost(cost: Cost) -> dict[str, str]:
    amounts = {
        "VUH": cost.total_vuh,
        "VUH before reductions": cost.base_total_vuh,
        "VUH of protocol users": cost.protocol_vuh,
        "VUH of browser users": cost.browser_vuh,
    }
    found = {name: f"{value:.2f}" for name, value in amounts.items() if value is not None}
    return found | {f"Reduction: {name}": f"{percent:g} %" for name, percent in cost.reductions.items()}


def _places(detail: RunDetail) -> dict[str, str]:
    zones = {
        f"Load from {share.load_zone}": "?" if share.percent is None else f"{share.percent:g} %"
        for share in detail.distribution or ()
    }
    return zones | {f"k6 {name}" if name != "k6" else "k6": version for name, version in detail.k6_versions.items()}
