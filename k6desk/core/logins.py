"""Logins that the computer already has: in the environment, and in the k6 CLI's configuration. Both are only read."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TypeVar

import msgspec
from msgspec import Struct

from k6desk.api.secret import Secret
from k6desk.api.stack import DEFAULT_ORIGIN, api_origin, clean_token, stack_url
from k6desk.core.accounts import Account

T = TypeVar("T")


class BadLogin(ValueError):
    """A login found outside the program that cannot be used; one sentence for each thing wrong with it."""

    def __init__(self, *problems: str) -> None:
        super().__init__(" ".join(problems))
        self.problems = problems


def from_environment(environ: Mapping[str, str]) -> tuple[Account, Secret] | None:
    """The login in the variables that the k6 CLI reads too; None without a `K6_CLOUD_TOKEN`, `BadLogin` if unusable.

    A token for which no stack is named is one without a stack.
    """
    values = {name: value.strip() for name, value in environ.items() if name.startswith("K6_CLOUD_") and value.strip()}
    if "K6_CLOUD_TOKEN" not in values:
        return None
    problems: list[str] = []

    def parsed(variable: str, parse: Callable[[str], T], absent: T) -> T:
        try:
            return parse(values[variable]) if variable in values else absent
        except ValueError as error:
            problems.append(f"{variable} cannot be used. {error}")
            return absent

    token = parsed("K6_CLOUD_TOKEN", clean_token, None)
    stack_id = parsed("K6_CLOUD_STACK_ID", _stack_id, 0)
    url = parsed("K6_CLOUD_STACK_URL", stack_url, "")
    origin = parsed("K6_CLOUD_HOST_V6", api_origin, DEFAULT_ORIGIN)
    if "K6_CLOUD_STACK_URL" in values and "K6_CLOUD_STACK_ID" not in values:
        problems.append("K6_CLOUD_STACK_URL is set but K6_CLOUD_STACK_ID is not: set it to the number of your stack.")
    if problems or token is None:
        raise BadLogin(*problems)
    return Account.of(origin, url, stack_id), token


def _stack_id(text: str) -> int:
    if not re.fullmatch(r"[0-9]{1,18}", text) or not int(text):
        raise ValueError("A stack id is a whole number, such as 12345.")
    return int(text)


class CliLogin(Struct, frozen=True):
    """What the k6 CLI knows of its login; `stack_url` is empty in configurations made by older versions."""

    token: Secret
    stack_url: str = ""


def k6_cli_config(environ: Mapping[str, str], platform: str = sys.platform) -> Path:
    """Where the k6 CLI keeps its login on this platform, whether or not it is there."""
    if platform == "win32":
        base = Path(environ.get("APPDATA") or Path.home() / "AppData" / "Roaming")
    elif platform == "darwin":
        base = Path.home() / "Library" / "Application Support"
    else:
        base = Path(environ.get("XDG_CONFIG_HOME") or Path.home() / ".config")
    return base / "k6" / "config.json"


def import_k6_cli(path: Path) -> CliLogin:
    """Read the k6 CLI's login and change nothing; `BadLogin` with the reason if there is none to use."""
    try:
        document = msgspec.json.decode(path.read_bytes(), type=_CliConfig)
    except FileNotFoundError:
        raise BadLogin("The k6 CLI is not signed in on this computer: it has no configuration.") from None
    except OSError as error:
        raise BadLogin(f"The k6 CLI's configuration cannot be read: {error.strerror}.") from None
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise BadLogin("The k6 CLI's configuration is damaged; sign in with `k6 cloud login` again.") from None
    login = document.collectors.cloud
    if not login.token:
        raise BadLogin("The k6 CLI is not signed in: its configuration holds no token.")
    try:
        return CliLogin(clean_token(login.token), stack_url(login.stackURL) if login.stackURL else "")
    except ValueError as error:
        raise BadLogin(f"The k6 CLI's login cannot be used. {error}") from None


class _CliCloud(Struct):
    token: str | None = None
    stackURL: str | None = None  # noqa: N815 - the k6 CLI's spelling


class _CliCollectors(Struct):
    cloud: _CliCloud = msgspec.field(default_factory=_CliCloud)


class _CliConfig(Struct):
    collectors: _CliCollectors = msgspec.field(default_factory=_CliCollectors)
