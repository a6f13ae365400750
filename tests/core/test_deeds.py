import asyncio

import pytest

from k6desk.api import errors
from k6desk.core.deeds import BELIEVED_REMOVED, Busy, Deeds, Removed, Unknown, is_a_no
from k6desk.data.library import Target

RUN = Target("run", 7, "Checkout")


class Cloud:
    """Answers as the test says; `asked` counts."""

    def __init__(self) -> None:
        self.lacks = {"note": "This account has no notes."}
        self.going = frozenset({"save"})
        self.asked = 0
        self.answer: Exception | str = "done"
        self.has_run = True

    async def act(self) -> str:
        self.asked += 1
        await asyncio.sleep(0)
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer

    async def run(self, run_id: int) -> bytes:
        if not self.has_run:
            raise errors.NotFound("There is no such run.", status=404)
        return b"{}"


@pytest.fixture
def cloud():
    return Cloud()


@pytest.fixture
def told():
    return []


@pytest.fixture
def deeds(session, cloud, told):
    deeds = Deeds(session.store, session.connection)
    deeds.use(cloud, lambda: told.append("unknown"))
    return deeds


def act(cloud):
    return cloud.act()


async def test_what_is_done_is_journaled_before_and_after(deeds, session, cloud):
    def look(cloud):
        assert [action.action for action in session.store.pending()] == ["star"]
        assert session.store.intent(7) == "Starring…"
        return cloud.act()

    assert await deeds.do("star", RUN, "Starring…", look) == "done"
    assert session.store.pending() == []
    assert session.store.intent(7) is None


async def test_the_same_is_not_done_twice_at_once(deeds, cloud):
    first = asyncio.ensure_future(deeds.do("star", RUN, "Starring…", act))  # noqa: TID251 - the test owns it
    await asyncio.sleep(0)
    with pytest.raises(Busy, match="“Checkout” is busy"):
        await deeds.do("delete_run", RUN, "Deleting…", act)
    await first
    assert cloud.asked == 1


async def test_a_no_leaves_nothing_open(deeds, session, cloud):
    cloud.answer = errors.Conflict("It is running.", status=409)
    with pytest.raises(errors.Conflict):
        await deeds.do("delete_run", RUN, "Deleting…", act)
    assert session.store.pending() == []
    assert session.store.intent(7) is None


async def test_after_a_lost_answer_only_the_same_decision_may_be_tried_again(deeds, session, cloud, told):
    cloud.answer = errors.Unreachable("The connection was lost.")
    with pytest.raises(Unknown, match="k6desk asks the server whether the request arrived"):
        await deeds.do("start", RUN, "Starting…", act, decision="start key-1")
    assert told == ["unknown"]
    assert session.store.intent(7) == "Starting?"
    with pytest.raises(Busy):
        await deeds.do("start", RUN, "Starting…", act, decision="start key-2")
    cloud.answer = "done"
    await deeds.do("start", RUN, "Starting…", act, decision="start key-1")
    assert session.store.pending() == []
    assert session.store.intent(7) is None


@pytest.mark.parametrize(
    ("error", "certain"),
    [
        (errors.Refused("No.", status=400), True),
        (errors.TryLater("Slow down.", status=429), True),
        (errors.TryLater("Broken.", status=502), False),
        (errors.NotSent("No network."), True),
        (errors.Unreachable("Timed out."), False),
        (errors.BadAnswer("Not JSON."), False),
        (errors.Untrusted("A login page."), True),
    ],
)
def test_only_some_errors_say_that_nothing_was_done(error, certain):
    assert is_a_no(error) is certain


async def test_what_the_account_lacks_is_not_asked_for(deeds, cloud):
    with pytest.raises(errors.NotOffered, match="has no notes"):
        await deeds.do("note", RUN, "Writing…", act)
    assert cloud.asked == 0


async def test_a_404_about_something_named_in_the_request_removes_no_operation(deeds, cloud):
    cloud.going = frozenset({"start"})
    cloud.answer = errors.NotFound("The load test has no script.", status=404, code="not_found")
    with pytest.raises(errors.NotFound):
        await deeds.do("start", RUN, "Starting…", act)
    assert not deeds.is_removed("start")


@pytest.mark.parametrize("status", [404, 405, 410])
async def test_an_operation_that_was_removed_is_remembered(deeds, session, cloud, status, monkeypatch):
    kind = errors.NotFound if status == 404 else errors.Refused
    cloud.answer = kind("Not here.", status=status)
    with pytest.raises(Removed, match="Grafana has removed"):
        await deeds.do("save", RUN, "Saving…", act)
    assert deeds.is_removed("save")
    assert not deeds.is_removed("star")
    monkeypatch.setattr("k6desk.core.deeds.BELIEVED_REMOVED", -BELIEVED_REMOVED)
    assert not deeds.is_removed("save")


async def test_a_run_that_is_gone_is_no_removed_operation(deeds, cloud):
    cloud.answer = errors.NotFound("There is no such run.", status=404)
    cloud.has_run = False
    with pytest.raises(errors.NotFound):
        await deeds.do("save", RUN, "Saving…", act)
    assert not deeds.is_removed("save")


async def test_without_a_server_nothing_is_journaled(session):
    with pytest.raises(errors.CloudError, match="offline"):
        await Deeds(session.store, session.connection).do("star", RUN, "Starring…", act)
    assert session.store.pending() == []
