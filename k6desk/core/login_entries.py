"""The places where Linux, Windows and macOS keep what starts when the user logs in."""

from __future__ import annotations

import os
import re
from contextlib import suppress
from pathlib import Path
from typing import Any, Protocol

from k6desk.core.installation import ID
from k6desk.data.files import write_atomically

RUN = r"Software\Microsoft\Windows\CurrentVersion\Run"
APPROVED = r"Software\Microsoft\Windows\CurrentVersion\Explorer\StartupApproved\Run"
"""Where the Task Manager notes which values of `RUN` the user switched off: an odd first byte is off."""


class Entry(Protocol):
    """The entry for k6desk in such a place. Everything may raise `OSError`."""

    def is_on(self) -> bool:
        """Whether the system starts what the entry says."""

    def program(self) -> str | None:
        """The file that is started; None when the entry does not say."""

    def write(self, command: list[str]) -> None:
        """Have this program started with these arguments from the next login on."""

    def remove(self) -> None:
        """Have nothing started."""


class DesktopFile:
    """Linux: a file in the folder for autostart, by the Desktop Entry and Autostart specifications."""

    def __init__(self) -> None:
        named = Path(os.environ.get("XDG_CONFIG_HOME", ""))
        folder = named if named.is_absolute() else Path.home() / ".config"
        self._path = folder / "autostart" / f"{ID}.desktop"

    def is_on(self) -> bool:
        """Whether it is there and not switched off."""
        keys = self._keys()
        # The desktops' own settings switch it off in one of these ways.
        return "Exec" in keys and keys.get("Hidden") != "true" and keys.get("X-GNOME-Autostart-enabled") != "false"

    def program(self) -> str | None:
        """What TryExec says."""
        program = self._keys().get("TryExec")
        return None if program is None else _unescaped(program)

    def write(self, command: list[str]) -> None:
        """Write the file."""
        lines = (
            "[Desktop Entry]",
            "Type=Application",
            "Name=k6desk",
            "Comment=Watch the runs of Grafana Cloud k6",
            f"Exec={_escaped(' '.join(map(_quoted, command)))}",
            f"TryExec={_escaped(command[0])}",  # without this file, desktops start nothing and say nothing
            f"Icon={ID}",
            "Terminal=false",
        )
        write_atomically(self._path, "".join(f"{line}\n" for line in lines).encode("utf-8", "surrogateescape"))

    def remove(self) -> None:
        """Delete the file."""
        self._path.unlink(missing_ok=True)

    def _keys(self) -> dict[str, str]:
        """The keys of the group that counts; those of its others, which are actions, do not."""
        try:
            text = self._path.read_bytes().decode("utf-8", "surrogateescape")
        except FileNotFoundError:
            return {}
        group, keys = "", {}
        for line in text.split("\n"):
            key, is_key, value = line.partition("=")
            if line.startswith("["):
                group = line.strip()
            elif is_key and group == "[Desktop Entry]":
                keys[key.strip()] = value.strip()
        return keys


class RunValue:
    """Windows: a value in the user's part of the registry."""

    def is_on(self) -> bool:
        """Whether it is there and not switched off."""
        approved = _read(APPROVED)
        is_off = isinstance(approved, bytes) and approved[:1] != b"" and approved[0] % 2 == 1
        return _read(RUN) is not None and not is_off

    def program(self) -> str | None:
        """The quoted program that the value begins with."""
        match = re.match(r'"([^"]+)"', str(_read(RUN)))
        return match[1] if match else None

    def write(self, command: list[str]) -> None:
        """Set the value, and approve of it."""
        winreg = _winreg()
        program, *arguments = command
        with winreg.CreateKey(winreg.HKEY_CURRENT_USER, RUN) as key:
            winreg.SetValueEx(key, "k6desk", 0, winreg.REG_SZ, " ".join((f'"{program}"', *arguments)))
        _delete(APPROVED)

    def remove(self) -> None:
        """Delete the value."""
        _delete(RUN)
        _delete(APPROVED)


class LaunchAgent:
    """macOS: a property list in the user's folder for agents, which the system reads at each login."""

    def __init__(self) -> None:
        self._path = Path.home() / "Library" / "LaunchAgents" / f"{ID}.plist"

    def is_on(self) -> bool:
        """Whether it is there and not switched off."""
        keys = self._keys()
        return keys.get("RunAtLoad") is True and keys.get("Disabled") is not True

    def program(self) -> str | None:
        """The first of the arguments."""
        arguments = self._keys().get("ProgramArguments")
        return str(arguments[0]) if isinstance(arguments, list) and arguments else None

    def write(self, command: list[str]) -> None:
        """Write the list."""
        import plistlib

        keys = {
            "Label": ID,
            "ProgramArguments": command,
            "RunAtLoad": True,
            "ProcessType": "Interactive",
            "AssociatedBundleIdentifiers": ID,  # by which the system's settings find the name of the program
        }
        write_atomically(self._path, plistlib.dumps(keys))

    def remove(self) -> None:
        """Delete the list."""
        self._path.unlink(missing_ok=True)

    def _keys(self) -> dict[str, Any]:
        import plistlib
        from xml.parsers.expat import ExpatError

        try:
            keys = plistlib.loads(self._path.read_bytes())
        except (FileNotFoundError, plistlib.InvalidFileException, ExpatError):
            return {}
        return keys if isinstance(keys, dict) else {}


def _quoted(argument: str) -> str:
    """An argument as the key Exec wants it, before the escapes that every value has."""
    argument = argument.replace("%", "%%")
    if re.fullmatch(r"[\w./:@,+=%-]+", argument):
        return argument
    return '"' + re.sub(r'(["`$\\])', r"\\\1", argument) + '"'


def _escaped(value: str) -> str:
    return value.replace("\\", r"\\").replace("\n", r"\n").replace("\t", r"\t").replace("\r", r"\r")


def _unescaped(value: str) -> str:
    meant = {"s": " ", "n": "\n", "t": "\t", "r": "\r"}
    return re.sub(r"\\(.)", lambda match: meant.get(match[1], match[1]), value)


def _winreg() -> Any:
    import winreg  # other systems have none

    return winreg


def _read(path: str) -> object:
    """The value for k6desk in a key of the user's registry, if there is one."""
    winreg = _winreg()
    with suppress(FileNotFoundError), winreg.OpenKey(winreg.HKEY_CURRENT_USER, path) as key:
        return winreg.QueryValueEx(key, "k6desk")[0]
    return None


def _delete(path: str) -> None:
    winreg = _winreg()
    with suppress(FileNotFoundError), winreg.OpenKey(winreg.HKEY_CURRENT_USER, path, 0, winreg.KEY_SET_VALUE) as key:
        winreg.DeleteValue(key, "k6desk")
