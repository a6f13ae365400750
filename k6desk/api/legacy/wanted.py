"""Which runs of a load test are asked for."""

from __future__ import annotations

from datetime import UTC, datetime

from msgspec import Struct


class Wanted(Struct, frozen=True):
    """Those created at or after the one time and before the other, and how their pages are to be made."""

    created_after: datetime | None = None
    created_before: datetime | None = None
    newest_first: bool = False
    page_size: int = 1000
    keep_raw: bool = False

    def covers(self, created_at: datetime) -> bool:
        """Whether a run that was created then is one of them."""
        first = self.created_after or datetime.min.replace(tzinfo=UTC)
        end = self.created_before or datetime.max.replace(tzinfo=UTC)
        return first <= created_at < end
