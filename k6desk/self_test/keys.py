"""Which keyring this computer has, and whether it keeps what it is given."""

from __future__ import annotations

import secrets
from typing import Any

from k6desk.core.system_keyring import KeyringProblem, secure_backend
from k6desk.self_test.problem import Problem, answer_within

SERVICE = "k6desk self-test"
FIND_S = 4.0
KEEP_S = 8.0


def check_keyring() -> dict[str, Any]:
    """Name the keyring; a computer without one is no fault of the program's."""
    try:
        backend = answer_within(FIND_S, secure_backend)
    except KeyringProblem as problem:
        return {"backend": f"none found: tokens are kept for one session. {problem}", "is_secure": False}
    except TimeoutError as error:
        return {"backend": f"none found: tokens are kept for one session. {error}", "is_secure": False}
    return {"backend": f"{type(backend).__module__}.{type(backend).__qualname__}", "is_secure": True}


def check_secret() -> dict[str, Any]:
    """Keep a random value under a name of its own, read it, and remove it."""
    try:
        problem = answer_within(KEEP_S, _keep_for_a_moment)
    except KeyringProblem as error:
        problem = str(error)
    except TimeoutError as error:
        problem = f"The keyring does not answer; it may wait for its password. {error}"
    except Exception as error:  # noqa: BLE001 - backends raise what they like, and what they say may name the value
        problem = f"The keyring failed ({type(error).__name__})."
    if problem:
        raise Problem(problem)
    return {"kept_read_and_removed": True}


def _keep_for_a_moment() -> str | None:
    name, value = secrets.token_hex(8), secrets.token_urlsafe(32)
    backend = secure_backend()
    backend.set_password(SERVICE, name, value)
    try:
        if backend.get_password(SERVICE, name) != value:
            return "The keyring accepted a secret but did not keep it."
    finally:
        backend.delete_password(SERVICE, name)
    return None if backend.get_password(SERVICE, name) is None else "The keyring did not remove a secret."
