"""One account as the program works with it: its store, its connection, what feeds it and what acts on it."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from k6desk.core.accounts import Account
from k6desk.core.commands import Commands
from k6desk.core.connection import Connection
from k6desk.core.keeper import Keeper
from k6desk.core.notices import Notice, Notices
from k6desk.core.scripts.script_sync import ScriptSync
from k6desk.core.store import Store
from k6desk.data.cache import Cache
from k6desk.data.library import Library

if TYPE_CHECKING:
    from k6desk.api.cloud import Cloud
    from k6desk.core.logs.log_tail import LogTail
    from k6desk.core.metrics.check_reader import CheckReader
    from k6desk.core.metrics.numbers import Numbers
    from k6desk.core.monitor import Monitor
    from k6desk.core.scripts.script_finder import ScriptFinder
    from k6desk.core.tasks import Tasks
    from k6desk.core.thresholds.served_thresholds import ServedThresholds

CLOSING_S = 1.0


def library_file(folder: Path) -> Path:
    """What stays of an account, in its folder; it is there once the account was opened."""
    return folder / "library.db"


class Session(QObject):
    """Opened with the files alone, so that the window can be painted; `go_live` brings the network later.

    Without `go_live` everything that was ever seen can be read: that is what offline means.
    """

    went_live = Signal()

    def __init__(self, account: Account, folder: Path, notices: Notices, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.account = account
        self.notices = notices
        cache = Cache(folder / "cache.db")
        library = Library(library_file(folder))
        self.store = Store(cache, library, self)
        self.store.problem_found.connect(self._tell)
        self.connection = Connection(self)
        self.connection.fresh_at = self.store.fresh_at
        if account.is_imported:
            self.connection.use_files()
        self.commands = Commands(self.store, self.connection, notices, self)
        self.outbox = self.commands.outbox
        self.keeper = Keeper(self.store, self.connection, lambda: self.numbers, self)
        self.script_sync = ScriptSync(self.store, self.connection, self)
        self.monitor: Monitor | None = None
        self._cloud: Cloud | None = None
        self._finder: ScriptFinder | None = None
        self._feeds: tuple[Keeper | ScriptSync | Numbers | ServedThresholds | CheckReader | LogTail, ...] = ()
        self.folder = folder
        for file, problem in (("cache", cache.problem), ("library", library.problem)):
            if problem:
                self._tell(file, problem)

    # What follows is made when it is first asked for: the first picture needs none of it.

    @cached_property
    def numbers(self) -> Numbers:
        """The metrics of runs."""
        from k6desk.core.metrics.numbers import Numbers

        return Numbers(self.store, self.connection, self)

    @cached_property
    def served_thresholds(self) -> ServedThresholds:
        """What the server says of thresholds."""
        from k6desk.core.thresholds.served_thresholds import ServedThresholds

        return ServedThresholds(self.store, self.connection, self)

    @cached_property
    def check_reader(self) -> CheckReader:
        """Finds the runs in which checks failed."""
        from k6desk.core.metrics.check_reader import CheckReader

        return CheckReader(self.store, self.connection, self)

    @cached_property
    def log_tail(self) -> LogTail:
        """Follows the log of a run."""
        from k6desk.core.logs.log_tail import LogTail

        return LogTail(self.store, self.connection, self)

    @property
    def finder(self) -> ScriptFinder:
        """The search in scripts."""
        if self._finder is None:
            from k6desk.core.scripts.script_finder import ScriptFinder

            self._finder = ScriptFinder(self.store, self.folder / "search.db", self)
            self._finder.problem_found.connect(lambda sentence: self._tell("search", sentence))
        return self._finder

    def look_at_run(self, run_id: int | None) -> None:
        """The user looks at this run now, or at none."""
        if run_id is not None:
            self.check_reader.look_at_run(run_id)
        if self.monitor:
            self.monitor.focus_run(run_id)

    def look_at_test(self, test_id: int) -> None:
        """The user looks at the runs of this test now."""
        self.check_reader.look_at_test(test_id)
        if self.monitor:
            self.monitor.focus_test(test_id)

    def set_hidden(self, hidden: bool) -> None:
        """Whether nobody can see the window: then the server is asked less often."""
        if self.monitor:
            self.numbers.set_hidden(hidden)
            self.monitor.set_hidden(hidden)

    def go_live(self, cloud: Cloud, tasks: Tasks) -> None:
        """Begin to ask the server, or go on with a new token after a new sign-in."""
        if self.account.is_imported:
            raise ValueError("The ids of runs from files may be those of anybody's runs: no server is asked with them.")
        from k6desk.core.monitor import Monitor

        old_cloud, self._cloud = self._cloud, cloud
        self.connection.signed_in()
        if self.monitor:
            self.monitor.stop()
        self.monitor = Monitor(cloud, self.store, self.connection, tasks, self)
        self.commands.use(cloud, self.monitor.poke, tasks)
        self.monitor.start()
        self.script_sync.go_live(cloud, self.monitor, tasks)
        of_runs = self.keeper, self.numbers, self.served_thresholds, self.check_reader, self.log_tail
        for feed in of_runs:
            feed.go_live(cloud, tasks)
        self._feeds = self.script_sync, *of_runs
        if old_cloud:
            tasks.spawn(old_cloud.aclose(), name="close the old connections")
        self.went_live.emit()

    async def aclose(self) -> None:
        """Stop asking, close the connections within a second, finish what is being written, close the files."""
        import asyncio  # the first picture needs none of it

        await asyncio.sleep(0)  # a note typed in the last moment is on its way to the disk
        try:
            async with asyncio.timeout(CLOSING_S):
                ending = self.outbox.stop() + [task for feed in self._feeds for task in feed.stop()]
                if self.monitor:
                    ending += self.monitor.stop()
                    self.monitor = None
                if ending:
                    await asyncio.wait(ending)
                if self._cloud:
                    await self._cloud.aclose()
        except TimeoutError:
            pass  # a server that does not even let go; the end of the program cuts the connection
        finally:
            if self._finder:
                self._finder.close()
            self.store.close()

    def _tell(self, file: str, sentence: str) -> None:
        self.notices.show(Notice(f"file:{file}", sentence, "warning"))
