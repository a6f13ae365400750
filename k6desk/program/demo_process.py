"""Starts the demo cloud for `k6desk --demo`. It is a program of its own; what it prints is all that is known of it."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import msgspec

STOPPING_S = 1.0
NO_WINDOW = getattr(subprocess, "CREATE_NO_WINDOW", 0)
"""Without it Windows would open a console for the demo cloud of a program that has none."""


class DemoCloud(msgspec.Struct, frozen=True):
    """Where the demo cloud listens, and the login it accepts."""

    url: str
    token: str
    stack_id: int
    stack_url: str


class DemoProcess:
    """The running demo cloud; it ends with the pipe to it, so it never outlives the program."""

    def __init__(self, process: asyncio.subprocess.Process, cloud: DemoCloud) -> None:
        self._process = process
        self.cloud = cloud

    @classmethod
    async def start(cls) -> DemoProcess:
        """Start it on a free port and wait until it listens. Raises `OSError` when it does not."""
        process = await asyncio.create_subprocess_exec(
            *command(),
            "--port=0",
            "--exit-with-stdin",
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            creationflags=NO_WINDOW,
        )
        assert process.stdout
        line = await process.stdout.readline()
        try:
            return cls(process, msgspec.json.decode(line, type=DemoCloud))
        except msgspec.DecodeError:
            raise OSError("The demo cloud did not start.") from None

    async def stop(self) -> None:
        """End it; if it does not, it will when this process does."""
        if self._process.returncode is None:
            self._process.terminate()
            with suppress(TimeoutError):
                async with asyncio.timeout(STOPPING_S):
                    await self._process.wait()


def command() -> list[str]:
    """What starts the demo cloud: a program beside this one, or a module where Python itself is there to run it."""
    if not getattr(sys, "frozen", False):
        return [sys.executable, "-m", "k6desk.demo"]
    return [str(Path(sys.executable).with_name("k6desk-demo" + Path(sys.executable).suffix))]
