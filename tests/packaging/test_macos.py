"""The disk image for macOS: Apple's programs are pretended, and write down what they were asked."""

from __future__ import annotations

import importlib
import plistlib
from pathlib import Path

import pytest

from k6desk.data.bundle import SUFFIX

ROOT = Path(__file__).parents[2]
MACH_O = bytes.fromhex("cffaedfe") + b"code"
FAT = bytes.fromhex("cafebabe") + b"code"


@pytest.fixture
def macos(monkeypatch):
    """Import a module of packaging/macos."""
    monkeypatch.syspath_prepend(ROOT / "packaging")
    return lambda name: importlib.import_module(f"macos.{name}")


@pytest.fixture
def disk_image(macos, monkeypatch):
    """The module without credentials; its `asked` has each command as a line."""
    module = macos("disk_image")
    asked = []

    def run(*command):
        asked.append(" ".join(str(word) for word in command))
        if command[0] == "hdiutil":
            folder = Path(command[command.index("-srcfolder") + 1])
            asked.append(" ".join(sorted(path.name for path in folder.iterdir())))

    monkeypatch.setattr(module, "run", run)
    monkeypatch.setattr(module, "asked", asked, raising=False)
    monkeypatch.setattr(module.platform, "machine", lambda: "arm64")
    for name in (module.SIGN_IDENTITY, module.NOTARY_PROFILE):
        monkeypatch.delenv(name, raising=False)
    return module


@pytest.fixture
def app(tmp_path):
    """An app as PyInstaller makes it, in small."""
    contents = tmp_path / "k6desk.app" / "Contents"
    for name, content in {
        "MacOS/k6desk": MACH_O,
        "MacOS/k6desk-demo": MACH_O,
        "Frameworks/libssl.dylib": MACH_O,
        "Frameworks/PySide6/Qt/lib/QtCore.framework/Versions/A/QtCore": FAT,
        "Resources/k6desk/text.txt": b"no code",
    }.items():
        path = contents / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    (contents / "Resources" / "libssl.dylib").symlink_to("../Frameworks/libssl.dylib")
    return contents.parent


def test_without_credentials_the_signature_is_ad_hoc_and_nothing_is_notarised(disk_image, app, tmp_path, capsys):
    made = disk_image.make(app, "0.1.0", tmp_path / "dist")
    assert made == [tmp_path / "dist" / "k6desk-0.1.0-macos-arm64.dmg"]
    assert all("--sign - " in line for line in disk_image.asked if "--sign" in line)
    assert not any(word in line for line in disk_image.asked for word in ("notarytool", "stapler", "--timestamp"))
    assert len(capsys.readouterr().out.splitlines()) == 2


def test_what_seals_others_is_signed_after_them(disk_image, app, tmp_path):
    disk_image.make(app, "0.1.0", tmp_path / "dist")
    signed = [line.rsplit("/", 1)[-1] for line in disk_image.asked if "--sign" in line]
    assert signed.index("QtCore") < signed.index("QtCore.framework") < signed.index("k6desk.app") == len(signed) - 1


def test_only_programs_and_the_app_get_entitlements(disk_image, app, tmp_path):
    disk_image.make(app, "0.1.0", tmp_path / "dist")
    entitled = {line.rsplit("/", 1)[-1] for line in disk_image.asked if "--entitlements" in line}
    assert entitled == {"k6desk", "k6desk-demo", "k6desk.app"}


def test_the_image_has_the_app_and_a_way_to_applications(disk_image, app, tmp_path):
    disk_image.make(app, "0.1.0", tmp_path / "dist")
    assert "Applications k6desk.app" in disk_image.asked


def test_with_credentials_the_image_is_signed_notarised_and_stapled(disk_image, app, tmp_path, monkeypatch):
    monkeypatch.setenv("K6DESK_SIGN_IDENTITY", "Developer ID Application: Someone")
    monkeypatch.setenv("K6DESK_NOTARY_PROFILE", "k6desk")
    [image] = disk_image.make(app, "0.1.0", tmp_path / "dist")
    *_, signature, submission, staple = disk_image.asked
    assert signature == f"codesign --sign Developer ID Application: Someone --timestamp {image}"
    assert submission == f"xcrun notarytool submit {image} --keychain-profile k6desk --wait"
    assert staple == f"xcrun stapler staple {image}"


def test_an_identity_alone_notarises_nothing(disk_image, app, tmp_path, monkeypatch):
    monkeypatch.setenv("K6DESK_SIGN_IDENTITY", "Developer ID Application: Someone")
    disk_image.make(app, "0.1.0", tmp_path / "dist")
    assert not any("notarytool" in line for line in disk_image.asked)


def test_entitlements_are_as_few_as_python_needs():
    content = plistlib.loads((ROOT / "packaging" / "macos" / "entitlements.plist").read_bytes())
    prefix = "com.apple.security.cs."
    assert content == {f"{prefix}allow-unsigned-executable-memory": True, f"{prefix}disable-library-validation": True}


def test_the_bundle_says_that_it_opens_links_and_exported_runs(macos):
    info = plistlib.loads(plistlib.dumps(macos("info_plist").INFO_PLIST))
    [declared] = info["UTExportedTypeDeclarations"]
    [opened] = info["CFBundleDocumentTypes"]
    assert info["CFBundleURLTypes"][0]["CFBundleURLSchemes"] == ["k6desk"]
    assert opened["LSItemContentTypes"] == [declared["UTTypeIdentifier"]]
    assert [f".{end}" for end in declared["UTTypeTagSpecification"]["public.filename-extension"]] == [SUFFIX]
