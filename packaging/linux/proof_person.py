"""A person who uses the installed program by keyboard, menu, links and files, and looks at what comes of it."""

from __future__ import annotations

import sqlite3
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from proof_k6run import write_k6run
from proof_root import HOME, Failed
from proof_screen import Screen, until
from proof_session import DATA, Session

ID = "io.github.k6desk.k6desk"
PROGRAM = "/opt/k6desk/k6desk"
TYPES = ("x-scheme-handler/k6desk", "application/vnd.k6desk.run+zip")
QUIT_S = 10.0
SETTLED_S = 2.0
FEWEST_RUNS = 500
"""The small demo has about 600."""

OPENER = """\
#!/bin/sh
{ umask; env; } > "$XDG_RUNTIME_DIR/opening"
mv "$XDG_RUNTIME_DIR/opening" "$XDG_RUNTIME_DIR/opened"
"""
"""In place of a browser: it writes down what it was given."""


class Person:
    """Somebody before the screen of a session."""

    def __init__(self, session: Session, screen: Screen) -> None:
        self.session = session
        self._root = session.root
        self._screen = screen
        self._program: subprocess.Popen[str] | None = None

    def open_program(self) -> None:
        """Start k6desk as from a terminal. Raises `Failed`."""
        self._program = self._root.start("k6desk", ["k6desk"], self.session.env)
        try:
            self._screen.wait_for("k6desk")
        except Failed as failed:
            status = self._program.poll()
            how = "still runs" if status is None else f"had ended with status {status}"
            raise Failed(f"{failed}; k6desk {how}") from failed

    def sign_in(self) -> None:
        """Fill in the sign-in dialog with the keyboard."""
        screen, login = self._screen, self.session.login
        screen.press("ctrl+shift+a")
        screen.wait_for("Sign in")
        screen.write(login["stack_url"])
        screen.press("alt+t")
        screen.write(login["token"])
        screen.press("Tab", "Tab", "Tab", "space")  # Show, How do I get a token?, Advanced
        screen.press("alt+a")
        screen.write(login["url"])

    def submit(self) -> None:
        """Send the sign-in dialog off and close it."""
        self._screen.press("Return")
        self._screen.wait_for("… – k6desk")
        self._screen.press("Return")  # Done
        self._screen.wait_until_gone("Sign in")

    def wait_for_runs(self) -> int:
        """Wait until all runs are here, and give how many. Raises `Failed`."""
        seen, since = -1, 0.0

        def is_settled() -> bool:
            nonlocal seen, since
            count = next(iter(self._read("SELECT count(*) FROM runs")), (0,))[0]
            if count != seen:
                seen, since = count, time.monotonic()
            return count >= FEWEST_RUNS and time.monotonic() - since > SETTLED_S

        until(is_settled, "The arrival of the runs")
        return seen

    def quit(self) -> float:
        """Press Ctrl+Q and give the seconds until the program had ended. Raises `Failed`."""
        began = time.monotonic()
        self._screen.press("ctrl+q")
        until(lambda: not self.running() or (self._program and self._program.poll() is not None), "Quitting", QUIT_S)
        if self._program and (status := self._program.wait()):
            raise Failed(f"k6desk quit with status {status}")
        self._program = None
        return time.monotonic() - began

    def running(self) -> list[int]:
        """The processes of the program."""
        return self._root.processes(PROGRAM)

    def open_from_menu(self) -> None:
        """Start k6desk by its desktop file, as a menu does."""
        self.session.run("gio", "gio", "launch", f"/usr/share/applications/{ID}.desktop")
        self._screen.wait_for("… – k6desk")

    def check_types(self) -> None:
        """The link and the file type belong to k6desk. Raises `Failed`."""
        for kind in TYPES:
            answer = self.session.run("gio", "gio", "mime", kind)
            if ID not in answer.splitlines()[0]:
                raise Failed(f"{kind} is not opened by k6desk: {answer.strip()}")

    def open_link(self) -> int:
        """Open a link to a run that was never looked at, wait for what the cloud says of it, and give its id."""
        looked_at = set(self._read("SELECT id FROM documents WHERE kind = 'run'"))
        ended = self._read("SELECT id FROM runs WHERE ended IS NOT NULL ORDER BY created DESC")
        ((run_id,), *_) = [row for row in ended if row not in looked_at]
        sql = f"SELECT 1 FROM documents WHERE kind = 'run' AND id = {int(run_id)}"  # noqa: S608
        with self._same_process():
            self.session.run("gio", "gio", "open", f"k6desk://run/{run_id}")
            until(lambda: self._read(sql), f"Showing run {run_id} by its link")
        return run_id

    def open_in_browser(self) -> str:
        """Open the run in the web app, and give what the browser has got of the program's own, or nothing."""
        opener = self._root.path / "usr/local/bin/xdg-open"
        opener.write_text(OPENER)
        opener.chmod(0o755)
        opened = self._root.user_file(".runtime/opened")
        self._screen.press("ctrl+o")
        until(opened.exists, "Opening the web app")
        umask, *variables = opened.read_text().splitlines()
        opener.unlink()
        opened.unlink()
        own = [each for each in variables if each.startswith("_PYI_") or PROGRAM.rpartition("/")[0] in each]
        if umask != self.session.run("session", "sh", "-c", "umask").strip():
            own.append(f"umask {umask}")
        return ", ".join(own)

    @contextmanager
    def about(self) -> Iterator[None]:
        """Open the dialog on the program by the command palette, and close it again."""
        self._screen.press("ctrl+k")
        self._screen.write("About k6desk")
        self._screen.press("Return")
        self._screen.wait_for("About k6desk")
        yield
        self._screen.press("Escape")
        self._screen.wait_until_gone("About k6desk")

    def open_file(self) -> None:
        """Open a file of runs as from a file manager."""
        path = self._root.user_file("from a colleague.k6run")
        write_k6run(path)
        with self._same_process():
            self.session.run("gio", "gio", "open", f"{HOME}/{path.name}")
            self._screen.wait_for("Imported runs – k6desk")

    @contextmanager
    def _same_process(self) -> Iterator[None]:
        """What is done goes to the program that runs. Raises `Failed`."""
        before = self.running()
        yield
        until(lambda: self.running() == before, "The end of the second start of k6desk")

    def _read(self, sql: str) -> list[tuple[Any, ...]]:
        """Rows of the cache of the account that is there; none while it is not."""
        for path in self._root.user_file(DATA).glob("accounts/*/cache.db"):
            if "imported" not in path.parts:
                return _rows(path, sql)
        return []


def _rows(path: Path, sql: str) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)) as database:
        try:
            return database.execute(sql).fetchall()
        except sqlite3.OperationalError:  # its tables are just being made
            return []
