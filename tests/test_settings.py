"""Settings: typed, checked, kept, and safe against a damaged file."""

import json
from pathlib import Path

import pytest

from mmhub_desktop import settings as s
from mmhub_desktop.errors import DiskFull, UserMistake
from mmhub_desktop.settings import SETTINGS, Settings


def test_a_change_is_on_disk_and_told(home: Path) -> None:
    settings = Settings()
    told: list[tuple[str, object]] = []
    stop = settings.on_changed(lambda key, value: told.append((key, value)))
    settings.set(s.AI_TIMEOUT_S, 90)
    settings.set("appearance.mode", "dark")
    settings.set("appearance.mode", "dark")
    stop()
    settings.set(s.AI_MODEL, "gpt-oss:20b")
    assert told == [("ai.timeout_s", 90.0), ("appearance.mode", "dark")]
    again = Settings()
    assert (again.get(s.AI_TIMEOUT_S), again.get("ai.model"), again.get("appearance.mode")) == (
        90.0, "gpt-oss:20b", "dark",
    )  # fmt: skip
    assert [path.name for path in (home / "config").iterdir()] == ["settings.json"]


@pytest.mark.parametrize(
    ("key", "value"),
    [("appearance.mode", "pink"), ("ai.timeout_s", "60"), ("import.chunk_rows", 1), ("import.chunk_rows", True),
     ("jobs.local_concurrency", 2.5), ("no.such", 1)],
)  # fmt: skip
def test_a_wrong_value_is_refused_and_nothing_changes(key: str, value: object) -> None:
    settings = Settings()
    with pytest.raises(UserMistake) as caught:
        settings.set(key, value)
    assert caught.value.hint
    assert not settings.path.exists()


def test_values_from_the_command_line() -> None:
    assert s.IMAGES_ALLOW_LOCAL_NETWORK.parse("Yes") is True
    assert s.IMPORT_CHUNK_ROWS.parse("2000") == 2000
    assert s.AI_TIMEOUT_S.parse("30") == 30.0
    with pytest.raises(UserMistake, match="Rows written"):
        s.IMPORT_CHUNK_ROWS.parse("many")
    with pytest.raises(UserMistake):
        s.IMAGES_ALLOW_LOCAL_NETWORK.parse("perhaps")


@pytest.mark.parametrize("content", ['{"ai.model": "x"', "[1]", "\x00\x01"])
def test_a_damaged_file_gives_defaults_and_is_kept(content: str) -> None:
    path = Settings().path
    path.write_text(content, encoding="utf-8")
    settings = Settings()
    assert settings.get("appearance.mode") == "system"
    assert "settings.json.damaged" in settings.problem
    assert path.with_name("settings.json.damaged").read_text(encoding="utf-8") == content


def test_one_wrong_value_loses_only_itself_and_unknown_keys_stay() -> None:
    path = Settings().path
    path.write_text(json.dumps({"ai.model": "m", "import.chunk_rows": "x", "later.key": 7}), encoding="utf-8")
    settings = Settings()
    assert (settings.get("ai.model"), settings.get("import.chunk_rows")) == ("m", 5000)
    assert settings.problem
    settings.set("ai.model", "n")
    assert json.loads(path.read_text(encoding="utf-8")) == {"ai.model": "n", "later.key": 7}


def test_a_folder_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    blocker = tmp_path / "file"
    blocker.write_text("", encoding="utf-8")
    settings = Settings(tmp_path / "s.json")
    settings.path = blocker / "s.json"
    with pytest.raises(DiskFull) as caught:
        settings.set("ai.model", "x")
    assert "saved" in caught.value.message
    assert settings.get("ai.model") == ""


def test_declarations_are_whole() -> None:
    assert len({setting.key for setting in SETTINGS}) == len(SETTINGS)
    for setting in SETTINGS:
        assert setting.check(setting.default) == setting.default
        assert setting.label
