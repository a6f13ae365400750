"""What both local files share: a value with its age, and text that is kept exactly."""

from __future__ import annotations

from datetime import datetime
from typing import Generic, TypeVar

from msgspec import Struct

T = TypeVar("T")


class Stored(Struct, Generic[T], frozen=True):
    """What was kept, and when the server had said it."""

    value: T
    fetched_at: datetime


def exact_bytes(text: str) -> bytes:
    """Text for a column of bytes: half a character, as an editor may hold one, is no valid text for SQLite."""
    return text.encode("utf-8", "surrogatepass")


def exact_text(content: bytes) -> str:
    """The text of such a column."""
    return content.decode("utf-8", "surrogatepass")
