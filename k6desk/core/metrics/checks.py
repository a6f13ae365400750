"""The checks of a run: how often each passed and failed."""

from __future__ import annotations

from msgspec import Struct

from k6desk.api.metrics import Matcher, Query
from k6desk.core.metrics.asked import Asked, Known, by_labels

METRIC = "checks"


class Check(Struct, frozen=True):
    """A check of a group: the same name in another group is another check. `group` is k6's path, `::cart::pay`."""

    name: str
    group: str
    passes: int
    fails: int

    @property
    def ratio(self) -> float:
        """The share that passed, 0..1."""
        return self.passes / (self.passes + self.fails) if self.passes + self.fails else 1.0


def _counts(*labels: str) -> tuple[Asked, ...]:
    return tuple(Asked(Query(METRIC, method, labels)) for method in ("increase_nz", "increase_z"))


ASKS = _counts("check", "group")
WITHOUT_GROUPS = _counts("check")
"""What to ask where `ASKS` finds nothing, for some servers know no groups."""


def checks_of(known: Known) -> tuple[Check, ...] | None:
    """The checks of a run by group and name; None as long as they are not known."""
    in_groups = _checks(known, ASKS, "check", "group")
    if in_groups:
        return in_groups
    alone = _checks(known, WITHOUT_GROUPS, "check")
    return in_groups if alone is None else alone


def group_words(group: str) -> str:
    """The path of a group for people: `browse › cart` for k6's `::browse::cart`."""
    return " › ".join(filter(None, group.split("::")))


def curve(check: Check) -> Asked:
    """The share of a check that passed, over time."""
    matchers = [Matcher("check", check.name)]
    if check.group:
        matchers.append(Matcher("group", check.group))
    return Asked(Query(METRIC, "ratio", matchers=tuple(matchers)), over_time=True)


def _checks(known: Known, asks: tuple[Asked, ...], *labels: str) -> tuple[Check, ...] | None:
    passed, failed = (known(asked) for asked in asks)
    if passed is None or failed is None:
        return None
    passes, fails = by_labels(passed, *labels), by_labels(failed, *labels)
    keys = passes.keys() | fails.keys()
    for answer, counts in ((passed, passes), (failed, fails)):
        if answer.left_out:  # of a check that is not in it, it is not known how many there are
            keys &= counts.keys()
    found = (
        Check(name, "".join(group), round(passes.get(key, 0.0)), round(fails.get(key, 0.0)))
        for key in keys
        for name, *group in [key]
    )
    return tuple(sorted(found, key=lambda check: (check.group, check.name)))
