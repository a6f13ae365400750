"""The command line. Answers `--help` and `--version` without Qt; everything else is `k6desk.program.app`."""

from __future__ import annotations

import argparse
import builtins
import gc
import os
import re
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from k6desk import __version__

if TYPE_CHECKING:
    from k6desk.core.place import Place
    from k6desk.program.single_instance import Request


def parser() -> argparse.ArgumentParser:
    """The options of the program."""
    options = argparse.ArgumentParser("k6desk", description="A native desktop run monitor for Grafana Cloud k6.")
    options.add_argument(
        "urls",
        nargs="*",
        type=_url,
        metavar="FILE_OR_LINK",
        help="open runs that were exported (.k6run), a script, an archive, or a link to a run, test or project",
    )
    options.add_argument(
        "--demo", action="store_true", help="start a simulated k6 cloud on this computer and sign in to it"
    )
    options.add_argument("--offline", action="store_true", help="show what was seen before and ask no server")
    options.add_argument("--profile", type=Path, metavar="DIR", help="keep accounts, settings and data in this folder")
    options.add_argument("--theme", choices=("light", "dark", "system"), help="the theme for this start")
    options.add_argument("--size", type=_size, metavar="WxH", help="the size of the window, such as 1280x800")
    options.add_argument("--minimized", action="store_true", help="start with the window minimised, as at login")
    options.add_argument(
        "--show",
        type=_place,
        metavar="PLACE",
        help="open a place: running, recent, failed, starred, all, project:3, test:12, run:1234 or run:1234/cost",
    )
    options.add_argument(
        "--screenshot", type=Path, metavar="FILE", help="save a picture of the window once its data is there, and exit"
    )
    options.add_argument(
        "--self-test",
        nargs="?",
        const=True,
        choices=("secret",),
        help="check that this copy of k6desk is complete, print what was found as JSON, and exit; with “secret” also "
        "keep a throw-away secret in the keyring for a moment",
    )
    options.add_argument(
        "--version", action="version", version=f"k6desk {__version__}", help="print the version, and exit"
    )
    return options


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the program and give its exit status."""
    options = parser().parse_args(arguments)
    if options.self_test:
        from k6desk.self_test import run

        gc.disable()  # it may begin in the thread of any check, and Qt's objects must not end there
        return run(with_secret=options.self_test == "secret")
    if options.demo or options.screenshot or os.environ.get("K6_CLOUD_TOKEN", "").strip():
        return load()(options)  # it shows an account of its own, or shows nobody anything
    _import_qt()
    from k6desk.core.settings import usual_folder
    from k6desk.program.single_instance import SingleInstance

    instance = SingleInstance(options.profile or usual_folder())
    is_done = instance.enter(_request(options))
    problem = _without_effect(options) if is_done else instance.problem
    if problem:
        print(f"k6desk: {problem}", file=sys.stderr)  # noqa: T201 - an answer on the command line
    return 0 if is_done else load()(options, instance)


def load() -> Callable[..., int]:
    """Import the program, in the way that brings its first picture soonest."""
    _import_qt()
    from k6desk.program.app import run

    return run


def _import_qt() -> None:
    gc.disable()  # nothing that start-up makes is garbage; `garbage.py` seeks it when the first picture is there
    plain_import = builtins.__import__
    import PySide6.QtWidgets  # noqa: F401

    # PySide6 puts its own in its place, which reads the source of every module for a switch that nothing here uses.
    builtins.__import__ = plain_import


def _request(options: argparse.Namespace) -> Request:
    """What is asked of a k6desk that runs already."""
    from k6desk.core.links import Link
    from k6desk.program.single_instance import Request

    urls = (*options.urls, *([str(Link(options.show))] if options.show else []))
    return Request(urls, front=bool(urls) or not options.minimized, token=os.environ.get("XDG_ACTIVATION_TOKEN", ""))


def _without_effect(options: argparse.Namespace) -> str | None:
    """One sentence on the options that a k6desk that runs already does not take."""
    named = [f"--{name}" for name in ("offline", "theme", "size") if getattr(options, name)]
    return f"It runs already on this profile, and so {' and '.join(named)} had no effect." if named else None


def _url(text: str) -> str:
    from k6desk.core.links import is_link
    from k6desk.data.file_urls import url_of

    return text if is_link(text) else url_of(text)


def _place(text: str) -> Place:
    from k6desk.core.place import Place

    try:
        return Place.parse(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def _size(text: str) -> tuple[int, int]:
    match = re.fullmatch(r"(\d{3,5})x(\d{3,5})", text)
    if not match:
        raise argparse.ArgumentTypeError("a size is WIDTHxHEIGHT in pixels, such as 1280x800")
    return int(match[1]), int(match[2])


if __name__ == "__main__":
    sys.exit(main())
