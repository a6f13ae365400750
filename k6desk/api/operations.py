"""The names of what can be done in a k6 cloud, for asking whether this account's cloud has it."""

from __future__ import annotations

from typing import Literal

Operation = Literal[
    # to a run
    "abort",
    "note",
    "script",
    "star",
    "save",
    "delete_run",
    "cost",
    "shared_run",
    # to a load test
    "search",
    "start",
    "create_test",
    "upload",
    "rename_test",
    "move",
    "delete_test",
    "baseline",
    "schedule",
    # to a project
    "create_project",
    "rename_project",
    "delete_project",
    "limits",
    "allowed_zones",
    "labels",
]
