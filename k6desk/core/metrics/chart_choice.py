"""What the user wants to see of a run's metrics, and the charts that come of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from msgspec import Struct

from k6desk.api.metrics import RUN_LABEL, Matcher, Metric
from k6desk.core.metrics.standard_charts import VUS, ChartSpec, chart_of, filtered, labels_of, split, standard_charts

Labels = Mapping[str, Sequence[str]]
"""The labels of some metrics, as the server names them."""

LABELS = {
    "name": "request name",
    "scenario": "scenario",
    "group": "group",
    "status": "status",
    "method": "method",
    "load_zone": "load zone",
    "check": "check",
}
"""The labels that everybody splits by, in their order, and what people call them."""

_NO_LABELS = frozenset({"__name__", RUN_LABEL})


class ChartChoice(Struct, frozen=True):
    """Metrics that have a chart besides the usual ones, a label to split by ("" = none) with the statistic that trends
    show then, and what samples must match."""

    added: tuple[str, ...] = ()
    label: str = ""
    statistic: str = "p95"
    matchers: tuple[Matcher, ...] = ()

    def charts(self, metrics: Sequence[Metric] | None, labels: Labels) -> tuple[ChartSpec, ...]:
        """The charts of a run with these metrics (None: not known yet), each with a title of its own.

        A chart stays whole where its metrics do not have the label to split by. Of those whose samples do not have what
        is filtered by, only the virtual users stay, to see the load.
        """
        charts = {chart.title: chart for each in self._chosen(metrics) for chart in self._of(each, labels)}
        return tuple(charts.values())

    def _chosen(self, metrics: Sequence[Metric] | None) -> Iterator[ChartSpec]:
        yield from standard_charts(metrics)
        by_name = {metric.name: metric for metric in metrics or ()}
        for name in self.added:
            if name in by_name and (chart := chart_of(by_name[name])):
                yield chart

    def _of(self, chart: ChartSpec, labels: Labels) -> Iterable[ChartSpec]:
        if self.matchers:
            wanted = [matcher.label for matcher in self.matchers]
            if all(has_label(metric, label, labels) for metric in chart.metrics for label in wanted):
                chart = filtered(chart, self.matchers)
            elif chart.metrics[0] != VUS:
                return ()
        if self.label and all(has_label(metric, self.label, labels) for metric in chart.metrics):
            return split(chart, self.label, self.statistic)
        return (chart,)


def has_label(metric: str, label: str, labels: Labels) -> bool:
    """Whether samples of a metric have a label, as far as that can be known; those of one request have the same."""
    if metric in labels:
        return label in labels[metric]
    if label in labels_of(metric):
        return True
    kin = "http_req"
    return metric.startswith(kin) and any(label in labels[each] for each in labels if each.startswith(kin))


def labels_offered(charts: Iterable[ChartSpec], labels: Labels) -> tuple[str, ...]:
    """The labels that at least one of the charts can be split by; the usual ones first."""
    metrics = {metric for chart in charts for metric in chart.metrics}
    usual = [label for label in LABELS if any(has_label(metric, label, labels) for metric in metrics)]
    named = {label for metric in metrics for label in labels.get(metric, ()) if label not in _NO_LABELS}
    return (*usual, *sorted(named - set(LABELS)))
