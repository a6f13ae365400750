"""Files as URLs, as desktops pass them on: `file:///home/me/two%20runs.k6run`."""

from __future__ import annotations

import sys
from pathlib import Path
from urllib.parse import unquote, urlsplit

NOT_HERE = "It is on another computer; copy it to this one first."


def is_file_url(text: str) -> bool:
    """Whether it is the URL of a file, be it a good one or not."""
    return text[:5].lower() == "file:"


def url_of(name: str) -> str:
    """The URL of a file that was named, by a path from the current folder or by its URL."""
    return name if is_file_url(name) else Path(name).absolute().as_uri()


def path_of(url: str) -> Path:
    """The path of a file's URL; `ValueError` says in one sentence why it has none on this computer."""
    try:
        parts = urlsplit(url)
        path = unquote(parts.path, errors="surrogateescape")  # a name need not be UTF-8
        host = parts.hostname or ""
    except ValueError:
        raise ValueError("That is not the address of a file.") from None
    if sys.platform == "win32":
        return Path(f"//{host}{path}" if host not in {"", "localhost"} else path.lstrip("/"))
    if host not in {"", "localhost"}:
        raise ValueError(NOT_HERE)
    if not path.startswith("/") or "\0" in path:
        raise ValueError("That is not the address of a file.")
    return Path(path)
