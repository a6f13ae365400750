"""How anything is done to the server: bound to one thing, once at a time, journaled before it is sent.

An outcome is done, refused, or not known because the answer was lost. What is not known stays in the journal and over
the record, and the server is asked until it tells; k6desk never writes a result that the server has not given.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from typing import TypeVar

from k6desk.api.cloud import Cloud
from k6desk.api.errors import (
    CloudError,
    Conflict,
    NotFound,
    NotOffered,
    NotSent,
    Redirected,
    Refused,
    TryLater,
    Untrusted,
)
from k6desk.api.operations import Operation
from k6desk.core.connection import Connection, State
from k6desk.core.intents import Key
from k6desk.core.store import Store
from k6desk.data.library import Action, Target

T = TypeVar("T")

REMOVED = {HTTPStatus.NOT_FOUND, HTTPStatus.METHOD_NOT_ALLOWED, HTTPStatus.GONE}
BELIEVED_REMOVED = timedelta(days=7)
"""For how long an operation is not tried again after the server said that it is gone."""

NOT_KNOWN = "Not known yet"
"""Over a record to which something was done whose outcome is not known, or not yet."""


class Busy(CloudError):
    """Something else is being done to the same thing, so nothing was sent."""


class Unknown(CloudError):
    """The answer was lost: it may have been done or not."""


class Removed(CloudError):
    """Grafana has removed this operation."""


class Deeds:
    """Does things to the server, and knows what can be done now."""

    def __init__(self, store: Store, connection: Connection) -> None:
        self._store = store
        self._connection = connection
        self._cloud: Cloud | None = None
        self._on_unknown: Callable[[], None] = lambda: None
        self._under_way: dict[int, Key] = {}
        self._unanswered: dict[Key, tuple[str, int]] = {}
        self._inherited: dict[int, Target] = {}
        self._open_since: dict[int, datetime] = {}

    def use(self, cloud: Cloud, on_unknown: Callable[[], None]) -> None:
        """From now on there is a server to act on; `on_unknown` has it asked what became of a lost answer."""
        self._cloud = cloud
        self._on_unknown = on_unknown

    @property
    def cloud(self) -> Cloud:
        """The server to ask. Raises `CloudError` when there is none to ask now."""
        if self._cloud is None or self._connection.state in {State.FILES, State.SIGNED_OUT}:
            raise CloudError(self.why_not_connected())
        return self._cloud

    def why_not_connected(self) -> str | None:
        """Why the server cannot be asked now; None when it can. It may still be asked whether it can be reached."""
        if self._connection.state is State.FILES:
            return self._connection.reason
        if self._connection.state is State.SIGNED_OUT:
            return "Sign in first."
        if self._cloud is None:
            return "Not possible offline."  # the session has not gone live, or never will
        if self._connection.state is State.OFFLINE:
            return "Not possible while the server cannot be reached."
        return None

    def lack(self, operation: Operation) -> str | None:
        """Why this account's cloud does not have an operation; None when it has, as far as is known."""
        if operation == "schedule" and self._connection.state is State.FILES:
            return self._connection.reason
        return self._cloud.lacks.get(operation) if self._cloud else None

    def is_removed(self, operation: Operation) -> bool:
        """Whether the server has lately said that it does not have this operation any more."""
        said = self._store.mark(f"removed:{operation}")
        return bool(said) and datetime.now(UTC) - datetime.fromisoformat(said or "") < BELIEVED_REMOVED

    def busy(self, decision: str, kind: str, id_: int) -> str | None:
        """What is being done to a thing and stands in the way; None when nothing is, or only a lost try of the same."""
        if self._unanswered.get((kind, id_), ("", 0))[0] == decision:
            return None
        return self._store.intent(id_, kind)

    def unsettled(self) -> list[Action]:
        """The journal's actions whose outcome is not known and whose answer nobody waits for."""
        actions = [action for action in self._store.pending() if action.id not in self._under_way]
        now = datetime.now(UTC)
        self._open_since = {action.id: self._open_since.get(action.id, now) for action in actions}
        return actions

    def open_for(self, action: Action) -> timedelta:
        """For how long nobody has waited for the answer of an unsettled action any more."""
        now = datetime.now(UTC)
        return now - self._open_since.get(action.id, now)

    def show_inherited(self) -> None:
        """Lay over the records what another k6desk on these files left open, until it is settled, here or there."""
        actions = {action.id: action.target for action in self.unsettled()}
        for entry in self._inherited.keys() - actions.keys():
            self._store.release(self._inherited.pop(entry))
        for entry, target in actions.items():
            if self._store.intent(target.id, target.kind) is None:
                self._inherited[entry] = target
                self._store.leave_open(target, NOT_KNOWN)

    async def settle(self, action: Action, outcome: str) -> None:
        """The server has told what became of an action; which is of no interest while it is tried again."""
        key = action.target.kind, action.target.id
        self._inherited.pop(action.id, None)
        if key not in self._under_way.values():
            self._unanswered.pop(key, None)
            await self._store.finish(action.id, action.target, outcome)

    async def do(
        self,
        operation: Operation,
        target: Target,
        words: str,
        send: Callable[[Cloud], Awaitable[T]],
        *,
        stays: bool = False,
        after: datetime | None = None,
        decision: str = "",
    ) -> T:
        """Do something to one thing. Raises `CloudError`; `Unknown` when the answer was lost.

        `words` say what is being done (`Deleting…`) and stand over the record meanwhile; with `stays` until a record
        shows the effect. `after` goes into the journal, see `library.Action`. After a lost answer only the same
        `decision` may be tried again before the outcome is known: the same operation, unless it says otherwise.
        """
        key, decision = (target.kind, target.id), decision or operation
        cloud = self.cloud
        if why := cloud.lacks.get(operation):
            raise NotOffered(why)
        if busy := self.busy(decision, *key):
            raise Busy(f"“{target.called}” is busy ({busy.rstrip('…').lower()}), so nothing was sent; try again later.")
        _, lost = self._unanswered.pop(key, ("", None))
        entry = await self._store.begin(operation, target, words, after)
        self._under_way[entry] = key
        if lost:
            await self._store.supersede(lost)
        try:
            answer = await send(cloud)
        except CloudError as error:
            if not is_a_no(error) or (lost and not _tells_of_earlier(operation, error)):
                del self._under_way[entry]
                self._unanswered[key] = decision, entry
                self._store.leave_open(target, f"{words.rstrip('…')}?")
                self._on_unknown()
                what = "an earlier try" if is_a_no(error) else "the request"
                raise Unknown(f"{error} k6desk asks the server whether {what} arrived.") from error
            await self._store.finish(entry, target, "refused")
            if await self._is_gone(cloud, operation, target, error):
                await self._store.set_mark(f"removed:{operation}", datetime.now(UTC).isoformat())
                raise Removed(REMOVAL[operation]) from error
            if isinstance(error, NotSent):
                raise NotSent(f"{error} Nothing was sent.") from error
            raise
        finally:
            self._under_way.pop(entry, None)
        await self._store.finish(entry, target, "done", keep_intent=stays)
        return answer

    async def _is_gone(self, cloud: Cloud, operation: Operation, target: Target, error: CloudError) -> bool:
        """Whether a refusal means that the server has dropped the operation, and not that the thing is gone."""
        if operation not in cloud.going or not isinstance(error, Refused) or error.status not in REMOVED:
            return False
        if not isinstance(error, NotFound):
            return True
        if error.code and operation != "save":
            return False  # the server has looked for what the request names, and says that it is not there
        try:
            await (cloud.run(target.id) if target.kind == "run" else cloud.load_test(target.id))
        except CloudError:
            return False
        return True


def is_a_no(error: CloudError) -> bool:
    """Whether the server has certainly not done what it was asked to."""
    if isinstance(error, TryLater):
        return error.status == HTTPStatus.TOO_MANY_REQUESTS
    if isinstance(error, Redirected):
        return False
    return isinstance(error, Refused | NotOffered | NotSent | Untrusted)


def _tells_of_earlier(operation: Operation, error: CloudError) -> bool:
    """Whether a no also tells what became of an earlier try whose answer was lost; “slow down” does not."""
    return isinstance(error, NotFound) or (isinstance(error, Conflict) and operation == "abort")


REMOVAL: dict[Operation, str] = {
    "save": "Grafana has removed the keeping of results beyond their retention; k6desk does not offer it any more.",
    "baseline": "Grafana has removed the baseline of a test; k6desk does not offer it any more.",
    "start": "Grafana has removed the old API that starts runs, so k6desk cannot start any for this account.",
    "abort": "Grafana has removed the old API that stops runs, so k6desk cannot stop any for this account.",
}
