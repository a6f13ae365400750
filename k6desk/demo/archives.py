"""Scripts as they are stored: plain JavaScript, or a tar in the shape the k6 CLI gives its archives.

Such a tar holds `metadata.json`, the entry script as `data`, then the local tree under `file/` and downloaded modules
under `https/`. In the tree the entry script is a hard link to `data`. One test was uploaded long ago: k6 had `scripts/`
and `files/` then, local ones below `_`, and a second copy of the entry script.
"""

from __future__ import annotations

import base64
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
_PRODUCTS_JSON = """{
  "currency": "EUR",
  "catalogueToken": "demo-catalogue-token-that-nobody-should-see",
  "products": [
    { "id": 1, "name": "Margherita", "price": 890 },
    { "id": 2, "name": "Quattro formaggi", "price": 1190 },
    { "id": 3, "name": "Spicy salami", "price": 1090 }
  ]
}
"""
_PIZZA_PROTO = """syntax = "proto3";

package quickpizza.v1;

// What the kitchen tells about an order.
service Kitchen {
  rpc Follow(Order) returns (stream Progress);
}

message Order {
  uint64 id = 1;
  repeated string extras = 2;
}

message Progress {
  enum Step { QUEUED = 0; BAKING = 1; READY = 2; }
  Step step = 1;
  double minutes_left = 2;
}
"""
_PIZZA_PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAACAAAAAgAgMAAAAOFJJnAAAADFBMVEUAAAC0aizywU7CLyFS7XX2AAAAAXRSTlMAQObYZgAAAI5JREFUeNp1"
    "kLEVwyAMROWCEbxPRqCwUngE7+MRUnAUGYF9GIHC+BT5ETdWw393EpwQuZWqn7PqcgkuhTewR3M2IJmnYJlHJ7ddZFqB7/F5SdgKIUVCrw7o"
    "NTdEmQkcWwiFwg/Y+wi5FQdw0IBDBsFaerUnCCVdAMK02sWMYcEY+h51hB/rjAX/K49P8DoBeb9raCMV24MAAAAASUVORK5CYII="
)
_OLD = {"Route planner"}
_OLD_VERSION = "0.24.0"
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
    has_modules, is_old = draft.shape == "archive with modules", draft.name in _OLD
    folder = f"{_ROOT}/{_slug(draft.name)}" if has_modules else _ROOT
    entry = f"{folder}/main.js" if has_modules else f"{_ROOT}/{_slug(draft.name)}.js"
    files: dict[str, bytes | None] = {f"file{entry}": None}
    if has_modules:
        files |= _modules(folder)
    if is_old:
        files = {_old_name(name): source if content is None else content for name, content in files.items()}
    has_variables = draft.shape == "archive with variables"
    metadata = {
        "type": "js",
        "options": _metadata_options(options, uploaded=has_variables),
        "filename": entry if is_old else f"file://{entry}",
        "pwd": folder if is_old else f"file://{folder}",
        "env": _VARIABLES if has_variables or has_modules else {},
        "compatibilityMode": "extended",
        "k6version": _OLD_VERSION if is_old else "2.2.0",
        "goos": "linux",
        "dependencies": dependencies(draft),
    }
    stored = BytesIO()
    with tarfile.open(fileobj=stored, mode="w", format=tarfile.USTAR_FORMAT) as tar:
        _add(tar, "metadata.json", json.dumps(metadata, indent=2, ensure_ascii=False).encode(), changed_s)
        _add(tar, "data", source, changed_s)
        for area in ("scripts", "files", "file", "https"):
            names = sorted(name for name in files if name.startswith(f"{area}/"))
            for name in sorted(set(_folders(names))):
                entry_info = tarfile.TarInfo(name)
                entry_info.type, entry_info.mode, entry_info.mtime = tarfile.DIRTYPE, 0o755, changed_s
                tar.addfile(entry_info)
            for name in names:
                _add(tar, name, files[name], changed_s)
    return stored.getvalue()


def _modules(folder: str) -> dict[str, bytes | None]:
    """What an entry script with modules takes along: scripts, data of several kinds, and a module from the web."""
    return {
        f"file{folder}/lib/checks.js": _CHECKS_JS.encode(),
        f"file{folder}/data/users.csv": _USERS_CSV.encode(),
        f"file{folder}/data/products.json": _PRODUCTS_JSON.encode(),
        f"file{folder}/data/pizza.png": _PIZZA_PNG,
        f"file{folder}/proto/pizza.proto": _PIZZA_PROTO.encode(),
        "https/jslib.k6.io/k6-utils/1.4.0/index.js": _UTILS_JS.encode(),
    }


def _old_name(name: str) -> str:
    area, _, path = name.partition("/")
    return f"{'scripts' if name.endswith('.js') else 'files'}/{'_/' if area == 'file' else ''}{path}"


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
