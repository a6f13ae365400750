"""A virtual screen with a window manager, somebody who types, and pictures of it."""

from __future__ import annotations

import os
import struct
import subprocess
import time
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from proof_root import Failed

T = TypeVar("T")

SIZE = "1400x900"
FEWEST_COLOURS = 200
"""An empty screen has one colour, one with text and icons has hundreds: their edges are smooth."""


def until(condition: Callable[[], T], what: str, timeout: float = 30.0) -> T:
    """Wait for something to be true, and give it. Raises `Failed`."""
    deadline = time.monotonic() + timeout
    while not (found := condition()):
        if time.monotonic() > deadline:
            raise Failed(f"{what} did not happen within {timeout:.0f} s")
        time.sleep(0.1)
    return found


class XServer:
    """Xvfb on the first free display, with what it shows in a file of a folder."""

    def __init__(self, folder: Path) -> None:
        reading, writing = os.pipe()
        self._process = subprocess.Popen(
            ["Xvfb", "-displayfd", str(writing), "-screen", "0", f"{SIZE}x24", "-fbdir", folder, "-nolisten", "tcp"],
            pass_fds=[writing],
            stderr=subprocess.DEVNULL,
        )
        os.close(writing)
        with os.fdopen(reading) as answer:
            number = answer.readline().strip()
        if not number:
            raise Failed("Xvfb did not start")
        self.display = f":{number}"

    def stop(self) -> None:
        """End it."""
        self._process.terminate()
        self._process.wait()


class Screen:
    """A running X server as somebody sits before it."""

    def __init__(self, display: str, framebuffer: Path, logs: Path) -> None:
        self.display = display
        self._framebuffer = framebuffer
        self._logs = logs

    def manage_windows(self) -> None:
        """Start a window manager. It ends with the process group that this is in."""
        with (self._logs / "openbox.log").open("w") as log:
            subprocess.Popen(["openbox"], env=self._env(), stdout=log, stderr=log)
        until(lambda: self._ask("xdotool", "get_desktop"), "The start of the window manager")

    def titles(self) -> list[str]:
        """What the windows are called that are to be seen."""
        windows = self._ask("xdotool", "search", "--onlyvisible", "--name", ".").split()
        return [self._ask("xdotool", "getwindowname", window).strip() for window in windows]

    def wait_for(self, title: str, timeout: float = 30.0) -> None:
        """Wait for a window whose title is this, or ends in this if it begins with an ellipsis."""
        end = title.removeprefix("…")

        def is_there() -> bool:
            return any(t == title or (end != title and t.endswith(end)) for t in self.titles())

        until(is_there, f"A window called “{title}”", timeout)

    def wait_until_gone(self, title: str) -> None:
        """Wait until no window has this title."""
        until(lambda: title not in self.titles(), f"The end of the window “{title}”")

    def press(self, *keys: str) -> None:
        """Press keys, one after the other."""
        self._ask("xdotool", "key", "--delay", "60", *keys)

    def write(self, text: str) -> None:
        """Type a text."""
        self._ask("xdotool", "type", "--delay", "15", text)

    def photograph(self, target: Path) -> None:
        """Save what is on the screen as PNG. Raises `Failed` when there is next to nothing on it."""
        width, height, rgb = pixels(self._framebuffer.read_bytes())
        target.write_bytes(png(width, height, rgb))
        colours = {rgb[at : at + 3] for at in range(0, len(rgb), 3)}
        if len(colours) < FEWEST_COLOURS:
            raise Failed(f"The screen is as good as empty: see {target}")

    def _ask(self, *command: str) -> str:
        return subprocess.run(
            command, env=self._env(), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        ).stdout

    def _env(self) -> dict[str, str]:
        return {"PATH": os.environ["PATH"], "HOME": str(self._logs), "DISPLAY": self.display, "LANG": "C.UTF-8"}


def pixels(dump: bytes) -> tuple[int, int, bytes]:
    """Width, height and RGB of an X window dump, as Xvfb writes it: four bytes a pixel, blue first."""
    header = struct.unpack_from(">25I", dump)
    width, height, bits, line = header[4], header[5], header[11], header[12]
    if bits != 32:
        raise Failed(f"Xvfb has {bits} bits a pixel and not 32")
    start = header[0] + header[19] * 12
    image = dump[start : start + height * line]
    rgb = bytearray(width * height * 3)
    for channel in range(3):
        rgb[channel::3] = b"".join(
            image[row * line + 2 - channel : row * line + width * 4 : 4] for row in range(height)
        )
    return width, height, bytes(rgb)


def png(width: int, height: int, rgb: bytes) -> bytes:
    """The picture as a PNG file."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    lines = b"".join(b"\0" + rgb[at : at + width * 3] for at in range(0, len(rgb), width * 3))
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(lines)) + chunk(b"IEND", b"")
