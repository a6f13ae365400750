from __future__ import annotations

import asyncio
import json
from urllib.parse import parse_qs, urlsplit

import pytest

from k6desk.api import paging
from k6desk.api.errors import BadAnswer, Unreachable
from k6desk.api.paging import next_path, pages
from k6desk.api.wire.catalogue import projects_page

PATH = "/cloud/v6/projects"


class ListServer:
    """A list of projects behind `get`: pages by $skip and $top, with the quirks that a test asks for."""

    def __init__(self, length, *, count=None, largest=1000, link=None):
        self.length, self.count, self.largest, self.link = length, count, largest, link
        self.asked: list[str] = []
        self.in_flight = self.most_in_flight = 0

    async def get(self, address: str) -> bytes:
        self.asked.append(address)
        self.in_flight += 1
        self.most_in_flight = max(self.in_flight, self.most_in_flight)
        try:
            await asyncio.sleep(0.002)
        finally:
            self.in_flight -= 1
        return json.dumps(self.answer(address)).encode()

    def answer(self, address: str) -> dict:
        query = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
        skip, top = int(query.get("$skip", 0)), min(int(query.get("$top", 1000)), self.largest)
        answer = {"value": [{"id": number, "name": ""} for number in range(skip, min(skip + top, self.length))]}
        if "$count" in query and self.count is not None:
            answer["@count"] = self.count
        link = self.link(address) if self.link else None
        if self.link is None and skip + top < self.length:
            link = f"https://elsewhere.example{PATH}?$skip={skip + top}&$top={top}"
        return answer | ({"@nextLink": link} if link else {})

    async def read(self, top=10):
        """Every page, and the ids on all of them."""
        found = [page async for page in pages(self.get, projects_page, PATH, {}, top)]
        return found, [project.id for page in found for project in page.rows]


async def test_with_a_count_four_pages_are_in_flight_and_come_in_order():
    server = ListServer(95, count=95)
    found, ids = await server.read()
    assert ids == list(range(95))
    assert (len(server.asked), server.most_in_flight) == (10, 4)
    assert (found[0].total, found[-1].complete) == (95, True)


async def test_without_a_count_the_links_are_followed():
    server = ListServer(35)
    found, ids = await server.read()
    assert ids == list(range(35))
    assert server.most_in_flight == 1
    assert found[-1].complete


@pytest.mark.parametrize("count", [0, 1, 10, 11, 34, 36, 49, 50, 10**18])
async def test_a_wrong_count_loses_no_row_and_repeats_none(count):
    server = ListServer(35, count=count)
    found, ids = await server.read()
    assert sorted(set(ids)) == list(range(35))
    assert len(ids) == 35
    assert found[-1].complete
    assert len(server.asked) < 20


@pytest.mark.parametrize("largest", [1, 3, 9])
async def test_pages_shorter_than_asked_for_leave_no_gap(largest):
    _, ids = await ListServer(35, count=35, largest=largest).read()
    assert ids == list(range(35))


async def test_a_short_page_in_the_middle_leaves_no_gap():
    class Ragged(ListServer):
        def answer(self, address):
            answer = super().answer(address)
            if "$skip=20" in address:
                answer["value"] = answer["value"][:3]
            return answer

    _, ids = await Ragged(60, count=60).read()
    assert ids == list(range(60))


async def test_unreadable_rows_count_as_rows_of_their_page():
    class Odd(ListServer):
        def answer(self, address):
            answer = super().answer(address)
            answer["value"] = [row if row["id"] % 7 else {"id": None} for row in answer["value"]]
            return answer

    found, ids = await Odd(60, count=60).read()
    assert ids == [number for number in range(60) if number % 7]
    assert sum(page.unreadable for page in found) == 9


async def test_an_empty_list_is_one_empty_page():
    for count in (0, None):
        found, ids = await ListServer(0, count=count).read()
        assert (len(found), ids, found[0].complete) == (1, [], True)


async def test_empty_pages_on_the_way_are_passed_over():
    class Gaps(ListServer):
        def answer(self, address):
            answer = super().answer(address)
            if "$skip=10" in address:
                answer["value"] = []
            return answer

    _, ids = await Gaps(30).read()
    assert ids == [*range(10), *range(20, 30)]


@pytest.mark.parametrize(
    "link",
    [
        lambda address: f"https://evil.example{address}",
        lambda address: f"{PATH}?$skip={10 if '$skip=20' in address else 20}",
        lambda address: f"{PATH}?a={len(address)}&b={address[-40:]}"[:300],
        lambda _: "https://evil.example/steal",
        lambda _: "javascript:alert(1)",
    ],
    ids=["itself", "loop", "ever new", "elsewhere", "no link"],
)
async def test_a_list_whose_links_never_end_ends_and_says_so(link):
    server = ListServer(1000, link=link)
    found, _ = await server.read()
    assert len(server.asked) <= 1 + paging.MOST_LINKED
    assert [page.complete for page in found[-2:]] in ([True, False], [False])


async def test_a_foreign_next_link_on_every_page_does_not_hide_the_count():
    server = ListServer(35, count=35, link=lambda _: f"https://evil.example{PATH}?$skip=35")
    found, ids = await server.read()
    assert ids == list(range(35))
    assert len(server.asked) == 5
    assert found[-1].complete


async def test_the_pages_before_a_failing_one_are_not_lost():
    class Failing(ListServer):
        def answer(self, address):
            if "$skip=30" in address:
                raise Unreachable("gone")
            return super().answer(address)

    seen = []

    async def read():
        async for page in pages(Failing(95, count=95).get, projects_page, PATH, {}, 10):
            seen.append(page)  # noqa: PERF401 - what came before the error matters

    with pytest.raises(Unreachable):
        await read()
    assert [page.rows[0].id for page in seen] == [0, 10, 20]


async def test_an_unreadable_page_ends_the_list_with_its_error():
    async def get(address):
        return b"<html>" if "$skip" in address else await ListServer(95, count=95).get(address)

    with pytest.raises(BadAnswer):
        [page async for page in pages(get, projects_page, PATH, {}, 10)]


async def test_cancelling_leaves_nothing_in_flight():
    server = ListServer(95, count=95)
    started = asyncio.Event()

    async def hang(address):
        if "$skip" in address:
            server.in_flight += 1
            started.set()
            try:
                await asyncio.Event().wait()
            finally:
                server.in_flight -= 1
        return await server.get(address)

    async def read():
        return [page async for page in pages(hang, projects_page, PATH, {}, 10)]

    before = asyncio.all_tasks()
    task = asyncio.get_running_loop().create_task(read())
    await started.wait()
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert server.in_flight == 0
    assert asyncio.all_tasks() == before


async def test_a_reader_may_stop_after_any_page():
    server = ListServer(95, count=95)
    before = asyncio.all_tasks()
    listing = pages(server.get, projects_page, PATH, {}, 10)
    async for page in listing:
        if page.rows[0].id == 20:
            break
    await listing.aclose()
    assert (server.in_flight, asyncio.all_tasks()) == (0, before)


@pytest.mark.parametrize(
    "link",
    [
        "https://api.k6.io/cloud/v6/test_runs?$skip=50&$top=20",
        "/cloud/v6/test_runs?$skip=50&$top=20",
        "http://evil.example/cloud/v6/test_runs?$skip=50&$top=20",
        "//evil.example/cloud/v6/test_runs?$skip=50&$top=20",
        "https://user:pw@api.k6.io/cloud/v6/test_runs?$skip=50&$top=20",
        "https://api.k6.io@evil.example/cloud/v6/test_runs?$skip=50&$top=20#x",
        "https://xn--pi-7kc.k6.io/cloud/v6/test_runs?$skip=50&$top=20",
    ],
)
def test_of_a_link_only_path_and_query_remain(link):
    assert next_path(link, PATH) == "/cloud/v6/test_runs?$skip=50&$top=20"


@pytest.mark.parametrize(
    "link",
    [
        "",
        "?$skip=2",
        "https://api.k6.io",
        "https://api.k6.io/x",
        "https://api.k6.io/cloud/v66/x",
        "https://api.k6.io/cloud/v6/../../x",
        "https://api.k6.io/cloud/v6/%2e%2E/x",
        "https://api.k6.io\\@evil.example/cloud/v6/x",
        "https://api.k6.io/cloud/v6/x\r\nX: y",
        "https://api.k6.io/cloud/v6/ü",
        "https://аpi.k6.io/cloud/v6/x",
        "https://[::1/cloud/v6/x",
        "javascript:/cloud/v6/x y",
        "/cloud/v6/" + "x" * 5000,
    ],
)
def test_a_link_out_of_the_api_is_no_link(link):
    assert next_path(link, PATH) is None


@pytest.mark.parametrize(
    ("link", "asked"), [("/cloud/v5/runs?$skip=5", "/cloud/v5/x"), ("/loadtests/v2/r", "/loadtests/v2/y")]
)
def test_a_link_stays_in_the_api_that_was_asked(link, asked):
    assert next_path(f"https://api.k6.io{link}", asked) == link
    assert next_path(f"https://api.k6.io{link}", PATH) is None
    assert next_path(f"https://api.k6.io{link}", "/") is None
