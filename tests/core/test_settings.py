from pathlib import Path

from k6desk.core.settings import Choices, Settings


def test_choices_are_there_after_a_restart(tmp_path):
    Settings(tmp_path).choose(theme="dark", watched_people=("ana@example.com",))
    again = Settings(tmp_path)
    assert again.choices == Choices(theme="dark", watched_people=("ana@example.com",))
    assert again.problem is None


def test_one_wrong_entry_does_not_cost_the_others(tmp_path):
    (tmp_path / "settings.toml").write_text('theme = "purple"\ndetail_below = true\nunheard_of = 1\n')
    assert Settings(tmp_path).choices == Choices(detail_below=True)


def test_a_damaged_file_is_kept_aside(tmp_path):
    (tmp_path / "settings.toml").write_bytes(b"theme = \xff")
    settings = Settings(tmp_path)
    assert settings.choices == Choices()
    assert "defaults" in settings.problem
    (aside,) = tmp_path.glob("settings.toml.damaged-*")
    assert aside.read_bytes() == b"theme = \xff"
    assert aside.name in settings.problem


def test_a_damaged_file_that_cannot_be_renamed_is_said_and_survived(tmp_path, monkeypatch):
    (tmp_path / "settings.toml").write_bytes(b"theme = \xff")

    def refuse(*_arguments):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "rename", refuse)
    settings = Settings(tmp_path)
    assert settings.choices == Choices()
    assert "neither read nor replaced" in settings.problem


def test_choices_that_cannot_be_written_hold_for_now(tmp_path):
    folder = tmp_path / "taken"
    folder.write_text("a file where the profile should be")
    settings = Settings(folder)
    settings.choose(theme="dark")
    assert settings.choices.theme == "dark"
    assert "until k6desk is closed" in settings.problem
