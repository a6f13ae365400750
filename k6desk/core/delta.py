"""What a change of the store made different."""

from __future__ import annotations

import msgspec

NOTHING: frozenset[int] = frozenset()


class Delta(msgspec.Struct, frozen=True):
    """What is different since the last one; sets of run ids.

    `catalogue` is about projects and tests with their limits, schedules, zones and what is being done to them.
    `details` are runs of which more is known than the row: detail, nodes, script, draft or an action under way.
    """

    catalogue: bool = False
    added: frozenset[int] = NOTHING
    changed: frozenset[int] = NOTHING
    removed: frozenset[int] = NOTHING
    details: frozenset[int] = NOTHING
