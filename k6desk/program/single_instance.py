"""One k6desk for each profile: a second start hands over what it was asked to the first, and ends.

Who holds a lock file is the first, and listens on a socket beside it (on Windows a named pipe). What is sent is one
line of JSON; the answer, that it was taken. Needs neither a window nor an event loop until it listens, and no QtNetwork
before there is somebody to talk to.
"""

from __future__ import annotations

import logging
import os
import sys
import time
import warnings
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import msgspec
from PySide6.QtCore import QObject, QTimer

if TYPE_CHECKING:
    from PySide6.QtNetwork import QLocalServer, QLocalSocket

ANSWER_S = 2.0
"""How long a second start waits for an answer."""
START_S = 10.0
"""How long it waits for one that is starting or ending."""
AGAIN_S = 0.05
LARGEST = 64 * 1024
LONGEST_ADDRESS = 100  # what every system takes as the path of a socket
MOST_CALLERS = 8
TAKEN = b"taken\n"
NO_ANSWER = (
    "Another k6desk has this profile open and does not answer, so this window works beside it: what you do in one may "
    "be missing in the other until that is restarted."
)
logger = logging.getLogger("k6desk")


class Request(msgspec.Struct, frozen=True):
    """What a start of the program was asked: links and files as URLs, and whether its window is to come to the front.

    `token` is what the desktop gave the start, so that the window of another process may have the focus.
    """

    urls: tuple[str, ...] = ()
    front: bool = True
    token: str = ""
    version: Literal[1] = 1


class SingleInstance:
    """The claim on one profile folder."""

    def __init__(self, folder: Path) -> None:
        name = f"{zlib.crc32(os.fsencode(folder.resolve())):08x}"  # one user's profiles are few
        place = _runtime_folder() / name
        if len(os.fsencode(place)) > LONGEST_ADDRESS:
            place = Path(os.devnull, name)
        self._address = f"k6desk-{name}" if sys.platform == "win32" else str(place)
        self._lock = _Lock(f"{place}.lock")
        self._server: QLocalServer | None = None
        self.problem: str | None = None
        """One sentence if another has the profile and does not answer."""

    def enter(self, request: Request) -> bool:
        """Take the profile, or hand the request over to who has it; whether that was done. `problem` if none answers.

        It waits while the other one starts or ends, which is when that does not listen.
        """
        end = time.monotonic() + START_S
        try:
            while not self._lock.take():
                answer = self._hand_over(request) if self._may_listen() else None
                if answer:
                    return True
                if answer is False or time.monotonic() > end:
                    self.problem = NO_ANSWER
                    break
                time.sleep(AGAIN_S)
        except OSError:
            pass  # there is no place for a lock, and so nobody else has one
        return False

    def listen(self, take: Callable[[Request], object]) -> None:
        """From now on `take` gets what other starts were asked. Only for who came in first."""
        from PySide6.QtNetwork import QLocalServer

        if not self._lock.is_held:
            return
        server = QLocalServer()
        server.setSocketOptions(QLocalServer.SocketOption.UserAccessOption)
        server.setMaxPendingConnections(MOST_CALLERS)
        server.newConnection.connect(lambda: _Caller.all_of(server, take))
        QLocalServer.removeServer(self._address)  # of one that crashed
        if server.listen(self._address):
            self._server = server
        else:
            logger.warning("Other starts cannot be heard: %s.", server.errorString())
            self._lock.release()

    def close(self) -> None:
        """Hear nobody any more: this process is about to end, and the next start waits until it has."""
        if self._server:
            self._server.close()

    def _may_listen(self) -> bool:
        return sys.platform == "win32" or Path(self._address).exists()

    def _hand_over(self, request: Request) -> bool | None:
        """Whether it was taken in time; None when nobody listens."""
        from PySide6.QtNetwork import QLocalSocket

        end = time.monotonic() + ANSWER_S
        socket = QLocalSocket()
        socket.connectToServer(self._address)
        if not socket.waitForConnected(_left_ms(end)):
            is_dead = socket.error() in {
                QLocalSocket.LocalSocketError.ServerNotFoundError,
                QLocalSocket.LocalSocketError.ConnectionRefusedError,
            }
            return None if is_dead else False
        if sys.platform == "win32":
            _let_come_to_front()
        socket.write(msgspec.json.encode(request) + b"\n")
        while not socket.canReadLine() and socket.waitForReadyRead(_left_ms(end)):
            pass
        taken = bytes(socket.readLine(len(TAKEN) + 1).data()) == TAKEN
        socket.abort()
        return taken


class _Lock:
    """Held by one process, and let go by the system however that ends; the file itself means nothing."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._file: int | None = None

    @property
    def is_held(self) -> bool:
        """Whether this process has it."""
        return self._file is not None

    def take(self) -> bool:
        """Whether it is held now, and not by another process. Raises `OSError` where there can be none."""
        file = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            _lock(file)
        except (BlockingIOError, PermissionError):
            os.close(file)
            return False
        except OSError:
            os.close(file)
            raise
        self._file = file
        return True

    def release(self) -> None:
        """Leave it to another process."""
        if self._file is not None:
            os.close(self._file)
            self._file = None


class _Caller(QObject):
    """One start that hands over; it has so long, and may say so much."""

    def __init__(self, socket: QLocalSocket, take: Callable[[Request], object]) -> None:
        super().__init__(socket)
        self._socket = socket
        self._take = take
        socket.setReadBufferSize(LARGEST + 1)
        socket.readyRead.connect(self._read)
        socket.disconnected.connect(socket.deleteLater)
        QTimer.singleShot(round(ANSWER_S * 1000), self, socket.abort)
        self._read()

    @classmethod
    def all_of(cls, server: QLocalServer, take: Callable[[Request], object]) -> None:
        """Hear everyone who waits."""
        while socket := server.nextPendingConnection():
            cls(socket, take)

    def _read(self) -> None:
        if self._socket.canReadLine():
            try:
                request = msgspec.json.decode(self._socket.readLine(LARGEST + 1).data(), type=Request)
            except (msgspec.DecodeError, UnicodeDecodeError):
                self._refuse()
            else:
                self._socket.write(TAKEN)
                self._socket.disconnectFromServer()
                self._take(request)
        elif self._socket.bytesAvailable() > LARGEST:
            self._refuse()

    def _refuse(self) -> None:
        logger.warning("Something that k6desk does not understand came from another program and was ignored.")
        self._socket.abort()


def _lock(file: int) -> None:
    if sys.platform == "win32":
        import msvcrt

        msvcrt.locking(file, msvcrt.LK_NBLCK, 1)
    else:
        import fcntl

        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)


def _left_ms(end: float) -> int:
    return max(0, round((end - time.monotonic()) * 1000))


def _runtime_folder() -> Path:
    """A folder that is this user's alone; without one, a place where there can be none."""
    import platformdirs

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that XDG_RUNTIME_DIR is not set, and another folder is taken
        try:
            return Path(platformdirs.user_runtime_dir("k6desk", appauthor=False, ensure_exists=True))
        except OSError:
            return Path(os.devnull)


def _let_come_to_front() -> None:
    """Windows gives the focus to the program that the user started, which may pass it on."""
    import ctypes

    any_process = -1
    ctypes.windll.user32.AllowSetForegroundWindow(any_process)  # type: ignore[attr-defined]
