"""Scripts that clients send: what kind they are, and what a test does that runs them."""

from __future__ import annotations

import json
import tarfile
from collections.abc import Mapping
from io import BytesIO
from typing import Any

from k6desk.demo.catalogue import LoadTestDraft, Script
from k6desk.demo.estimates import DEFAULT_ZONES, OptionsError, workload_of, zones_of
from k6desk.demo.literals import exported_options

_MAGIC_AT, _MAGIC = 257, b"ustar"


def read_script(content: bytes) -> Script:
    """A script by its content: a tar, or else JavaScript."""
    is_tar = content[_MAGIC_AT : _MAGIC_AT + len(_MAGIC)] == _MAGIC
    return Script(content, "application/x-tar" if is_tar else "text/javascript")


def draft_of(name: str, script: Script | None) -> LoadTestDraft:
    """What a test does. A script whose options cannot be read runs once, as k6 does without options."""
    options = _options(script) if script else {}
    try:
        workload, zones = workload_of(options), zones_of(options)
    except OptionsError:
        workload, zones = workload_of({}), DEFAULT_ZONES
    return LoadTestDraft(name, workload, "shop", "upload" if script else "none", (), zones, cadence=0)


def _options(script: Script) -> Mapping[str, Any]:
    if script.media_type == "text/javascript":
        return exported_options(script.content.decode(errors="replace"))
    try:
        with tarfile.open(fileobj=BytesIO(script.content)) as tar:
            member = tar.extractfile("metadata.json")
            metadata = json.load(member) if member else {}
    except (tarfile.TarError, KeyError, ValueError, RecursionError):
        return {}
    options = metadata.get("options") if isinstance(metadata, dict) else None
    return {name: value for name, value in options.items() if value is not None} if isinstance(options, dict) else {}
