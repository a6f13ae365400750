"""The requests of a run by name, method and status. It takes the same few queries, however many names there are."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from k6desk.api.metrics import Answer, Matcher, Query, quantile
from k6desk.core.metrics.asked import Asked, Known, by_labels

Label = Literal["name", "url"]

_FIGURES = {
    "count": ("http_reqs", "increase"),
    "rate": ("http_reqs", "rate"),
    "p95": ("http_req_duration", quantile(0.95)),
    "failures": ("http_req_failed", "increase_nz"),
    "avg": ("http_req_duration", "histogram_avg"),
    "max": ("http_req_duration", "histogram_max"),
    "min": ("http_req_duration", "histogram_min"),
    "p99": ("http_req_duration", quantile(0.99)),
}


class RequestRow(Struct, frozen=True):
    """The requests with one name, method and status; times in milliseconds, `rate` in a second; None = not known."""

    name: str
    method: str
    status: str
    count: int
    rate: float | None = None
    min: float | None = None
    avg: float | None = None
    p95: float | None = None
    p99: float | None = None
    max: float | None = None
    failures: int | None = None
    label: Label = "name"
    """The label that `name` is the value of."""

    @property
    def key(self) -> tuple[str, str, str]:
        """What tells it apart from the others."""
        return self.name, self.method, self.status

    @property
    def matchers(self) -> tuple[Matcher, ...]:
        """The conditions on labels that its samples meet, and no others."""
        labels = ((self.label, self.name), ("method", self.method), ("status", self.status))
        return tuple(Matcher(label, value) for label, value in labels)

    @property
    def failed_share(self) -> float:
        """Which share of them failed, from 0 to 1."""
        return min(1.0, (self.failures or 0) / self.count) if self.count else 0.0


def _asks(label: Label) -> dict[str, Asked]:
    labels = (label, "method", "status")
    return {figure: Asked(Query(metric, method, labels)) for figure, (metric, method) in _FIGURES.items()}


_ASKED: dict[Label, dict[str, Asked]] = {"name": _asks("name"), "url": _asks("url")}
ASKS: tuple[Asked, ...] = tuple(_ASKED["name"].values())


def asks(known: Known) -> tuple[Asked, ...]:
    """What to ask for, by what is known already: `ASKS`, and where requests have no names the same by their URLs."""
    return tuple(_ASKED[_label(known)].values())


def requests_of(known: Known) -> tuple[RequestRow, ...] | None:
    """The rows, those with most requests first; None while their counts are not known."""
    label = _label(known)
    answers = {figure: known(asked) for figure, asked in _ASKED[label].items()}
    if answers["count"] is None:
        return None
    figures = {figure: by_labels(answer, label, "method", "status") for figure, answer in answers.items()}
    rows = [
        RequestRow(
            *key,
            count=round(count),
            rate=figures["rate"].get(key),
            min=figures["min"].get(key),
            avg=figures["avg"].get(key),
            p95=figures["p95"].get(key),
            p99=figures["p99"].get(key),
            max=figures["max"].get(key),
            failures=_failures(answers["failures"], figures["failures"], key),
            label=label,
        )
        for key, count in figures["count"].items()
        if len(key) == 3
    ]
    return tuple(sorted(rows, key=lambda row: (-row.count, row.key)))


def _failures(answer: Answer | None, found: dict[tuple[str, ...], float], key: tuple[str, ...]) -> int | None:
    """None while they are not known; what failed not once may not be in the answer."""
    return None if answer is None else round(found.get(key, 0.0))


def label_of(by_name: Answer | None) -> Label:
    """What tells requests apart, by an answer `by_name`: scripts may switch that tag off, and then it is their URLs."""
    is_nameless = (
        by_name is not None and bool(by_name.series) and not any(each.labels.get("name") for each in by_name.series)
    )
    return "url" if is_nameless else "name"


def _label(known: Known) -> Label:
    return label_of(known(_ASKED["name"]["count"]))
