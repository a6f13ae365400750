"""How a summary is worded for people, on screen and in what is passed on."""

from __future__ import annotations

from k6desk.core.metrics.units import NO_VALUE, words
from k6desk.core.summary.summary import STATS, Line, Section
from k6desk.data.secrets import masked_text
from k6desk.data.visible import visible_name

LONGEST_NAME = 160

HEADINGS: dict[Section, str] = {
    "http": "HTTP",
    "browser": "Browser",
    "web vitals": "Web vitals",
    "grpc": "gRPC",
    "websocket": "WebSocket",
    "custom": "Custom",
    "execution": "Execution",
    "network": "Network",
}


def figures_of(line: Line) -> tuple[str, ...]:
    """The figures of a line for people: six of a trend, and two of anything else, the second of which explains."""
    values, unit = line.values, line.unit
    if line.type == "trend":
        return tuple(words(values.get(stat), unit) for stat in STATS)
    if not values:
        return NO_VALUE, "no samples" if line.is_known else ""
    if line.type == "counter":
        return words(values.get("count"), unit), words(values.get("rate"), unit, per_s=True)
    if line.type == "rate":
        total = values["passes"] + values["fails"]
        return words(values["value"], "share"), f"{values['passes']:,.0f} of {total:,.0f}"
    least, most = words(values.get("min"), unit), words(values.get("max"), unit)
    return words(values.get("value"), unit), f"min {least}, max {most}"


def name_of(name: str) -> str:
    """A name on one line, without its secrets, and not longer than anybody reads."""
    shown = visible_name(masked_text(name[: LONGEST_NAME * 4]))
    return shown if len(shown) <= LONGEST_NAME else shown[: LONGEST_NAME - 1] + "…"
