"""Archives as k6 makes them, and a session on a cloud that answers from memory."""

from __future__ import annotations

import io
import json
import tarfile
from datetime import UTC, datetime, timedelta

import pytest

from k6desk.api.errors import CloudError, Unreachable
from k6desk.api.models import LoadTest, Run, Script
from k6desk.core.accounts import Account
from k6desk.core.notices import Notices
from k6desk.core.session import Session
from k6desk.core.tasks import Tasks

HOME = "file/home/ana/checkout"
MAIN = """import { login } from "./lib/helpers.js";

const token = "glc_eyJvIjoiMTIzNDU2IiwibiI6InRlc3QiLCJrIjoiYWJjZGVmMTIzNDU2Nzg5MCJ9";
export default function () {
  login(__ENV.API_KEY);
}
"""
METADATA = {
    "type": "js",
    "filename": "file:///home/ana/checkout/main.js",
    "k6version": "0.56.0",
    "env": {"API_KEY": "key of the shop", "USER": "ana"},
    "options": {"vus": 20},
}
NOW = datetime.now(UTC).replace(microsecond=0)


def archive_of(files: dict[str, bytes] | None = None, main: str = MAIN, env: dict[str, str] | None = None) -> Script:
    """An archive with an entry script, its metadata, a link, and these files by their place below the entry's folder,
    or by their own name with a leading `/`."""
    metadata = METADATA | ({"env": env} if env else {})
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:") as tar:
        content = {"metadata.json": json.dumps(metadata).encode(), "data": main.encode()}
        for name, inner in (files or {}).items():
            content[name[1:] if name.startswith("/") else f"{HOME}/{name}"] = inner
        for name, inner in content.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(inner)
            tar.addfile(entry, io.BytesIO(inner))
        for name, kind, target in (("main.js", tarfile.LNKTYPE, "data"), ("current", tarfile.SYMTYPE, "/etc/passwd")):
            link = tarfile.TarInfo(f"{HOME}/{name}")
            link.type, link.linkname = kind, target
            tar.addfile(link)
    return Script(out.getvalue(), is_archive=True)


class ScriptCloud:
    """Gives scripts from memory, or fails with `error`."""

    def __init__(self) -> None:
        self.lacks: dict[str, str] = {}
        self.going: frozenset[str] = frozenset()
        self.scripts: dict[tuple[str, int], Script] = {}
        self.error: CloudError | None = None
        self.asked: list[tuple[str, int]] = []

    async def run_script(self, run_id: int) -> Script:
        return self._script("run", run_id)

    async def test_script(self, test_id: int) -> Script:
        return self._script("test", test_id)

    def _script(self, kind: str, id_: int) -> Script:
        self.asked.append((kind, id_))
        if self.error:
            raise self.error
        return self.scripts[kind, id_]


class Stack:
    """A session with the runs 1 to 3 of the test 10, of which 1 passed; nothing was loaded yet."""

    def __init__(self, folder) -> None:
        self.cloud = ScriptCloud()
        self.errors: list[BaseException] = []
        self.tasks = Tasks(lambda error, _: self.errors.append(error))
        self.notices = Notices()
        self.session = Session(Account.of("https://api.k6.io", "https://acme.grafana.net", 1), folder, self.notices)
        self.session.commands.use(self.cloud, lambda: None, self.tasks)
        self.store = self.session.store
        self.test = LoadTest(10, 1, "Checkout")

    async def fill(self) -> None:
        await self.store.put_tests([self.test], datetime.now(UTC))
        results = ("passed", "failed", "failed")
        await self.store.put_runs(
            [
                Run(
                    id=number,
                    test_id=10,
                    project_id=1,
                    status="completed",
                    result=result,
                    created_at=NOW - timedelta(hours=10 - number),
                )
                for number, result in enumerate(results, 1)
            ],
            datetime.now(UTC),
        )

    def run(self, run_id: int) -> Run:
        run = self.store.run(run_id)
        assert run
        return run

    async def keep(self, kind: str, id_: int, script: Script) -> None:
        """The server has this script, and it was seen."""
        self.cloud.scripts[kind, id_] = script
        await self.store.put_script(kind, id_, script)

    async def go_offline(self) -> None:
        self.cloud.error = Unreachable("The server cannot be reached.")
        with pytest.raises(CloudError):
            await self.session.connection.ask(lambda: self.cloud.run_script(0))


@pytest.fixture
async def stack(tmp_path):
    made = Stack(tmp_path)
    await made.fill()
    yield made
    await made.tasks.aclose()
    await made.session.aclose()
    assert not made.errors
