"""Folders by environment, and files replaced whole."""

import os
import stat
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from mmhub_desktop import paths


def test_one_variable_moves_all_folders(home: Path) -> None:
    folders = [paths.config_folder(), paths.data_folder(), paths.log_folder()]
    assert folders == [home / "config", home / "data", home / "logs"]
    assert all(folder.is_dir() for folder in folders)


@pytest.mark.skipif(os.name != "posix", reason="file modes are POSIX")
def test_a_private_file_is_private(tmp_path: Path) -> None:
    paths.replace_file(tmp_path / "f", b"one", mode=0o600)
    paths.replace_file(tmp_path / "f", b"two", mode=0o600)
    assert (tmp_path / "f").read_bytes() == b"two"
    assert (tmp_path / "f").stat().st_mode & 0o777 == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["f"]


def test_a_failure_before_the_rename_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "f"
    path.write_bytes(b"old")

    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        paths.replace_file(path, b"new")
    assert path.read_bytes() == b"old"
    assert [entry.name for entry in tmp_path.iterdir()] == ["f"]


def test_threads_that_replace_the_same_file_do_not_meet(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    both = threading.Barrier(2, timeout=30)
    flush = os.fsync

    def together(descriptor: int) -> None:
        if stat.S_ISREG(os.fstat(descriptor).st_mode):  # the drafts of both are written now
            both.wait()
        flush(descriptor)

    monkeypatch.setattr(os, "fsync", together)
    with ThreadPoolExecutor(2) as threads:
        for written in [threads.submit(paths.replace_file, tmp_path / "f", b"same") for _ in range(2)]:
            written.result(60)
    assert [(path.name, path.read_bytes()) for path in tmp_path.iterdir()] == [("f", b"same")]
