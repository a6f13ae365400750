"""What a check of the self-test says when something is missing, and how long it waits for what may never answer."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


class Problem(Exception):
    """`str()` is one sentence."""


def answer_within(limit_s: float, ask: Callable[[], T]) -> T:
    """What `ask` gives in a thread of its own, which is left behind with a `TimeoutError` when it takes too long."""
    answers: list[T] = []
    errors: list[BaseException] = []

    def work() -> None:
        try:
            answers.append(ask())
        except BaseException as error:  # noqa: BLE001 - raised again below, in the thread that asked
            errors.append(error)

    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    thread.join(limit_s)
    if errors:
        raise errors[0]
    if not answers:
        raise TimeoutError(f"There was no answer within {limit_s:g} s.")
    return answers[0]
