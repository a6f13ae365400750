"""Python's garbage collector, kept to the thread of the window.

By itself it runs in whichever thread happens to make an object. A widget that it found from the thread that writes the
database would be deleted there, and Qt would crash.
"""

from __future__ import annotations

import gc
import sys
from contextlib import suppress

from PySide6.QtCore import QObject, QTimer

LOOK_MS = 1000
ENOUGH = (20_000, 20, 50)
"""New objects, and rounds of each younger generation, from which on it is worth while."""


def seek_here(parent: QObject) -> QTimer:
    """From now on seek garbage in this thread alone, now and then; what start-up made stays and is not looked at."""
    gc.freeze()
    gc.disable()
    timer = QTimer(parent, interval=LOOK_MS)
    timer.timeout.connect(seek)
    timer.start()
    return timer


def seek() -> None:
    """Seek garbage among the objects of an age of which there are many."""
    due = [age for age, (count, enough) in enumerate(zip(gc.get_count(), ENOUGH, strict=True)) if count >= enough]
    if due:
        gc.collect(due[-1])


def give_back() -> None:
    """Let the system have what was freed: the C library of Linux keeps what lies between things that are in use."""
    if sys.platform == "linux":
        import ctypes

        with suppress(AttributeError):  # a C library that has no such function
            ctypes.CDLL(None).malloc_trim(0)
