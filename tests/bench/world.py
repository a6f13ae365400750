"""The data of the benches: the demo cloud's large world, as the pages of its API and as the profile of a user."""

from __future__ import annotations

import shutil
import time
from dataclasses import replace
from pathlib import Path

import msgspec
from harness import Setting

from k6desk.api.secret import Secret
from k6desk.api.wire.catalogue import load_tests_page, projects_page
from k6desk.api.wire.runs import runs_page
from k6desk.core.accounts import Account, Accounts
from k6desk.core.system_keyring import SystemKeyring
from k6desk.data.cache import Cache
from k6desk.demo.shapes import load_test_json, project_json, run_json
from k6desk.demo.world import World

PAGE = 1000
ACCOUNT = Account.of("http://127.0.0.1:9", "https://bench.grafana.net", 1)


def pages_of(setting: Setting) -> Path:
    """A folder with every run, oldest first, in pages as the API gives them: `0.json`, `1.json`, … Made once."""
    folder = setting.folder / "pages"
    if not folder.exists():
        world = World(time.time, size="small" if setting.is_quick else "large")
        now = world.now()
        folder.mkdir()
        newest = world.runs(None, None)[-setting.runs :]
        for page, first in enumerate(range(0, setting.runs, PAGE)):
            # All of today's generation: a generated client cannot read older runs, which lack fields.
            plans = [replace(world.plan(index), generation=2026) for index in newest[first : first + PAGE]]
            rows = [run_json(world, plan, now) for plan in plans]
            (folder / f"{page}.json").write_bytes(_list(rows, setting.runs))
        (folder / "projects").write_bytes(_list([project_json(world, project) for project in world.projects]))
        (folder / "tests").write_bytes(_list([load_test_json(test) for test in world.tests]))
    return folder


def profile_of(setting: Setting, bench: str, *, knows_runs: bool = True) -> Path:
    """A profile folder with one account and its projects and tests; each bench may write into its own copy."""
    original = setting.folder / ("profile" if knows_runs else "profile without runs")
    if not original.exists():
        pages = pages_of(setting)
        folder = original / "accounts" / ACCOUNT.key
        folder.mkdir(parents=True)
        Accounts(original / "accounts.toml", SystemKeyring(), _no_cloud).keep_for_session(ACCOUNT)
        cache = Cache(folder / "cache.db")
        cache.put_projects(projects_page((pages / "projects").read_bytes())[0].rows)
        cache.put_tests(load_tests_page((pages / "tests").read_bytes())[0].rows)
        for page in sorted(pages.glob("*.json")) if knows_runs else ():
            cache.put_runs(runs_page(page.read_bytes())[0].rows)
        cache.close()
    return Path(shutil.copytree(original, setting.folder / f"profile of {bench}", dirs_exist_ok=True))


def cache_of(profile: Path) -> Path:
    """The local copy of the account's runs."""
    return profile / "accounts" / ACCOUNT.key / "cache.db"


def _list(rows: list[dict[str, object]], total: int | None = None) -> bytes:
    return msgspec.json.encode({"value": rows, "@count": len(rows) if total is None else total})


def _no_cloud(_origin: str, _token: Secret, _stack_id: int | None) -> None:
    raise AssertionError("a bench signs in nowhere")
