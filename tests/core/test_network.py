"""Which networks may be used for what nobody waits for."""

from types import SimpleNamespace

import pytest
from PySide6.QtNetwork import QNetworkInformation

from k6desk.core.network import is_at_hand

Reachability = QNetworkInformation.Reachability


@pytest.mark.parametrize(
    ("reachability", "metered", "usable"),
    [
        (Reachability.Online, False, True),
        (Reachability.Online, True, False),
        (Reachability.Disconnected, False, False),
        (Reachability.Unknown, False, True),
        (Reachability.Site, False, True),
    ],
)
def test_a_network_is_at_hand_when_it_is_there_and_free(monkeypatch, reachability, metered, usable):
    told = SimpleNamespace(reachability=lambda: reachability, isMetered=lambda: metered)
    monkeypatch.setattr(QNetworkInformation, "instance", lambda: told)
    assert is_at_hand() is usable


def test_a_system_that_does_not_tell_is_given_a_chance(monkeypatch):
    monkeypatch.setattr(QNetworkInformation, "instance", lambda: None)
    assert is_at_hand()
