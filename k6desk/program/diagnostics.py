"""What a report of a bug needs to know of this computer: how things are set up, but nothing secret or personal."""

from __future__ import annotations

import os
import platform
import re
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from k6desk import __version__

SETTINGS = (
    *("HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY", "NO_PROXY", "SSL_CERT_FILE", "SSL_CERT_DIR", "SSLKEYLOGFILE"),
    *("PYTHON_KEYRING_BACKEND", "QT_QPA_PLATFORM", "QT_QPA_PLATFORMTHEME", "QT_SCALE_FACTOR", "QT_STYLE_OVERRIDE"),
    *("K6_CLOUD_TOKEN", "K6_CLOUD_HOST", "K6_CLOUD_STACK_ID", "WAYLAND_DISPLAY", "DISPLAY", "DBUS_SESSION_BUS_ADDRESS"),
)
"""What changes how k6desk works; of each only whether it is set."""

_STACK = re.compile(r"(?i)[a-z0-9-]+(?=\.grafana\.net\b)")
_ACCOUNT = re.compile(r"(?<=accounts[/\\])[^/\\\s'\"]+")


def about(folder: Path | None) -> Iterator[str]:
    """Lines on the program, the desktop, the settings and what is kept in the profile's `folder`."""
    import sqlite3  # what the first picture does not need
    import ssl
    from importlib.metadata import version

    import PySide6

    from k6desk.core import installation, system_keyring

    yield f"k6desk {__version__}, installed by: {installation.kind()}"
    yield f"Python {platform.python_version()}, PySide6 {PySide6.__version__}, httpx {version('httpx')}"
    yield f"SQLite {sqlite3.sqlite_version}, {ssl.OPENSSL_VERSION}"
    yield platform.platform()
    yield from _desktop()
    yield f"Keyring: {system_keyring.in_use()}"
    is_set = {name.upper() for name, value in os.environ.items() if value}
    yield f"Set in the environment: {', '.join(name for name in SETTINGS if name in is_set) or 'nothing'}"
    if folder:
        yield from _kept(folder)


def without_names(text: str) -> str:
    """The text without the home folder, and without the names of stacks and of the folders of accounts."""
    home = str(Path.home())
    if len(Path(home).parts) > 1:
        text = re.sub(re.escape(home) + r"(?=[/\\\s'\":,;)\]]|$)", "~", text, flags=re.IGNORECASE)
    return _ACCOUNT.sub("***", _STACK.sub("***", text))


def _desktop() -> Iterator[str]:
    from PySide6.QtCore import QLocale
    from PySide6.QtGui import QGuiApplication

    from k6desk.ui import theme

    application = QGuiApplication.instance()
    if isinstance(application, QGuiApplication):
        shown = "dark" if theme.is_dark(application.palette()) else "light"
        wanted = application.styleHints().colorScheme().name.lower()
        yield f"Qt platform: {application.platformName()}, theme: {shown}, the desktop's: {wanted}"
        screens = (
            f"{screen.size().width()}x{screen.size().height()} at {screen.devicePixelRatio():g}"
            for screen in application.screens()
        )
        yield f"Screens: {', '.join(screens)}"
    yield f"Locale: {QLocale.system().name()}, time zone: {_time_zone()}"


def _time_zone() -> str:
    """Its name, if that is one, and its distance from UTC."""
    from PySide6.QtCore import QTimeZone

    name = bytes(QTimeZone.systemTimeZoneId().data()).decode(errors="replace")
    try:
        name = ZoneInfo(name).key
    except (OSError, ValueError, KeyError):  # such as what somebody wrote into TZ
        name = "without a name"
    return f"{name} (UTC{datetime.now().astimezone():%z})"


def _kept(folder: Path) -> Iterator[str]:
    from k6desk.ui.text import size

    accounts = sorted(path for path in (folder / "accounts").glob("*") if path.is_dir())
    yield f"Accounts: {len(accounts)}"
    for number, account in enumerate(accounts, 1):
        files = ", ".join(f"{path.name} {size(path.stat().st_size)}" for path in sorted(account.glob("*.db*")))
        yield f"Files of account {number}: {files or 'none'}"
