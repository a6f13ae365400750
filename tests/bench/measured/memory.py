"""The memory of k6desk with everything loaded, and that of a browser with nothing on its page."""

from __future__ import annotations

import asyncio
import os
import sys
import time
from pathlib import Path

from browser import browsing
from figure import pss_mb, report

SETTLE_S = 1.5


def k6desk(profile: str) -> None:
    """The window with a run in its details, all runs indexed, and every import done that any action would do."""
    from program import drive

    from k6desk.core.place import Place
    from k6desk.core.store import Store
    from k6desk.ui.main_window import MainWindow

    async def script(window: MainWindow, store: Store) -> None:
        import keyring
        import pygments.lexers.javascript
        import truststore  # noqa: F401

        from k6desk.api.secret import Secret
        from k6desk.api.v6 import CloudV6

        keyring.get_keyring()
        CloudV6("http://127.0.0.1:9", Secret("token"), 1)
        assert pygments.lexers.javascript.JavascriptLexer
        window.go(Place("all"))
        table = window.workspace.runs.table
        assert table.runs.rowCount() == store.counts().total > 0
        window.go(Place("run", table.runs.id(0), "script"))
        await asyncio.sleep(SETTLE_S)
        assert {"httpx", "keyring", "pygments", "k6desk.ui.detail.detail_view"} <= sys.modules.keys()
        report(pss_mb(os.getpid()))

    drive(Path(profile), script)


def chromium(program: str) -> None:
    """A browser window with a blank page, all its processes together."""
    with browsing(program, "about:blank") as browser:
        browser.title("about:blank")
        time.sleep(SETTLE_S)
        processes = browser.processes()
        assert len(processes) > 3
        memory = pss_mb(*processes)
    report(memory)


if __name__ == "__main__":
    chromium(sys.argv[2]) if sys.argv[1] == "chromium" else k6desk(sys.argv[2])
