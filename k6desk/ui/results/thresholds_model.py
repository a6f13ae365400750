"""The verdicts of a run as the rows of a list: first what failed or is near to it."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject

from k6desk.core.metrics.metric_names import title_of
from k6desk.core.thresholds import threshold_words as words
from k6desk.core.thresholds.thresholds import Verdict
from k6desk.ui import text
from k6desk.ui.roles import ACCESSIBLE, DISPLAY, TOOL_TIP, USER, Index

VERDICT = USER
LONGEST = 400


class ThresholdsModel(QAbstractListModel):
    """Values that change are told row by row; selection and current row stay with their thresholds."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.is_live = False
        self._who: words.Who = "nobody"
        self._rows: list[Verdict] = []

    def show_verdicts(self, verdicts: Sequence[Verdict], *, is_live: bool) -> None:
        """Show these in place of those before; `is_live`: the run has not ended."""
        rows = sorted(verdicts, key=words.urgency)
        before, seen = self._rows, (self.is_live, self._who)
        self.is_live, self._who = is_live, words.who(rows)
        if [row.threshold for row in rows] == [row.threshold for row in before]:
            self._rows = rows
            for at, (old, new) in enumerate(zip(before, rows, strict=True)):
                if old != new or seen != (self.is_live, self._who):
                    self.dataChanged.emit(self.index(at), self.index(at))
            return
        self.layoutAboutToBeChanged.emit()
        places = {row.threshold: at for at, row in enumerate(rows)}
        indexes = self.persistentIndexList()
        moved = [self._at(places.get(before[index.row()].threshold)) for index in indexes]
        self._rows = rows
        self.changePersistentIndexList(indexes, moved)
        self.layoutChanged.emit()

    def origin(self, verdict: Verdict) -> str:
        """Who says so, where some is said by the server and some is not."""
        return origin(verdict) if self._who == "both" else ""

    def _at(self, row: int | None) -> QModelIndex:
        return QModelIndex() if row is None else self.createIndex(row, 0)

    # Qt

    def rowCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self._rows)

    def data(self, index: Index, role: int = DISPLAY) -> object:
        if not 0 <= index.row() < len(self._rows):
            return None
        verdict = self._rows[index.row()]
        if role == VERDICT:
            return verdict
        if role in {DISPLAY, ACCESSIBLE}:
            return said(verdict, is_live=self.is_live)
        if role == TOOL_TIP:
            return text.tooltip(explained(verdict, is_live=self.is_live))
        return None


def said(verdict: Verdict, *, is_live: bool) -> str:
    """All that a row says, on one line."""
    threshold = verdict.threshold
    expression = text.one_line(f"{threshold.subject} {threshold.source}", LONGEST)
    state = words.state(verdict, is_live=is_live)
    parts = [
        f"{expression}: {state.lower()}",
        figures(verdict, is_live=is_live),
        words.abort(threshold),
        origin(verdict),
    ]
    return ", ".join(filter(None, parts))


def figures(verdict: Verdict, *, is_live: bool) -> str:
    """Value and margin, or why there are none."""
    if verdict.value is None:
        nothing = "so it passes" if verdict.state == "no samples" and not is_live else ""
        return text.one_line(verdict.remark, LONGEST) or nothing
    return ", ".join(filter(None, (verdict.words(verdict.value), words.margin(verdict))))


def origin(verdict: Verdict) -> str:
    """Who says so, if that is not the server."""
    return words.COMPUTED if verdict.is_computed and verdict.state in {"passed", "failed"} else ""


def explained(verdict: Verdict, *, is_live: bool) -> str:
    """The tooltip of a row."""
    threshold = verdict.threshold
    title = title_of(threshold.metric)
    lines = [
        title if title != threshold.metric else "",
        f"{threshold.subject[:LONGEST]}  {threshold.source[:LONGEST]}",
        ", ".join(filter(None, (words.state(verdict, is_live=is_live), figures(verdict, is_live=is_live)))),
        "It stopped the run." if verdict.aborted else "",
        f"When it fails, it {words.abort(threshold)}." if threshold.abort_on_fail else "",
        verdict.remark if verdict.value is not None else "",
        "Computed by k6desk from the metrics: Grafana Cloud k6 has not said it." if origin(verdict) else "",
    ]
    return "\n".join(filter(None, lines))
