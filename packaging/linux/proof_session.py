"""What a person does with the installed program, in a desktop session of their own inside the root."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import time
import tomllib
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any
from zipfile import ZipFile

from proof_root import HOME, Failed, Root
from proof_screen import Screen, until

ID = "io.github.k6desk.k6desk"
PROGRAM = "/opt/k6desk/k6desk"
DATA = ".local/share/k6desk"
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

SHARED_RUN = {
    "id": 5,
    "test_id": 12,
    "project_id": 3,
    "status": "completed",
    "result": "passed",
    "created": "2026-04-01T10:00:00Z",
    "ended": "2026-04-01T10:05:00Z",
    "status_history": [{"type": "created", "entered": "2026-04-01T10:00:00Z"}],
}
SHARED_FILE = {
    "format": "k6run",
    "version": 1,
    "program": "proof",
    "made_at": "2026-04-02T10:00:00Z",
    "stack_url": "https://acme.grafana.net",
    "runs": [
        {
            "id": 5,
            "as_of": "2026-04-02T10:00:00Z",
            "test": {"id": 12, "name": "Checkout of a colleague"},
            "project": {"id": 3, "name": "Shop"},
            "has_details": True,
            "has_distribution": False,
            "has_metrics": False,
            "has_log": False,
            "script": None,
        }
    ],
}


class Session:
    """A D-Bus session with an unlocked keyring; programs that are started in it see the screen."""

    def __init__(self, root: Root, screen: Screen) -> None:
        self.root = root
        self.screen = screen
        runtime = root.user_file(".runtime")
        root.run("session", ["mkdir", "-m", "700", f"{HOME}/{runtime.name}"], {})
        self.env = {"DISPLAY": screen.display, "XDG_RUNTIME_DIR": f"{HOME}/{runtime.name}"}
        bus = root.start(
            "session", ["dbus-daemon", "--session", "--nofork", "--nopidfile", "--print-address=1"], self.env
        )
        assert bus.stdout
        self.env["DBUS_SESSION_BUS_ADDRESS"] = bus.stdout.readline().strip()
        self._bus = bus
        self._keyring = self._unlocked_keyring()
        self._program: subprocess.Popen[str] | None = None
        self.login: dict[str, Any] = {}

    def run(self, name: str, *command: str) -> str:
        """Run a command in the session, and give what it prints."""
        return self.root.run(name, command, self.env)

    def log_in_anew(self) -> None:
        """End the keyring and unlock it again, as at the next day's login: it then knows what is on the disk."""
        self._keyring.kill()
        self._keyring.wait()
        self._keyring = self._unlocked_keyring()

    def start_cloud(self) -> None:
        """Start the demo cloud that was installed; `login` is what it accepts. It ends with this process."""
        self._cloud = self.root.start(
            "demo-cloud", ["k6desk-demo", "--port=0", "--seed=1", "--exit-with-stdin"], self.env
        )
        assert self._cloud.stdout
        line = self._cloud.stdout.readline()
        if not line:
            raise Failed("The demo cloud did not start")
        self.login = json.loads(line)

    def open_program(self) -> None:
        """Start k6desk as from a terminal."""
        self._program = self.root.start("k6desk", ["k6desk"], self.env)
        self.screen.wait_for("k6desk")

    def sign_in(self) -> None:
        """Fill in the sign-in dialog with the keyboard."""
        screen = self.screen
        screen.press("ctrl+shift+a")
        screen.wait_for("Sign in")
        screen.write(self.login["stack_url"])
        screen.press("alt+t")
        screen.write(self.login["token"])
        screen.press("Tab", "Tab", "Tab", "space")  # Show, How do I get a token?, Advanced
        screen.press("alt+a")
        screen.write(self.login["url"])

    def submit(self) -> None:
        """Send the sign-in dialog off and close it."""
        self.screen.press("Return")
        self.screen.wait_for("… – k6desk")
        self.screen.press("Return")  # Done
        self.screen.wait_until_gone("Sign in")

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

    def token_in_keyring(self) -> str:
        """The token as the keyring gives it, or nothing."""
        accounts = tomllib.loads(self.root.user_file(f"{DATA}/accounts.toml").read_text())
        key = accounts["account"][0]["key"]
        return self.run("secret-tool", "secret-tool", "lookup", "service", "k6desk", "username", key).strip()

    def files_with_token(self) -> list[str]:
        """The files that hold the token where it must not be: the home, temporary files, logs."""
        places = (HOME.lstrip("/") + "/", "tmp/", "var/")
        return self.root.naming(self.login["token"].encode(), (f for f in self.root.files() if f.startswith(places)))

    def quit(self) -> float:
        """Press Ctrl+Q and give the seconds until the program had ended. Raises `Failed`."""
        began = time.monotonic()
        self.screen.press("ctrl+q")
        until(lambda: not self.running() or (self._program and self._program.poll() is not None), "Quitting", QUIT_S)
        if self._program and (status := self._program.wait()):
            raise Failed(f"k6desk quit with status {status}")
        self._program = None
        return time.monotonic() - began

    def running(self) -> list[int]:
        """The processes of the program."""
        return self.root.processes(PROGRAM)

    def open_from_menu(self) -> None:
        """Start k6desk by its desktop file, as a menu does."""
        self.run("gio", "gio", "launch", f"/usr/share/applications/{ID}.desktop")
        self.screen.wait_for("… – k6desk")

    def check_types(self) -> None:
        """The link and the file type belong to k6desk. Raises `Failed`."""
        for kind in TYPES:
            answer = self.run("gio", "gio", "mime", kind)
            if ID not in answer.splitlines()[0]:
                raise Failed(f"{kind} is not opened by k6desk: {answer.strip()}")

    def open_link(self) -> int:
        """Open a link to a run that was never looked at, wait for what the cloud says of it, and give its id."""
        looked_at = set(self._read("SELECT id FROM documents WHERE kind = 'run'"))
        ended = self._read("SELECT id FROM runs WHERE ended IS NOT NULL ORDER BY created DESC")
        ((run_id,), *_) = [row for row in ended if row not in looked_at]
        sql = f"SELECT 1 FROM documents WHERE kind = 'run' AND id = {int(run_id)}"  # noqa: S608
        with self._same_process():
            self.run("gio", "gio", "open", f"k6desk://run/{run_id}")
            until(lambda: self._read(sql), f"Showing run {run_id} by its link")
        return run_id

    def open_in_browser(self) -> str:
        """Open the run in the web app, and give what the browser has got of the program's own, or nothing."""
        opener = self.root.path / "usr/local/bin/xdg-open"
        opener.write_text(OPENER)
        opener.chmod(0o755)
        opened = self.root.user_file(".runtime/opened")
        self.screen.press("ctrl+o")
        until(opened.exists, "Opening the web app")
        umask, *variables = opened.read_text().splitlines()
        opener.unlink()
        opened.unlink()
        own = [each for each in variables if each.startswith("_PYI_") or PROGRAM.rpartition("/")[0] in each]
        if umask != self.run("session", "sh", "-c", "umask").strip():
            own.append(f"umask {umask}")
        return ", ".join(own)

    @contextmanager
    def about(self) -> Iterator[None]:
        """Open the dialog on the program by the command palette, and close it again."""
        self.screen.press("ctrl+k")
        self.screen.write("About k6desk")
        self.screen.press("Return")
        self.screen.wait_for("About k6desk")
        yield
        self.screen.press("Escape")
        self.screen.wait_until_gone("About k6desk")

    def open_file(self) -> None:
        """Open a file of runs as from a file manager."""
        path = self.root.user_file("from a colleague.k6run")
        with ZipFile(path, "w") as bundle:
            bundle.writestr("bundle.json", json.dumps(SHARED_FILE))
            bundle.writestr("runs/5/run.json", json.dumps(SHARED_RUN))
        with self._same_process():
            self.run("gio", "gio", "open", f"{HOME}/{path.name}")
            self.screen.wait_for("Imported runs – k6desk")

    def end(self) -> None:
        """End the cloud, the keyring and the bus."""
        assert self._cloud.stdin
        self._cloud.stdin.close()
        self._cloud.wait(QUIT_S)
        for daemon in (self._keyring, self._bus):
            daemon.kill()
            daemon.wait()

    @contextmanager
    def _same_process(self) -> Iterator[None]:
        """What is done goes to the program that runs. Raises `Failed`."""
        before = self.running()
        yield
        until(lambda: self.running() == before, "The end of the second start of k6desk")

    def _unlocked_keyring(self) -> subprocess.Popen[str]:
        command = ["gnome-keyring-daemon", "--foreground", "--unlock", "--components=secrets"]
        keyring = self.root.start("session", command, self.env)
        assert keyring.stdin
        assert keyring.stdout
        keyring.stdin.write("password")
        keyring.stdin.close()
        keyring.stdout.readline()  # it names its control socket when it is ready
        return keyring

    def _read(self, sql: str) -> list[tuple[Any, ...]]:
        """Rows of the cache of the account that is there; none while it is not."""
        for path in self.root.user_file(DATA).glob("accounts/*/cache.db"):
            if "imported" not in path.parts:
                return _rows(path, sql)
        return []


def _rows(path: Path, sql: str) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)) as database:
        try:
            return database.execute(sql).fetchall()
        except sqlite3.OperationalError:  # its tables are just being made
            return []
