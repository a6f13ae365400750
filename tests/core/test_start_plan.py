"""What is known before a start, and what is said of the rest."""

from __future__ import annotations

from types import MappingProxyType

import pytest

from k6desk.api.errors import BadAnswer, Forbidden, NotFound, NotOffered, Refused, SignedOut
from k6desk.api.models import Cost, Limits, LoadTest, Script, ZoneShare
from k6desk.api.plans import Estimate
from k6desk.core import start_plan
from k6desk.core.start_plan import NO_SCRIPT, NOTHING_KNOWN, StartPlan, plan_of, zones_of

TEST = LoadTest(id=7, project_id=3, name="Checkout")
ZONE = {"loadZone": "amazon:ie:dublin", "percent": 60}
OPTIONS = {"vus": 10, "duration": "1m", "cloud": {"distribution": {"a": ZONE}}}


class FakeCloud:
    """A server that answers as it is told: an error is raised, anything else is returned."""

    going = frozenset()
    lacks = MappingProxyType({})

    def __init__(self, **answers) -> None:
        self.answers = {
            "test_script": Script(b"tar", is_archive=True),
            "limits": Limits(3, vuh_max_per_month=100),
            "estimate": Estimate(5.0, Cost(total_vuh=5.0)),
        } | answers

    def __getattr__(self, name):
        async def answer(*_):
            if isinstance(self.answers[name], Exception):
                raise self.answers[name]
            return self.answers[name]

        return answer


class FakeStore:
    used = 40.0

    def latest_of_test(self, *_):
        return []

    def vuh_since(self, *_):
        return self.used

    def limits(self, _):
        return Limits(3, vuh_max_per_month=50)

    async def put_limits(self, *_):
        pass


@pytest.fixture(autouse=True)
def _archives(monkeypatch):
    class Read:
        options = OPTIONS

    monkeypatch.setattr(start_plan, "OpenedArchive", lambda _: Read)


async def plan(**answers) -> StartPlan:
    return await plan_of(FakeCloud(**answers), FakeStore(), TEST)


async def test_an_archive_tells_load_zones_and_cost():
    known = await plan()
    assert known.workload.vus == 10
    assert known.workload.duration_s == 60
    assert known.zones == (ZoneShare("amazon:ie:dublin", 60),)
    assert known.estimate.vuh == 5
    assert known.left_vuh == 55
    assert known.has_key


async def test_a_plain_script_is_estimated_only_after_a_run():
    known = await plan(test_script=Script(b"export default", is_archive=False))
    assert known.estimate is None
    assert known.basis == NOTHING_KNOWN
    assert known.left_vuh == 60


async def test_without_a_script_there_is_nothing_to_start():
    known = await plan(test_script=NotFound("none", status=404))
    assert known.refusal == NO_SCRIPT
    assert known.basis == "There is no estimate.", "why is said once"


@pytest.mark.parametrize("code", ["validation_error", ""])
async def test_what_the_server_would_not_run_is_said_in_its_words(code):
    error = Refused("Too many VUs.", status=400, code=code)
    known = await plan(estimate=error)
    assert known.refusal == str(error)
    assert known.basis == "There is no estimate.", "why is said once"


@pytest.mark.parametrize("error", [Forbidden("May not.", status=403), NotOffered("None here."), BadAnswer("Nonsense.")])
async def test_a_missing_estimate_is_no_reason_not_to_start(error):
    known = await plan(estimate=error)
    assert known.refusal == ""
    assert str(error) in known.basis


async def test_limits_that_may_not_be_read_are_those_known_before():
    assert (await plan(limits=Forbidden("May not.", status=403))).left_vuh == 5


@pytest.mark.parametrize("asked", ["estimate", "limits", "test_script"])
async def test_who_is_signed_out_has_no_plan(asked):
    with pytest.raises(SignedOut):
        await plan(**{asked: SignedOut("Out.", status=401)})


@pytest.mark.parametrize(
    "options",
    [None, {"cloud": []}, {"ext": {"loadimpact": {"distribution": [1]}}}, {"cloud": {"distribution": {"a": 3}}}],
)
def test_zones_of_odd_options_are_none(options):
    assert zones_of(options) == ()


def test_older_scripts_name_their_zones_elsewhere():
    older = {"ext": {"loadimpact": {"distribution": {"x": {"loadZone": "amazon:us:ashburn"}}}}}
    assert zones_of(older) == (ZoneShare("amazon:us:ashburn", None),)


async def test_an_account_without_costs_claims_none():
    cloud = FakeCloud(test_script=NotOffered("No scripts."))
    cloud.lacks = MappingProxyType({"cost": "This account tells no costs."})
    known = await plan_of(cloud, FakeStore(), TEST)
    assert (known.used_vuh, known.left_vuh, known.estimate) == (None, None, None)
    assert known.basis == "This account tells no costs."
