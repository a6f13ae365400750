"""The version resource of the two programs, which Explorer shows under Properties, Details."""

from __future__ import annotations

import re
from pathlib import Path

DESCRIPTIONS = {"k6desk": "k6desk", "k6desk-demo": "k6desk's simulated cloud"}
"""What Windows calls each program, in the task manager for one."""

AMERICAN_ENGLISH, UTF_16 = 0x0409, 0x04B0


def write_version_info(version: str, path: Path, program: str = "k6desk") -> None:
    """Write the resource of a program into `path`, in the form that PyInstaller's `EXE(version=…)` reads."""
    strings = {
        "CompanyName": "The k6desk authors",
        "FileDescription": DESCRIPTIONS[program],
        "FileVersion": version,
        "InternalName": program,
        "LegalCopyright": "The k6desk authors, Apache-2.0",
        "OriginalFilename": f"{program}.exe",
        "ProductName": "k6desk",
        "ProductVersion": version,
    }
    table = ", ".join(f"StringStruct({name!r}, {value!r})" for name, value in strings.items())
    numbers = four_numbers(version)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(
        f"VSVersionInfo(ffi=FixedFileInfo(filevers={numbers}, prodvers={numbers}), kids=[\n"
        f"    StringFileInfo([StringTable('{AMERICAN_ENGLISH:04X}{UTF_16:04X}', [{table}])]),\n"
        f"    VarFileInfo([VarStruct('Translation', [{AMERICAN_ENGLISH}, {UTF_16}])]),\n"
        "])\n",
        "utf-8",
    )


def four_numbers(version: str) -> tuple[int, int, int, int]:
    """A version as Windows compares them: the numbers it begins with, up to four, and zeros after them."""
    numbers = re.match(r"\d+(\.\d+){0,3}", version)
    if numbers is None:
        raise ValueError(f"{version!r} begins with no number.")
    a, b, c, d, *_ = [*map(int, numbers[0].split(".")), 0, 0, 0]
    return a, b, c, d
