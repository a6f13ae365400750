"""The memory of k6desk with everything loaded, and that of a browser with nothing on its page."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
import tempfile
import time
import urllib.request
from contextlib import suppress
from pathlib import Path

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
        from k6desk.core import monitor, notifications  # noqa: F401

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
    """A browser window with a blank page and a profile of its own, all its processes together."""
    with tempfile.TemporaryDirectory(prefix="k6desk-bench-chromium-", ignore_cleanup_errors=True) as profile:
        options = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync"]
        options += ["--disable-background-networking", "--disable-component-update", "--remote-debugging-port=0"]
        browser = subprocess.Popen(
            [program, *options, f"--user-data-dir={profile}", "about:blank"],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            _wait_for_page(Path(profile))
            time.sleep(SETTLE_S)
            processes = _with_descendants(browser.pid)
            assert len(processes) > 3
            memory = pss_mb(*processes)
        finally:
            browser.terminate()
            browser.wait()
    report(memory)


def _wait_for_page(profile: Path) -> None:
    for _ in range(3000):
        with suppress(OSError, ValueError, IndexError):
            port = int((profile / "DevToolsActivePort").read_text().split()[0])
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/json", timeout=2) as answer:
                if any(target["type"] == "page" for target in json.load(answer)):
                    return
        time.sleep(0.01)
    raise TimeoutError("the browser showed no page within 30 s")


def _with_descendants(pid: int) -> list[int]:
    children: dict[int, list[int]] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            parent = int(stat.read_text().rpartition(")")[2].split()[1])
            children.setdefault(parent, []).append(int(stat.parent.name))
    found = [pid]
    for one in found:
        found += children.get(one, [])
    return found


if __name__ == "__main__":
    chromium(sys.argv[2]) if sys.argv[1] == "chromium" else k6desk(sys.argv[2])
