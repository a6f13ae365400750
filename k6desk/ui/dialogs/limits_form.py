"""What a project may use: a number for each limit, or nothing for no limit."""

from __future__ import annotations

import re
from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QProgressBar, QVBoxLayout, QWidget

from k6desk.api.models import Limits
from k6desk.core.project_commands import ProjectCommands
from k6desk.core.tasks import Tasks
from k6desk.ui import text, theme
from k6desk.ui.dialogs.field import Field
from k6desk.ui.dialogs.section import Section
from k6desk.ui.text import PlainLabel

NO_LIMIT = "No limit"
GREATEST = 2**53
UNITS = {"h": 3600, "min": 60, "s": 1}
_PART = re.compile(r"(\d+)\s*(h|min|s)")


class LimitsForm(Section):
    """The limits of one project, and what it has used this month."""

    def __init__(self, commands: ProjectCommands, tasks: Tasks, project_id: int, parent: QWidget | None = None) -> None:
        super().__init__(tasks, parent)
        self._commands = commands
        self._limits = Limits(project_id)
        self.fields = {
            "vuh_max_per_month": Field("VU&H per month"),
            "vu_max_per_test": Field("&VUs per test"),
            "vu_browser_max_per_test": Field("&Browser VUs per test"),
            "duration_max_per_test": Field("&Duration per test", hint="Such as 90 min, 1 h 30 min or 45 s"),
        }
        self._used = PlainLabel(muted=True)
        self._used.setToolTip(text.tooltip(text.USED_THIS_MONTH))
        self._bar_used = QProgressBar(maximum=1000)
        self._bar_used.setTextVisible(False)
        self._bar_used.setAccessibleName("Used this month")
        self._bar_used.hide()
        self._bar_used.setToolTip(text.tooltip(text.USED_THIS_MONTH))
        month = QVBoxLayout()
        month.setSpacing(theme.UNIT)
        month.addWidget(self._used)
        month.addWidget(self._bar_used)
        grid = QGridLayout(self.content)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(theme.WIDE + theme.GAP)
        grid.setVerticalSpacing(theme.WIDE)
        for at, field in enumerate(self.fields.values()):
            grid.addWidget(field, at // 2, at % 2, Qt.AlignmentFlag.AlignTop)
            field.line.textEdited.connect(self.edited)
        grid.addLayout(month, 2, 0, 1, 2)
        grid.setRowStretch(3, 1)
        self.setFocusProxy(self.fields["vuh_max_per_month"])

    async def read(self) -> None:
        """Ask the server and show it. Raises `CloudError`."""
        self._show(await self._commands.read_limits(self._limits.project_id))

    def is_changed(self) -> bool:
        """Whether there is something to be sent."""
        return self.is_read and self._typed() != self._limits

    def is_right(self) -> bool:
        """Whether every line means something."""
        wrong = []
        for name, field in self.fields.items():
            try:
                _reader(name)(field.line.text())
            except ValueError as error:
                field.say(str(error))
                wrong.append(field)
        if wrong:
            wrong[0].line.setFocus()
        return not wrong

    async def write(self) -> None:
        """Send the limits. Raises `CloudError`."""
        limits = self._typed()
        assert limits, "what is not right is not written"
        await self._commands.set_limits(limits)
        self._show(limits)

    def _typed(self) -> Limits | None:
        """What the lines mean; None if one of them means nothing."""
        try:
            values = {name: _reader(name)(field.line.text()) for name, field in self.fields.items()}
        except ValueError:
            return None
        return Limits(self._limits.project_id, **values)

    def _show(self, limits: Limits) -> None:
        self._limits = limits
        for name, field in self.fields.items():
            value = getattr(limits, name)
            field.line.setPlaceholderText(NO_LIMIT)  # which nobody knew before
            field.line.setText("" if value is None else _said(name, value))
            field.say("")
        used, most = self._commands.used_this_month(limits.project_id), limits.vuh_max_per_month
        of = f" of {text.count(most)}" if most else ""
        self._used.setText(f"{text.vuh(used)}{of} VUH used this month")
        self._bar_used.setVisible(bool(most))
        self._bar_used.setValue(min(1000, round(1000 * used / most)) if most else 0)


def whole(words: str) -> int | None:
    """A number as people type it; None when nothing is typed. Raises `ValueError`."""
    digits = words.replace(",", "").replace(" ", "")
    if not digits:
        return None
    if not (digits.isascii() and digits.isdigit() and 1 <= int(digits[:20]) <= GREATEST):
        raise ValueError("Type a whole number from 1, or nothing for no limit.")
    return int(digits)


def seconds(words: str) -> int | None:
    """A span such as "1 h 30 min" in seconds; None when nothing is typed. Raises `ValueError`."""
    typed = words.strip().lower()
    if not typed:
        return None
    parts = _PART.findall(typed)
    if not parts or _PART.sub("", typed).strip() or any(len(number) > 9 for number, _ in parts):
        raise ValueError("Type a time with its unit, such as 90 min, or nothing for no limit.")
    total = sum(int(number) * UNITS[unit] for number, unit in parts)
    if not total:
        raise ValueError("Type at least 1 s, or nothing for no limit.")
    return total


def _span(total: int) -> str:
    """Seconds as `seconds` reads them."""
    parts = ((total // 3600, "h"), (total % 3600 // 60, "min"), (total % 60, "s"))
    return " ".join(f"{number} {unit}" for number, unit in parts if number)


def _reader(name: str) -> Callable[[str], int | None]:
    return seconds if name.startswith("duration") else whole


def _said(name: str, value: int) -> str:
    return _span(value) if name.startswith("duration") else text.count(value)
