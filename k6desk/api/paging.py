"""Lists of any length, page by page: by their count four at a time, and by their links where there is no count."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from typing import TypeVar
from urllib.parse import urlencode, urlsplit

from msgspec.structs import replace

from k6desk.api.errors import CloudError
from k6desk.api.models import Page

T = TypeVar("T")

IN_FLIGHT = 4
"""Pages asked for at once when the length of a list is known."""

MOST_COUNTED, MOST_LINKED = 2000, 200
"""Where a list ends that never does by itself, in pages."""

_API = re.compile(r"(/[a-z0-9]+){2}/")  # /cloud/v6/, /cloud/v5/
_SAFE = re.compile(r"[\x21-\x5b\x5d-\x7e]{1,4000}")  # no blanks, no control characters, no backslash


async def pages(
    get: Callable[[str], Awaitable[bytes]],
    read: Callable[[bytes], tuple[Page[T], str | None]],
    path: str,
    query: dict[str, str],
    top: int,
) -> AsyncGenerator[Page[T], None]:
    """The pages of the list at `path`, in order; `get` answers a path and query, `read` makes a page of the answer.

    A count that is wrong or a page that is shorter than asked for costs requests, never rows. Links are only followed
    where the count does not reach, and only into the API of our own origin.
    """

    async def fetch(address: str) -> tuple[Page[T], str | None]:
        return read(await get(address))

    async def fetch_or_fail(address: str) -> tuple[Page[T], str | None] | CloudError:
        try:
            return await fetch(address)
        except CloudError as error:
            return error  # so that the pages before it are not lost with it

    page, link = await fetch(_address(path, query, top, {"$count": "true"}))
    total = page.total
    reached = step = _length(page)
    asked = 1
    while total is not None and step and reached < total and asked < MOST_COUNTED:
        yield page
        skips = range(reached, total, step)[:IN_FLIGHT]
        asked += len(skips)
        addresses = [_address(path, query, step, {"$skip": str(skip)}) for skip in skips]
        for skip, answer in zip(skips, await _together(fetch_or_fail, addresses), strict=True):
            if isinstance(answer, CloudError):
                raise answer
            page, link = answer
            reached = skip + _length(page)
            if _length(page) < step or skip == skips[-1]:
                break
            yield page
        step = min(step, _length(page))  # after a short page, the next one begins where it really ended
    followed: set[str] = set()
    while link is not None and not (total is not None and reached >= total and _length(page) == 0):
        target = next_path(link, path)
        if target is None or target in followed or len(followed) == MOST_LINKED:
            page = replace(page, complete=False)
            break
        followed.add(target)
        yield page
        page, link = await fetch(target)
        reached += _length(page)
    yield page


def next_path(link: str, asked: str) -> str | None:
    """The path and query of a next link, to be asked of our own origin; None if it leaves the API that was `asked`."""
    if not _SAFE.fullmatch(link):
        return None
    try:
        parts = urlsplit(link)
    except ValueError:
        return None
    segments = re.sub("%2e", ".", parts.path, flags=re.IGNORECASE).split("/")
    api = _API.match(asked)
    if api is None or not parts.path.startswith(api[0]) or {".", ".."} & set(segments):
        return None
    return f"{parts.path}?{parts.query}" if parts.query else parts.path


async def _together(fetch: Callable[[str], Awaitable[T]], addresses: Sequence[str]) -> list[T]:
    """Everything at once, in order; when this is cancelled, nothing stays in flight."""

    async def one(address: str) -> T:
        return await fetch(address)

    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(one(address)) for address in addresses]
    return [task.result() for task in tasks]


def _address(path: str, query: dict[str, str], top: int, more: dict[str, str]) -> str:
    return f"{path}?{urlencode({**query, '$top': str(top), **more}, safe='$:,')}"


def _length(page: Page[T]) -> int:
    return len(page.rows) + page.unreadable
