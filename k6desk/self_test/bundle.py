"""Whether all code is there: our own modules, every library, and what the libraries load by name."""

from __future__ import annotations

import dis
import pkgutil
import re
import sys
from collections.abc import Iterable, Iterator
from importlib import import_module, metadata
from types import CodeType
from typing import Any

import k6desk
from k6desk.self_test.problem import Problem

LOADED_BY_LIBRARIES = (
    "anyio._backends._asyncio",
    "python_multipart",
    "sniffio",
    "uvicorn.lifespan.off",
    "uvicorn.loops.auto",
    "uvicorn.protocols.http.auto",
    "uvicorn.protocols.websockets.auto",
)
"""What the libraries import only in the middle of their work."""

OF_SYSTEMS = frozenset({"fcntl", "msvcrt", "winreg"})
"""What Python has on some systems only."""

_KEYRINGS = {"darwin": "keyring.backends.macOS", "win32": "keyring.backends.Windows"}
_IMPORT_NAME, _IMPORT_FROM = dis.opmap["IMPORT_NAME"], dis.opmap["IMPORT_FROM"]


def check_imports() -> dict[str, Any]:
    """Import every module of k6desk, and all that these import anywhere, also late and inside functions."""
    ours = list(pkgutil.walk_packages(k6desk.__path__, "k6desk.", onerror=lambda _: None))  # which we hear of below
    by_name = (*LOADED_BY_LIBRARIES, _KEYRINGS.get(sys.platform, "keyring.backends.SecretService"))
    wanted = {(name, "") for name in (*by_name, *(each.name for each in ours))}
    wanted.update(*map(_imported_by, ours))
    broken = _broken(sorted(wanted))
    if broken:
        told = "; ".join(f"{name} ({why})" for name, why in broken.items())
        raise Problem(f"These modules cannot be imported: {told}.")
    if not ours:
        raise Problem("The modules of k6desk cannot be listed.")
    libraries = {name.partition(".")[0] for name, _ in wanted} - sys.stdlib_module_names - {"k6desk"}
    return {"modules": len(ours), "libraries": len(libraries)}


def check_licences() -> dict[str, Any]:
    """Find the licence of each part."""
    from k6desk.core import licences
    from k6desk.ui.icons import resource

    try:
        for requirement in metadata.requires("k6desk") or ():
            if ";" not in requirement:  # those with a condition may be for other systems
                metadata.version(re.split(r"[^\w.-]", requirement, maxsplit=1)[0])
    except metadata.PackageNotFoundError as error:
        raise Problem(f"The metadata of {error.name} are not there.") from error
    parts = licences.parts(resource("licences"))
    silent = [part.name for part in parts if not (part.licence and part.texts)]
    if silent:
        raise Problem(f"The licences of these parts are not there: {', '.join(silent)}.")
    return {"parts": len(parts)}


def check_notifications() -> dict[str, Any]:
    """Import what shows notifications on this system; shows none."""
    from desktop_notifier import DesktopNotifier, Icon

    from k6desk.ui.icons import resource

    notifier = DesktopNotifier(app_name="k6desk", app_icon=Icon(path=resource("k6desk.png")))
    return {"backend": type(notifier._backend).__name__}  # noqa: SLF001 - nothing else says which was chosen


def _broken(wanted: Iterable[tuple[str, str]]) -> dict[str, str]:
    """The modules among these, and the names in them, that are not there, and why."""
    broken = {}
    for module, name in wanted:
        try:
            if not hasattr(import_module(module), name or "__name__"):
                import_module(f"{module}.{name}")
        except Exception as error:  # noqa: BLE001 - a module may fail in any way
            broken[module] = f"{type(error).__name__}: {' '.join(str(error).split())[:200]}"
    return broken


def _imported_by(module: pkgutil.ModuleInfo) -> Iterator[tuple[str, str]]:
    """The modules that the code of one imports, and the names that it takes from them."""
    spec = module.module_finder.find_spec(module.name, None)
    loader: Any = spec and spec.loader
    code: CodeType | None = loader.get_code(module.name)
    for each in _codes(code) if code else ():
        if _IMPORT_NAME not in each.co_code[::2]:
            continue
        source = ""
        for instruction in dis.get_instructions(each):
            if instruction.opcode == _IMPORT_NAME:
                source = instruction.argval
            if instruction.opcode in {_IMPORT_NAME, _IMPORT_FROM} and source not in OF_SYSTEMS:
                yield source, instruction.argval if instruction.opcode == _IMPORT_FROM else ""


def _codes(code: CodeType) -> Iterator[CodeType]:
    yield code
    for each in code.co_consts:
        if isinstance(each, CodeType):
            yield from _codes(each)
