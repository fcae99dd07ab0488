"""The self-check says what is there, and says so when something is not."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from mmhub_desktop import paths, selfcheck


def test_this_copy_of_the_program_is_whole() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "mmhub_desktop", "--selfcheck"], capture_output=True, text=True, timeout=100, check=False
    )

    assert done.returncode == 0, done.stdout + done.stderr
    lines = done.stdout.splitlines()
    assert [line.split(":")[0].split(maxsplit=1) for line in lines[:-1]] == [
        ["ok", name] for name, _ in selfcheck.CHECKS
    ]
    assert "MercadoLibre" in done.stdout
    assert "Inter" in done.stdout


@pytest.mark.parametrize("check", [selfcheck.check_samples, selfcheck.check_window])
def test_missing_resources_are_noticed(
    check: Callable[[], str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, qapp: object
) -> None:
    bundle = tmp_path / "bundle"
    (bundle / "resources" / "fonts").mkdir(parents=True)
    monkeypatch.setattr(sys, "_MEIPASS", str(bundle), raising=False)

    assert paths.resource("fonts").is_relative_to(bundle)
    with pytest.raises(Exception, match=r"nothing in|fonts: 0"):
        check()


def test_a_failed_check_gives_exit_code_1_and_the_others_still_run(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def broken() -> str:
        raise OSError("no certificates in this bundle")

    monkeypatch.setattr(selfcheck, "CHECKS", (("TLS", broken), ("image files", selfcheck.check_pillow)))

    assert selfcheck.main() == 1
    assert capsys.readouterr().out.splitlines() == [
        "FAILED  TLS: OSError: no certificates in this bundle",
        "ok      image files: PNG, JPEG, WebP, GIF",
        "1 of 2 checks failed",
    ]
