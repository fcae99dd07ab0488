"""Tries the frozen program of `make build`: its size, how fast it starts, its self-check, and the main job."""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

FOLDER = Path(__file__).resolve().parent.parent / "dist" / "mmhub"
PROGRAM = FOLDER / ("mmhub.exe" if os.name == "nt" else "mmhub")
STARTS = 5


def main() -> int:
    """Print the figures; 1 when the self-check or the main job fails."""
    size = sum(path.lstat().st_size for path in FOLDER.rglob("*") if path.is_file() and not path.is_symlink())
    print(f"size: {size / 1e6:.0f} MB in {FOLDER}")
    with tempfile.TemporaryDirectory(prefix="mmhub-build-") as home:
        environment = {
            name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "VIRTUAL_ENV"))
        }
        environment |= {"MMHUB_HOME": home, "QT_QPA_PLATFORM": "offscreen", "PATH": os.defpath}
        print(
            f"start: {min(start(environment) for _ in range(STARTS)):.2f} s until the first answer (best of {STARTS})"
        )
        checked = subprocess.run([PROGRAM, "--selfcheck"], env=environment, cwd=home, check=False).returncode
        done = subprocess.run(
            [PROGRAM, "demo", "--folder", str(Path(home) / "demo")], env=environment, cwd=home, check=False
        ).returncode
        pictures = len(list(Path(home).rglob("*.png")))
    print(f"self-check: {'passed' if checked == 0 else 'FAILED'}")
    print(f"main job: {'done' if done == 0 else f'FAILED with exit code {done}'}, {pictures} screenshots")
    return 0 if checked == done == 0 else 1


def start(environment: dict[str, str]) -> float:
    """Seconds until the program has started and answered."""
    began = time.perf_counter()
    subprocess.run([PROGRAM, "--version"], env=environment, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - began


if __name__ == "__main__":
    sys.exit(main())
