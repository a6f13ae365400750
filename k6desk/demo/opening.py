"""What a world has from the start: months of runs, and what people have set up."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from random import Random
from typing import TYPE_CHECKING

from k6desk.demo.catalogue import LOAD_ZONES, PEOPLE
from k6desk.demo.clock import DAY, HOUR, SECOND, moment
from k6desk.demo.deck import Deck
from k6desk.demo.inventory import OPENED_US, Inventory, LoadTest, Size
from k6desk.demo.schedules import Cron, Recurrence

if TYPE_CHECKING:
    from k6desk.demo.world import World

OLD_RUNS = 12
"""How many runs there are of the first days, all of a test that is switched off since."""

_RUNS = {"small": 600, "large": 100_000}
_HISTORY_DAYS = 60
_NEWEST_US = 50 * SECOND


def gap_us(size: Size) -> int:
    """The mean story time between two runs."""
    return 180 * SECOND if size == "small" else _HISTORY_DAYS * DAY // _RUNS[size]


def write_history(
    size: Size, start_us: int, rng: Random, deck: Deck, inventory: Inventory, begin: Callable[[LoadTest, int], object]
) -> int:
    """Let the runs begin that there are at the start; return the story time of the first one to come."""

    def begin_next(story_us: int) -> None:
        test = deck.draw(inventory.test)
        assert test is not None
        begin(test, story_us)

    count, gap = _RUNS[size], gap_us(size)
    retired = next(test for test in inventory.tests if test.draft.cadence == 0)
    for i in range(OLD_RUNS):
        begin(retired, OPENED_US + i * 9 * DAY)
    recent = min(count // 4, 6 * HOUR // gap)
    earlier = count - recent - OLD_RUNS
    recent_from = start_us - recent * gap
    earlier_from = start_us - _HISTORY_DAYS * DAY
    step = (recent_from - earlier_from) / earlier
    for i in range(earlier):
        begin_next(earlier_from + int((i + 0.9 * rng.random()) * step))
    latest = [recent_from]
    while (following := latest[-1] + deck.gap()) <= start_us:
        latest.append(following)
    # The newest run has just begun, so that every stage of a run can be seen from the first moment.
    later = start_us - _NEWEST_US - latest[-1]
    for story_us in latest:
        begin_next(story_us + later)
    return following + later


def furnish(world: World) -> None:
    """Set up schedules, labels, private load zones and baselines."""
    _schedule(world, moment(world.clock.start_us))
    for key, meaning in (("team", "Who answers for it"), ("tier", "1 is what customers see"), ("environment", None)):
        world.labels.create([(key, meaning)])
    for project in world.projects:
        if project.index < 2:
            world.labels.put(project.id, {1: "checkout", 2: "1"})
        if project.index % 6 in (2, 4):
            world.permissions.allow_zones(project.id, [zone.id for zone in LOAD_ZONES if zone.image])
    # None in the default project, whose tests a k6 CLI lists: a baseline is the id of a run, and so may be too large.
    for test in world.tests[11:40:5]:
        runs = map(world.plan, world.runs_of_test(test, None, None))
        good = next((run for run in runs if world.state(run, world.clock.start_us).passed), None)
        if good:
            world.inventory.put_baseline(test, world.run_id(good.index))


def _schedule(world: World, start: datetime) -> None:
    early = (start - timedelta(days=40)).replace(minute=0, second=0, microsecond=0)
    put = world.schedules.set
    tests = world.tests
    put(tests[1].id, early.replace(minute=10), Recurrence("HOURLY"), PEOPLE[0], start)
    put(tests[10].id, early.replace(hour=6), Recurrence("WEEKLY", by_day=("MO", "WE", "FR")), PEOPLE[1], start)
    put(tests[17].id, early, Cron("30 2 * * *", "Europe/Berlin"), PEOPLE[4], start)
    put(tests[24].id, datetime(2025, 11, 28, 4, tzinfo=UTC), None, PEOPLE[2], start)
    paused = put(tests[30].id, early.replace(hour=22), Recurrence("DAILY", 2), None, start)
    world.schedules.activate(paused, False, start)
