"""What the packages for Linux hold, made around a stand-in for the bundle: a few small files instead of thousands."""

from __future__ import annotations

import gzip
import importlib
import io
import re
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest

from k6desk import __version__
from k6desk.core import installation
from k6desk.core import licences as about

ROOT = Path(__file__).parents[2]
FILES = ROOT / "packaging" / "linux" / "files"
ID = installation.ID

pytestmark = pytest.mark.skipif(
    not shutil.which("dpkg-deb"), reason="packages for Linux are made on Debian and its descendants"
)


@pytest.fixture
def bundle(tmp_path):
    """Two programs, one library of the system, one Python package, and modes and times that nobody chose."""
    folder = tmp_path / "bundle"
    (folder / "_internal").mkdir(parents=True)
    for name in ("k6desk", "k6desk-demo"):
        shutil.copy(shutil.which("true"), folder / name)
    library = next(Path("/").glob("*lib/*-linux-gnu/libz.so.1"))
    shutil.copyfile(library, folder / "_internal" / "libz.so.1")
    info = folder / "_internal" / "thing-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Name: thing\nVersion: 1.0\nLicense-Expression: MIT OR Apache-2.0\n")
    (info / "RECORD").write_text("thing/__init__.py,,\nthing-1.0.dist-info/METADATA,,\n../../bin/thing,,\n")
    (info / "RECORD").chmod(0o777)
    qt = folder / "_internal" / "pyside6_essentials-6.11.3.dist-info"
    qt.mkdir()
    (qt / "METADATA").write_text("Name: PySide6_Essentials\nVersion: 6.11.3\nLicense: LGPL-3.0-only OR GPL-3.0-only\n")
    (qt / "RECORD").write_text("PySide6/__init__.py,,\n")
    (folder / "_internal" / "thing").mkdir(mode=0o700)
    (folder / "_internal" / "thing" / "__init__.pyc").write_bytes(b"")
    return folder


@pytest.fixture
def icons(tmp_path):
    """Icons by name and size, without pictures in them."""
    folder = tmp_path / "icons"
    folder.mkdir()
    for size in (16, 22, 24, 32, 48, 64, 128, 256, 512):
        (folder / f"k6desk-{size}.png").write_bytes(b"%d" % size)
    return folder


def tar(package: Path) -> tarfile.TarFile:
    """The files of a .deb."""
    content = subprocess.run(["dpkg-deb", "--fsys-tarfile", package], check=True, capture_output=True).stdout
    return tarfile.open(fileobj=io.BytesIO(content))


def text(archive: tarfile.TarFile, name: str) -> str:
    return archive.extractfile(name).read().decode()


def test_the_newest_release_is_this_version(linux):
    assert linux.releases.releases()[0].version == __version__
    with pytest.raises(SystemExit, match=r"write the notes of 99\.0 first"):
        linux.releases.newest("99.0")


def test_a_deb_holds_the_program_and_all_that_the_desktop_asks_for(linux, bundle, icons, tmp_path):
    package = linux.deb.build(bundle, icons, __version__, tmp_path, 0)
    with tar(package) as archive:
        members = {member.name: member for member in archive}
        assert {member.uid or member.gid for member in members.values()} == {0}
        assert members["./usr/bin/k6desk"].linkname == "/opt/k6desk/k6desk"
        assert members["./usr/bin/k6desk-demo"].linkname == "/opt/k6desk/k6desk-demo"
        assert text(archive, "./opt/k6desk/installed-by") == "deb\n"
        assert text(archive, f"./usr/share/icons/hicolor/48x48/apps/{ID}.png") == "48"
        for name in (
            f"applications/{ID}.desktop",
            f"metainfo/{ID}.metainfo.xml",
            f"mime/packages/{ID}.xml",
            f"icons/hicolor/scalable/apps/{ID}.svg",
            "icons/hicolor/scalable/mimetypes/application-vnd.k6desk.run+zip.svg",
            "man/man1/k6desk.1.gz",
            "man/man1/k6desk-demo.1.gz",
        ):
            assert members[f"./usr/share/{name}"].mode == 0o644
        changes = gzip.decompress(archive.extractfile("./usr/share/doc/k6desk/changelog.gz").read()).decode()
        assert changes.startswith(f"k6desk ({__version__}) ")
    runnable = {name for name, member in members.items() if member.isfile() and member.mode == 0o755}
    assert runnable == {"./opt/k6desk/k6desk", "./opt/k6desk/k6desk-demo"}
    assert {member.mode for member in members.values() if member.isdir()} == {0o755}


def test_a_deb_depends_on_what_the_bundle_does_not_bring(linux, bundle, icons, tmp_path):
    package = linux.deb.build(bundle, icons, __version__, tmp_path, 0)
    fields = subprocess.run(["dpkg-deb", "--field", package], check=True, capture_output=True, text=True).stdout
    assert re.search(r"^Depends: libc6 \(>= 2\.\d+\), ca-certificates, ", fields, re.MULTILINE)
    assert int(re.search(r"^Installed-Size: (\d+)$", fields, re.MULTILINE)[1]) > sum(
        path.stat().st_size >> 10 for path in bundle.rglob("*")
    )


def test_a_library_that_nobody_thought_of_stops_the_build(linux):
    needs = linux.needs.Needs("2.36", ("libGL.so.1", "libnew.so.7"))
    with pytest.raises(SystemExit, match=r"the bundle needs libnew\.so\.7: say in "):
        linux.deb.depends(needs)
    assert "libnew.so.7()(64bit)" in linux.rpm.requires(needs)  # which any distribution can find by this name


def test_what_the_bundle_brings_is_not_asked_of_the_system(linux, bundle):
    assert linux.needs.needs(bundle).libraries == ()
    shutil.copy(shutil.which("dpkg-deb"), bundle / "k6desk")
    assert "liblzma.so.5" in linux.needs.needs(bundle).libraries
    assert "libz.so.1" not in linux.needs.needs(bundle).libraries


def test_the_same_bundle_gives_the_same_package(linux, bundle, icons, tmp_path):
    for kind in ("deb", "tarball"):
        first = getattr(linux, kind).build(bundle, icons, __version__, tmp_path, 0).read_bytes()
        (bundle / "k6desk").touch()
        (bundle / "k6desk").chmod(0o700)
        assert getattr(linux, kind).build(bundle, icons, __version__, tmp_path, 0).read_bytes() == first


@pytest.mark.parametrize("kind", ["deb", "tarball", "rpm"])
def test_what_is_only_looked_at_is_hardly_compressed(linux, bundle, icons, tmp_path, kind):
    if kind == "rpm" and not shutil.which("rpmbuild"):
        pytest.skip("rpmbuild is not here")
    packages = importlib.import_module("linux.packages")
    quick, small = (
        getattr(linux, kind).build(bundle, icons, __version__, tmp_path, level).stat().st_size
        for level in (packages.QUICK, packages.SMALL)
    )
    assert small < 0.98 * quick


def test_licences_of_everything_that_is_brought(linux, bundle, icons, tmp_path):
    with tar(linux.deb.build(bundle, icons, __version__, tmp_path, 0)) as archive:
        stanzas = text(archive, "./usr/share/doc/k6desk/copyright").split("\n\n")
        texts = [name for name in archive.getnames() if name.startswith("./opt/k6desk/licences/zlib1g_")]
        (zlib,) = texts
        assert "Mark Adler" in text(archive, zlib)
        assert re.match(r"Its source: https://\S+/zlib/\S+\n\n", text(archive, zlib))
    assert "Their source, version 6.11.3, is at\n https://download.qt.io/official_releases/" in stanzas[0]
    named = {stanza.splitlines()[0].removeprefix("Files: "): stanza for stanza in stanzas}
    package = named["opt/k6desk/_internal/thing/* opt/k6desk/_internal/thing-1.0.dist-info/*"]
    assert "License: MIT or Apache-2.0" in package
    assert f"{zlib[1:]}.\n" in named["opt/k6desk/_internal/libz.so.1"] + "\n"
    for name in re.findall(rf"/{linux.licences.OURS}/(\S+\.txt)", linux.licences.HEAD):
        assert (ROOT / "resources" / "licences" / name).is_file()


def test_about_shows_the_licences_that_a_package_brings(linux):
    assert linux.licences.FOLDER == about.SYSTEM


def test_packages_of_other_versions_do_not_stay_beside_the_new_ones(linux, bundle, icons, tmp_path, monkeypatch):
    packages = importlib.import_module("linux.packages")
    for kind in ("appdir", "deb", "rpm", "tarball"):
        monkeypatch.setattr(getattr(packages, kind), "build", lambda *_: tmp_path / "new")
    old = ("k6desk_0.0.9_amd64.deb", "k6desk-0.0.9-1.x86_64.rpm", "k6desk-0.0.9-linux-x86_64.tar.xz")
    others = ("k6desk-0.0.9-windows-x64-setup.exe", "SHA256SUMS")
    for name in (*old, *others):
        (tmp_path / name).touch()
    packages.make(bundle, __version__, tmp_path, icons)
    assert not [name for name in old if (tmp_path / name).exists()]
    assert all((tmp_path / name).exists() for name in others)


@pytest.mark.skipif(not shutil.which("rpmbuild"), reason="rpmbuild is not here")
def test_an_rpm_has_the_same_files(linux, bundle, icons, tmp_path):
    package = linux.rpm.build(bundle, icons, __version__, tmp_path, 0)
    query = ["rpm", "-qp", "--qf", "[%{FILENAMES} %{FILEUSERNAME} %{FILEMODES:perms}\n]", package]
    lines = subprocess.run(query, check=True, capture_output=True, text=True).stdout.splitlines()
    files = {line.split()[0]: line.split()[1:] for line in lines}
    with tar(linux.deb.build(bundle, icons, __version__, tmp_path, 0)) as archive:
        wanted = {member.name[1:] for member in archive if not member.isdir()}
    apart = ("/usr/share/doc/", "/usr/share/lintian/", "/usr/share/licenses/")
    assert {name for name in wanted if not name.startswith(apart)} == {
        name for name, (_user, mode) in files.items() if not (mode.startswith("d") or name.startswith(apart))
    }
    assert {user for user, _mode in files.values()} == {"root"}
    assert files["/opt/k6desk/k6desk"][1] == "-rwxr-xr-x"
    assert "/usr/share/licenses/k6desk/LICENSE" in files


def test_the_kinds_of_packages_are_those_that_the_program_knows(linux, bundle, icons, tmp_path, monkeypatch):
    folder = linux.appdir.build(bundle, icons, __version__, tmp_path)
    assert not (folder / "opt/k6desk" / installation.MARK).exists()
    assert (folder / "AppRun").resolve() == folder / "opt/k6desk/k6desk"
    assert (folder / f"{ID}.png").read_text() == (folder / ".DirIcon").read_text() == "256"
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    monkeypatch.setattr(sys, "executable", str(folder / "opt/k6desk/k6desk"))
    assert installation.kind() == "portable"
    monkeypatch.setenv("APPIMAGE", "/home/me/k6desk.AppImage")
    monkeypatch.setenv("APPDIR", str(folder))
    assert installation.kind() == "appimage"


def unpacked(linux, bundle: Path, icons: Path, place: Path) -> Path:
    """The folder that somebody gets out of the archive."""
    place.mkdir(exist_ok=True)
    subprocess.run(["tar", "-xf", linux.tarball.build(bundle, icons, __version__, place, 0), "-C", place], check=True)
    return place / f"k6desk-{__version__}"


def menu_entry(folder: Path, task: str, data: Path) -> subprocess.CompletedProcess[str]:
    command = [folder / "menu-entry", task]
    environment = {"PATH": "/usr/bin:/bin", "XDG_DATA_HOME": str(data)}
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


def test_an_archive_puts_itself_into_the_menu_and_takes_itself_out(linux, bundle, icons, tmp_path):
    folder = unpacked(linux, bundle, icons, tmp_path / "my programs")
    data = tmp_path / "my data"
    other = data / "applications" / "other.desktop"
    other.parent.mkdir(parents=True)
    other.touch()
    assert menu_entry(folder, "add", data).stdout == "k6desk is in the menu now.\n"
    entry = data / "applications" / f"{ID}.desktop"
    starts = re.findall(r"^Exec=(.+)$", entry.read_text("utf-8"), re.MULTILINE)
    assert starts == [f'"{folder}/k6desk" {options}' for options in ("%U", "--demo", "--offline")]
    assert (data / f"icons/hicolor/48x48/apps/{ID}.png").exists()
    assert menu_entry(folder, "remove", data).returncode == 0
    assert not [path for path in data.rglob(f"*{ID}*") if path.is_file()]
    assert other.exists()


def test_a_folder_that_no_menu_entry_can_name(linux, bundle, icons, tmp_path):
    folder = unpacked(linux, bundle, icons, tmp_path / "100%")
    done = menu_entry(folder, "add", tmp_path / "data")
    assert done.returncode == 1
    assert "move k6desk to a folder without" in done.stderr
    assert not (tmp_path / "data").exists()
