"""Listing every run of a stack: with our client and with a generated one."""

from __future__ import annotations

import sys

from figure import cpu_ms, report

PAGE = 1000


def k6desk(origin: str, runs: int) -> None:
    """Our client: four requests in flight, every page read into `Run`."""
    import asyncio

    from k6desk.api.secret import Secret
    from k6desk.api.v6 import CloudV6

    async def count() -> int:
        cloud = CloudV6(origin, Secret("token"), 1)
        listed = 0
        async for page in cloud.runs():
            listed += len(page.rows)
        await cloud.aclose()
        return listed

    assert asyncio.run(count()) == runs
    report(cpu_ms())


def generated(origin: str, runs: int) -> None:
    """The client that openapi-python-client makes of the official description; runs in the environment it is in."""
    from client.api.test_runs import test_runs_list
    from client.client import AuthenticatedClient

    client = AuthenticatedClient(origin, token="token")
    listed = 0
    while listed < runs:
        page = test_runs_list.sync(client=client, x_stack_id=1, skip=listed, top=PAGE)
        assert page.value
        listed += len(page.value)
    assert listed == runs
    report(cpu_ms())


if __name__ == "__main__":
    {"k6desk": k6desk, "generated": generated}[sys.argv[1]](sys.argv[2], int(sys.argv[3]))
