"""A server of curves: as JSON for a page in a browser, and as API v5 gives those of a run that goes on."""

from __future__ import annotations

import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

import msgspec
from measured import curves

MEASURED = Path(__file__).parent / "measured"
LONGEST = 100_000


@contextmanager
def serving_curves(uplot: Path) -> Iterator[str]:
    """The origin of a server in a process of its own; `uplot` is the folder of what uPlot is built into."""
    with subprocess.Popen([sys.executable, __file__, uplot], stdout=subprocess.PIPE, text=True) as server:
        try:
            assert server.stdout
            yield f"http://127.0.0.1:{int(server.stdout.readline())}"
        finally:
            server.kill()


class Handler(BaseHTTPRequestHandler):
    """The page, what it loads, all curves of a bench, and those of the run since the time that is asked for."""

    protocol_version = "HTTP/1.1"
    uplot: Path
    began: float | None = None

    def handle(self) -> None:
        """Talk to a client until it goes, be it in the middle of a word."""
        with suppress(ConnectionError):
            super().handle()

    def do_GET(self) -> None:
        """Answer; `/begin` lets the run go on, and after `/rest` it has come no further than at first."""
        address = urlsplit(unquote(self.path))
        if address.path.startswith("/cloud/v5/"):
            self._say(live(address.path, self.began))
        elif address.path == "/curves":
            self._say(all_curves(**{name: int(value) for name, value in parse_qsl(address.query)}))
        elif address.path in {"/rest", "/begin"}:
            Handler.began = time.monotonic() if address.path == "/begin" else None
            self._say(b"{}")
        elif address.path.startswith("/uPlot."):
            is_script = address.path.endswith("js")
            self._say((self.uplot / address.path[1:]).read_bytes(), "text/javascript" if is_script else "text/css")
        elif address.path == "/page":
            self._say((MEASURED / "chart_page.html").read_bytes(), "text/html")
        else:
            self.send_error(404)

    def _say(self, body: bytes, kind: str = "application/json") -> None:
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_arguments: object) -> None:
        """Say nothing."""


@cache
def all_curves(charts: int, lines: int, points: int) -> bytes:
    """The times, and for each chart the values of each line."""
    told = [[list(curves.values((chart, line), points)) for line in range(lines)] for chart in range(charts)]
    return msgspec.json.encode({"times": list(curves.times(points)), "charts": told})


def live(path: str, began: float | None) -> bytes:
    """The lines of one chart, up to now."""
    if path.endswith("/metrics"):
        names = [f"chart_{chart}" for chart in range(curves.WATCHED_CHARTS)]
        return msgspec.json.encode({"value": [{"name": each, "type": "trend", "origin": "script"} for each in names]})
    chart = re.search(r"metric='chart_(\d+)'", path)
    start = re.search(r"start=([^,)]+)", path)
    assert chart, path
    grown = 0 if began is None else int((time.monotonic() - began) * curves.FASTER / curves.STEP_S)
    end = curves.WATCHED_POINTS + grown
    since = datetime.fromisoformat(start[1]).timestamp() if start else 0
    first = max(0, -(-(int(since) - curves.BEGIN) // curves.STEP_S))
    at = curves.times(end)[first:]
    result = [
        {
            "metric": {"line": str(line)},
            "values": list(zip(at, _live_values(int(chart[1]), line)[first:end], strict=True)),
        }
        for line in range(curves.WATCHED_LINES)
    ]
    return msgspec.json.encode({"status": "success", "data": {"resultType": "matrix", "result": result}})


@cache
def _live_values(chart: int, line: int) -> list[float]:
    return list(curves.values((chart, line), LONGEST // curves.WATCHED_CHARTS))


def main() -> None:
    """Serve until killed."""
    Handler.uplot = Path(sys.argv[1])
    for chart in range(curves.WATCHED_CHARTS):
        for line in range(curves.WATCHED_LINES):
            _live_values(chart, line)
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        sys.stdout.write(f"{server.server_port}\n")
        sys.stdout.flush()
        server.serve_forever()


if __name__ == "__main__":
    main()
