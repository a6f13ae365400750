"""Tells when the network of the computer changes: then connections may be dead, and a lost server may be back."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer

SETTLED_MS = 300  # one change comes as several signals


def watch_network(on_change: Callable[[], object], parent: QObject) -> bool:
    """Call `on_change` after every change as long as `parent` lives; False where the system does not tell.

    Takes tens of milliseconds, so not before the first picture.
    """
    from PySide6.QtNetwork import QNetworkInformation

    if not QNetworkInformation.loadDefaultBackend():
        return False
    settled = _Settled(parent, singleShot=True, interval=SETTLED_MS)
    settled.timeout.connect(on_change)
    network = QNetworkInformation.instance()
    network.reachabilityChanged.connect(settled.on_change)
    network.transportMediumChanged.connect(settled.on_change)
    return True


def is_at_hand() -> bool:
    """Whether there is a network that does not count each byte, as far as the system tells."""
    from PySide6.QtNetwork import QNetworkInformation

    network = QNetworkInformation.instance()
    if not network:
        return True
    return network.reachability() != QNetworkInformation.Reachability.Disconnected and not network.isMetered()


class _Settled(QTimer):
    """Its connections end with it, as those of a lambda would not."""

    def on_change(self, _now: object) -> None:
        self.start()
