"""Gets everything that an ended run measured, as far as the pages of its results begin with it."""

from __future__ import annotations

from asyncio import gather

from k6desk.core.metrics.numbers import AT_ONCE, Numbers
from k6desk.core.standard_questions import standard_questions
from k6desk.core.store import Store
from k6desk.data.run_numbers import WHOLE

ROUNDS = 3
"""What is known decides what else is asked."""


async def get_whole(run_id: int, numbers: Numbers, store: Store) -> None:
    """Get all of a run that is not here yet. Raises `CloudError` when the server cannot be asked.

    Does nothing for a run that goes on, or of which all is here.
    """
    run = store.run(run_id)
    if run is None or not run.is_finished or store.numbers(run_id, WHOLE) is not None:
        return
    await numbers.ask_for_metrics(run)
    asked = set()
    for _ in range(ROUNDS):
        questions = standard_questions(numbers.metrics(run_id), store.detail(run_id), numbers.known_of(run_id))
        left = [one for one in questions if one not in asked and not numbers.is_final(run_id, one)]
        asked.update(left)
        for at in range(0, len(left), AT_ONCE):
            requests = (numbers.ask_for(run, one) for one in left[at : at + AT_ONCE])
            outcomes = await gather(*requests, return_exceptions=True)
            for error in filter(None, outcomes):
                raise error
    numbers.flush()
