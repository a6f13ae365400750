"""A native notification when a run that somebody waits for has ended; what it says is plain text."""

from __future__ import annotations

import html
import logging
import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from k6desk.api.lenient import line
from k6desk.api.models import Run, RunDetail

if TYPE_CHECKING:
    from desktop_notifier import DesktopNotifier

logger = logging.getLogger(__name__)
LONGEST_TITLE = 100
LONGEST_REASON = 200


def words(name: str, run: Run, detail: RunDetail | None) -> tuple[str, str]:
    """The title and the text for a run's end: its outcome, the test, who aborted it, and why."""
    title = line(f"{run.outcome.replace('_', ' ').capitalize()}: {name}", LONGEST_TITLE)
    newest_first = detail.status_history[::-1] if detail else ()
    reasons = [entry.message for entry in newest_first]
    person = None
    if run.status == "aborted":
        person = next((entry.by_user for entry in newest_first if entry.type == "aborted"), None)
        reasons.append(detail.result_message if detail else None)
    else:
        reasons.insert(0, detail.result_message if detail else None)
    said = " ".join(filter(None, (person and f"By {person}.", next(filter(None, reasons), None))))
    cost = f"{run.vuh:,.2f} VUH" if run.vuh is not None else ""
    return title, "\n".join(filter(None, (line(said, LONGEST_REASON), cost)))


@cache
def _notifier(icon: Path) -> DesktopNotifier:
    """The one connection to the desktop; it must live as long as its notifications can be clicked."""
    from desktop_notifier import DesktopNotifier, Icon

    return DesktopNotifier(app_name="k6desk", app_icon=Icon(path=icon))


async def tell(title: str, text: str, icon: Path, on_click: Callable[[], object]) -> bool:
    """Show a native notification with an icon, which is a PNG since Windows draws no SVG.

    False when this desktop has nothing to show it with.
    """
    try:
        # Notification servers on Linux read the text as markup.
        body = html.escape(text, quote=False) if sys.platform.startswith("linux") else text
        await _notifier(icon).send(title=title, message=body, on_clicked=lambda: on_click() and None)
    except Exception as error:  # noqa: BLE001 - each platform's backend has errors of its own, and none may stop the program
        logger.info("No native notification: %s", type(error).__name__)
        return False
    return True
