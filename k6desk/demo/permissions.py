"""What a project may do: the private load zones that it may use, and its limits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from k6desk.demo.catalogue import LOAD_ZONES, LoadZone
from k6desk.demo.cost import cost_of
from k6desk.demo.inventory import Project
from k6desk.demo.workload import Workload

_ZONES: Mapping[str, LoadZone] = {zone.zone: zone for zone in LOAD_ZONES}


class Problem(NamedTuple):
    """Why something cannot run; `target` names the property at fault."""

    message: str
    target: str


class Permissions:
    """Which project may use which private load zone."""

    def __init__(self) -> None:
        self._allowed: set[tuple[int, int]] = set()

    def zones_of(self, project_id: int) -> list[LoadZone]:
        """The private load zones that a project may use."""
        return [zone for zone in LOAD_ZONES if (project_id, zone.id) in self._allowed]

    def projects_of(self, zone_id: int) -> set[int]:
        """The ids of the projects that may use a private load zone."""
        return {project_id for project_id, allowed in self._allowed if allowed == zone_id}

    def allow_zones(self, project_id: int, zone_ids: Sequence[int]) -> None:
        """Let a project use these private load zones and no other."""
        self.forget_project(project_id)
        self._allowed.update((project_id, zone_id) for zone_id in zone_ids)

    def allow_projects(self, zone_id: int, project_ids: Sequence[int]) -> None:
        """Let these projects and no other use a private load zone."""
        self._allowed = {pair for pair in self._allowed if pair[1] != zone_id}
        self._allowed.update((project_id, zone_id) for project_id in project_ids)

    def forget_project(self, project_id: int) -> None:
        """Let a project use no private load zone."""
        self._allowed = {pair for pair in self._allowed if pair[0] != project_id}

    def problems(self, project: Project, workload: Workload, zones: Sequence[tuple[str, int]]) -> list[Problem]:
        """Why a project cannot run this workload from these load zones."""
        return [*self._zone_problems(project, zones), *_limit_problems(project, workload)]

    def _zone_problems(self, project: Project, zones: Sequence[tuple[str, int]]) -> list[Problem]:
        found = []
        for name, _ in zones:
            zone = _ZONES.get(name)
            if zone is None:
                found.append(f"Load zone {name} does not exist.")
            elif not zone.available:
                found.append(f"Load zone {name} is not available.")
            elif zone.image and (project.id, zone.id) not in self._allowed:
                found.append(f"The project may not use the private load zone {name}.")
        if sum(percent for _, percent in zones) != 100:
            found.append("The percents of the load zones must add up to 100.")
        return [Problem(message, "options.cloud.distribution") for message in found]


def _limit_problems(project: Project, workload: Workload) -> list[Problem]:
    draft = project.draft
    vuh = float(cost_of(workload, 1, {}).total_vuh)
    needs: tuple[tuple[float, int | None, str, str], ...] = (
        (workload.max_vus, draft.vu_max_per_test, "virtual users, the project allows {} per test", "vus"),
        (workload.max_browser_vus, draft.vu_browser_max_per_test, "browser VUs, the project allows {}", "scenarios"),
        (workload.duration_s, draft.duration_max_per_test, "seconds, the project allows {} per test", "duration"),
        (vuh, draft.vuh_max_per_month, "VUH, the project allows {} per month", "vuh_usage"),
    )
    return [
        Problem(f"The test needs {need:g} {words.format(most)}.", f"options.{target}")
        for need, most, words, target in needs
        if most is not None and need > most
    ]
