"""Says that a newer k6desk is out: once a day it looks for one, and what it finds it neither loads nor installs."""

from __future__ import annotations

import asyncio
import logging
import re
import time
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from k6desk import __version__
from k6desk.core import network
from k6desk.core.notices import Notice, Notices
from k6desk.core.settings import Settings

if TYPE_CHECKING:
    from k6desk.api.releases import Release

FIRST_S = 60
"""From the start of the program to its first look, which has time."""

LOOK_S, DAY_S = 60 * 60, 24 * 60 * 60
"""How often it looks whether a day is over: a computer that slept, or had no network, is not late by another day."""

KEY = "update"
PAGE = "https://github.com/k6desk/k6desk/releases/tag/"
ASKED, DISMISSED = "updates/asked", "updates/dismissed"
_VERSION = re.compile(r"v?(\d{1,6})\.(\d{1,6})\.(\d{1,6})", re.ASCII)
logger = logging.getLogger(__name__)


async def _newest() -> Release:
    from k6desk.api import releases  # httpx, which a start without an account does without

    return await releases.newest()


class Updates(QObject):
    """Shows a notice of a newer release, whose button opens its page by `show_page`; a dismissed one is not told again.

    `newest` asks for the release, `pause` waits for seconds, `now` is the time in seconds since 1970.
    """

    def __init__(
        self,
        settings: Settings,
        notices: Notices,
        show_page: Callable[[str], object],
        parent: QObject | None = None,
        *,
        newest: Callable[[], Awaitable[Release]] = _newest,
        pause: Callable[[float], Awaitable[object]] = asyncio.sleep,
        now: Callable[[], float] = time.time,
    ) -> None:
        super().__init__(parent)
        self._settings = settings
        self._notices = notices
        self._show_page = show_page
        self._newest = newest
        self._pause = pause
        self._now = now
        state = settings.open_window_state()
        asked = str(state.value(ASKED, "", str))  # as a number it would be one of 32 bits
        self._asked = int(asked[:15]) if asked.isdecimal() else 0
        self._dismissed = str(state.value(DISMISSED, "", str))
        self._told = ""
        notices.cleared.connect(self._forget)

    async def watch(self) -> None:
        """Look for releases as long as the program is open."""
        await self._pause(FIRST_S)
        while True:
            if self._settings.choices.tell_updates and self._is_due() and network.is_at_hand():
                await self._look()
            await self._pause(LOOK_S)

    def _is_due(self) -> bool:
        return not 0 <= self._now() - self._asked < DAY_S  # a clock that was ahead once must not silence it for years

    async def _look(self) -> None:
        from k6desk.api.errors import CloudError, NotSent

        try:
            release = await self._newest()
        except NotSent as error:  # so the day's question is still to be asked
            logger.info("No question about new versions was sent: %s", error)
            return
        except CloudError as error:
            logger.info("Nothing is known of new versions: %s", error)
        else:
            self._tell(release)
        self._asked = int(self._now())
        self._settings.open_window_state().setValue(ASKED, str(self._asked))

    def _tell(self, release: Release) -> None:
        theirs, ours = _numbers(release.tag_name), _numbers(__version__)
        if release.draft or release.prerelease or not (theirs and ours and theirs > ours):
            return
        version = ".".join(map(str, theirs))
        if not self._settings.choices.tell_updates or version == self._dismissed:
            return
        # The address is put together here: an answer cannot lead the browser to another place.
        link = PAGE + release.tag_name
        self._told = version
        self._notices.show(
            Notice(
                KEY,
                f"k6desk {version} is out; this is {__version__}.",
                "info",
                "Show release",
                lambda: self._show(link),
            )
        )

    def _show(self, link: str) -> None:
        self._show_page(link)
        self._notices.clear(KEY)

    def _forget(self, key: str) -> None:
        if key == KEY and self._settings.choices.tell_updates:  # who switches it off may switch it on again
            self._dismissed = self._told
            self._settings.open_window_state().setValue(DISMISSED, self._told)


def _numbers(version: str) -> tuple[int, ...] | None:
    match = _VERSION.fullmatch(version)
    return tuple(map(int, match.groups())) if match else None
