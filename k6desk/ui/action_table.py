"""The table of every action of the window, from which menus, toolbar, shortcuts and the command palette are made."""

from __future__ import annotations

from dataclasses import KW_ONLY, dataclass
from typing import Literal

Menu = Literal["&File", "&Run", "&Test", "&Project", "&View", "&Account", "&Help"]
Scope = Literal["", "run", "runs", "test", "project", "stack"]
End = Literal["left", "right"]


@dataclass(frozen=True, slots=True)
class Spec:
    """One action: its name in code, its words, and where it is found."""

    name: str
    text: str
    menu: Menu
    _: KW_ONLY
    icon: str = ""
    keys: tuple[str, ...] = ()
    keys_in_table: bool = False
    """Whether the keys are for the table of runs alone; elsewhere they mean another thing, or nothing."""
    tip: str = ""
    """What the tooltip says; without it the action's text of the moment."""
    toolbar: End | None = None
    """The end of the toolbar where it stands."""
    on: Scope = ""
    """What it is done to, and so in whose context menu it is: the chosen run, all selected runs, a test, a project,
    the stack."""
    checkable: bool = False
    divides: bool = False
    """Whether a line sets it off from the action before."""


TABLE = (
    Spec(
        "open_file",
        "Open file…",
        "&File",
        icon="project",
        keys=("Ctrl+Shift+O",),
        tip="Open runs that were exported as a bundle, or look into a script or archive",
    ),
    Spec("refresh", "Refresh", "&Run", icon="refresh", keys=("F5", "Ctrl+R"), tip="Ask the server now", toolbar="left"),
    Spec(
        "abort",
        "Abort run…",
        "&Run",
        icon="stop",
        keys=("Ctrl+Backspace",),
        tip="Stop this run on the server",
        toolbar="left",
        on="run",
        divides=True,
    ),
    Spec(
        "note",
        "Edit note",
        "&Run",
        icon="note",
        keys=("Ctrl+E",),
        tip="Write what people should know of this run",
        toolbar="left",
        on="run",
    ),
    Spec(
        "star",
        "Star",
        "&Run",
        icon="star",
        keys=("Ctrl+Shift+S",),
        tip="Star the selected runs, or take their stars away",
        on="runs",
    ),
    Spec(
        "baseline", "Set as baseline", "&Run", icon="baseline", tip="Compare other runs of the test to this", on="run"
    ),
    Spec(
        "watch",
        "Notify me when it ends",
        "&Run",
        icon="running",
        keys=("Ctrl+T",),
        tip="Notify me when this run ends",
        on="run",
        checkable=True,
    ),
    Spec("watch_person", "Notify me about this person's runs", "&Run", icon="account", on="run", checkable=True),
    Spec(
        "keep",
        "Keep on this computer",
        "&Run",
        icon="keep",
        keys=("Ctrl+Shift+K",),
        toolbar="left",
        on="runs",
        divides=True,
    ),
    Spec(
        "keep_expiring",
        "Keep all that expire soon",
        "&Run",
        icon="keep",
        tip="Keep every run on this computer whose results Grafana deletes within 7 days",
    ),
    Spec(
        "save",
        "Save results in Grafana",
        "&Run",
        icon="archive",
        tip="Have Grafana keep the results of the selected runs beyond their retention, or no longer",
        on="runs",
    ),
    Spec(
        "browse_script",
        "Browse script",
        "&Run",
        icon="script",
        keys=("Ctrl+B",),
        tip="Look into the script this run used, with all its files",
        on="run",
        divides=True,
    ),
    Spec(
        "script",
        "Download script…",
        "&Run",
        icon="download",
        keys=("Ctrl+D",),
        tip="Save the script this run used",
        toolbar="left",
        on="run",
    ),
    Spec(
        "compare_passed",
        "What changed since it last passed",
        "&Run",
        icon="compare",
        tip="Compare the script with that of the last run of the test before this one that passed",
        on="run",
    ),
    Spec(
        "compare_today",
        "Compare with the test’s script today",
        "&Run",
        tip="See whether the test has another script since this run",
        on="run",
    ),
    Spec("compare_scripts", "Compare scripts of two runs", "&Run", tip="Compare two selected runs’ scripts", on="runs"),
    Spec(
        "export_run",
        "Export run…",
        "&File",
        icon="file",
        keys=("Ctrl+Shift+E",),
        tip="Save this run as a report (PDF, HTML), or as JSON or CSV",
        on="run",
        divides=True,
    ),
    Spec(
        "export_bundle",
        "Export as bundle…",
        "&File",
        tip="Save all that is known of the selected runs, and their scripts, as one file that k6desk opens anywhere",
        on="runs",
    ),
    Spec(
        "export_table",
        "Export table…",
        "&File",
        tip="Save the runs of the table, or the selected ones, as CSV or JSON",
        on="runs",
    ),
    Spec(
        "library_settings",
        "Offline library…",
        "&File",
        icon="archive",
        tip="See and choose what is kept on this computer",
        divides=True,
    ),
    Spec("copy_id", "Copy run ID", "&Run", icon="copy", keys=("Ctrl+Shift+C",), on="run", divides=True),
    Spec(
        "copy_link",
        "Copy link",
        "&Run",
        icon="link",
        keys=("Ctrl+L",),
        tip="Copy the web app's address of this run",
        toolbar="left",
        on="run",
    ),
    Spec(
        "open_web",
        "Open in the web app",
        "&Run",
        icon="external",
        keys=("Ctrl+O",),
        tip="Show this run in a browser",
        toolbar="left",
        on="run",
    ),
    Spec(
        "delete_runs",
        "Delete runs…",
        "&Run",
        icon="trash",
        keys=("Del",),
        keys_in_table=True,
        tip="Delete the selected runs and their results for good",
        on="runs",
        divides=True,
    ),
    Spec("quit", "Quit", "&File", keys=("Ctrl+Q",), divides=True),
    Spec(
        "start",
        "Start test…",
        "&Test",
        icon="play",
        keys=("Ctrl+Shift+R",),
        tip="See what a run would cost, and start it",
        toolbar="left",
        on="test",
        divides=True,
    ),
    Spec(
        "schedule",
        "Schedule test…",
        "&Test",
        icon="clock",
        tip="See or change when this test starts by itself",
        on="test",
    ),
    Spec(
        "upload",
        "Upload script…",
        "&Test",
        icon="upload",
        keys=("Ctrl+U",),
        tip="Replace the script of this test",
        on="test",
        divides=True,
    ),
    Spec(
        "test_script",
        "Download test’s script…",
        "&Test",
        icon="download",
        tip="Save the script the test has now",
        on="test",
    ),
    Spec(
        "browse_test_script",
        "Browse test’s script",
        "&Test",
        icon="script",
        tip="Look into the script the test has now, with all its files",
        on="test",
    ),
    Spec("rename_test", "Rename test…", "&Test", icon="edit", keys=("F2",), on="test", divides=True),
    Spec("move", "Move test to another project…", "&Test", icon="move", keys=("Ctrl+M",), on="test"),
    Spec("clear_baseline", "Clear baseline", "&Test", tip="Take the baseline mark from the run that has it", on="test"),
    Spec("copy_test_link", "Copy link to test", "&Test", icon="link", on="test"),
    Spec(
        "delete_test",
        "Delete test…",
        "&Test",
        icon="trash",
        tip="Delete this test with its runs and schedule for good",
        on="test",
        divides=True,
    ),
    Spec(
        "new_test",
        "New test…",
        "&Project",
        icon="plus",
        keys=("Ctrl+N",),
        tip="Make a test of a script or archive, in this project",
        on="project",
    ),
    Spec(
        "project_settings",
        "Limits, zones and labels…",
        "&Project",
        icon="sliders",
        tip="See and set what this project may use",
        on="project",
        divides=True,
    ),
    Spec("rename_project", "Rename project…", "&Project", icon="edit", on="project"),
    Spec("copy_project_link", "Copy link to project", "&Project", icon="link", on="project"),
    Spec(
        "delete_project",
        "Delete project…",
        "&Project",
        icon="trash",
        tip="Delete this project with its tests and runs for good",
        on="project",
        divides=True,
    ),
    Spec("new_project", "New project…", "&Project", icon="plus", keys=("Ctrl+Shift+N",), on="stack", divides=True),
    Spec(
        "schedules",
        "All schedules…",
        "&Project",
        icon="clock",
        keys=("Ctrl+J",),
        tip="See every test that starts by itself",
        on="stack",
    ),
    Spec(
        "load_zones",
        "Load zones…",
        "&Project",
        icon="zones",
        tip="See the load zones and who may use them",
        on="stack",
    ),
    Spec("find", "Filter runs", "&View", icon="filter", keys=("Ctrl+F", "/"), tip="Type to filter the runs"),
    Spec(
        "search_scripts",
        "Search scripts…",
        "&View",
        icon="search",
        keys=("Ctrl+Shift+F",),
        tip="Search all scripts that are kept on this computer",
    ),
    Spec("palette", "Go to…", "&View", icon="command", keys=("Ctrl+K",), tip="Find any project, test, run or command"),
    Spec("explorer", "Explorer", "&View", icon="project", keys=("Ctrl+1",), tip="Move to the explorer", divides=True),
    Spec("runs", "Runs", "&View", icon="recent", keys=("Ctrl+2",), tip="Move to the table of runs"),
    Spec("details", "Details", "&View", icon="overview", keys=("Ctrl+3",), tip="Move to the details of the run"),
    Spec(
        "next_pane",
        "Next pane",
        "&View",
        icon="chevron-right",
        keys=("Ctrl+PgDown",),
        tip="The next pane of the details",
    ),
    Spec("previous_pane", "Previous pane", "&View", keys=("Ctrl+PgUp",), tip="The previous pane of the details"),
    Spec(
        "layout",
        "Details below or beside",
        "&View",
        icon="panel-bottom",
        keys=("Ctrl+\\",),
        toolbar="right",
        divides=True,
    ),
    Spec("theme", "Light or dark", "&View", icon="moon", keys=("Ctrl+Shift+L",), toolbar="right"),
    Spec("theme_system", "Follow the system's theme", "&View", checkable=True),
    Spec("notify", "Notifications", "&View", tip="Notify me when runs I watch or starred end", checkable=True),
    Spec("sign_in", "Sign in…", "&Account", icon="sign-in", keys=("Ctrl+Shift+A",), divides=True),
    Spec("sign_out", "Sign out", "&Account", icon="sign-out"),
    Spec("shortcuts", "Keyboard shortcuts", "&Help", icon="keyboard", keys=("F1",)),
    Spec(
        "diagnostics",
        "Copy diagnostics",
        "&Help",
        icon="copy",
        tip="Copy versions and the last log lines, without secrets",
    ),
    Spec("about", "About k6desk", "&Help", icon="info"),
)
