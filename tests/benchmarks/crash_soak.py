"""Kills the real program again and again while it publishes, updates, syncs and ends, then counts what is there.

    python tests/benchmarks/crash_soak.py [--products 900] [--kills 300] [--seed 1]

The marketplace is the practice MercadoLibre in a process of its own: 50 ms a call, 5 % failures of every kind. What
is killed (SIGKILL, at random moments spread over the work) is the command line: ``mmhub publish``, ``update``,
``sync``, ``end`` and ``jobs run``. Promise: every listing live with its newest price or ended as asked, none created
twice, none lost, no job that waits for ever, and a workspace that passes its integrity check. With ``--exact`` every
task of every action is killed before and after each of its calls as well (see tests/fakes/kills.py).
"""

import argparse
import asyncio
import csv
import itertools
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
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from mmhub_desktop.actions import ACTIONS
from tests.fakes.kill_scenes import SCENES
from tests.fakes.kills import Program, kill_at, points_of, prepare
from tests.fakes.kills import calls_of as calls_of_action

ROOT = Path(__file__).resolve().parents[2]
SAMPLES = ROOT / "resources" / "samples"
WEAK = {"BAN-1301", "ELE-6002", "ILU-1401"}  # samples whose texts are poor on purpose
LATENCY_MS, FAILURE_RATE = 50, 0.05
LONGEST_RUN_S = 1500.0
RETRIES = 5
CALLS_OF_PUBLISH, CALLS_OF_CHANGE = 9, 40  # calls of one publication; between a start and its kill later on


@dataclass(frozen=True)
class Outcome:
    """What was there at the end. ``killed`` counts processes that were really ended by a signal."""

    products: int
    to_end: int  # listings that were ended
    killed: Counter[str]  # by command
    live: int
    shown_live: int
    ended: int
    outdated: int  # listings whose price or quantity is not the product's
    twice: int
    lost: int
    stuck: int  # jobs that are neither done nor replaced by newer ones
    noted_twice: int
    integrity: str
    failures: int
    seconds: float

    def promises(self) -> list[tuple[str, object, object]]:
        """What was promised: words, what is there, what must be."""
        stay = self.products - self.to_end
        return [
            ("live at the marketplace", self.live, stay),
            ("shown as live in the workspace", self.shown_live, stay),
            ("ended at the marketplace", self.ended, self.to_end),
            ("with an old price or quantity", self.outdated, 0),
            ("created twice", self.twice, 0),
            ("lost", self.lost, 0),
            ("stuck", self.stuck, 0),
            ("changes noted twice", self.noted_twice, 0),
            ("integrity check", self.integrity, "ok"),
        ]


@dataclass
class Soak:
    """The program under test and its marketplace. ``step``: calls between a start and its kill, at most twice that."""

    folder: Path
    address: str
    dice: random.Random
    killed: Counter[str]

    @property
    def workspace(self) -> Path:
        """The file."""
        return self.folder / "shop.mmhub"

    def command(self, *arguments: str) -> dict[str, Any]:
        """How ``mmhub`` is started."""
        home = {"MMHUB_HOME": str(self.folder / "home"), "MMHUB_PRACTICE_URL": self.address}
        program = [sys.executable, "-m", "mmhub_desktop", "--workspace", str(self.workspace), *arguments]
        return {"args": program, "env": {**os.environ, **home}, "cwd": ROOT}

    def run(self, *arguments: str) -> str:
        """A command that may come to its end; its output."""
        done = subprocess.run(
            **self.command(*arguments), capture_output=True, text=True, timeout=LONGEST_RUN_S, check=False
        )
        if done.returncode not in (0, 7):
            raise RuntimeError(f"mmhub {' '.join(arguments)} ended with {done.returncode}:\n{done.stderr[-3000:]}")
        return done.stdout

    def kill(self, step: float, *arguments: str) -> bool:
        """Start a command and kill it after some more calls at the marketplace; False when it ended before."""
        begin = calls_of(ask(self.address))
        with (self.folder / "killed-runs.log").open("a") as log:
            child = subprocess.Popen(**self.command(*arguments), stdout=log, stderr=log)
        wait_until(self.address, child, begin + round(self.dice.random() * 2 * step))
        time.sleep(self.dice.random() * 0.1)  # not a wait for anything: the random moment
        child.send_signal(signal.SIGKILL)
        was_killed = child.wait() == -signal.SIGKILL
        if was_killed:
            self.killed[" ".join(itertools.takewhile(str.isalpha, arguments))] += 1
        return was_killed

    def finish(self) -> None:
        """Let all that waits come to its end, and try again what the marketplace's failures used up."""
        self.run("jobs", "run")
        for _ in range(RETRIES):
            batches = json.loads(self.run("--json", "jobs", "list", "--limit", "100000"))
            failed = [batch["id"] for batch in batches if batch["failed"]]
            if not failed:
                return
            for batch_id in failed:
                self.run("jobs", "retry", str(batch_id))


def soak(folder: Path, *, products: int, kills: int, seed: int = 1) -> Outcome:
    """Publish, change and end ``products`` under ``kills`` crashes in ``folder``; blocks for as long as that takes."""
    began = time.monotonic()
    with practice_marketplace(folder, seed) as address:
        it = Soak(folder, address, random.Random(seed), Counter())
        it.run("import", str(write_products(folder / "products.csv", products)))
        it.run("accounts", "add", "mercadolibre", "--practice")
        it.run("enhance", "--all", "--marketplace", "mercadolibre")
        skus = [f"SOAK-{number:05d}" for number in range(products)]
        publish(it, skus, kills * 3 // 5)
        it.run("import", str(write_products(folder / "changed.csv", products, changed=True)))
        to_end = skus[: products // 3]
        last = max(1, kills // 10)
        change(it, skus, kills - last - it.killed.total())
        it.finish()
        end(it, to_end, last)
        it.finish()
        with closing(sqlite3.connect(it.workspace)) as connection:
            return judge(connection, ask(address, items=True), products, to_end, it, time.monotonic() - began)


def publish(it: Soak, skus: list[str], kills: int) -> None:
    """Publish in pieces, each by a command that is killed, and by commands that go on with what waits."""
    pieces = max(1, kills // 2)
    size = -(-len(skus) // pieces)
    step = CALLS_OF_PUBLISH * len(skus) / max(1, kills)
    for first in range(0, len(skus), size):
        piece = skus[first : first + size]
        it.kill(step, "publish", *piece)
        it.kill(step, "jobs", "run")
    it.run("publish", "--all", "--no-wait")  # pieces that were killed before they were planned
    it.finish()


def change(it: Soak, skus: list[str], kills: int) -> None:
    """Update everything; while that goes on, update everything again, sync, and go on, and be killed."""
    it.run("update", "--all", "--no-wait")
    for number in range(kills):
        command = (("jobs", "run"), ("update", "--all"), ("jobs", "run"), ("sync", "--all"))[number % 4]
        if not it.kill(min(CALLS_OF_CHANGE, len(skus) / 2), *command):  # nothing waited any more
            surely(it, skus, "update", "--all")


def end(it: Soak, skus: list[str], kills: int) -> None:
    """End listings, killed; a command that was killed before it had planned its work is given again."""
    for _ in range(kills):
        surely(it, skus, "end", *skus)
    it.run("end", *skus, "--no-wait")


def surely(it: Soak, skus: list[str], *command: str) -> None:
    """Kill a command of which another run may come to its end first."""
    any(it.kill(min(CALLS_OF_CHANGE, len(skus) / 2) / (1 + number), *command) for number in range(RETRIES))


def judge(
    connection: sqlite3.Connection, state: dict[str, Any], products: int, to_end: list[str], it: Soak, seconds: float
) -> Outcome:
    """Compare what the marketplace has with what the workspace shows."""

    def count(sql: str) -> int:
        return int(connection.execute(sql).fetchone()[0])

    wanted = dict(connection.execute("SELECT sku, price_minor || '/' || quantity FROM product").fetchall())
    items = state["items"].values()
    active = [item for item in items if item["live_status"] == "active"]
    created: dict[str, int] = state["creates_by_sku"]
    return Outcome(
        products=products,
        to_end=len(to_end),
        killed=it.killed,
        live=len({item["sku"] for item in active} - set(to_end)),
        shown_live=count("SELECT count(*) FROM listing WHERE state = 'live'"),
        ended=sum(item["live_status"] == "closed" and item["sku"] in to_end for item in items),
        outdated=sum(f"{round(item['price'])}/{item['available_quantity']}" != wanted[item["sku"]] for item in active),
        twice=sum(number - 1 for number in created.values()),
        lost=products - len(created),
        stuck=count("SELECT count(*) FROM marketplace_job WHERE state NOT IN ('completed', 'cancelled')"),
        noted_twice=count(
            "SELECT count(*) FROM (SELECT 1 FROM sync_log GROUP BY listing_id, job_id, operation, field, old, new "
            "HAVING count(*) > 1)"
        ),
        integrity=connection.execute("PRAGMA integrity_check").fetchone()[0],
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


def ask(address: str, *, items: bool = False) -> dict[str, Any]:
    """The marketplace's own counts, from its door for tests."""
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with direct.open(f"{address}/_practice/state?items={str(items).lower()}", timeout=60) as answer:
        state: dict[str, Any] = json.load(answer)
    return state


def calls_of(state: dict[str, Any]) -> int:
    """How many calls have come so far."""
    return sum(state["requests"].values())


def wait_until(address: str, child: "subprocess.Popen[bytes]", calls: int) -> None:
    """Until the marketplace has had that many calls, or the program has ended by itself."""
    end_at = time.monotonic() + LONGEST_RUN_S
    while child.poll() is None and time.monotonic() < end_at:
        if calls_of(ask(address)) >= calls:
            return
        time.sleep(0.05)


def write_products(path: Path, count: int, *, changed: bool = False) -> Path:
    """A product file made from the samples, each row with a SKU, model and GTIN of its own and one image.

    ``changed``: with other prices and quantities.
    """
    with (SAMPLES / "sample-products.csv").open(encoding="utf-8", newline="") as file:
        samples = [row for row in csv.DictReader(file) if row["SKU"] not in WEAK]
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, samples[0].keys())
        writer.writeheader()
        for number in range(count):
            sample = dict(samples[number % len(samples)])
            sample["SKU"] = f"SOAK-{number:05d}"
            sample["Model"] = f"{sample['Model']} {number}"
            sample["GTIN"] = gtin(number)
            sample["Images"] = str(SAMPLES / sample["Images"].split(" | ")[0])
            if changed:
                sample["Price"], sample["Stock"] = str(20_000 + 10 * number), str(3 + number % 5)
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
    parser.add_argument("--products", type=int, default=900)
    parser.add_argument("--kills", type=int, default=300)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--exact", action="store_true", help="also kill at every call of every task")
    wanted = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="mmhub-soak-") as folder:
        outcome = soak(Path(folder), products=wanted.products, kills=wanted.kills, seed=wanted.seed)
    by_command = ", ".join(f"{command} {count}" for command, count in outcome.killed.most_common())
    print(
        f"killed {outcome.killed.total()} times ({by_command}) in {outcome.seconds:.0f} s with {outcome.products} "
        f"products; the marketplace failed {outcome.failures} calls on purpose"
    )
    good = True
    for words, value, promised in [("really killed", outcome.killed.total(), wanted.kills), *outcome.promises()]:
        kept = value == promised
        good = good and kept
        print(f"  {words:32} {value!s:>6}  promised {promised}{'' if kept else '  MISSED'}", flush=True)
    if wanted.exact:
        good = asyncio.run(kill_everywhere()) and good
    return 0 if good else 1


async def kill_everywhere() -> bool:
    """Every task of every action, killed before and after each of its calls, before and after its own commit."""
    points, wrong = 0, []
    with tempfile.TemporaryDirectory(prefix="mmhub-kills-") as name:
        folder = Path(name)
        os.environ["MMHUB_HOME"] = str(folder / "home")
        await prepare(folder / "template")
        program = Program(folder / "errors.txt")
        for action in SCENES:
            calls = await calls_of_action(program, folder / "template", folder / "whole", action)
            for task in ACTIONS[action].tasks:
                for point in points_of(action, task.name, calls, every_call=True):
                    outcome = await kill_at(program, folder / "template", folder / "killed", action, point)
                    points += 1
                    if outcome.wrong or not outcome.killed:
                        wrong.append(f"{action}: {point}: {outcome.wrong or 'not killed'}")
        program.close()
    print(f"  killed at {points} exact points; {len(wrong)} of them went wrong, promised 0")
    for words in wrong:
        print(f"    {words}")
    return not wrong


if __name__ == "__main__":
    sys.exit(main())
