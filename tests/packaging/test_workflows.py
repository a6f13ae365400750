"""The workflows of the hosted checks and releases: they call what is there, with as few rights as they need."""

from __future__ import annotations

import importlib
import re
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / ".github" / "workflows"
WORKFLOWS = {path.stem: yaml.safe_load(path.read_text("utf-8")) for path in FOLDER.glob("*.yml")}
JOBS = {(name, key): job for name, workflow in WORKFLOWS.items() for key, job in workflow["jobs"].items()}
SCRIPTS = [step["run"] for job in JOBS.values() for step in job["steps"] if "run" in step]

each_job = pytest.mark.parametrize("job", JOBS.values(), ids=map("/".join, JOBS))


def triggers(name: str) -> dict:
    return WORKFLOWS[name][True]  # YAML 1.1 reads `on` as a truth


def test_both_are_there():
    assert set(WORKFLOWS) == {"checks", "release"}


def test_every_command_names_a_script_and_a_task_that_exist():
    named = re.findall(r"(packaging/[\w/]+\.py) (\w+)?", "\n".join(SCRIPTS))
    assert {path for path, _task in named} >= {"packaging/build.py", "packaging/dev.py", "packaging/linux/proof.py"}
    for path, task in named:
        text = (ROOT / path).read_text("utf-8")
        assert not task or re.search(rf"^    python3 {re.escape(path)} {task}\b", text, re.MULTILINE), (path, task)


def test_every_system_has_its_packages_built():
    assert {task for script in SCRIPTS for task in re.findall(r"packaging/build\.py (\w+)", script)} == {
        "bundle", "linux", "windows", "macos",
    }  # fmt: skip


def test_each_installed_program_tests_itself_and_the_verdict_is_kept():
    for key in ("linux", "windows", "macos"):
        job = WORKFLOWS["release"]["jobs"][key]
        assert "--self-test" in "".join(step.get("run", "") for step in job["steps"])
        assert any("self-test" in step.get("with", {}).get("path", "") for step in job["steps"])


def test_the_proof_finds_the_programs_that_it_needs(monkeypatch):
    monkeypatch.syspath_prepend(ROOT / "packaging" / "linux")
    needed = importlib.import_module("proof").HELP.split("--no-install-recommends ")[1].split()
    (script,) = (script for script in SCRIPTS if "packaging/linux/proof.py" in script)
    assert set(needed) <= set(script.split())


def test_packages_are_looked_at_on_the_system_whose_programs_are_known(monkeypatch):
    monkeypatch.syspath_prepend(ROOT / "packaging")
    lint, system = importlib.import_module("linux.lint"), importlib.import_module("system_packages")
    for name, key in (("checks", "packages"), ("release", "lint")):
        assert JOBS[name, key]["container"] == f"debian:{lint.KNOWN}"
    assert "lint" in JOBS["release", "publish"]["needs"]
    script = JOBS["release", "lint"]["steps"][-1]["run"]
    for program in ("appstreamcli", "desktop-file-validate", "lintian", "rpmlint"):
        assert system.PACKAGING_PROGRAMS[program].apt in script.split()


def test_it_is_built_and_checked_with_a_python_that_k6desk_supports():
    checked = WORKFLOWS["checks"]["jobs"]["tests"]["strategy"]["matrix"]["python"]
    assert checked[0] == "3.11"  # the oldest: see pyproject.toml
    assert WORKFLOWS["release"]["env"]["PYTHON_VERSION"] in checked


def test_the_version_is_found_as_the_release_looks_for_it(monkeypatch, capsys):
    monkeypatch.syspath_prepend(ROOT / "packaging")
    from k6desk import __version__

    releases, bundle = importlib.import_module("linux.releases"), importlib.import_module("bundle")
    assert releases.newest(bundle.version()).version == __version__
    assert any("releases.newest(bundle.version())" in script for script in SCRIPTS)


def test_a_release_is_made_by_a_tag_alone_and_pull_requests_see_no_secret():
    assert triggers("release") == {"push": {"tags": ["v*"]}, "workflow_dispatch": None}
    assert JOBS["release", "publish"]["if"] == "github.ref_type == 'tag'"
    assert "secrets." not in (FOLDER / "checks.yml").read_text("utf-8")
    assert "pull_request_target" not in triggers("checks")


@each_job
def test_a_job_may_write_only_where_it_publishes(job):
    writes = {right for right, level in job.get("permissions", {}).items() if level == "write"}
    if job is JOBS["release", "publish"]:
        assert writes == {"contents", "id-token", "attestations"}
    else:
        assert writes <= {"id-token"}
    assert all(workflow["permissions"] == {"contents": "read"} for workflow in WORKFLOWS.values())


@each_job
def test_a_job_ends_and_names_the_version_of_all_it_uses(job):
    assert job["timeout-minutes"] <= 90
    systems = job.get("strategy", {}).get("matrix", {}).get("system", [job["runs-on"]])
    assert not any("latest" in system for system in systems)
    assert all(re.search(r"@(v\d+|[0-9a-f]{40})$", step["uses"]) for step in job["steps"] if "uses" in step)


@each_job
def test_nothing_that_others_may_choose_is_pasted_into_a_script(job):
    assert not any("${{" in step.get("run", "") for step in job["steps"])


@each_job
@pytest.mark.skipif(not shutil.which("bash"), reason="there is no bash on this machine")
def test_scripts_are_bash(job):
    for step in job["steps"]:
        if "run" in step and step.get("shell") != "pwsh":
            subprocess.run(["bash", "-n"], input=step["run"], text=True, check=True)
