"""The command line. Answers `--help` and `--version` without Qt; everything else is `k6desk.app`."""

from __future__ import annotations

import argparse
import builtins
import gc
import re
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from k6desk import __version__


def parser() -> argparse.ArgumentParser:
    """The options of the program."""
    options = argparse.ArgumentParser("k6desk", description="A native desktop run monitor for Grafana Cloud k6.")
    options.add_argument(
        "files",
        nargs="*",
        type=Path,
        metavar="FILE",
        help="open runs that were exported (.k6run), a script or an archive",
    )
    options.add_argument(
        "--demo", action="store_true", help="start a simulated k6 cloud on this computer and sign in to it"
    )
    options.add_argument("--offline", action="store_true", help="show what was seen before and ask no server")
    options.add_argument("--profile", type=Path, metavar="DIR", help="keep accounts, settings and data in this folder")
    options.add_argument("--theme", choices=("light", "dark", "system"), help="the theme for this start")
    options.add_argument("--size", type=_size, metavar="WxH", help="the size of the window, such as 1280x800")
    options.add_argument(
        "--show",
        metavar="PLACE",
        help="open a place: running, recent, failed, starred, all, project:3, test:12, run:1234 or run:1234/cost",
    )
    options.add_argument(
        "--screenshot", type=Path, metavar="FILE", help="save a picture of the window once its data is there, and exit"
    )
    options.add_argument("--version", action="version", version=f"k6desk {__version__}")
    return options


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the program and give its exit status."""
    options = parser().parse_args(arguments)
    return load()(options)


def load() -> Callable[[argparse.Namespace], int]:
    """Import the program, in the way that brings its first picture soonest."""
    gc.disable()  # nothing that start-up makes is garbage; `garbage.py` seeks it when the first picture is there
    plain_import = builtins.__import__
    import PySide6.QtWidgets  # noqa: F401

    # PySide6 puts its own in its place, which reads the source of every module for a switch that nothing here uses.
    builtins.__import__ = plain_import
    from k6desk.app import run

    return run


def _size(text: str) -> tuple[int, int]:
    match = re.fullmatch(r"(\d{3,5})x(\d{3,5})", text)
    if not match:
        raise argparse.ArgumentTypeError("a size is WIDTHxHEIGHT in pixels, such as 1280x800")
    return int(match[1]), int(match[2])


if __name__ == "__main__":
    sys.exit(main())
