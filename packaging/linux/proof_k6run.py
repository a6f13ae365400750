"""A file of runs as a colleague would send it."""

from __future__ import annotations

import json
from pathlib import Path
from zipfile import ZipFile

SHARED_RUN = {
    "id": 5,
    "test_id": 12,
    "project_id": 3,
    "status": "completed",
    "result": "passed",
    "created": "2026-04-01T10:00:00Z",
    "ended": "2026-04-01T10:05:00Z",
    "status_history": [{"type": "created", "entered": "2026-04-01T10:00:00Z"}],
}
SHARED_FILE = {
    "format": "k6run",
    "version": 1,
    "program": "proof",
    "made_at": "2026-04-02T10:00:00Z",
    "stack_url": "https://acme.grafana.net",
    "runs": [
        {
            "id": 5,
            "as_of": "2026-04-02T10:00:00Z",
            "test": {"id": 12, "name": "Checkout of a colleague"},
            "project": {"id": 3, "name": "Shop"},
            "has_details": True,
            "has_distribution": False,
            "has_metrics": False,
            "has_log": False,
            "script": None,
        }
    ],
}


def write_k6run(path: Path) -> None:
    """Write one run, of a test and a project that nobody here has."""
    with ZipFile(path, "w") as bundle:
        bundle.writestr("bundle.json", json.dumps(SHARED_FILE))
        bundle.writestr("runs/5/run.json", json.dumps(SHARED_RUN))
