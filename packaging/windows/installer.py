"""The installer for Windows around one bundle; what it does on the user's computer is in `k6desk.nsi`.

It needs makensis, which exists for every system. With K6DESK_SIGN_COMMAND in the environment (a command that signs the
file whose name follows it, such as `signtool sign …`) the programs, the uninstaller and the installer are signed.
"""

from __future__ import annotations

import os
import shutil
import struct
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from windows.version_info import four_numbers

ROOT = Path(__file__).parents[2]
SCRIPT = Path(__file__).with_name("k6desk.nsi")
ICON = ROOT / "build" / "icons" / "k6desk.ico"
SIGN_COMMAND = "K6DESK_SIGN_COMMAND"

BANNER_SIZE = 164, 314
TOP, BOTTOM = (0x5A, 0x48, 0xD6), (0x2C, 0x22, 0x78)
"""The violet of the icon, and a darker one; red, green, blue."""


def make(bundle: Path, version: str, out: Path, icon: Path = ICON) -> list[Path]:
    """Write the installer into `out`, and sign it and the bundle's programs where that is possible."""
    sign = os.environ.get(SIGN_COMMAND, "")
    if not sign:
        print(f"k6desk: nothing is signed, for {SIGN_COMMAND} is not set.", flush=True)
    out.mkdir(parents=True, exist_ok=True)
    installer = out.resolve() / f"k6desk-{version}-windows-x64-setup.exe"
    for program in sorted(bundle.glob("*.exe")):
        sign_file(sign, program)
    with TemporaryDirectory() as folder:
        banner = Path(folder, "banner.bmp")
        banner.write_bytes(gradient(*BANNER_SIZE))
        defines = {
            "VERSION": version,
            "VERSION4": ".".join(map(str, four_numbers(version))),
            "BUNDLE": bundle.resolve(),
            "ICON": icon.resolve(),
            "BANNER": banner,
            "OUT": installer,
            **({"SIGN": sign} if sign else {}),
        }
        options = [f"-D{name}={value}" for name, value in defines.items()]
        subprocess.run([makensis(), "-WX", "-V2", *options, SCRIPT], check=True)
    sign_file(sign, installer)
    return [installer]


def sign_file(command: str, path: Path) -> None:
    """Run the command on a file; nothing happens without a command."""
    if command:
        # As one line: only its shell knows how the command's own quotes are meant.
        subprocess.run(f'{command} "{path}"', shell=True, check=True)  # noqa: S602 - it is the releaser's own


def makensis() -> str:
    """The compiler of the installer; leaves with one sentence if there is none."""
    usual = Path(os.environ.get("PROGRAMFILES(X86)", ""), "NSIS", "makensis.exe")
    found = shutil.which("makensis") or (str(usual) if usual.is_file() else None)
    if found is None:
        sys.exit("k6desk: there is no makensis. Install NSIS 3.08 or newer (apt install nsis, choco install nsis).")
    return found


def gradient(width: int, height: int) -> bytes:
    """A picture from TOP to BOTTOM as a BMP of 24 bits a pixel, whose rows go upwards and whose colours are BGR."""
    padding = bytes(-3 * width % 4)
    rows = b"".join(
        bytes(round(low + (high - low) * y / (height - 1)) for high, low in zip(TOP[::-1], BOTTOM[::-1], strict=True))
        * width
        + padding
        for y in range(height)
    )
    header = struct.pack("<IiiHHIIiiII", 40, width, height, 1, 24, 0, len(rows), 2835, 2835, 0, 0)
    start = 14 + len(header)
    return struct.pack("<2sIHHI", b"BM", start + len(rows), 0, 0, start) + header + rows
