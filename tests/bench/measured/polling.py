"""What one look at all live runs costs: one list request, as the monitor asks, or one request for each run."""

from __future__ import annotations

import asyncio
import sys
from datetime import UTC, datetime

from figure import cpu_ms, report

CYCLES = 60


async def k6desk(origin: str, runs: int) -> float:
    """Our client as the monitor uses it: the runs created since the oldest live one, with their whole JSON."""
    from k6desk.api.secret import Secret
    from k6desk.api.v6 import CloudV6

    cloud = CloudV6(origin, Secret("token"), 1)

    async def look() -> None:
        seen = [page async for page in cloud.runs(created_after=datetime.now(UTC), keep_raw=True)]
        assert sum(len(page.raw) for page in seen) == runs

    return await _cost(look)


async def each(origin: str, runs: int) -> float:
    """One GET per run over kept connections, the JSON parsed and no more."""
    import httpx
    import msgspec

    headers = {"Authorization": "Bearer token", "X-Stack-Id": "1"}
    async with httpx.AsyncClient(base_url=origin, headers=headers) as client:

        async def ask(run_id: int) -> int:
            answer = await client.get(f"/cloud/v6/test_runs/{run_id}")
            return msgspec.json.decode(answer.content)["id"]

        async def look() -> None:
            assert len(set(await asyncio.gather(*map(ask, range(runs))))) == runs

        return await _cost(look)


async def _cost(look: object) -> float:
    await look()
    began = cpu_ms()
    for _ in range(CYCLES):
        await look()
    return (cpu_ms() - began) / CYCLES


if __name__ == "__main__":
    report(asyncio.run({"k6desk": k6desk, "each": each}[sys.argv[1]](sys.argv[2], int(sys.argv[3]))))
