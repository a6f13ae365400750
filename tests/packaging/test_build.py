"""packaging/build.py around a pretended PyInstaller; and what the bundle must hold, read from the source."""

from __future__ import annotations

import ast
import hashlib
import importlib
import json
import os
import re
import shutil
import struct
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

from k6desk import __version__

ROOT = Path(__file__).parents[2]
SPEC = (ROOT / "packaging" / "k6desk.spec").read_text("utf-8")


@pytest.fixture
def build(tmp_path, monkeypatch):
    """The script, working in a folder of its own, on a Linux that lacks nothing."""
    monkeypatch.syspath_prepend(ROOT / "packaging")
    build = importlib.import_module("build")
    for module in (build, build.bundle):
        monkeypatch.setattr(module, "BUILD", tmp_path / "build")
        monkeypatch.setattr(module, "DIST", tmp_path / "dist")
    monkeypatch.setattr(build, "REHEARSAL", tmp_path / "build" / "rehearsal")
    monkeypatch.setattr(build.bundle, "prepare", lambda: None)
    monkeypatch.setattr(sys, "platform", "linux")
    return build


@pytest.fixture
def machine(build, monkeypatch):
    """Runs no program: PyInstaller leaves a bundle of one file, whose self-test says `verdict`."""

    class Machine:
        verdict = json.dumps({"ok": True, "checks": {}})
        size = 5000

        def run(self, command, **_options):
            if "PyInstaller" in command:
                folder = build.BUILD / "new" / "k6desk"
                folder.mkdir(parents=True)
                (folder / "k6desk").write_bytes(bytes(self.size))
            out = self.verdict if "--self-test" in command else ""
            return subprocess.CompletedProcess(command, 0, stdout=out, stderr="Segmentation fault")

    machine = Machine()
    monkeypatch.setattr(subprocess, "run", machine.run)
    return machine


def test_a_bundle_that_works_takes_the_place_of_the_one_before(build, machine, capsys):
    assert build.main(["bundle"]) == 0
    machine.size = 9000
    assert build.main(["bundle"]) == 0
    assert (build.DIST / "k6desk" / "k6desk").stat().st_size == 9000
    assert re.search(r"^k6desk +0\.0 MB  of 210 MB", capsys.readouterr().out, re.MULTILINE)


@pytest.mark.parametrize(
    ("verdict", "words"),
    [
        (
            json.dumps({"ok": False, "checks": {"tls": {"ok": True}, "chart": {"ok": False, "problem": "No ink."}}}),
            "does not work.\n    chart: No ink.",
        ),
        ("", "Segmentation fault"),
    ],
)
def test_a_bundle_that_does_not_work_stays_out_of_the_way(build, machine, verdict, words):
    build.main(["bundle"])
    machine.verdict, machine.size = verdict, 9000
    with pytest.raises(SystemExit, match=re.escape(words)):
        build.main(["bundle"])
    assert (build.DIST / "k6desk" / "k6desk").stat().st_size == 5000


def test_a_bundle_that_is_too_large_fails_the_build(build, machine, monkeypatch, capsys):
    monkeypatch.setattr(build, "MOST_INSTALLED", 0.008)
    assert build.main(["bundle"]) == 1  # 5,000 bytes take two blocks of the disk
    assert "too large" in capsys.readouterr().out


def test_every_file_to_download_is_in_the_checksums(build, machine, monkeypatch):
    build.main(["bundle"])

    def make(bundle, version, out):
        assert (bundle, version) == (build.DIST / "k6desk", __version__)
        (out / "k6desk.deb").write_bytes(b"a package")
        (out / "k6desk.AppDir").mkdir()
        return [out / "k6desk.deb", out / "k6desk.AppDir"]

    (result,) = build.wrap(make)
    assert (result.name, result.size, result.limit) == ("k6desk.deb", 9e-6, 60)
    digest = hashlib.sha256(b"a package").hexdigest()
    assert (build.DIST / "SHA256SUMS").read_text("utf-8") == f"{digest}  k6desk.deb\n"


@pytest.mark.parametrize("limit", [210, 0.001])
def test_a_rehearsal_looks_at_packages_that_lie_apart(build, machine, monkeypatch, limit):
    from linux import lint, packages

    looked_at = []
    for name in ("missing_for_packaging", "why_no_packages"):
        monkeypatch.setattr(build.system_packages, name, dict)
    monkeypatch.setattr(packages, "make", lambda bundle, _version, out, level: looked_at.append((bundle, out, level)))
    monkeypatch.setattr(lint, "why_not", str)
    monkeypatch.setattr(lint, "main", looked_at.append)
    monkeypatch.setattr(build, "MOST_INSTALLED", limit)
    assert build.main(["rehearse"]) == (limit < 1)
    assert looked_at == [(build.DIST / "k6desk", build.REHEARSAL, packages.QUICK), build.REHEARSAL]
    assert [path.name for path in build.DIST.iterdir()] == ["k6desk"]


def test_a_python_without_a_shared_library_is_refused_in_one_sentence(build, monkeypatch):
    monkeypatch.setattr(shutil, "which", lambda program: program)
    monkeypatch.setattr(sysconfig, "get_config_var", lambda _name: 0)
    with pytest.raises(SystemExit, match="was built without a shared library; /usr/bin/python3 has one"):
        build.main(["linux"])


@pytest.mark.parametrize(("argv", "code"), [([], 2), (["android"], 2), (["--help"], 0)])
def test_anything_else_is_answered_with_the_usage(build, machine, capsys, argv, code):
    assert build.main(argv) == code
    assert "packaging/build.py linux" in capsys.readouterr().out


def imported() -> set[str]:
    """Every module that k6desk imports anywhere, by its full name."""
    names = set()
    for path in (ROOT / "k6desk").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Import):
                names |= {alias.name for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module:
                names |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return names


def constant(name: str) -> object:
    """What the spec says after `NAME =`."""
    for node in ast.parse(SPEC).body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == name:
            return ast.literal_eval(node.value)
    raise AssertionError(f"there is no {name} in the spec")


def test_the_bundle_leaves_out_nothing_that_k6desk_imports():
    for name in constant("EXCLUDED"):
        assert not [each for each in imported() if each == name or each.startswith(f"{name}.")], name


def test_the_bundle_holds_the_lexers_that_k6desk_uses_and_no_others():
    used = {name.split(".")[2] for name in imported() if re.match(r"pygments\.lexers\.[a-z]", name)}
    assert set(constant("LEXERS")) == used


def test_the_bundle_reads_the_pictures_that_k6desk_shows():
    from k6desk.ui.library.picture import FORMATS

    assert FORMATS - {"png", "bmp"} <= constant("PLUGINS")["imageformats"]  # these two are built into Qt


def test_the_icons_hold_every_size(tmp_path):
    done = subprocess.run([sys.executable, ROOT / "packaging" / "icons.py", tmp_path], check=False)
    assert done.returncode == 0
    for size in (16, 512):
        assert struct.unpack(">II", (tmp_path / f"k6desk-{size}.png").read_bytes()[16:24]) == (size, size)
    icon = (tmp_path / "k6desk.ico").read_bytes()
    entries = [struct.unpack_from("<BBBBHHII", icon, 6 + 16 * n) for n in range(struct.unpack_from("<H", icon, 4)[0])]
    assert [entry[0] for entry in entries] == [16, 20, 24, 32, 40, 48, 64, 0]
    for *_, length, offset in entries:
        assert icon[offset : offset + length].startswith(b"\x89PNG")
        assert icon[offset : offset + length].endswith(b"IEND\xaeB`\x82")
    icns = (tmp_path / "k6desk.icns").read_bytes()
    assert struct.unpack(">4sI", icns[:8]) == (b"icns", len(icns))


@pytest.mark.parametrize("before", [None, "/opt/mine"])
def test_what_the_program_starts_does_not_find_the_libraries_of_the_bundle(before):
    bootloader = {
        "LD_LIBRARY_PATH": "/opt/k6desk/_internal",
        "QT_PLUGIN_PATH": "/opt/k6desk/_internal/PySide6/Qt/plugins",
        "QML2_IMPORT_PATH": "/opt/k6desk/_internal/PySide6/Qt/qml",
        "_PYI_ARCHIVE_FILE": "/opt/k6desk/k6desk",
        **({"LD_LIBRARY_PATH_ORIG": before} if before else {}),
    }
    show = "import json, os, sys; print(json.dumps(dict(os.environ)))"
    started = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {show!r}], check=True)"
    code = f"""
import runpy, sys, types
sys._MEIPASS = "/opt/k6desk/_internal"
sys.modules["k6desk.__main__"] = types.SimpleNamespace(main=lambda: exec({started!r}))
runpy.run_path({str(ROOT / "packaging" / "launch.py")!r})
"""
    path = os.environ["PATH"]
    env = {**os.environ, "PATH": f"/opt/k6desk/_internal{os.pathsep}{path}", "PYTHONPATH": str(ROOT), **bootloader}
    done = subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, text=True, check=True)
    seen = json.loads(done.stdout)
    assert seen.get("LD_LIBRARY_PATH") == before
    assert seen["PATH"] == path
    assert not seen.keys() & (bootloader.keys() - {"LD_LIBRARY_PATH"})
