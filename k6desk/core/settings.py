"""The user's choices, as a TOML file that people may read and edit; the window's sizes are kept apart, in Qt's way."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Annotated, Literal

import msgspec
from PySide6.QtCore import QSettings

from k6desk.data.files import set_aside, write_atomically

LEAST_LIMIT_MB, MOST_LIMIT_MB = 10, 100_000
ThemeChoice = Literal["light", "dark", "system"]


class Choices(msgspec.Struct, frozen=True):
    """What the user chose; a file with other or wrong entries gives the defaults for these."""

    version: int = 1
    theme: ThemeChoice = "system"
    detail_below: bool = False
    notify: bool = True
    watched_people: tuple[str, ...] = ()
    keep_starred: bool = False
    """Whether starred runs are kept on this computer by themselves, and below those that failed: it takes disk."""
    keep_failed: bool = False
    fetch_scripts: bool = True
    """Whether the scripts of tests and their newest runs are fetched while nobody waits for them."""
    fetching_paused: bool = False
    script_limit_mb: Annotated[int, msgspec.Meta(ge=LEAST_LIMIT_MB, le=MOST_LIMIT_MB)] = 1000
    """What the kept scripts may take until no more are fetched in this way."""
    tell_updates: bool = True
    """Whether a newer k6desk is told of, where no package manager does it."""


def usual_folder() -> Path:
    """The profile of a start that names none."""
    import platformdirs  # the first picture of another profile needs none of it

    return Path(platformdirs.user_data_dir("k6desk", appauthor=False))


class Settings:
    """The choices of one profile; a file that cannot be read is kept aside, not overwritten."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._path = folder / "settings.toml"
        self.window_state = folder / "window.ini"
        self.problem: str | None = None
        self.choices = self._read()

    def choose(self, **changes: object) -> None:
        """Change some choices and keep them; when they cannot be written they hold until the program ends."""
        self.choices = msgspec.structs.replace(self.choices, **changes)
        import tomli_w

        try:
            write_atomically(self._path, tomli_w.dumps(msgspec.to_builtins(self.choices)).encode())
        except OSError as error:
            self.problem = f"Your settings could not be saved ({error.strerror}), so they hold until k6desk is closed."

    def open_window_state(self) -> QSettings:
        """The sizes and places of windows, apart from the choices and disposable."""
        return QSettings(str(self.window_state), QSettings.Format.IniFormat)

    def _read(self) -> Choices:
        try:
            entries = tomllib.loads(self._path.read_text("utf-8"))
        except FileNotFoundError:
            return Choices()
        except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError):
            self.problem = self._put_aside()
            return Choices()
        choices = Choices()
        for name in Choices.__struct_fields__:
            try:
                value = msgspec.convert({name: entries[name]}, Choices) if name in entries else choices
            except msgspec.ValidationError:
                continue
            choices = msgspec.structs.replace(choices, **{name: getattr(value, name)})
        return choices

    def _put_aside(self) -> str:
        try:
            aside = set_aside(self._path)
        except OSError:
            return "Your settings can be neither read nor replaced; k6desk uses the defaults."
        return f"Your settings could not be read; k6desk uses the defaults and keeps the file as {aside.name}."
