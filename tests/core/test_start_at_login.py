"""Start at login, as each system keeps it."""

from __future__ import annotations

import plistlib
import shutil
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

import pytest

from k6desk.core import installation, start_at_login
from k6desk.core.login_entries import APPROVED, ID, RUN, DesktopFile, LaunchAgent, RunValue

AWKWARD = '/opt/My $tools`/50% "off"/back\\slash & co/ü\'s/k6desk'


@pytest.fixture
def home(tmp_path, monkeypatch):
    monkeypatch.delenv("XDG_CONFIG_HOME", raising=False)
    monkeypatch.setattr(Path, "home", lambda: tmp_path)
    return tmp_path


@pytest.fixture
def linux(home, monkeypatch):
    """The file that the desktops of Linux read."""
    monkeypatch.setattr(sys, "platform", "linux")
    return home / ".config" / "autostart" / f"{ID}.desktop"


@pytest.fixture
def program(monkeypatch, tmp_path):
    """A bundle that runs from a folder of the user's."""
    folder = tmp_path / "my tools"
    folder.mkdir()
    program = folder / "k6desk"
    program.touch()
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    monkeypatch.setattr(sys, "executable", str(program))
    monkeypatch.delenv("APPIMAGE", raising=False)
    return program


class Registry:
    """What `winreg` does, to one user's registry in memory."""

    HKEY_CURRENT_USER, KEY_SET_VALUE, REG_SZ = "HKCU", 2, 1

    def __init__(self) -> None:
        self.keys: dict[str, dict[str, object]] = {}

    @contextmanager
    def OpenKey(self, root, path, reserved=0, access=1):
        assert (root, reserved) == ("HKCU", 0)
        if path not in self.keys:
            raise FileNotFoundError(2, "The system cannot find the file specified")
        yield self.keys[path]

    @contextmanager
    def CreateKey(self, root, path):
        assert root == "HKCU"
        yield self.keys.setdefault(path, {})

    def QueryValueEx(self, key, name):
        if name not in key:
            raise FileNotFoundError(2, "The system cannot find the file specified")
        return key[name], self.REG_SZ

    def SetValueEx(self, key, name, reserved, kind, value):
        assert (reserved, kind) == (0, self.REG_SZ)
        key[name] = value

    def DeleteValue(self, key, name):
        if name not in key:
            raise FileNotFoundError(2, "The system cannot find the file specified")
        del key[name]


@pytest.fixture
def registry(monkeypatch):
    registry = Registry()
    monkeypatch.setattr(sys, "platform", "win32")
    monkeypatch.setitem(sys.modules, "winreg", registry)
    return registry


# -- what is started ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "command"),
    [
        ("source", [sys.executable, "-m", "k6desk", "--minimized"]),
        ("deb", ["/usr/bin/k6desk", "--minimized"]),
        ("rpm", ["/usr/bin/k6desk", "--minimized"]),
        ("appimage", ["/home/ana/k6desk.AppImage", "--minimized"]),
        ("portable", [sys.executable, "--minimized"]),
        ("windows", [sys.executable, "--minimized"]),
        ("macos", [sys.executable, "--minimized"]),
    ],
)
def test_the_program_that_lasts_is_started(monkeypatch, kind, command):
    monkeypatch.setattr(installation, "kind", lambda: kind)
    monkeypatch.setenv("APPIMAGE", "/home/ana/k6desk.AppImage")
    assert start_at_login.command() == command


# -- Linux -------------------------------------------------------------------------------------------------------------


def test_it_is_off_until_it_is_switched_on_and_off_leaves_nothing(linux, program):
    assert not start_at_login.is_on()
    start_at_login.switch(True)
    assert start_at_login.is_on()
    assert f'Exec="{program}" --minimized' in linux.read_text("utf-8").splitlines()
    start_at_login.switch(False)
    assert not start_at_login.is_on()
    assert not any(linux.parent.iterdir())
    start_at_login.switch(False)  # somebody else may have been quicker


def test_the_folder_for_settings_is_where_the_environment_says(linux, program, tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "elsewhere"))
    start_at_login.switch(True)
    assert (tmp_path / "elsewhere" / "autostart" / linux.name).is_file()
    monkeypatch.setenv("XDG_CONFIG_HOME", "relative/is/no/folder")
    assert not start_at_login.is_on()
    start_at_login.switch(True)
    assert linux.is_file()


@pytest.mark.parametrize("line", ["Hidden=true", "X-GNOME-Autostart-enabled=false", "Hidden = true"])
def test_what_the_desktop_switched_off_is_off_and_can_be_switched_on_again(linux, program, line):
    start_at_login.switch(True)
    linux.write_text(linux.read_text("utf-8") + f"{line}\n", "utf-8")
    assert not start_at_login.is_on()
    start_at_login.renew()
    assert not start_at_login.is_on()
    start_at_login.switch(True)
    assert start_at_login.is_on()


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xff\xfe",
        b"[Other]\nExec=k6desk\n",
        b"Exec=k6desk\n",
        b"[Desktop Entry]\n# Exec=k6desk\nType=Application",
    ],
)
def test_a_file_that_starts_nothing_is_off(linux, content):
    linux.parent.mkdir(parents=True)
    linux.write_bytes(content)
    assert not start_at_login.is_on()
    assert DesktopFile().program() is None


def test_the_actions_of_an_entry_are_not_the_entry(linux, program):
    start_at_login.switch(True)
    linux.write_text(linux.read_text("utf-8") + "[Desktop Action new]\nHidden=true\nTryExec=/nowhere\n", "utf-8")
    assert start_at_login.is_on()
    assert DesktopFile().program() == str(program)


def test_any_path_survives_both_rules_of_escaping(linux):
    DesktopFile().write([AWKWARD, "--minimized"])
    assert DesktopFile().program() == AWKWARD
    keys = dict(line.split("=", 1) for line in linux.read_text("utf-8").splitlines()[1:])
    assert keys["Exec"] == (
        '"/opt/My \\\\$tools\\\\`/50%% \\\\"off\\\\"/back\\\\\\\\slash & co/ü\'s/k6desk" --minimized'
    )


@pytest.mark.skipif(not shutil.which("desktop-file-validate"), reason="desktop-file-validate is not installed")
def test_the_desktops_accept_the_file(linux):
    DesktopFile().write([AWKWARD, "--minimized"])
    subprocess.run(["desktop-file-validate", linux], check=True)


def test_a_folder_that_cannot_be_written_is_an_error(linux, program):
    linux.parent.parent.mkdir()
    linux.parent.write_text("a file where the folder should be")
    with pytest.raises(OSError, match="autostart"):
        start_at_login.switch(True)


# -- a program that was moved ------------------------------------------------------------------------------------------


def test_an_entry_follows_a_folder_that_was_moved(linux, program, monkeypatch):
    start_at_login.switch(True)
    moved = program.parent.rename(program.parent.with_name("moved")) / program.name
    monkeypatch.setattr(sys, "executable", str(moved))
    start_at_login.renew()
    assert DesktopFile().program() == str(moved)
    assert start_at_login.is_on()


def test_the_entry_of_another_copy_is_left_alone(linux, program, monkeypatch):
    start_at_login.switch(True)
    monkeypatch.setattr(sys, "executable", "/opt/k6desk/k6desk")
    start_at_login.renew()
    assert DesktopFile().program() == str(program)


def test_nothing_is_renewed_that_was_never_wanted(linux, program):
    start_at_login.renew()
    assert not linux.exists()


# -- Windows -----------------------------------------------------------------------------------------------------------


def test_on_windows_it_is_a_value_of_the_registry(registry, monkeypatch):
    monkeypatch.setattr(installation, "kind", lambda: "windows")
    monkeypatch.setattr(sys, "executable", r"C:\Users\Ana M\AppData\Local\k6desk\k6desk.exe")
    assert not start_at_login.is_on()
    start_at_login.switch(True)
    assert registry.keys[RUN]["k6desk"] == r'"C:\Users\Ana M\AppData\Local\k6desk\k6desk.exe" --minimized'
    assert start_at_login.is_on()
    assert RunValue().program() == sys.executable
    start_at_login.switch(False)
    assert registry.keys[RUN] == {}
    start_at_login.switch(False)
    assert not start_at_login.is_on()


def test_what_the_task_manager_switched_off_is_off(registry):
    RunValue().write([r"C:\k6desk.exe", "--minimized"])
    registry.keys[APPROVED] = {"k6desk": bytes([2] + 11 * [0]), "Other": b"\x03"}
    assert RunValue().is_on()
    registry.keys[APPROVED]["k6desk"] = bytes([3] + 11 * [7])
    assert not RunValue().is_on()
    RunValue().write([r"C:\k6desk.exe", "--minimized"])
    assert RunValue().is_on()
    assert registry.keys[APPROVED] == {"Other": b"\x03"}


# -- macOS -------------------------------------------------------------------------------------------------------------


@pytest.fixture
def agent(home, monkeypatch):
    """The file that launchd reads."""
    monkeypatch.setattr(sys, "platform", "darwin")
    return home / "Library" / "LaunchAgents" / f"{ID}.plist"


def test_on_macos_it_is_an_agent(agent, program):
    assert not start_at_login.is_on()
    start_at_login.switch(True)
    keys = plistlib.loads(agent.read_bytes())
    assert keys["Label"] == ID
    assert keys["ProgramArguments"] == [str(program), "--minimized"]
    assert keys["RunAtLoad"] is True
    assert start_at_login.is_on()
    assert LaunchAgent().program() == str(program)
    start_at_login.switch(False)
    assert not agent.exists()


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"<plist>",
        b"bplist00garbage",
        plistlib.dumps(["RunAtLoad"]),
        plistlib.dumps({"RunAtLoad": True, "Disabled": True}),
    ],
)
def test_an_agent_that_starts_nothing_is_off(agent, content):
    agent.parent.mkdir(parents=True)
    agent.write_bytes(content)
    assert not start_at_login.is_on()
    assert LaunchAgent().program() is None


def test_systems_are_told_apart(registry, monkeypatch):
    assert isinstance(start_at_login._entry(), RunValue)
    for platform, kind in (("darwin", LaunchAgent), ("linux", DesktopFile)):
        monkeypatch.setattr(sys, "platform", platform)
        assert isinstance(start_at_login._entry(), kind)
