"""Does one thing to the runs that the user decided on: one with a notice, several in a dialog of their own."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QWidget

from k6desk.api.errors import CloudError
from k6desk.api.models import Run
from k6desk.core.deeds import Removed, Unknown
from k6desk.core.notices import Notices
from k6desk.core.session import Session
from k6desk.ui import text
from k6desk.ui.actions import Actions
from k6desk.ui.dialogs.batch_model import Batch, Item, Verb
from k6desk.ui.effects import Effects
from k6desk.ui.workspace import Workspace

if TYPE_CHECKING:
    from k6desk.ui.dialogs.batch import BatchDialog

Act = Callable[[int], Awaitable[object]]


class BatchEffects(Effects):
    """Effects on runs, bound to their ids and names from the click on."""

    def __init__(self, actions: Actions, notices: Notices, window: QWidget) -> None:
        super().__init__(actions, notices, window)
        self._batches: dict[Batch, BatchDialog | None] = {}  # None once it is closed

    def use(self, session: Session | None, workspace: Workspace | None) -> None:
        """Act on this account from now on; what is still to be sent for the one before is not sent."""
        super().use(session, workspace)
        for batch, dialog in list(self._batches.items()):
            batch.stop()
            if dialog:
                dialog.has_told = False  # it goes before that could be read
                dialog.reject()

    def _offer_instead(self, session: Session, error: Removed, items: Sequence[Item]) -> None:
        """Say that Grafana has removed an operation, and what serves its purpose now."""
        raise NotImplementedError

    def _do(self, verb: Verb, runs: Sequence[Run], act: Act) -> None:
        """Do it to one run and say how it went; or to several, in a dialog of their own."""
        assert self._session
        self._do_to(verb, [Item(run.id, self._session.store.name_of(run)) for run in runs], act)

    def _do_to(self, verb: Verb, items: Sequence[Item], act: Act) -> None:
        session = self._session
        assert session
        if len(items) == 1:
            key = f"{verb.name}:{items[0].id}"
            self._spawn(self._do_one(session, verb, items[0], act), f"{verb.name} a run", key)
        elif items:
            self._do_several(session, verb, items, act)

    async def _do_one(self, session: Session, verb: Verb, item: Item, act: Act) -> None:
        key, name = f"run:{item.id}", text.one_line(item.name, 80)
        try:
            await act(item.id)
        except Removed as error:
            self._offer_instead(session, error, [item])
        except Unknown as error:
            self._say(key, f"Whether “{name}” was {verb.done} is not known: {error}", "warning")
        except CloudError as error:
            self._say(key, f"“{name}” was not {verb.done}: {error}", "error")
        else:
            self._notices.clear(key)
            if not verb.is_seen:
                self._say(key, f"“{name}” was {verb.done}.", "success")

    def _do_several(self, session: Session, verb: Verb, items: Sequence[Item], act: Act) -> None:
        from k6desk.ui.dialogs.batch import BatchDialog

        assert self._tasks
        batch = Batch(verb, items, act, self)
        dialog = self._batches[batch] = BatchDialog(batch, self._tasks, self._window)
        batch.removed.connect(lambda error: self._offer_instead(session, error, items))
        batch.finished.connect(lambda: self._end(session, batch))
        dialog.finished.connect(lambda: self._close(session, batch, dialog.has_told))
        session.store.changed.connect(batch.take_in)
        batch.start(self._tasks, "waiting")
        dialog.show_soon()

    def _close(self, session: Session, batch: Batch, has_told: bool) -> None:
        self._batches[batch] = None
        self._end(session, batch, has_told)

    def _end(self, session: Session, batch: Batch, has_told: bool = False) -> None:
        """Once nothing is under way and the dialog is closed, a notice has the sum that could not be read there."""
        if batch.is_working() or self._batches.get(batch, True):
            return
        del self._batches[batch]
        if not has_told:
            went_well = batch.count("done") == batch.rowCount()
            is_here = self._session is session
            where = "" if is_here else f"{text.one_line(session.account.name, 60)}: "
            if not (went_well and is_here and batch.verb.is_seen):
                self._say(f"batch:{id(batch)}", f"{where}{batch.sum()}.", "success" if went_well else "warning")
        batch.deleteLater()
