"""Starting where a window cannot be shown."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from mmhub_desktop.gui import run as starting

ROOT = Path(__file__).parents[2]


def start(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    inherited = {key: value for key, value in os.environ.items() if key not in ("QT_QPA_PLATFORM", "DISPLAY")}
    return subprocess.run(
        [sys.executable, "-m", "mmhub_desktop", "window", *arguments],
        env=inherited | environment, capture_output=True, text=True, timeout=60, check=False, cwd=ROOT,
    )  # fmt: skip


@pytest.mark.skipif(sys.platform != "linux", reason="only X11 and Wayland can be missing")
def test_without_a_display_the_command_line_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    done = start()
    assert done.returncode == starting.NO_WINDOW
    assert "no display" in done.stderr
    assert "mmhub" in done.stderr


@pytest.mark.skipif(sys.platform != "linux", reason="names Debian packages")
def test_a_missing_platform_plugin_names_what_to_install() -> None:
    done = start(QT_QPA_PLATFORM="no-such-platform")
    assert done.returncode == starting.NO_WINDOW
    assert "no-such-platform" in done.stderr
    assert "apt-get install" in done.stderr
    assert "Traceback" not in done.stderr


def test_the_window_leaves_pictures_and_ends(tmp_path: Path) -> None:
    folder = tmp_path / "pictures"
    done = start(
        "--workspace", str(tmp_path / "shop.mmhub"), "--screenshots", str(folder), QT_QPA_PLATFORM="offscreen"
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert {"products-light.png", "products-dark.png", "jobs-dark.png"} <= {path.name for path in folder.iterdir()}
