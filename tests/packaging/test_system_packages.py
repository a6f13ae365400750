"""What a Linux lacks is installed, or its user is told how; here nothing is installed for real."""

from __future__ import annotations

import sys

import pytest


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


def test_a_debian_python_without_ensurepip_gets_its_venv_package(dev, system_packages, machine, monkeypatch):
    monkeypatch.setattr(system_packages, "has_ensurepip", lambda: False)
    with pytest.raises(SystemExit, match=rf"install .* python3\.{sys.version_info[1]}-venv"):
        dev.main(["demo"])
    machine.programs.add("uv")
    assert dev.main(["demo"]) == 0


def test_x11_and_wayland_libraries_are_asked_for_only_where_they_are_used(system_packages, machine):
    machine.missing_libraries = {"libxcb-cursor.so.0", "libwayland-egl.so.1"}
    assert list(system_packages.missing_for_qt({})) == []
    assert list(system_packages.missing_for_qt({"DISPLAY": ":0"})) == ["libxcb-cursor.so.0"]
    assert list(system_packages.missing_for_qt({"WAYLAND_DISPLAY": "wayland-0"})) == ["libwayland-egl.so.1"]


def test_only_the_tests_need_a_keyring_and_an_x_server(dev, machine):
    machine.programs = {"apt-get"}
    assert dev.main(["demo"]) == 0
    with pytest.raises(SystemExit, match=r"dbus .*gnome-keyring .*xauth xvfb"):
        dev.main(["test"])


@pytest.mark.parametrize(
    ("programs", "shared", "words"), [({"dnf"}, 1, "takes Debian"), ({"apt-get"}, 0, "without a shared library")]
)
def test_packages_are_built_only_where_that_works(
    dev, system_packages, machine, monkeypatch, capsys, programs, shared, words
):
    machine.programs = {*programs, *system_packages.TEST_PROGRAMS}
    monkeypatch.setattr(system_packages.sysconfig, "get_config_var", lambda _name: shared)
    assert dev.main(["test"]) == 0
    assert not machine.did("build.py")
    assert words in capsys.readouterr().out


def test_the_library_of_python_is_installed_where_debian_has_left_it_out(dev, system_packages, machine, monkeypatch):
    monkeypatch.setattr(system_packages, "has_libpython", lambda: False)
    with pytest.raises(SystemExit, match=rf"install .* libpython3\.{sys.version_info[1]}$"):
        dev.main(["test"])
    assert dev.main(["test", "tests/api"]) == 0


@pytest.mark.parametrize("platform", ["darwin", "win32"])
def test_other_systems_bring_what_qt_needs(dev, system_packages, machine, monkeypatch, platform):
    monkeypatch.setattr(sys, "platform", platform)
    machine.programs, machine.missing_libraries = set(), set(system_packages.QT_LIBRARIES)
    assert dev.main(["test"]) == 0
    assert dev.main(["demo"]) == 0
    assert machine.commands[-1].endswith("-m k6desk --demo")


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="asks the dynamic linker of Linux")
def test_the_dynamic_linker_is_asked_for_libraries(system_packages):
    assert system_packages.can_load("libc.so.6")
    assert not system_packages.can_load("libk6desk-never-was.so.1")
