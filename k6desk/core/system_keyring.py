"""The operating system's keyring, asked from a thread of its own.

A keyring may wait for a person to type a password, and a frozen daemon waits for ever. So `keyring` is imported and
called in one daemon thread that neither the window nor quitting ever waits for: no executor would leave it behind.
"""

from __future__ import annotations

import contextlib
import queue
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, cast

from PySide6.QtCore import QObject, Signal

from k6desk.api.secret import Secret

if TYPE_CHECKING:
    import asyncio

    from keyring.backend import KeyringBackend

SERVICE = "k6desk"
NO_KEYRING = "This computer offers no keyring to keep the token in."
PATIENCE_S = 3.0
"""How long a keyring may take before we say that we wait for it."""

SECURE_BACKENDS = frozenset(
    {
        "keyring.backends.SecretService.Keyring",
        "keyring.backends.libsecret.Keyring",
        "keyring.backends.kwallet.DBusKeyring",
        "keyring.backends.kwallet.DBusKeyringKWallet4",
        "keyring.backends.macOS.Keyring",
        "keyring.backends.Windows.WinVaultKeyring",
    }
)
"""The backends that encrypt what they keep. Any other, known or not, is not trusted with a token."""

State = Literal["ok", "waiting", "locked", "none", "insecure", "error"]


class KeyringProblem(Exception):
    """The keyring did not do what it was asked; `str()` is one sentence for people, `state` the kind."""

    def __init__(self, state: State, sentence: str) -> None:
        super().__init__(sentence)
        self.state = state


_in_use = "not asked yet"


def in_use() -> str:
    """What was found when the keyring was asked last, for a report of a bug; never blocks."""
    return _in_use


def secure_backend() -> KeyringBackend:
    """The keyring of this computer, if it is one that encrypts; blocks, so only for the keyring's thread."""
    global _in_use
    try:
        backend = _secure_backend()
    except KeyringProblem as problem:
        _in_use = str(problem)
        raise
    _in_use = _name(type(backend))
    return backend


def _secure_backend() -> KeyringBackend:
    import keyring.core
    from keyring.backend import KeyringBackend, get_all_keyring
    from keyring.backends.chainer import ChainerBackend
    from keyring.backends.fail import Keyring as NoKeyring

    get_all_keyring()  # imports the backends; its list is of the first time, and a daemon may have been started since
    try:
        chosen = keyring.core.load_env() or keyring.core.load_config()
    except (OSError, RuntimeError) as error:  # the backend that the user chose is not there
        raise KeyringProblem("none", NO_KEYRING) from error
    if chosen and not isinstance(chosen, ChainerBackend):
        kinds = [type(chosen)]
    else:
        viable = set(KeyringBackend.get_viable_backends()) - {ChainerBackend}  # which only asks the others in turn
        kinds = sorted((kind for kind in viable if kind.priority > 0), key=lambda kind: kind.priority, reverse=True)
    for kind in kinds:
        if _name(kind) in SECURE_BACKENDS:
            backend: Any = kind()
            if _name(kind).endswith("WinVaultKeyring"):
                backend.persist = "local machine"  # the default follows the user to other machines of the domain
            return cast("KeyringBackend", backend)
    if not kinds or kinds == [NoKeyring]:
        raise KeyringProblem("none", NO_KEYRING)
    raise KeyringProblem(
        "insecure", f"The keyring of this computer is {_name(kinds[0])}, which does not protect what it keeps."
    )


def _name(kind: type) -> str:
    return f"{kind.__module__}.{kind.__qualname__}"


class _Job(NamedTuple):
    work: Callable[[KeyringBackend], Secret | None]
    answer: asyncio.Future[Secret | None]
    loop: asyncio.AbstractEventLoop


class SystemKeyring(QObject):
    """Reads and writes tokens; every method may be awaited for ever and may be cancelled at any time.

    `state` says how the last call went, and `waiting` while one takes longer than a few seconds. Nothing but the token
    itself and the account's key goes in, and no token is in a log, a message or an exception.
    """

    state_changed = Signal()

    def __init__(
        self, find_backend: Callable[[], KeyringBackend] = secure_backend, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._find_backend = find_backend
        self._backend: KeyringBackend | None = None
        self._jobs: queue.SimpleQueue[_Job] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None
        self._state: State = "ok"
        self._sentence = ""

    @property
    def state(self) -> State:
        """How the last call went."""
        return self._state

    @property
    def sentence(self) -> str:
        """The state for people; empty while all is well."""
        return self._sentence

    async def read(self, key: str) -> Secret | None:
        """The token kept under an account's key, None if there is none."""

        def work(backend: KeyringBackend) -> Secret | None:
            kept = backend.get_password(SERVICE, key)
            return None if kept is None else Secret(kept)

        return await self._ask(work)

    async def write(self, key: str, token: Secret) -> None:
        """Keep a token, and read it back: some keyrings accept everything and keep nothing."""

        def work(backend: KeyringBackend) -> None:
            backend.set_password(SERVICE, key, token.reveal())
            if backend.get_password(SERVICE, key) != token.reveal():
                raise KeyringProblem("error", "The keyring accepted the token but did not keep it.")

        await self._ask(work)

    async def remove(self, key: str) -> None:
        """Forget the token of an account; nothing happens if there is none."""

        def work(backend: KeyringBackend) -> None:
            if backend.get_password(SERVICE, key) is not None:
                backend.delete_password(SERVICE, key)

        await self._ask(work)

    async def _ask(self, work: Callable[[KeyringBackend], Secret | None]) -> Secret | None:
        import asyncio  # not needed before the first picture is on the screen, and slow to import

        if self._thread is None:
            self._thread = threading.Thread(target=self._serve, name="keyring", daemon=True)
            self._thread.start()
        loop = asyncio.get_running_loop()
        job = _Job(work, loop.create_future(), loop)
        self._jobs.put(job)
        patience = loop.call_later(
            PATIENCE_S, self._enter, "waiting", "Waiting for your keyring; it may be asking for its password."
        )
        try:
            return await job.answer
        finally:
            patience.cancel()

    def _serve(self) -> None:
        while True:
            job = self._jobs.get()
            if job.answer.cancelled():
                continue
            outcome = self._do(job)
            with contextlib.suppress(RuntimeError):  # the loop has closed: the program is quitting
                job.loop.call_soon_threadsafe(self._settle, job, outcome)

    def _do(self, job: _Job) -> Secret | KeyringProblem | None:
        try:
            if self._backend is None:
                self._backend = self._find_backend()
            return job.work(self._backend)
        except KeyringProblem as problem:
            return problem
        except BaseException as error:  # noqa: BLE001 - backends raise what they like, and this thread must live on
            self._backend = None
            if type(error).__name__ == "KeyringLocked":
                return KeyringProblem("locked", "Your keyring is locked. Unlock it and try again.")
            return KeyringProblem("error", f"The keyring of this computer failed ({type(error).__name__}).")

    def _settle(self, job: _Job, outcome: Secret | KeyringProblem | None) -> None:
        if isinstance(outcome, KeyringProblem):
            self._enter(outcome.state, str(outcome))
        else:
            self._enter("ok", "")
        if job.answer.done():
            return  # its caller left meanwhile
        if isinstance(outcome, KeyringProblem):
            job.answer.set_exception(outcome)
        else:
            job.answer.set_result(outcome)

    def _enter(self, state: State, sentence: str) -> None:
        if (state, sentence) != (self._state, self._sentence):
            self._state, self._sentence = state, sentence
            self.state_changed.emit()
