"""Scripts as they are stored: plain JavaScript, or a tar in the shape the k6 CLI gives its archives.

Such a tar holds `metadata.json`, the entry script as `data`, then the local tree under `file/` and downloaded modules
under `https/`. In the tree the entry script is a hard link to `data`.
"""

from __future__ import annotations

import json
import re
import tarfile
from collections.abc import Iterator, Mapping
from io import BytesIO
from pathlib import PurePosixPath
from typing import Any

from k6desk.demo.catalogue import LoadTestDraft, Script
from k6desk.demo.clock import SECOND
from k6desk.demo.inventory import LoadTest
from k6desk.demo.scripts import script_text
from k6desk.demo.shapes import dependencies, options_json
from k6desk.demo.workload import go_span

_ROOT = "/home/ci/load-tests"
_CHECKS_JS = """import { check } from 'k6';

export function isFast(answer, limit = 300) {
  return check(answer, { [`under ${limit} ms`]: (reply) => reply.timings.duration < limit });
}
"""
_USERS_CSV = "name,city\nAda,London\nBüşra,İstanbul\nTomás,Lisboa\n渡辺,東京\n"
_UTILS_JS = """export function randomItem(items) {
  return items[Math.floor(Math.random() * items.length)];
}

export function randomIntBetween(low, high) {
  return Math.floor(Math.random() * (high - low + 1) + low);
}
"""
_VARIABLES = {
    "API_KEY": "demo-api-key-that-nobody-should-see",
    "BASE_URL": "https://staging.quickpizza.example.com",
}
_UNSET = [
    "paused",
    "vus",
    "duration",
    "iterations",
    "stages",
    "scenarios",
    "executionSegment",
    "executionSegmentSequence",
    "noSetup",
    "setupTimeout",
    "noTeardown",
    "teardownTimeout",
    "handleSummaryTimeout",
    "rps",
    "dns",
    "maxRedirects",
    "userAgent",
    "batch",
    "batchPerHost",
    "httpDebug",
    "insecureSkipTLSVerify",
    "tlsCipherSuites",
    "tlsVersion",
    "tlsAuth",
    "throw",
    "thresholds",
    "blacklistIPs",
    "blockHostnames",
    "hosts",
    "noConnectionReuse",
    "noVUConnectionReuse",
    "minIterationDuration",
    "cloud",
    "ext",
    "summaryTrendStats",
    "summaryTimeUnit",
    "systemTags",
    "tags",
    "metricSamplesBufferSize",
    "noCookiesReset",
    "discardResponseBodies",
    "features",
]
_TREND_STATS = ["avg", "min", "med", "max", "p(90)", "p(95)"]
_SYSTEM_TAGS = [
    "check",
    "error",
    "error_code",
    "expected_response",
    "group",
    "method",
    "name",
    "proto",
    "scenario",
    "service",
    "status",
    "subproto",
    "tls_version",
    "url",
]
_SPAN = re.compile(r"(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?")


def script_of(test: LoadTest, at_us: int | None = None) -> Script | None:
    """A test's script as it is today, or as it was at an instant (real time); None when it has none."""
    if test.draft.shape in ("upload", "none"):
        return test.upload
    revision = 1 if at_us is not None and at_us < test.updated_us else 2
    options = options_json(test.draft, test.home_id)
    source = script_text(test.draft, options, revision).encode()
    if test.draft.shape == "script":
        return Script(source, "text/javascript")
    changed_s = (test.updated_us if revision == 2 else test.created_us) // SECOND
    return Script(_archive(test.draft, options, source, changed_s), "application/x-tar")


def _archive(draft: LoadTestDraft, options: Mapping[str, Any], source: bytes, changed_s: int) -> bytes:
    folder = f"{_ROOT}/{_slug(draft.name)}" if draft.shape == "archive with modules" else _ROOT
    entry = f"{folder}/main.js" if draft.shape == "archive with modules" else f"{_ROOT}/{_slug(draft.name)}.js"
    files: dict[str, bytes | None] = {f"file{entry}": None}
    if draft.shape == "archive with modules":
        files[f"file{folder}/lib/checks.js"] = _CHECKS_JS.encode()
        files[f"file{folder}/data/users.csv"] = _USERS_CSV.encode()
        files["https/jslib.k6.io/k6-utils/1.4.0/index.js"] = _UTILS_JS.encode()
    has_variables = draft.shape == "archive with variables"
    metadata = {
        "type": "js",
        "options": _metadata_options(options, uploaded=has_variables),
        "filename": f"file://{entry}",
        "pwd": f"file://{folder}",
        "env": _VARIABLES if has_variables else {},
        "compatibilityMode": "extended",
        "k6version": "2.2.0",
        "goos": "linux",
        "dependencies": dependencies(draft),
    }
    stored = BytesIO()
    with tarfile.open(fileobj=stored, mode="w", format=tarfile.USTAR_FORMAT) as tar:
        _add(tar, "metadata.json", json.dumps(metadata, indent=2, ensure_ascii=False).encode(), changed_s)
        _add(tar, "data", source, changed_s)
        for scheme in ("file", "https"):
            names = sorted(name for name in files if name.startswith(f"{scheme}/"))
            for name in sorted(set(_folders(names))):
                entry_info = tarfile.TarInfo(name)
                entry_info.type, entry_info.mode, entry_info.mtime = tarfile.DIRTYPE, 0o755, changed_s
                tar.addfile(entry_info)
            for name in names:
                _add(tar, name, files[name], changed_s)
    return stored.getvalue()


def _add(tar: tarfile.TarFile, name: str, content: bytes | None, changed_s: int) -> None:
    """Add a file; one without content is the entry script: a hard link to `data` without mode or time."""
    info = tarfile.TarInfo(name)
    if content is None:
        info.type, info.linkname, info.mode = tarfile.LNKTYPE, "data", 0
        tar.addfile(info)
    else:
        info.size, info.mtime = len(content), changed_s
        tar.addfile(info, BytesIO(content))


def _folders(names: list[str]) -> Iterator[str]:
    for name in names:
        yield from (str(parent) for parent in PurePosixPath(name).parents if parent.name)


def _slug(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:40] or "load-test"


def _metadata_options(options: Mapping[str, Any], *, uploaded: bool) -> dict[str, Any]:
    result: dict[str, Any] = dict.fromkeys(_UNSET) | _go_spans(options)
    result["dns"] = {"ttl": None, "select": None, "policy": None}
    result["summaryTrendStats"], result["systemTags"] = _TREND_STATS, _SYSTEM_TAGS
    if uploaded:
        result["cloud"] = {**result["cloud"], "token": "demo-cloud-token-that-nobody-should-see"}
    return result


def _go_spans(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {
            name: go_span(_seconds(item)) if name == "duration" else _go_spans(item) for name, item in value.items()
        }
    return [_go_spans(item) for item in value] if isinstance(value, list) else value


def _seconds(text: str) -> int:
    match = _SPAN.fullmatch(text)
    assert match is not None
    hours, minutes, seconds = (int(part or 0) for part in match.groups())
    return hours * 3600 + minutes * 60 + seconds
