from __future__ import annotations

import json
from pathlib import Path

import pytest
from msgspec.structs import replace

from k6desk.api.metrics import Answer, Matcher
from k6desk.core.metrics.checks import ASKS, WITHOUT_GROUPS, Check, checks_of, curve
from tests.measured import totals

RECORDED = Path(__file__).parents[4] / "shared" / "data" / "k6-recording-checkout-ramp.summary.json"


def known(passes, fails, *labels, asks=ASKS):
    return dict(zip(asks, (totals(passes, *labels), totals(fails, *labels)), strict=True))


def test_a_check_is_told_by_its_group_and_may_only_pass_or_only_fail():
    passes = {("status", "::a"): 3, ("status", "::b"): 4, ("body", "::a"): 5.0}
    fails = {("status", "::a"): 2, ("never", ""): 1}
    found = checks_of(known(passes, fails, "check", "group").get)
    assert found == (
        Check("never", "", 0, 1),
        Check("body", "::a", 5, 0),
        Check("status", "::a", 3, 2),
        Check("status", "::b", 4, 0),
    )
    assert [check.ratio for check in found] == [0, 1, 0.6, 1]


def test_nothing_is_known_until_both_answers_are_there():
    answers = known({("a", ""): 1}, {}, "check", "group")
    assert checks_of({ASKS[0]: answers[ASKS[0]]}.get) is None
    assert checks_of({}.get) is None
    assert checks_of(dict.fromkeys(ASKS, Answer()).get) == ()


@pytest.mark.parametrize("in_groups", [{}, dict.fromkeys(ASKS, Answer())])
def test_a_server_without_groups_is_asked_for_names_alone(in_groups):
    answers = in_groups | known({("a",): 3}, {("a",): 1}, "check", asks=WITHOUT_GROUPS)
    assert checks_of(answers.get) == (Check("a", "", 3, 1),)


def test_a_check_that_one_of_the_answers_may_have_left_out_is_not_guessed_at():
    answers = known({("a", ""): 3, ("b", ""): 4}, {("a", ""): 1, ("c", ""): 2}, "check", "group")
    answers[ASKS[1]] = replace(answers[ASKS[1]], left_out=7)
    assert checks_of(answers.get) == (Check("a", "", 3, 1), Check("c", "", 0, 2))


def test_the_curve_is_that_of_one_check():
    query = curve(Check("a", "::g", 1, 0)).query
    assert query.matchers == (Matcher("check", "a"), Matcher("group", "::g"))
    assert curve(Check("a", "", 1, 0)).query.matchers == (Matcher("check", "a"),)


def test_the_recorded_run_failed_83_of_4470_checks():
    if not RECORDED.exists():
        pytest.skip("the recorded run is not there")
    groups = json.loads(RECORDED.read_bytes())["root_group"]["groups"].values()
    counted = {(name, group["path"]): check for group in groups for name, check in group["checks"].items()}
    passes = {key: check["passes"] for key, check in counted.items()}
    fails = {key: check["fails"] for key, check in counted.items() if check["fails"]}
    found = checks_of(known(passes, fails, "check", "group").get)
    assert len(found) == 3
    assert sum(check.fails for check in found) == 83
    assert sum(check.fails + check.passes for check in found) == 4470
