"""The report of a run as one HTML file that needs nothing else: no script, no picture, nothing from the network."""

from __future__ import annotations

from PySide6.QtGui import QColor

from k6desk.ui import theme
from k6desk.ui.colours import LIGHT, blend
from k6desk.ui.detail.bar import Segment
from k6desk.ui.detail.ledger import Tone
from k6desk.ui.report_page import Page

HOLLOW, FILLED, BADGE = 0.08, 0.24, 0.12
"""How much of its colour a part of a bar and the word of the outcome stand on."""


def html_of(page: Page) -> bytes:
    """The file. Every text of the page is escaped: whatever it looks like, it is read as text."""
    from jinja2 import Environment, StrictUndefined

    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    template = environment.from_string(theme.resource("report.html").read_text(encoding="utf-8"))
    badge = tone(Tone(page.role, BADGE))
    return template.render(page=page, colours=LIGHT, ground=ground, tone=tone, badge=badge).encode(errors="replace")


def tone(of: Tone) -> str:
    """A colour on paper, which is always light, as `#rrggbb`."""
    return blend(QColor(LIGHT[of.role]), QColor(LIGHT["surface"]), of.share).name()


def ground(segment: Segment) -> str:
    """What a part of a bar is filled with."""
    return tone(Tone(segment.tone.role, segment.tone.share * (HOLLOW if segment.hollow else FILLED)))
