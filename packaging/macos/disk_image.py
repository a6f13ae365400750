"""The disk image for macOS around `k6desk.app`: sign, pack, and have Apple notarise it.

The environment says as whom, and without it the signature is ad hoc and nothing is notarised:
    K6DESK_SIGN_IDENTITY    "Developer ID Application: …", in a keychain that is unlocked
    K6DESK_NOTARY_PROFILE   a profile that `xcrun notarytool store-credentials` has made
"""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

ENTITLEMENTS = Path(__file__).with_name("entitlements.plist")
SIGN_IDENTITY, NOTARY_PROFILE = "K6DESK_SIGN_IDENTITY", "K6DESK_NOTARY_PROFILE"
AD_HOC = "-"

MACH_O = {bytes.fromhex(magic) for magic in ("cffaedfe", "cefaedfe", "cafebabe")}
"""What programs and libraries of macOS begin with: for one processor, an old one, or several."""


def make(app: Path, version: str, out: Path) -> list[Path]:
    """Write the image into `out`; the app is signed where it lies."""
    identity = os.environ.get(SIGN_IDENTITY, "")
    profile = os.environ.get(NOTARY_PROFILE, "")
    if not identity:
        print(f"k6desk: the signature is ad hoc, for {SIGN_IDENTITY} is not set.", flush=True)
    sign_app(app, identity or AD_HOC)
    out.mkdir(parents=True, exist_ok=True)
    image = out / f"k6desk-{version}-macos-{platform.machine()}.dmg"
    with TemporaryDirectory() as folder:
        shutil.copytree(app, Path(folder, app.name), symlinks=True)
        Path(folder, "Applications").symlink_to("/Applications")
        run("hdiutil", "create", "-volname", f"k6desk {version}", "-srcfolder", folder, "-fs", "HFS+",
            "-format", "ULFO", "-ov", image)  # fmt: skip
    if identity:
        run("codesign", "--sign", identity, "--timestamp", image)
    if identity and profile:
        run("xcrun", "notarytool", "submit", image, "--keychain-profile", profile, "--wait")
        run("xcrun", "stapler", "staple", image)
    else:
        print(f"k6desk: nothing is notarised; it takes {SIGN_IDENTITY} and {NOTARY_PROFILE}.", flush=True)
    return [image]


def sign_app(app: Path, identity: str) -> None:
    """Sign every binary, then the app around them: what seals others comes after them.

    `codesign --deep` would give the programs' entitlements to each library, and misses those outside of Frameworks.
    """
    options = ["--force", "--sign", identity, "--options", "runtime"]
    if identity != AD_HOC:
        options.append("--timestamp")  # Apple's clock, which an ad-hoc signature cannot have
    programs = app / "Contents" / "MacOS"
    for path in binaries(app):
        rights = ["--entitlements", ENTITLEMENTS] if path.parent == programs else []
        run("codesign", *options, *rights, path)
    for framework in sorted(app.rglob("*.framework"), key=lambda path: -len(path.parts)):
        if not framework.is_symlink():
            run("codesign", *options, framework)
    run("codesign", *options, "--entitlements", ENTITLEMENTS, app)
    run("codesign", "--verify", "--deep", "--strict", app)


def binaries(app: Path) -> Iterator[Path]:
    """Every program and library inside, the deepest first."""
    for path in sorted(app.rglob("*"), key=lambda path: (-len(path.parts), path)):
        if path.is_file() and not path.is_symlink():
            with path.open("rb") as file:
                if file.read(4) in MACH_O:
                    yield path


def run(*command: str | Path) -> None:
    """Run one of Apple's programs, whose failure is ours."""
    subprocess.run(command, check=True)
