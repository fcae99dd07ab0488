"""Kills the real program again and again while it publishes, then counts what the marketplace has.

    python tests/benchmarks/crash_soak.py [--products 500] [--kills 50] [--seed 1]

The marketplace is the practice MercadoLibre in a process of its own: 50 ms a call, 5 % failures of every kind. The
program is ``mmhub jobs run``, killed with SIGKILL at random moments spread over the whole work. Promise: every
listing live, none created twice, none lost, and a workspace that passes its integrity check.
"""

import argparse
import csv
import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
SAMPLES = ROOT / "resources" / "samples"
WEAK = {"BAN-1301", "ELE-6002", "ILU-1401"}  # samples whose texts are poor on purpose
LATENCY_MS, FAILURE_RATE = 50, 0.05
LONGEST_RUN_S = 1500.0
RETRIES = 5


@dataclass(frozen=True)
class Outcome:
    """What was there at the end. ``killed`` counts processes that were really ended by a signal."""

    products: int
    killed: int
    live: int
    shown_live: int
    twice: int
    lost: int
    integrity: str
    failures: int
    seconds: float

    @property
    def is_good(self) -> bool:
        """Whether the promise was kept."""
        return (
            self.live == self.shown_live == self.products
            and not self.twice
            and not self.lost
            and self.integrity == "ok"
        )


def soak(folder: Path, *, products: int, kills: int, seed: int = 1) -> Outcome:
    """Publish ``products`` under ``kills`` crashes in ``folder``; blocks for as long as that takes."""
    dice = random.Random(seed)  # the moments of a test
    began = time.monotonic()
    with practice_marketplace(folder, seed) as address:
        workspace = folder / "shop.mmhub"
        environment = {**os.environ, "MMHUB_HOME": str(folder / "home"), "MMHUB_PRACTICE_URL": address}
        program = [sys.executable, "-m", "mmhub_desktop", "--workspace", str(workspace)]

        def run(*arguments: str) -> subprocess.CompletedProcess[str]:
            done = subprocess.run(
                [*program, *arguments],
                env=environment,
                cwd=ROOT,
                capture_output=True,
                text=True,
                timeout=LONGEST_RUN_S,
                check=False,
            )
            if done.returncode not in (0, 7):
                raise RuntimeError(f"mmhub {' '.join(arguments)} ended with {done.returncode}:\n{done.stderr[-3000:]}")
            return done

        run("import", str(write_products(folder, products)))
        run("accounts", "add", "mercadolibre", "--practice")
        run("enhance", "--all", "--marketplace", "mercadolibre")
        run("publish", "--all", "--no-wait")
        killed = 0
        for number in range(kills):
            with (folder / "killed-runs.log").open("a") as log:
                child = subprocess.Popen([*program, "jobs", "run"], env=environment, cwd=ROOT, stdout=log, stderr=log)
            wait_until(address, child, (number + dice.random()) * products / kills)
            time.sleep(dice.random() * 0.5)  # not a wait for anything: the random moment
            child.send_signal(signal.SIGKILL)
            killed += child.wait() == -signal.SIGKILL
        run("jobs", "run")
        for _ in range(RETRIES):
            batch = json.loads(run("--json", "jobs", "list").stdout)[0]
            if not batch["failed"]:
                break
            run("jobs", "retry", str(batch["id"]))
        state = ask(address)
    return judge(folder, workspace, state, products, killed, time.monotonic() - began)


def judge(folder: Path, workspace: Path, state: dict[str, Any], products: int, killed: int, seconds: float) -> Outcome:
    """Compare what the marketplace has with what the workspace shows."""
    with closing(sqlite3.connect(workspace)) as connection:
        integrity = connection.execute("PRAGMA integrity_check").fetchone()[0]
        shown = connection.execute("SELECT count(*) FROM listing WHERE state = 'live'").fetchone()[0]
    created: dict[str, int] = state["creates_by_sku"]
    return Outcome(
        products=products,
        killed=killed,
        live=state["live_skus"],
        shown_live=shown,
        twice=sum(count - 1 for count in created.values()),
        lost=products - len(created),
        integrity=integrity,
        failures=sum(state["failures"].values()),
        seconds=seconds,
    )


@contextmanager
def practice_marketplace(folder: Path, seed: int) -> Iterator[str]:
    """The practice MercadoLibre as a process of its own; yields its address."""
    command = [
        sys.executable, "-m", "mmhub_desktop.practice", "mercadolibre", "--state", str(folder / "marketplace.jsonl"),
        "--latency-ms", str(LATENCY_MS), "--failure-rate", str(FAILURE_RATE), "--seed", str(seed),
    ]  # fmt: skip
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        try:
            yield json.loads(server.stdout.readline())["base_url"]
        finally:
            server.terminate()
            server.wait(10)


def ask(address: str) -> dict[str, Any]:
    """The marketplace's own counts, from its door for tests."""
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with direct.open(f"{address}/_practice/state?items=false", timeout=30) as answer:
        state: dict[str, Any] = json.load(answer)
    return state


def wait_until(address: str, child: "subprocess.Popen[bytes]", items: float) -> None:
    """Until the marketplace has that many items, or the program has ended by itself."""
    end = time.monotonic() + LONGEST_RUN_S
    while child.poll() is None and time.monotonic() < end:
        if ask(address)["creates"] >= items:
            return
        time.sleep(0.05)


def write_products(folder: Path, count: int) -> Path:
    """A product file made from the samples, each row with a SKU, model and GTIN of its own and one image."""
    with (SAMPLES / "sample-products.csv").open(encoding="utf-8", newline="") as file:
        samples = [row for row in csv.DictReader(file) if row["SKU"] not in WEAK]
    path = folder / "products.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, samples[0].keys())
        writer.writeheader()
        for number in range(count):
            sample = dict(samples[number % len(samples)])
            sample["SKU"] = f"SOAK-{number:05d}"
            sample["Model"] = f"{sample['Model']} {number}"
            sample["GTIN"] = gtin(number)
            sample["Images"] = str(SAMPLES / sample["Images"].split(" | ")[0])
            writer.writerow(sample)
    return path


def gtin(number: int) -> str:
    """A GTIN-13 with its right check digit."""
    digits = f"7801{number:08d}"
    total = sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(digits))
    return f"{digits}{-total % 10}"


def main() -> int:
    """Run the soak and print the figures beside the promise; 1 when it was not kept."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--products", type=int, default=500)
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--seed", type=int, default=1)
    wanted = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="mmhub-soak-") as folder:
        outcome = soak(Path(folder), products=wanted.products, kills=wanted.kills, seed=wanted.seed)
    print(
        f"killed {outcome.killed} times in {outcome.seconds:.0f} s while publishing {outcome.products} products; "
        f"the marketplace failed {outcome.failures} calls on purpose"
    )
    for words, value, promised in (
        ("really killed", outcome.killed, wanted.kills),
        ("live at the marketplace", outcome.live, outcome.products),
        ("shown as live in the workspace", outcome.shown_live, outcome.products),
        ("created twice", outcome.twice, 0),
        ("lost", outcome.lost, 0),
        ("integrity check", outcome.integrity, "ok"),
    ):
        print(f"  {words:32} {value!s:>6}  promised {promised}{'' if value == promised else '  MISSED'}")
    return 0 if outcome.is_good and outcome.killed == wanted.kills else 1


if __name__ == "__main__":
    sys.exit(main())
