from __future__ import annotations

import json
import tarfile
from io import BytesIO

import pytest

from k6desk.demo.archives import script_of
from k6desk.demo.uploads import draft_of, read_script


def archive(metadata: bytes) -> bytes:
    stored = BytesIO()
    with tarfile.open(fileobj=stored, mode="w") as tar:
        info = tarfile.TarInfo("metadata.json")
        info.size = len(metadata)
        tar.addfile(info, BytesIO(metadata))
    return stored.getvalue()


def test_the_content_tells_the_type():
    assert read_script(archive(b"{}")).media_type == "application/x-tar"
    for content in (b"", b"PK\x03\x04", b"ustar", "ключ".encode("utf-16"), b"\x1f\x8b" + bytes(600)):
        assert read_script(content).media_type == "text/javascript"


def test_an_archive_is_run_by_its_metadata():
    options = {"vus": None, "stages": [{"duration": "1m0s", "target": 20}], "thresholds": {"a": ["p(95)<5"]}}
    draft = draft_of("n", read_script(archive(json.dumps({"options": options}).encode())))
    assert draft.workload.duration_s == 60
    assert draft.workload.options == {name: value for name, value in options.items() if value is not None}


@pytest.mark.parametrize(
    "content",
    [
        archive(b"{"),
        archive(b"[]"),
        archive(b'{"options": 3}'),
        archive(b'{"options": {"vus": "many", "duration": "1m"}}'),
        archive(b"{}")[:600],
        b"\xff\xfe not a script",
    ],
)
def test_what_cannot_be_read_runs_once(content):
    draft = draft_of("n", read_script(content))
    assert (draft.workload.duration_s, draft.workload.max_vus) == (1, 1)


def test_the_worlds_own_scripts_mean_the_same_when_they_are_sent_back(world):
    for test in world.tests:
        draft = draft_of(test.name, script_of(test))
        for name in ("duration_s", "max_vus", "max_browser_vus", "vu_s", "browser_vu_s"):
            assert getattr(draft.workload, name) == getattr(test.draft.workload, name), (test.name, name)
        assert draft.zones == test.draft.zones
