"""Which runs are compared: how many, and which one of a test the others are compared with."""

from __future__ import annotations

from k6desk.api.models import Run
from k6desk.core.store import Store

MOST_RUNS = 5
"""So many runs are compared at once."""


def baseline_of(store: Store, run: Run) -> int | None:
    """The run that a run is compared with: the baseline that the server has, or else the one chosen on this computer.

    None when there is neither, or it is this very run.
    """
    test = store.test(run.test_id)
    of_server = test.baseline_run_id if test else None
    found = of_server if of_server is not None else store.local_baseline(run.test_id)
    return None if found == run.id else found
