"""The program's log: a few private files, the last lines for "Copy diagnostics", and never a token in either."""

from __future__ import annotations

import logging
import re
from collections import deque
from logging.handlers import RotatingFileHandler
from pathlib import Path

LOUD = ("asyncio", "hpack", "httpcore", "httpx", "keyring", "qasync", "desktop_notifier", "websockets")
"""Libraries that write headers, URLs or arguments into their logs below WARNING."""

SECRET = re.compile(
    r"(?ix) \b (?: (authorization [\s'\":=,(b]{1,8} (?:\w+\s+)?) \S+"
    r"| ((?:bearer|token|password|secret) \W{1,4}) [\x21-\x7e]{16,}"
    r"| () (?:gl[a-z]{1,3}_\w{16,} | [0-9a-f]{32,}) )"
)
"""What may be a token: whatever an Authorization header says, and what is as long as one where one may stand."""

_last = deque[str](maxlen=200)
_folder: Path | None = None


class _Redacting(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        return SECRET.sub(r"\1\2\3***", super().format(record))


class _Remember(logging.Handler):
    def emit(self, record: logging.LogRecord) -> None:
        _last.append(self.format(record))


def start(folder: Path | None) -> None:
    """Log to `folder/k6desk.log`, 5 files of 2 MB; to memory alone when there is no folder to write to."""
    global _folder
    _folder = folder
    root = logging.getLogger()
    root.setLevel(logging.INFO)
    handlers: list[logging.Handler] = [_Remember()]
    if folder:
        try:
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            handlers.append(
                RotatingFileHandler(folder / "k6desk.log", maxBytes=2_000_000, backupCount=4, encoding="utf-8")
            )
        except OSError:
            root.warning("The log cannot be written to %s.", folder)
    formatter = _Redacting("%(asctime)s %(levelname)s %(name)s: %(message)s")
    for handler in handlers:
        handler.setFormatter(formatter)
        root.addHandler(handler)
    for name in LOUD:
        logging.getLogger(name).setLevel(logging.WARNING)


def diagnostics() -> str:
    """What there is to know of this computer, and the last log lines, for a report of a bug; without secrets."""
    from k6desk.program import diagnostics

    return diagnostics.without_names("\n".join([*diagnostics.about(_folder), "", *_last]))
