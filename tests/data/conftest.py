from __future__ import annotations

import io
import json
import tarfile
from datetime import UTC, datetime, timedelta

import pytest

from k6desk.api.models import Run, Since, Total

START = datetime(2026, 3, 1, 9, 30, 0, 123000, tzinfo=UTC)


@pytest.fixture
def make_run():
    """Runs that differ only in what is named; the later the id, the later created."""

    def make(id_: int, **changes) -> Run:
        created = changes.pop("created_at", START + timedelta(seconds=id_ % 10_000_000))
        values = {
            "test_id": 7,
            "project_id": 3,
            "status": "completed",
            "result": "passed",
            "ended_at": created + timedelta(minutes=5),
            "started_by": "ada@example.com",
            "note": "",
            "max_vus": 50,
            "estimated_duration_s": 300,
            "execution_duration_s": 290,
            "retention_expires_at": created + timedelta(days=90),
            "cost": Total(1.5),
            "status_details": Since(created + timedelta(seconds=4)),
        }
        return Run(id=id_, created_at=created, **(values | changes))

    return make


@pytest.fixture
def make_archive():
    """An archive as k6 writes it: metadata, entry script, folders, and the script's place as a hard link to `data`."""

    def make(
        script: str = "export default function () {}\n",
        *,
        metadata: dict | bytes | None = None,
        name: str = "/home/nobody/load-tests/login-smoke.js",
        files: dict[str, str] | None = None,
        extra: tuple[tarfile.TarInfo, ...] = (),
    ) -> bytes:
        if not isinstance(metadata, bytes):
            whole = {
                "type": "js",
                "options": {"vus": 10, "duration": "30s", "tlsAuth": None, "cloud": {"name": "Login smoke"}},
                "filename": f"file://{name}",
                "pwd": "file:///home/nobody/load-tests",
                "env": {},
                "compatibilityMode": "extended",
                "k6version": "2.2.0",
                "goos": "linux",
            }
            metadata = json.dumps(whole | (metadata or {}), indent=2).encode()
        content = io.BytesIO()
        with tarfile.open(fileobj=content, mode="w:") as tar:

            def add(member: str, data: bytes) -> None:
                info = tarfile.TarInfo(member)
                info.size = len(data)
                tar.addfile(info, io.BytesIO(data))

            add("metadata.json", metadata)
            add("data", script.encode())
            folder = tarfile.TarInfo("file")
            folder.type = tarfile.DIRTYPE
            tar.addfile(folder)
            for path, text in (files or {}).items():
                add(f"file{path}", text.encode())
            link = tarfile.TarInfo(f"file{name}")
            link.type, link.linkname = tarfile.LNKTYPE, "data"
            tar.addfile(link)
            for info in extra:
                tar.addfile(info)
        return content.getvalue()

    return make
