"""Whether Qt draws what the program draws: pictures, style and charts."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QSize, qVersion
from PySide6.QtGui import QIcon, QImage

from k6desk.program.application import make_application
from k6desk.self_test.problem import Problem

ICON = QSize(16, 16)
LEAST_COLOURED = 200
"""So many pixels of the chart must be neither grey, black nor white; its line alone has some thousands."""


def check_window() -> dict[str, Any]:
    """How Qt draws here."""
    from k6desk.ui import theme

    application = make_application()
    desktop_theme = application.styleHints().colorScheme().name.lower()
    theme.choose_colours(application, "dark")
    screens = [f"{screen.size().width()}x{screen.size().height()}" for screen in application.screens()]
    return {
        "qt": qVersion(),
        "platform": application.platformName(),
        "style": application.style().name(),
        "desktop_theme": desktop_theme,
        "screens": screens,
    }


def check_resources() -> dict[str, Any]:
    """Draw every icon, dress the application, read the template of the report and the recorded run of the demo."""
    from jinja2 import Environment

    from k6desk.demo.metrics.recording import recorded_length_s
    from k6desk.ui import theme

    names = sorted(path.stem for path in theme.resource("icons").glob("*.svg"))
    blank = [name for name in names if not _is_drawn(theme.icon(name))]
    if not names or blank:
        raise Problem(f"Icons are not there or blank: {', '.join(blank) or 'all'}.")
    if not _is_drawn(QIcon(str(theme.resource("k6desk.svg")))):
        raise Problem("The picture of the program cannot be drawn.")
    application = make_application()
    theme.finish(application)
    if "QPushButton" not in application.styleSheet():
        raise Problem("The style sheet is empty.")
    Environment(autoescape=True).parse(theme.resource("report.html").read_text(encoding="utf-8"))
    return {"icons": len(names), "recorded_s": recorded_length_s()}


def check_chart() -> dict[str, Any]:
    """Draw a line, see that it is there, and make the files of it that people can save."""
    import numpy as np

    from k6desk.ui.charts.export import png_of
    from k6desk.ui.charts.lines import Line
    from k6desk.ui.charts.stack import ChartStack
    from k6desk.ui.charts.time_chart import TimeChart

    times = np.arange(0.0, 600.0, 5.0)
    chart = TimeChart("Response time", "ms")
    chart.set_lines([Line("p95", times, 200 + 80 * np.sin(times / 40))])
    stack = ChartStack()
    stack.resize(480, 200)
    stack.add(chart)
    image, svg = stack.as_image(), stack.as_svg()
    stack.deleteLater()
    coloured = _coloured(image)
    if coloured < LEAST_COLOURED:
        raise Problem(f"The chart has only {coloured} coloured pixels: its line is not drawn.")
    if not (png_of(image).startswith(b"\x89PNG") and b"<svg" in svg):
        raise Problem("The chart cannot be saved as PNG or SVG.")
    return {"coloured_pixels": coloured, "numpy": np.__version__}


def _is_drawn(icon: QIcon) -> bool:
    image = icon.pixmap(ICON).toImage().convertToFormat(QImage.Format.Format_ARGB32)
    return any(image.pixelColor(x, y).alpha() for x in range(image.width()) for y in range(image.height()))


def _coloured(image: QImage) -> int:
    import numpy as np

    pixels = np.frombuffer(image.constBits(), np.uint8).reshape(-1, 4)[:, :3].astype(np.int16)
    return int((pixels.max(axis=1) - pixels.min(axis=1) > 60).sum())
