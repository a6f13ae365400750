"""What the actions on keeping runs do in the window: the selected ones, all that expire soon, and the user's rule."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QLabel, QWidget

from k6desk.api.models import Run
from k6desk.core.notices import Notice, Notices
from k6desk.core.session import Session
from k6desk.core.settings import Settings
from k6desk.data.kept import KeptRun
from k6desk.data.query import Query
from k6desk.ui import text, theme
from k6desk.ui.actions import Actions
from k6desk.ui.batch_effects import BatchEffects
from k6desk.ui.dialogs.batch_model import Verb
from k6desk.ui.effects import SIGN_IN
from k6desk.ui.several_runs import MOST, TOO_MANY
from k6desk.ui.workspace import Workspace

KEEP_HERE = "Keep on this computer"
KEEP = Verb("Keep", "Keeping", "kept", is_seen=True)
NOTHING_EXPIRES = "No run expires within 7 days that is not kept here."
NOT_SAVED = "This computer’s disk cannot keep what is new: k6desk forgets the run when you quit."
LATER = "The server does not answer now: k6desk keeps what it knows, and gets the rest as soon as it can."
ICON = 32


class KeepActions(BatchEffects):
    """The effects of `keep` and `keep_expiring`."""

    def __init__(self, actions: Actions, settings: Settings, notices: Notices, window: QWidget) -> None:
        super().__init__(actions, notices, window)
        self._settings = settings
        actions["keep_expiring"].setIconText("Keep all")  # beside the words that say what all
        actions.connect_all({"keep": self._switch, "keep_expiring": self._keep_expiring})

    def use(self, session: Session | None, workspace: Workspace | None) -> None:
        """Act on this account from now on, by the user's rule."""
        super().use(session, workspace)
        if session:
            session.store.changed.connect(self._allow_expiring)
        self.heed_choices()

    def heed_choices(self) -> None:
        """Follow the rule that the user has chosen."""
        if self._session:
            choices = self._settings.choices
            self._session.keeper.follow(starred=choices.keep_starred, failed=choices.keep_failed)

    def allow(self) -> None:
        session, workspace = self._session, self._workspace
        if session is None or workspace is None:
            for name in ("keep", "keep_expiring"):
                self._actions.allow(name, SIGN_IN)
            return
        ids = workspace.run_ids
        why_not = None if ids else "Choose a run first."
        self._actions.allow("keep", self._starting or (TOO_MANY if len(ids) > MOST else why_not))
        is_kept = bool(ids) and all(map(session.store.kept, ids))
        self._actions.show_next("keep", *(("No longer keep…", "keep-off") if is_kept else (KEEP_HERE, "keep")))
        self._allow_expiring()

    def _allow_expiring(self) -> None:
        if self._session:
            nothing = None if self._session.store.counts().expiring else NOTHING_EXPIRES
            self._actions.allow("keep_expiring", self._starting or nothing)

    # -- keeping -------------------------------------------------------------------------------------------------------

    def _switch(self) -> None:
        """Keep all, if any is not kept; otherwise ask whether none of them is to be kept any more."""
        assert self._session
        assert self._workspace
        store, ids = self._session.store, self._workspace.run_ids
        kept = [known for known in map(store.kept, ids) if known]
        if len(kept) == len(ids):
            self._confirm_end(self._session, kept)
            return
        found = store.runs(ids)
        self._keep(self._session, [found[id_] for id_ in ids if id_ in found and not store.kept(id_)])

    def _keep_expiring(self) -> None:
        assert self._session
        store = self._session.store
        ids = store.select(Query(place="expiring", sort="expires", descending=False)).tolist()
        found = store.runs(ids)
        self._keep(self._session, [found[run_id] for run_id in ids if run_id in found])

    def _keep(self, session: Session, runs: Sequence[Run]) -> None:
        async def act(run_id: int) -> None:
            is_whole = await session.keeper.keep(run_id)
            if self._session is session and not session.store.is_saved:
                self._post(Notice("keep", NOT_SAVED, "warning"))
            elif self._session is session and not is_whole:
                self._post(Notice("keep", LATER, "info", passing=True))

        self._do(KEEP, runs, act)

    # -- no longer keeping ---------------------------------------------------------------------------------------------

    def _confirm_end(self, session: Session, kept: Sequence[KeptRun]) -> None:
        from PySide6.QtWidgets import QMessageBox

        names = [session.store.name_of(known.run) for known in kept]
        box = QMessageBox(self._window)
        box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        box.setWindowTitle("No longer keep")
        is_last = any(known.gone_at or known.why == "file" for known in kept)
        picture = theme.icon("warning", "warning") if is_last else theme.icon("keep", "accent")
        box.setIconPixmap(picture.pixmap(QSize(ICON, ICON), box.devicePixelRatioF()))
        one = f"run {kept[0].run.id} of “{text.one_line(names[0], 120)}”"
        box.setText(f"No longer keep {one if len(kept) == 1 else text.count(len(kept), 'run')}?")
        box.setInformativeText(what_goes(kept))
        for label in box.findChildren(QLabel):  # `QMessageBox.setTextFormat` is only of the first
            label.setTextFormat(Qt.TextFormat.PlainText)
        end = box.addButton("No longer keep", QMessageBox.ButtonRole.DestructiveRole)
        keep = box.addButton("Keep it" if len(kept) == 1 else "Keep them", QMessageBox.ButtonRole.RejectRole)
        box.setDefaultButton(keep)
        box.setEscapeButton(keep)
        ids = [known.run.id for known in kept]
        box.buttonClicked.connect(
            lambda button: (
                self._spawn(self._end_keeping(session, ids), "no longer keep runs") if button is end else None
            )
        )
        box.open()

    async def _end_keeping(self, session: Session, ids: Sequence[int]) -> None:
        others = set(ids)
        for run_id in ids:
            await session.keeper.stop_keeping(run_id)
            if self._session is session and self._workspace and session.store.run(run_id) is None:
                self._workspace.runs.go_on(run_id, others)


def what_goes(kept: Sequence[KeptRun]) -> str:
    """What is lost when these runs are not kept any more."""
    gone = sum(known.gone_at is not None for known in kept)
    from_file = sum(known.why == "file" for known in kept)
    if not gone and not from_file:
        return (
            "They stay in Grafana until Grafana deletes them."
            if len(kept) > 1
            else "It stays in Grafana until Grafana deletes it."
        )
    if len(kept) == 1:
        why = "Grafana has deleted it" if gone else "It came from a file"
        return f"{why}: this is the only copy that k6desk knows. It goes for good, and this cannot be undone."
    parts = [f"Grafana has deleted {text.count(gone)} of them" if gone else ""]
    parts.append(f"{text.count(from_file)} came from a file" if from_file else "")
    return (
        f"{', and '.join(filter(None, parts))}: of these, this is the only copy that k6desk knows. "
        "It goes for good, and this cannot be undone."
    )
