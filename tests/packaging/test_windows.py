"""The installer for Windows: compiled here where makensis is, read as text everywhere. No Windows is needed."""

from __future__ import annotations

import ast
import importlib
import re
import shutil
import stat
import sys
from pathlib import Path

import pytest

from k6desk.__main__ import parser
from k6desk.core import installation
from k6desk.core.system_keyring import SERVICE

ROOT = Path(__file__).parents[2]
SCRIPT = (ROOT / "packaging" / "windows" / "k6desk.nsi").read_text("utf-8")
DEFINES = dict(re.findall(r'^!define (\w+) "(.*)"$', SCRIPT, re.MULTILINE))

needs_makensis = pytest.mark.skipif(not shutil.which("makensis"), reason="there is no makensis on this machine")


@pytest.fixture
def windows(monkeypatch):
    """Import a module of packaging/windows."""
    monkeypatch.syspath_prepend(ROOT / "packaging")
    return lambda name: importlib.import_module(f"windows.{name}")


@pytest.fixture
def bundle(tmp_path):
    """A stand-in for the bundle, and the icon."""
    folder = tmp_path / "bundle"
    (folder / "_internal").mkdir(parents=True)
    for name in ("k6desk.exe", "k6desk-demo.exe", "_internal/module.pyc"):
        (folder / name).write_bytes(b"stand-in")
    return folder


@pytest.fixture
def icon(tmp_path):
    """A 1x1 icon: a header, an entry, a bitmap of one pixel and its mask."""
    path = tmp_path / "k6desk.ico"
    bitmap = bytes([40, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 1, 0, 32, 0]) + bytes(24) + b"\xd6\x48\x5a\xff" + bytes(4)
    path.write_bytes(bytes([0, 0, 1, 0, 1, 0, 1, 1, 0, 0, 1, 0, 32, 0, len(bitmap), 0, 0, 0, 22, 0, 0, 0]) + bitmap)
    return path


def expand(text: str) -> str:
    while "${" in text and text != (text := re.sub(r"\$\{(\w+)\}", lambda m: DEFINES.get(m[1], m[0]), text)):
        pass
    return text


def commands(section: str, command: str) -> list[tuple[str, ...]]:
    """The arguments of each use of a command in a section."""
    body = re.search(rf"^Section [^\n]*\b{section}\n(.*?)^SectionEnd", SCRIPT, re.DOTALL | re.MULTILINE)[1]
    lines = re.findall(rf"^ *{command} (?:/ifempty )?HKCU (.*)$", body, re.MULTILINE)
    return [tuple(expand(word) for word in re.findall(r"\"([^\"]*)\"", line)) for line in lines]


def test_the_uninstaller_deletes_every_key_that_the_installer_writes():
    keys = [key for key, *_ in commands("un_program", "DeleteRegKey")]
    values = commands("un_program", "DeleteRegValue")
    written = commands("program", "WriteRegStr") + commands("program", "WriteRegDWORD")
    assert len(written) > 20
    for key, name, *_ in written:
        below = any(key == gone or key.startswith(f"{gone}\\") for gone in keys if not gone.endswith(".k6run"))
        assert below or (key, name) in values, (key, name)


def test_what_k6desk_writes_itself_goes_too(monkeypatch):
    from k6desk.core import login_entries

    values = commands("un_program", "DeleteRegValue")
    assert {(key, "k6desk") for key in (login_entries.RUN, login_entries.APPROVED)} <= set(values)
    assert f'"{SERVICE}"' in SCRIPT
    assert f'"@{SERVICE}"' in SCRIPT


def test_data_are_deleted_only_by_a_section_that_is_off():
    section = re.search(r"^Section /o [^\n]* un_data\n(.*?)^SectionEnd", SCRIPT, re.DOTALL | re.MULTILINE)
    assert 'RMDir /r "$LOCALAPPDATA\\k6desk"' in section[1]
    assert 'RMDir /r "$LOCALAPPDATA\\Temp\\k6desk"' in section[1]  # platformdirs.user_runtime_dir
    assert 'RMDir /r "$LOCALAPPDATA' not in SCRIPT.replace(section[0], "")


def test_windows_finds_the_files_of_the_bundle():
    assert re.findall(r'File /r "\$\{BUNDLE\}(.*)"', SCRIPT) == ["\\*"]  # with "/" it would look for a name with "/"


def test_no_quote_in_a_link_makes_options_of_the_rest():
    opened = re.findall(r"open\\command\" \"\" '(.*)'$", SCRIPT, re.MULTILINE)
    assert opened == ['"$INSTDIR\\k6desk.exe" -- "%1"'] * 2
    link = parser().parse_args(["--", "k6desk://run/1", "--screenshot", "C:\\autoexec.bat"])
    assert link.screenshot is None


def test_nothing_asks_for_an_administrator():
    assert "RequestExecutionLevel user" in SCRIPT
    assert not re.search(r"\b(HKLM|HKCR|SetShellVarContext)\b", SCRIPT)


def test_every_box_has_an_answer_when_nobody_is_asked():
    boxes = [line for line in SCRIPT.splitlines() if "MessageBox" in line]
    assert boxes
    assert all("/SD" in line for line in boxes)


def test_it_goes_by_the_id_of_the_program():
    assert DEFINES["APP_ID"] == installation.ID


@needs_makensis
def test_the_installer_is_made_without_a_signature_where_there_is_no_command(
    windows, bundle, icon, tmp_path, monkeypatch, capsys
):
    monkeypatch.delenv("K6DESK_SIGN_COMMAND", raising=False)
    [installer] = windows("installer").make(bundle, "0.1.0", tmp_path / "dist", icon)
    assert installer.name == "k6desk-0.1.0-windows-x64-setup.exe"
    content = installer.read_bytes()
    assert content.startswith(b"MZ")
    assert "k6desk installer".encode("utf-16-le") in content
    assert "is signed" in capsys.readouterr().out


@needs_makensis
@pytest.mark.skipif(sys.platform == "win32", reason="the pretended signing program is a shell script")
def test_programs_uninstaller_and_installer_are_signed_in_this_order(windows, bundle, icon, tmp_path, monkeypatch):
    signed = tmp_path / "signed"
    tool = tmp_path / "sign tool"
    tool.write_text(f'#!/bin/sh\necho "$1 $2" >> "{signed}"\n')
    tool.chmod(tool.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("K6DESK_SIGN_COMMAND", f'"{tool}" --now')
    windows("installer").make(bundle, "0.1.0", tmp_path / "dist", icon)
    first, second, uninstaller, last = signed.read_text().splitlines()
    assert [Path(line).name for line in (first, second)] == ["k6desk-demo.exe", "k6desk.exe"]
    assert uninstaller.startswith("--now ")
    assert last.endswith("k6desk-0.1.0-windows-x64-setup.exe")


def test_a_signature_that_fails_fails_the_build(windows, bundle, icon, tmp_path, monkeypatch):
    monkeypatch.setenv("K6DESK_SIGN_COMMAND", "exit 3 #")
    with pytest.raises(windows("installer").subprocess.CalledProcessError):
        windows("installer").make(bundle, "0.1.0", tmp_path / "dist", icon)


def test_the_version_resource_is_what_pyinstaller_reads(windows, tmp_path):
    path = tmp_path / "new" / "version.txt"
    windows("version_info").write_version_info("1.2.3rc1", path, "k6desk-demo")
    tree = ast.parse(path.read_text("utf-8"), mode="eval")
    calls = {node.func.id for node in ast.walk(tree) if isinstance(node, ast.Call)}
    assert calls == {
        "VSVersionInfo",
        "FixedFileInfo",
        "StringFileInfo",
        "StringTable",
        "StringStruct",
        "VarFileInfo",
        "VarStruct",
    }
    fixed = next(node for node in ast.walk(tree) if isinstance(node, ast.Call) and node.func.id == "FixedFileInfo")
    assert {word.arg: ast.literal_eval(word.value) for word in fixed.keywords}["filevers"] == (1, 2, 3, 0)
    strings = dict(re.findall(r"StringStruct\('(\w+)', ['\"](.*?)['\"]\)", path.read_text("utf-8")))
    assert (strings["OriginalFilename"], strings["ProductVersion"]) == ("k6desk-demo.exe", "1.2.3rc1")


@pytest.mark.parametrize(
    ("version", "numbers"), [("0.1", (0, 1, 0, 0)), ("1.2.3.4.5", (1, 2, 3, 4)), ("2.0.0b3", (2, 0, 0, 0))]
)
def test_a_version_becomes_four_numbers(windows, version, numbers):
    assert windows("version_info").four_numbers(version) == numbers
