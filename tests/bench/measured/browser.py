"""A browser with a profile of its own, and all processes that belong to it."""

from __future__ import annotations

import json
import subprocess
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

LOOK_S = 0.2


class Browser:
    """A running browser with one page."""

    def __init__(self, pid: int, profile: Path) -> None:
        self.pid = pid
        self._profile = profile

    def title(self, *starts: str) -> str:
        """The title of the page, as soon as it begins with one of these."""
        for _ in range(300):
            with suppress(OSError, ValueError, IndexError):
                port = int((self._profile / "DevToolsActivePort").read_text().split()[0])
                with urllib.request.urlopen(f"http://127.0.0.1:{port}/json", timeout=2) as answer:
                    titles = [target["title"] for target in json.load(answer) if target["type"] == "page"]
                if titles and titles[0].startswith(starts):
                    return str(titles[0])
            time.sleep(LOOK_S)
        raise TimeoutError(f"the browser showed no page with the title {' or '.join(starts)} within a minute")

    def processes(self) -> list[int]:
        """The browser's process and all that it started."""
        children: dict[int, list[int]] = {}
        for stat in Path("/proc").glob("[0-9]*/stat"):
            with suppress(OSError):
                parent = int(stat.read_text().rpartition(")")[2].split()[1])
                children.setdefault(parent, []).append(int(stat.parent.name))
        found = [self.pid]
        for one in found:
            found += children.get(one, [])
        return found


@contextmanager
def browsing(program: str, address: str, *more: str) -> Iterator[Browser]:
    """A Chromium at an address. It draws with the processor, as it must in virtual machines and on remote desktops."""
    with tempfile.TemporaryDirectory(prefix="k6desk-bench-chromium-", ignore_cleanup_errors=True) as profile:
        options = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync"]
        options += ["--disable-background-networking", "--disable-component-update", "--remote-debugging-port=0"]
        browser = subprocess.Popen(
            [program, *options, *more, f"--user-data-dir={profile}", address],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            yield Browser(browser.pid, Path(profile))
        finally:
            browser.terminate()
            browser.wait()
