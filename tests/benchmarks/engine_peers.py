"""Our engine beside its peers, in one run: jobs a second of five durable steps each.

Every peer stores each step's result before the next step starts, and loses at most the last moment in a power cut, as
ours does: SQLite with WAL and synchronous=NORMAL (huey, DBOS with its own settings), Redis with an append-only file
written out every second (Celery with late acknowledgement, Dramatiq with results). Work is queued first; the clock
runs from the first step to the last.

The peers live in an environment of their own (``.peers``, from requirements-peers.lock). One that cannot be installed
or started is named with its reason, and the run fails.

    .venv/bin/python tests/benchmarks/engine_peers.py [--jobs N] [--rounds N]
"""

import argparse
import asyncio
import contextlib
import hashlib
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import venv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests.benchmarks.engine_throughput import run_huey, run_ours

ROOT = Path(__file__).resolve().parents[2]
PEERS = Path(__file__).with_name("peers")
PLACE = ROOT / ".peers"
LOCK = ROOT / "requirements-peers.lock"
LONGEST_S = 180.0


@dataclass(frozen=True)
class Peer:
    """One of them: what it is measured on, how many jobs, and how many times faster ours is promised to be."""

    name: str
    on: str
    jobs: int
    promised: float
    needs_redis: bool = False


ALL = (
    Peer("huey", "SQLite, 4 threads", 2_000, 4),
    Peer("celery", "Redis, 2 processes", 500, 40, needs_redis=True),
    Peer("dramatiq", "Redis, 2 processes of 8 threads", 2_000, 3, needs_redis=True),
    Peer("dbos", "SQLite, 8 threads", 200, 60),
)


class CannotRun(Exception):
    """A peer could not be installed or started; the text says why."""


def prepare() -> Path:
    """The Python of the peers' own environment, made or brought up to date."""
    python = PLACE / ("Scripts" if os.name == "nt" else "bin") / "python"
    stamp, key = PLACE / ".ready", hashlib.sha256(LOCK.read_bytes()).hexdigest()
    if stamp.is_file() and stamp.read_text() == key:
        return python
    print("setting up the peers' packages in .peers (once)", flush=True)
    venv.EnvBuilder(clear=True, with_pip=True, symlinks=os.name != "nt").create(PLACE)
    pip = [str(python), "-m", "pip", "--disable-pip-version-check", "--quiet", "install"]
    done = subprocess.run(
        [*pip, "--require-hashes", "--no-deps", "-r", str(LOCK)], capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise CannotRun(f"its packages cannot be installed: {_last_line(done.stderr)}")
    stamp.write_text(key)
    return python


@contextlib.contextmanager
def redis(folder: Path) -> Iterator[str]:
    """A Redis of our own that keeps an append-only file; yields its address."""
    program = shutil.which("redis-server")
    if program is None:
        raise CannotRun("redis-server is not installed (Debian: apt-get install redis-server)")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    options = ["--bind", "127.0.0.1", "--appendonly", "yes", "--appendfsync", "everysec", "--save", ""]
    command = [program, "--port", str(port), "--dir", str(folder), *options]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as server:
        try:
            _wait_for(server, port)
            yield f"redis://127.0.0.1:{port}/0"
        finally:
            server.terminate()


def _wait_for(server: "subprocess.Popen[bytes]", port: int) -> None:
    end = time.monotonic() + 10
    while time.monotonic() < end and server.poll() is None:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        time.sleep(0.05)
    raise CannotRun("redis-server did not start")


def measure(peer: Peer, folder: Path) -> float:
    """Jobs a second of one peer. CannotRun with the reason when there is no figure."""
    if peer.name == "huey":
        return peer.jobs / run_huey(folder / "huey.db", peer.jobs)
    python = prepare()
    with contextlib.ExitStack() as opened:
        environment = dict(os.environ)
        if peer.needs_redis:
            environment["PEER_REDIS"] = opened.enter_context(redis(folder))
        command = [str(python), str(PEERS / f"peer_{peer.name}.py"), str(peer.jobs)]
        environment["PYTHONPATH"] = str(PEERS)
        try:
            done = subprocess.run(
                command, cwd=folder, env=environment, capture_output=True, text=True, timeout=LONGEST_S, check=False
            )
        except subprocess.TimeoutExpired:
            raise CannotRun(f"not done after {LONGEST_S:.0f} s") from None
    if done.returncode:
        raise CannotRun(_last_line(done.stderr))
    return float(done.stdout.split()[-1])


def _last_line(text: str) -> str:
    return (text.strip().splitlines() or ["it gave no reason"])[-1]


def main() -> int:
    """Print every figure and ratio beside what is promised; 1 when one is missed or missing."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--jobs", type=int, default=40_000, help="for our engine")
    parser.add_argument("--rounds", type=int, default=2, help="all in turn; the best of each counts")
    chosen = parser.parse_args()
    ours = 0.0
    best: dict[str, float] = {}
    reasons: dict[str, str] = {}
    for number in range(chosen.rounds):
        with tempfile.TemporaryDirectory() as name:
            _, seconds, _ = asyncio.run(run_ours(Path(name) / "ours.mmhub", chosen.jobs, None))
        ours = max(ours, chosen.jobs / seconds)
        print(f"round {number + 1}  {'engine':9} {chosen.jobs / seconds:9,.0f} jobs/s", flush=True)
        for peer in ALL:
            with tempfile.TemporaryDirectory() as name:
                try:
                    speed = measure(peer, Path(name))
                except CannotRun as error:
                    reasons[peer.name] = str(error)
                    print(f"round {number + 1}  {peer.name:9} could not run: {error}", flush=True)
                    continue
            best[peer.name] = max(best.get(peer.name, 0.0), speed)
            print(f"round {number + 1}  {peer.name:9} {speed:9,.0f} jobs/s ({peer.on})", flush=True)
    print(f"best     {'engine':9} {ours:9,.0f} jobs/s")
    good = True
    for peer in ALL:
        if peer.name not in best:
            print(f"  {peer.name:9} NOT MEASURED: {reasons[peer.name]}")
            good = False
            continue
        ratio = ours / best[peer.name]
        good = good and ratio >= peer.promised
        missed = "" if ratio >= peer.promised else "  MISSED"
        print(f"  {peer.name:9} {ratio:7.1f} times as fast; promised {peer.promised:g}{missed}")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
