"""A desktop session inside the root: its bus, its keyring, and the demo cloud that was installed."""

from __future__ import annotations

import json
import subprocess
import tomllib
from typing import Any

from proof_root import HOME, Failed, Root

DATA = ".local/share/k6desk"
END_S = 10.0


class Session:
    """A D-Bus session with an unlocked keyring; programs that are started in it see the screen."""

    def __init__(self, root: Root, display: str) -> None:
        self.root = root
        runtime = root.user_file(".runtime")
        root.run("session", ["mkdir", "-m", "700", f"{HOME}/{runtime.name}"], {})
        self.env = {"DISPLAY": display, "XDG_RUNTIME_DIR": f"{HOME}/{runtime.name}"}
        bus = root.start(
            "session", ["dbus-daemon", "--session", "--nofork", "--nopidfile", "--print-address=1"], self.env
        )
        assert bus.stdout
        self.env["DBUS_SESSION_BUS_ADDRESS"] = bus.stdout.readline().strip()
        self._bus = bus
        self._keyring = self._unlocked_keyring()
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

    def token_in_keyring(self) -> str:
        """The token as the keyring gives it, or nothing."""
        accounts = tomllib.loads(self.root.user_file(f"{DATA}/accounts.toml").read_text())
        key = accounts["account"][0]["key"]
        return self.run("secret-tool", "secret-tool", "lookup", "service", "k6desk", "username", key).strip()

    def files_with_token(self) -> list[str]:
        """The files that hold the token where it must not be: the home, temporary files, logs."""
        places = (HOME.lstrip("/") + "/", "tmp/", "var/")
        return self.root.naming(self.login["token"].encode(), (f for f in self.root.files() if f.startswith(places)))

    def end(self) -> None:
        """End the cloud, the keyring and the bus."""
        assert self._cloud.stdin
        self._cloud.stdin.close()
        self._cloud.wait(END_S)
        for daemon in (self._keyring, self._bus):
            daemon.kill()
            daemon.wait()

    def _unlocked_keyring(self) -> subprocess.Popen[str]:
        command = ["gnome-keyring-daemon", "--foreground", "--unlock", "--components=secrets"]
        keyring = self.root.start("session", command, self.env)
        assert keyring.stdin
        assert keyring.stdout
        keyring.stdin.write("password")
        keyring.stdin.close()
        keyring.stdout.readline()  # it names its control socket when it is ready
        return keyring
