"""What the groups of operations share."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable
from typing import TypeVar

from k6desk.api.errors import BadAnswer
from k6desk.api.exchange import Exchange
from k6desk.api.lenient import clean
from k6desk.api.models import Page, Script
from k6desk.api.paging import pages

T = TypeVar("T")

_LARGEST_PAGE = 1000


class Resource:
    """A group of operations of one stack."""

    _exchange: Exchange

    def _pages(
        self,
        path: str,
        read: Callable[[bytes], tuple[Page[T], str | None]],
        query: dict[str, str | None] | None = None,
        page_size: int = _LARGEST_PAGE,
    ) -> AsyncGenerator[Page[T], None]:
        """The list at a path; a parameter that is None is not sent."""
        sent = {name: clean(value) for name, value in (query or {}).items() if value is not None}
        return pages(self._exchange.get, read, path, sent, page_size)

    async def _script(self, path: str) -> Script:
        answer = await self._exchange.download(path, "text/javascript, application/x-tar")
        is_archive = answer.body[257:262] == b"ustar"
        if answer.content_type == "application/x-tar" and not is_archive:
            raise BadAnswer("The server calls this script a k6 archive, but it is none, so k6desk did not use it.")
        return Script(answer.body, is_archive)
