"""Replaces the script of a test: shows first what becomes different."""

from __future__ import annotations

import asyncio
from pathlib import Path

from PySide6.QtWidgets import QSizePolicy, QStackedWidget, QWidget

from k6desk.api.models import LoadTest, Script
from k6desk.core.load_test_commands import Overtaken
from k6desk.core.scripts.script_choice import ScriptChoice
from k6desk.core.session import Session
from k6desk.core.tasks import Tasks
from k6desk.ui import text, theme
from k6desk.ui.dialogs.asking import FAULT, Tell, Words
from k6desk.ui.dialogs.deed import DeedDialog
from k6desk.ui.dialogs.earlier_scripts import EarlierScripts
from k6desk.ui.dialogs.script_chooser import ScriptChooser
from k6desk.ui.dialogs.script_comparison import all_files, compare, file_words
from k6desk.ui.dialogs.subject import line_about
from k6desk.ui.diff_view import DiffView
from k6desk.ui.parts import columns, say, wrapping
from k6desk.ui.placeholder import Placeholder

SIZE = (860, 540)
KEPT = "k6desk keeps the script that is replaced on this computer, with the secrets of an archive masked."
NOT_KEPT = (
    "The script that the test has now cannot be read, so k6desk keeps no copy of it; download it first if you need it."
)
NOTHING_BEFORE = "The test has no script yet."


class UploadDialog(DeedDialog):
    """Open it with `open()`. It is about one test; the script that it has now is loaded at once."""

    def __init__(
        self, session: Session, test: LoadTest, tasks: Tasks, tell: Tell, parent: QWidget | None = None
    ) -> None:
        super().__init__("Upload script", "Upload script", tasks, tell, parent)
        self.title.setText(f"Upload a script to “{text.one_line(test.name, 120)}”")
        self._commands = session.commands.tests
        self._test = test
        self._choice: ScriptChoice | None = None
        self._old: Script | None = None
        self._is_loaded = False
        self._is_old_readable = True
        self._compared = 0
        self.chooser = ScriptChooser(tasks)
        self.difference = DiffView(tasks)
        self._files = wrapping("caption", muted=True)
        self._nothing = Placeholder()
        self._kept = wrapping("caption", muted=True)
        self._pages = QStackedWidget()
        self._pages.addWidget(self._nothing)
        self._pages.addWidget(self.difference)
        self._pages.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.chooser.chosen.connect(self._choose)
        self.earlier = EarlierScripts(session, test, tasks)
        self.body.addLayout(columns(line_about(session, test), self.earlier, stretch=0))
        self.body.addSpacing(theme.UNIT)
        for part in (self.chooser, self._files):
            self.body.addWidget(part)
        self.body.addWidget(self._pages, 1)
        self.body.addWidget(self._kept)
        self._files.hide()
        self._kept.hide()
        self.resize(*SIZE)
        self._load()
        self.chooser.setFocus()

    def read(self, path: Path) -> None:
        """Take this file."""
        self.chooser.read(path)

    def decide(self) -> None:
        if not self._is_loaded:
            self._load()
            return
        assert self._choice, "there is nothing to decide without a file"
        name = text.one_line(self._test.name, 80)
        words = Words(
            "Upload script",
            "Sending…",
            f"“{name}” has a new script.",
            f"The script of “{name}” was not replaced",
            f"Whether the script of “{name}” was replaced is not known",
        )
        replace = self._commands.replace_script
        work = replace(self._test.id, self._choice.script, self._old, keep=self._is_old_readable)
        self.have_done(work, words)

    def refuse(self, error: BaseException) -> None:
        if isinstance(error, Overtaken):
            self._load(str(error))

    # -- the script of today -------------------------------------------------------------------------------------------

    def _load(self, why: str = "") -> None:
        """Ask for it; `why` it is asked for again is said when it is there."""

        def show(script: Script | None) -> None:
            self._old, self._is_loaded = script, True
            self.asking.complain(why)
            self._look()

        def fail(_error: BaseException) -> None:
            self.first.setText("Load again")
            self._look()
            self.allow(True)

        self._is_loaded = False
        self.asking.complain("")
        self.first.setText("Upload script")
        self.allow(False)
        work = self._commands.current_script(self._test.id)
        doing, failed = "Loading the script that the test has now…", "The script that the test has now was not loaded"
        self.asking.ask(work, doing, failed, show, otherwise=fail)
        self._look()

    # -- the difference ------------------------------------------------------------------------------------------------

    def _choose(self, choice: ScriptChoice | None) -> None:
        self._choice = choice
        if self._is_loaded:
            self.asking.complain("")
        self._look()

    def _look(self) -> None:
        """Compare when both scripts are there, or say what is missing."""
        self._compared += 1
        self._files.hide()
        self._kept.hide()
        if self._choice is None:
            sentence = "k6desk shows what becomes different before anything is sent."
            self._say("Choose the new script", sentence, "script")
        elif not self._is_loaded and not self.asking.is_waiting:
            self._say("Nothing to compare with", "The script that the test has now was not loaded.", "warning")
        elif not self._is_loaded:
            self._say("Loading…", "The script that the test has now is needed to compare.", "download")
        elif self._old and self._old.content == self._choice.script.content:
            self.allow(False)
            self._say("Nothing is different", "The test has exactly this script already.", "check")
        else:
            self._say("Comparing…", "", "script")
            work = self._compare(self._compared, self._old, self._choice.script)
            self.tasks.spawn(work, name="compare two scripts", owner=self)
            return
        if self._is_loaded:
            self.allow(False)

    async def _compare(self, asked: int, old: Script | None, new: Script) -> None:
        try:
            compared = await asyncio.to_thread(compare, old, new)
        except Exception:
            self._say("The difference cannot be shown", FAULT, "warning")
            self.allow(False)
            raise
        if asked != self._compared:
            return  # another file was chosen meanwhile
        self._is_old_readable = compared.is_old_readable
        say(self._files, file_words(compared.files), "\n".join(all_files(compared.files)))
        self._files.setVisible(bool(self._files.text()))
        say(self._kept, (KEPT if compared.is_old_readable else NOT_KEPT) if old else NOTHING_BEFORE)
        self._kept.show()
        self.allow(True)
        entry = compared.entry
        if compared.problem:
            self._say("The difference cannot be shown", compared.problem, "warning")
        elif entry.old == entry.new:
            other = "other files of the archive" if compared.files else "the form in which it is kept"
            self._say("The script itself is the same", f"Only {other} become different.", "check")
        else:
            self._pages.setCurrentWidget(self.difference)
            if self.chooser.button.hasFocus():
                self.difference.setFocus()
            was = entry.old_name if old else "no script"
            name = self._choice.file_name if self._choice and not new.is_archive else entry.name
            self.difference.show_difference(entry.old or "", entry.new or "", f"{was} (now)", f"{name} (new)")

    def _say(self, title: str, sentence: str, icon: str) -> None:
        self._nothing.show_words(title, sentence, icon=icon)
        self._pages.setCurrentWidget(self._nothing)
