"""The table of actions."""

from __future__ import annotations

from collections import Counter

import pytest
from PySide6.QtCore import QObject

from k6desk.ui.actions import TABLE, Actions


@pytest.fixture
def parent():
    return QObject()


@pytest.fixture
def actions(parent):
    return Actions(parent)


def test_no_two_actions_share_a_name_or_a_key():
    assert max(Counter(spec.name for spec in TABLE).values()) == 1
    assert max(Counter(keys for spec in TABLE for keys in spec.keys).values()) == 1


def test_a_tooltip_names_the_key(actions):
    assert actions["refresh"].toolTip() == "Ask the server now  (F5)"
    assert actions["about"].toolTip() == "About k6desk"


def test_a_refused_action_says_why_and_forgets_it_when_it_is_allowed_again(actions):
    actions.allow("abort", "This run has already ended.")
    assert not actions["abort"].isEnabled()
    assert "already ended" in actions["abort"].toolTip()
    actions.allow("abort", None)
    assert actions["abort"].isEnabled()
    assert "already ended" not in actions["abort"].toolTip()


def test_a_switch_says_everywhere_what_it_does_next(actions):
    actions.show_next("theme", "Light theme", "sun")
    assert actions["theme"].text() == "Light theme"
    assert actions["theme"].toolTip().startswith("Light theme")
    actions.allow("layout", "Sign in first.")
    actions.show_next("layout", "Details beside the runs", "panel-right")
    assert actions["layout"].toolTip().startswith("Sign in first.")
    actions.allow("layout", None)
    assert actions["layout"].toolTip().startswith("Details beside the runs")


def test_an_action_has_its_effect(actions):
    done = []
    actions.connect_all({"quit": lambda: done.append("quit")})
    actions["quit"].trigger()
    assert done == ["quit"]


def test_an_effect_without_an_action_is_an_error(actions):
    with pytest.raises(KeyError):
        actions.connect_all({"fly": print})
