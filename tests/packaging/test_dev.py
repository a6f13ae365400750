"""packaging/dev.py prepares machines that lack almost everything; here nothing is installed for real."""

from __future__ import annotations

import ast
import importlib.util
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[2]
LOCKS = ("requirements.txt", "requirements-test.txt", "requirements-build.txt")


class Machine:
    """A pretended Linux: which programs and libraries it has, and what dev.py ran on it."""

    def __init__(self, dev, root: Path) -> None:
        self.dev = dev
        self.root = root
        self.programs = {"apt-get", *dev.TEST_PROGRAMS, *dev.PACKAGING_PROGRAMS}
        self.missing_libraries: set[str] = set()
        self.user_id = 1000
        self.failing: set[str] = set()
        self.commands: list[str] = []
        self.environments: list[dict[str, str]] = []

    def which(self, program: str) -> str | None:
        return program if program in self.programs else None

    def run(self, command, *, check: bool, env=None, **_options) -> subprocess.CompletedProcess[str]:
        line = " ".join(str(word) for word in command).replace(f"{self.root / '.venv'}", ".venv")
        self.commands.append(line)
        self.environments.append(env)
        if "venv --clear" in line or "uv venv" in line:
            self.dev.BIN.mkdir(parents=True, exist_ok=True)
            self.dev.PYTHON.touch()
            (self.dev.VENV / "k6desk.stamp").unlink(missing_ok=True)
        code = int(any(word in line for word in self.failing))
        if check and code:
            raise subprocess.CalledProcessError(code, command)
        return subprocess.CompletedProcess(command, code, stdout=b"said by a check\n", stderr=b"")

    def did(self, words: str) -> bool:
        return any(words in line for line in self.commands)


@pytest.fixture
def dev():
    """The script, loaded by path: it belongs to no package."""
    spec = importlib.util.spec_from_file_location("dev", ROOT / "packaging" / "dev.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def machine(dev, tmp_path, monkeypatch):
    """A Debian with everything Qt needs, no display, an ordinary user, and a copy of the locks."""
    (tmp_path / "packaging").mkdir()
    for name in ("pyproject.toml", *(f"packaging/{lock}" for lock in LOCKS)):
        (tmp_path / name).write_bytes((ROOT / name).read_bytes())
    machine = Machine(dev, tmp_path)
    for name in ("ROOT", "VENV", "BIN", "PYTHON", "RUNTIME", "TEST"):
        monkeypatch.setattr(dev, name, tmp_path / getattr(dev, name).relative_to(ROOT))
    monkeypatch.setattr(dev.sys, "platform", "linux")
    monkeypatch.setattr(dev.os, "geteuid", lambda: machine.user_id, raising=False)
    monkeypatch.setattr(dev.shutil, "which", machine.which)
    monkeypatch.setattr(dev.subprocess, "run", machine.run)
    monkeypatch.setattr(dev, "can_load", lambda library: library not in machine.missing_libraries)
    monkeypatch.setattr(dev, "has_font", lambda: True)
    monkeypatch.setattr(dev, "has_ensurepip", lambda: True)
    return machine


def test_an_old_python_is_told_which_version_is_needed(dev):
    with pytest.raises(SystemExit, match=r"needs Python 3\.11 or newer, and this is 3\.9") as left:
        dev.check_python((3, 9))
    assert "\n" not in left.value.code


@pytest.mark.parametrize("version", [(3, 11), (3, 12), (4, 0)])
def test_a_new_python_is_welcome(dev, version):
    dev.check_python(version)


def test_an_old_python_can_read_the_script_far_enough_to_say_so():
    ast.parse((ROOT / "packaging" / "dev.py").read_text("utf-8"), feature_version=(3, 9))


@pytest.mark.parametrize(
    ("manager", "line"),
    [
        ("apt-get", "sudo apt-get install -y --no-install-recommends libegl1 libgl1"),
        ("dnf", "sudo dnf install -y libglvnd-egl libglvnd-glx"),
        ("pacman", "sudo pacman -S --noconfirm libglvnd"),
    ],
)
def test_an_ordinary_user_is_given_the_line_that_installs_the_missing_libraries(dev, machine, manager, line):
    machine.programs = {manager}
    machine.missing_libraries = {"libEGL.so.1", "libGL.so.1"}
    with pytest.raises(SystemExit) as left:
        dev.main(["demo"])
    assert left.value.code.splitlines()[-1].strip() == line
    assert machine.commands == []


def test_root_gets_the_missing_libraries_at_once(dev, machine):
    machine.user_id = 0
    machine.missing_libraries = {"libEGL.so.1"}
    assert dev.main(["demo"]) == 0
    assert machine.commands[:2] == ["apt-get update -q", "apt-get install -y --no-install-recommends libegl1"]
    assert machine.environments[1]["DEBIAN_FRONTEND"] == "noninteractive"


def test_a_failed_installation_ends_with_one_sentence(dev, machine):
    machine.user_id = 0
    machine.missing_libraries = {"libEGL.so.1"}
    machine.failing = {"apt-get install"}
    with pytest.raises(SystemExit, match="apt-get could not do its part"):
        dev.main(["demo"])
    assert not machine.did("k6desk --demo")


def test_an_unknown_distribution_is_told_what_seems_missing_and_tried_all_the_same(dev, machine, capsys):
    machine.programs = set()
    machine.missing_libraries = {"libEGL.so.1"}
    assert dev.main(["demo"]) == 0
    assert "libEGL.so.1" in capsys.readouterr().out
    assert machine.did("k6desk --demo")


def test_a_debian_python_without_ensurepip_gets_its_venv_package(dev, machine, monkeypatch):
    monkeypatch.setattr(dev, "has_ensurepip", lambda: False)
    with pytest.raises(SystemExit, match=rf"install .* python3\.{sys.version_info[1]}-venv"):
        dev.main(["demo"])
    machine.programs.add("uv")
    assert dev.main(["demo"]) == 0


def test_x11_and_wayland_libraries_are_asked_for_only_where_they_are_used(dev, machine):
    machine.missing_libraries = {"libxcb-cursor.so.0", "libwayland-egl.so.1"}
    assert list(dev.missing_for_qt({})) == []
    assert list(dev.missing_for_qt({"DISPLAY": ":0"})) == ["libxcb-cursor.so.0"]
    assert list(dev.missing_for_qt({"WAYLAND_DISPLAY": "wayland-0"})) == ["libwayland-egl.so.1"]


def test_only_the_tests_need_a_keyring_and_an_x_server(dev, machine):
    machine.programs = {"apt-get"}
    assert dev.main(["demo"]) == 0
    with pytest.raises(SystemExit, match=r"dbus .*gnome-keyring .*xauth xvfb"):
        dev.main(["test"])


@pytest.mark.parametrize(
    ("programs", "shared", "words"), [({"dnf"}, 1, "takes Debian"), ({"apt-get"}, 0, "without a shared library")]
)
def test_packages_are_built_only_where_that_works(dev, machine, monkeypatch, capsys, programs, shared, words):
    machine.programs = {*programs, *dev.TEST_PROGRAMS}
    monkeypatch.setattr(dev.sysconfig, "get_config_var", lambda _name: shared)
    assert dev.main(["test"]) == 0
    assert not machine.did("build.py linux")
    assert words in capsys.readouterr().out


def test_the_library_of_python_is_installed_where_debian_has_left_it_out(dev, machine, monkeypatch):
    monkeypatch.setattr(dev, "has_libpython", lambda: False)
    with pytest.raises(SystemExit, match=rf"install .* libpython3\.{sys.version_info[1]}$"):
        dev.main(["test"])
    assert dev.main(["test", "tests/api"]) == 0


@pytest.mark.parametrize("platform", ["darwin", "win32"])
def test_other_systems_bring_what_qt_needs(dev, machine, monkeypatch, platform):
    monkeypatch.setattr(dev.sys, "platform", platform)
    machine.programs, machine.missing_libraries = set(), set(dev.QT_LIBRARIES)
    assert dev.main(["test"]) == 0
    assert dev.main(["demo"]) == 0
    assert machine.commands[-1].endswith("-m k6desk --demo")


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="asks the dynamic linker of Linux")
def test_the_dynamic_linker_is_asked_for_libraries(dev):
    assert dev.can_load("libc.so.6")
    assert not dev.can_load("libk6desk-never-was.so.1")


def test_packages_are_installed_with_checked_hashes_and_nothing_else_is_downloaded(dev, machine):
    dev.install_python_packages(dev.RUNTIME, dev.VENV)
    make, locked, itself = machine.commands
    assert make.endswith("-m venv --clear .venv")
    assert f"--require-hashes --only-binary :all: -r {dev.RUNTIME}" in locked
    assert "--no-deps --no-build-isolation -e" in itself
    assert "index" not in locked + itself


def test_uv_is_used_where_it_is(dev, machine):
    machine.programs.add("uv")
    dev.install_python_packages(dev.RUNTIME, dev.VENV)
    assert all(line.startswith("uv ") for line in machine.commands)
    assert any("--require-hashes" in line for line in machine.commands)


def test_a_second_start_installs_nothing(dev, machine):
    dev.install_python_packages(dev.RUNTIME, dev.VENV)
    machine.commands.clear()
    dev.install_python_packages(dev.RUNTIME, dev.VENV)
    assert machine.commands == []


@pytest.mark.parametrize("changed", ["pyproject.toml", "packaging/requirements.txt"])
def test_a_changed_lock_or_project_installs_again(dev, machine, changed):
    dev.install_python_packages(dev.RUNTIME, dev.VENV)
    machine.commands.clear()
    with (machine.root / changed).open("a") as file:
        file.write("# changed\n")
    dev.install_python_packages(dev.RUNTIME, dev.VENV)
    assert machine.did("--require-hashes")


def test_another_python_installs_again(dev, machine, monkeypatch):
    dev.install_python_packages(dev.RUNTIME, dev.VENV)
    machine.commands.clear()
    monkeypatch.setattr(dev.sys, "version", "3.99.0 (another)")
    dev.install_python_packages(dev.RUNTIME, dev.VENV)
    assert machine.did("--require-hashes")


def test_the_packages_of_the_tests_serve_the_demo_too_but_not_the_other_way_round(dev, machine):
    dev.install_python_packages(dev.RUNTIME, dev.VENV)
    dev.install_python_packages(dev.TEST, dev.VENV)
    assert machine.did("requirements-test.txt")
    machine.commands.clear()
    dev.install_python_packages(dev.RUNTIME, dev.VENV)
    assert machine.commands == []


def test_an_interrupted_installation_is_done_again(dev, machine):
    machine.failing = {"-e"}
    with pytest.raises(subprocess.CalledProcessError):
        dev.install_python_packages(dev.RUNTIME, dev.VENV)
    machine.failing = set()
    machine.commands.clear()
    dev.install_python_packages(dev.RUNTIME, dev.VENV)
    assert machine.did("--require-hashes")


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ([], ["--screenshot", "k6desk-demo.png"]),
        (["--theme", "dark"], ["--theme", "dark", "--screenshot", "k6desk-demo.png"]),
        (["--screenshot", "a b.png", "--size", "800x600"], ["--size", "800x600", "--screenshot", "a b.png"]),
        (["--screenshot=mine.png"], ["--screenshot", "mine.png"]),
    ],
)
def test_without_a_display_the_demo_is_drawn_into_a_picture(dev, machine, monkeypatch, capsys, arguments, expected):
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(name, raising=False)
    assert dev.main(["demo", *arguments]) == 0
    assert machine.commands[-1].endswith(" ".join(["-m k6desk --demo", *expected]))
    assert machine.environments[-1]["QT_QPA_PLATFORM"] == "offscreen"
    assert "no display" in capsys.readouterr().out


@pytest.mark.parametrize("display", ["DISPLAY", "WAYLAND_DISPLAY"])
def test_with_a_display_the_demo_opens_its_window(dev, machine, monkeypatch, display):
    monkeypatch.delenv("QT_QPA_PLATFORM", raising=False)
    monkeypatch.setenv(display, ":7")
    assert dev.main(["demo", "--theme", "dark"]) == 0
    assert machine.commands[-1].endswith("-m k6desk --demo --theme dark")
    assert "QT_QPA_PLATFORM" not in machine.environments[-1]


def test_a_qt_platform_chosen_by_the_user_is_kept(dev, machine):
    assert not dev.is_headless({"QT_QPA_PLATFORM": "vnc"})
    assert dev.is_headless({"QT_QPA_PLATFORM": "offscreen"})


def test_all_checks_run_offscreen_and_those_that_fail_are_named(dev, machine, monkeypatch, capsys):
    monkeypatch.delenv("QT_QPA_PLATFORM", raising=False)
    dev.install_python_packages(dev.TEST, dev.VENV)
    machine.commands.clear()
    machine.failing = {"ruff format", "lint-imports"}
    assert dev.main(["test"]) == 1
    assert len(machine.commands) == len(dev.CHECKS) == 8
    assert {env["QT_QPA_PLATFORM"] for env in machine.environments[-8:]} == {"offscreen"}
    assert capsys.readouterr().out.splitlines()[-1] == "k6desk: failed: ruff format, lint-imports."


def test_the_tests_pass_when_every_check_does(dev, machine):
    assert dev.main(["test"]) == 0


def test_what_runs_beside_the_others_is_shown_after_them_and_fails_like_them(dev, machine, capfdbinary):
    dev.install_python_packages(dev.TEST, dev.VENV)
    machine.failing = {"pytest tests/ui"}
    assert dev.main(["test"]) == 1
    said = capfdbinary.readouterr().out
    assert said.index(b"k6desk: pytest tests/contract") < said.index(b"said by a check")
    assert said.endswith(b"k6desk: failed: pytest tests/ui.\n")


def test_with_arguments_only_pytest_runs(dev, machine):
    dev.install_python_packages(dev.TEST, dev.VENV)
    machine.commands.clear()
    machine.failing = {"pytest"}
    assert dev.main(["test", "tests/api", "-x"]) == 1
    assert [line.partition(" ")[2] for line in machine.commands] == ["-m pytest tests/api -x"]


def test_benches_run_with_what_the_program_itself_needs(dev, machine):
    assert dev.main(["bench", "polling", "--quick"]) == 0
    assert machine.commands[-1] == f".venv/bin/python {machine.root}/tests/bench polling --quick"
    assert machine.did("-r " + str(dev.RUNTIME))


@pytest.mark.parametrize(("argv", "code"), [([], 2), (["install"], 2), (["--help"], 0)])
def test_anything_else_is_answered_with_the_usage(dev, machine, capsys, argv, code):
    assert dev.main(argv) == code
    assert "python3 packaging/dev.py demo" in capsys.readouterr().out
    assert machine.commands == []


def locked(name: str) -> dict[str, str]:
    """The versions in a lock, by canonical name."""
    text = (ROOT / "packaging" / name).read_text("utf-8")
    return {canonicalize_name(n): v for n, v in re.findall(r"^([\w.-]+)==([^\s;]+)", text, re.MULTILINE)}


@pytest.mark.parametrize("name", LOCKS)
def test_a_lock_names_no_host_and_no_folder(name):
    text = (ROOT / "packaging" / name).read_text("utf-8")
    assert not re.search(r"://|file:|--(extra-)?index|--find-links|(^|\s)/\w", text)


@pytest.mark.parametrize("name", LOCKS)
def test_every_locked_version_has_its_hash(name):
    text = (ROOT / "packaging" / name).read_text("utf-8")
    entries = re.split(r"^(?=[\w.-]+==)", text, flags=re.MULTILINE)[1:]
    assert len(entries) == len(locked(name))
    assert all("--hash=sha256:" in entry for entry in entries)


def test_the_locks_agree_with_each_other_and_with_the_project():
    runtime, test, build = (locked(name) for name in LOCKS)
    assert runtime.items() <= test.items()
    assert runtime.items() <= build.items()
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    for lock, lines in (
        (runtime, [*project["project"]["dependencies"], *project["build-system"]["requires"]]),
        (test, project["dependency-groups"]["test"]),
        (build, project["dependency-groups"]["build"]),
    ):
        for requirement in map(Requirement, lines):
            version = lock.get(canonicalize_name(requirement.name))
            assert version in requirement.specifier, f"{requirement} is locked at {version}: lock again, see README.md"
