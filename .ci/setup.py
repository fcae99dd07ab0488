"""Makes a machine ready: Qt's system libraries, a virtual environment, and every locked package in it.

    python3 .ci/setup.py run|test|bench|build

Standard library only, and parsable by any Python 3, so that an old one gets a sentence instead of a syntax error.
What is already there is left alone: the second run takes a fraction of a second.
"""

import ctypes
import hashlib
import os
import shutil
import subprocess
import sys
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
STAMP = VENV / ".ready"
UV = "uv==0.13.8"
OLDEST, FIRST_TOO_NEW = (3, 11), (3, 14)

# What Qt loads on Linux, and the Debian package that holds it.
LIBRARIES = {
    "libglib-2.0.so.0": "libglib2.0-0",
    "libGL.so.1": "libgl1",
    "libEGL.so.1": "libegl1",
    "libX11.so.6": "libx11-6",
    "libdbus-1.so.3": "libdbus-1-3",
    "libfontconfig.so.1": "libfontconfig1",
    "libfreetype.so.6": "libfreetype6",
    "libxkbcommon.so.0": "libxkbcommon0",
    "libbrotlidec.so.1": "libbrotli1",
}
WINDOW_LIBRARIES = {
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-shape.so.0": "libxcb-shape0",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
}
# What some tests drive the program with; they are skipped, and say so, where one of these is missing.
TEST_PROGRAMS = {
    "Xvfb": "xvfb",
    "xauth": "xauth",
    "xdotool": "xdotool",
    "dbus-run-session": "dbus",
    "gnome-keyring-daemon": "gnome-keyring",
}
AS_ROOT = "  sudo apt-get update && sudo "
NEEDED_PROGRAMS = {"build": {"objdump": "binutils"}, "bench": {"sqlite3": "sqlite3"}}


def main(purpose):
    """Prepare for one purpose; exits with a sentence and 1 when something is missing that cannot be installed."""
    python = find_python()
    if python != sys.executable:
        os.execv(python, [python, __file__, purpose])
    if sys.platform.startswith("linux"):
        install_system_packages(purpose)
    install_python_packages()


def find_python():
    """This interpreter when its version fits, else another one on the PATH that does."""
    if OLDEST <= sys.version_info[:2] < FIRST_TOO_NEW:
        return sys.executable
    for name in ("python3.13", "python3.12", "python3.11"):
        if shutil.which(name):
            return shutil.which(name)
    return stop(
        "This program needs Python 3.11, 3.12 or 3.13; `python3` here is {}.{}.".format(*sys.version_info[:2]),
        "Install one of them, or name it: make PYTHON=/path/to/python3.12 …",
    )


def install_system_packages(purpose):
    """Install what is missing when that needs no password; otherwise say the exact line, and stop if it is vital."""
    vital, useful = find_missing(purpose)
    if not vital and not useful:
        return
    packages = vital + useful
    line = "apt-get install --yes --no-install-recommends " + " ".join(packages)
    has_apt = bool(shutil.which("apt-get"))
    prefix = rights() if has_apt else None
    if prefix is None:
        if vital and has_apt:
            stop(
                "System libraries are missing. Install them with this line, then try again:",
                "  sudo apt-get update && sudo " + line,
            )
        if vital:
            stop("Libraries are missing. In Debian they are called:", "  " + " ".join(vital))
        say("Some tests will be skipped without these programs: " + " ".join(useful))
        return
    say("Installing system packages: " + " ".join(packages))
    environment = dict(os.environ, DEBIAN_FRONTEND="noninteractive")
    if run([*prefix, "apt-get", "update", "-qq"], env=environment) != 0:
        say("`apt-get update` failed; trying with the package lists that are there.")
    # What is unpacked scrolls by for a page and tells nobody anything; errors come on the other stream.
    if run([*prefix, *line.split(), "-qq"], env=environment, stdout=subprocess.DEVNULL) != 0:
        stop("The packages could not be installed. Try this line yourself:", AS_ROOT + line)
    still = find_missing(purpose)[0]
    if still:
        stop("Still missing after the installation: " + " ".join(still))


def find_missing(purpose):
    """Debian packages that are not here: those nothing works without, and those that some tests want."""
    needed = dict(LIBRARIES)
    if purpose == "test" or os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"):
        needed.update(WINDOW_LIBRARIES)
    vital = [package for library, package in needed.items() if not can_load(library)]
    if not can_make_venv():
        vital.append("python{}.{}-venv".format(*sys.version_info[:2]))
    programs = NEEDED_PROGRAMS.get(purpose, {})
    vital += [package for program, package in programs.items() if not shutil.which(program)]
    if purpose == "build":
        # Debian's python3 carries its library inside; PyInstaller needs the separate one.
        library = "libpython{}.{}".format(*sys.version_info[:2])
        if sys.base_prefix == "/usr" and not can_load(library + ".so.1.0"):
            vital.append(library)
    wanted = TEST_PROGRAMS if purpose == "test" else {}
    return vital, [package for program, package in wanted.items() if not shutil.which(program)]


def rights():
    """The words to put before a command that needs root: none as root, None when a password would be asked."""
    if os.geteuid() == 0:
        return []
    sudo = ["sudo", "-n"]
    if shutil.which("sudo") and run([*sudo, "true"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) == 0:
        return [*sudo, "env", "DEBIAN_FRONTEND=noninteractive"]
    return None


def can_load(library):
    """Whether the dynamic linker finds a library."""
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def can_make_venv():
    """Debian keeps ensurepip in a package of its own."""
    try:
        import ensurepip  # noqa: F401
    except ImportError:
        return False
    return True


def install_python_packages():
    """A virtual environment with exactly the packages of requirements.lock, and this project in it."""
    key = fingerprint()
    if STAMP.is_file() and STAMP.read_text() == key:
        return
    say("Setting up Python packages in .venv (once; about a minute on a slow line)")
    bin_folder = VENV / ("Scripts" if os.name == "nt" else "bin")
    python, uv = bin_folder / "python", bin_folder / "uv"
    if not STAMP.is_file() or not STAMP.read_text().startswith(place()):
        venv.EnvBuilder(clear=True, with_pip=True, symlinks=os.name != "nt").create(str(VENV))
    environment = dict(os.environ, VIRTUAL_ENV=str(VENV), UV_NO_PROGRESS="1", UV_LINK_MODE="copy")
    environment.pop("PYTHONPATH", None)
    pip = [str(python), "-m", "pip", "--disable-pip-version-check", "--quiet"]
    lock = str(ROOT / "requirements.lock")
    # Compiled at once, so that the program's first start is as quick as the second.
    sync = [str(uv), "pip", "sync", "--quiet", "--compile-bytecode", "--require-hashes", lock]
    synced = run([*pip, "install", UV], env=environment) == 0 and run(sync, env=environment) == 0
    # uv does not read pip's configuration: where only pip knows the way to the packages, pip installs them.
    if not synced and run([*pip, "install", "--require-hashes", "--no-deps", "-r", lock], env=environment) != 0:
        stop("The packages could not be fetched.", "Check the network connection (and proxy), then try again.")
    editable = ["install", "--no-deps", "--no-build-isolation", "--editable", str(ROOT)]
    if run([*pip, *editable], env=environment) != 0:
        stop("The project could not be installed into .venv; the lines above say why.")
    STAMP.write_text(key)


def place():
    """What makes an environment unusable when it changes: where it lies, and its interpreter."""
    return "{} {}\n".format(ROOT, ".".join(map(str, sys.version_info[:3])))


def fingerprint():
    """Changes when the environment has to be brought up to date."""
    content = b"".join((ROOT / name).read_bytes() for name in ("requirements.lock", "pyproject.toml"))
    return f"{place()}{UV} {hashlib.sha256(content).hexdigest()}\n"


def run(command, **options):
    """Run a command, its output going where ours goes; returns its exit code."""
    return subprocess.run(command, check=False, **options).returncode


def say(*lines):
    """Tell what is going on."""
    print("\n".join(lines), flush=True)


def stop(*lines):
    """Say why nothing more can be done, and end."""
    print("\n".join(lines), file=sys.stderr)
    raise SystemExit(1)


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "run")
