from __future__ import annotations

import time
from collections import Counter

import httpx
import pytest


async def test_latency_delays_every_answer(cloud, faults):
    faults.latency_s = 0.15
    begun = time.perf_counter()
    assert (await cloud.get("/load_zones")).status_code == 200
    assert time.perf_counter() - begun >= 0.14


async def test_a_share_of_requests_fails_in_the_ways_proxies_fail(cloud, faults):
    faults.error_rate = 0.5
    outcomes = Counter()
    for _ in range(120):
        try:
            answer = await cloud.get("/load_zones")
        except httpx.RemoteProtocolError:
            outcomes["cut"] += 1
            continue
        outcomes[answer.status_code] += 1
        if answer.status_code >= 500:
            assert answer.headers["content-type"].startswith("text/html")
    assert outcomes.keys() == {200, 500, 502, 503, "cut"}
    assert 35 <= outcomes[200] <= 85


async def test_failing_every_request_can_be_switched_off_again(cloud, faults):
    faults.error_rate = 1
    with pytest.raises((httpx.RemoteProtocolError, httpx.HTTPStatusError)):
        (await cloud.get("/load_zones")).raise_for_status()
    faults.error_rate = 0
    assert (await cloud.get("/load_zones")).status_code == 200


async def test_requests_beyond_the_rate_are_told_when_to_come_back(cloud, faults, clock, refused):
    faults.rate_limit = 2
    clock.forward(1)
    assert [(await cloud.get("/load_zones")).status_code for _ in range(2)] == [200, 200]
    answer = await cloud.get("/load_zones")
    refused(answer, 429)
    assert answer.headers["retry-after"] == "1"
    clock.forward(0.5)
    assert [(await cloud.get("/load_zones")).status_code for _ in range(2)] == [200, 429]
