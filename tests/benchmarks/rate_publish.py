"""Whether the limit is used up by the real work: publishing on the practice MercadoLibre in a process of its own.

Real adapter, workspace, mapping, pictures and records; the marketplace answers after 50 ms and lets 200 calls a second
through. Promised: the wall time is at most 5 % above calls ÷ limit, no second has more calls, and none was refused.

    .venv/bin/python tests/benchmarks/rate_publish.py [--listings 1000] [--limit 200]
"""

import argparse
import asyncio
import gc
import json
import os
import sqlite3
import subprocess
import sys
import tempfile
import time
import urllib.request
from contextlib import closing
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from mmhub_desktop.connections import PracticeAccess
from mmhub_desktop.credentials import MemorySecrets, Secrets
from mmhub_desktop.domain.job import WorkRequest
from mmhub_desktop.domain.marketplace import AccountKind, RateLimit
from mmhub_desktop.events import Bus
from mmhub_desktop.jobs.lane import LaneSettings
from mmhub_desktop.practice.server import find_practice
from mmhub_desktop.settings import Settings
from mmhub_desktop.workspace import Workspace
from tests.benchmarks.rate import CONCURRENCY, LATENCY_S, MARGIN, SLACK, most_in_a_second
from tests.fakes.shop import lamp

ROOT = Path(__file__).resolve().parents[2]


async def publish(path: Path, base_url: str, listings: int, limit: float) -> float:
    """Seconds to publish so many products on one account that takes ``limit`` calls a second."""
    secrets = MemorySecrets()

    async def place() -> Secrets:
        return secrets

    async def practice(marketplace: str) -> PracticeAccess:
        return PracticeAccess(base_url, {**find_practice(marketplace).values, "lookup_lag_s": "0,0"})

    workspace = await Workspace.open(
        path, settings=Settings(), bus=Bus(), holder="a benchmark", secrets=place, practice=practice
    )
    account = await workspace.connect("mercadolibre", "Practice", AccountKind.PRACTICE, {})
    ids = [await workspace.products.save(lamp(number)) for number in range(listings)]
    settings = LaneSettings(CONCURRENCY, (RateLimit("calls", limit * MARGIN, 1),))
    workspace.engine._settings = lambda account_id: settings if account_id else LaneSettings()
    batch_id = await workspace.submit(WorkRequest("publish", tuple(ids), (account.id,)))
    gc.freeze()  # as window and command line do
    began = time.monotonic()
    await workspace.engine.start()
    batch = await workspace.engine.wait_batch(batch_id)
    seconds = time.monotonic() - began
    assert batch is not None
    assert batch.completed == listings, f"{batch.failed} of {listings} failed"
    await workspace.close()
    return seconds


def main() -> int:
    """Print the wall time and the fullest second beside what is promised; 1 when something is missed."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--listings", type=int, default=1_000)
    parser.add_argument("--limit", type=float, default=200.0, help="calls a second")
    chosen = parser.parse_args()
    command = [
        sys.executable, "-m", "mmhub_desktop.practice", "mercadolibre", "--latency-ms", str(LATENCY_S * 1000),
        "--rate", str(chosen.limit),
    ]  # fmt: skip
    with (
        tempfile.TemporaryDirectory() as folder,
        subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as server,
    ):
        assert server.stdout is not None
        os.environ["MMHUB_HOME"] = folder
        base_url = json.loads(server.stdout.readline())["base_url"]
        path = Path(folder) / "rate.mmhub"
        seconds = asyncio.run(publish(path, base_url, chosen.listings, chosen.limit))
        direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with direct.open(f"{base_url}/_practice/state?items=false", timeout=60) as answer:
            state = json.load(answer)
        refused, calls = state["rate_limited"], sum(state["requests"].values())
        server.terminate()
        with closing(sqlite3.connect(path)) as connection:
            sent = [row[0] / 1000 for row in connection.execute("SELECT at FROM call_record ORDER BY at")]
    least = calls / chosen.limit
    most = most_in_a_second(sent)
    kept = seconds <= least * SLACK and most <= chosen.limit and not refused
    print(
        f"{chosen.listings:,} listings published with {calls:,} calls: {seconds:.1f} s, "
        f"{(seconds / least - 1) * 100:+.1f} % of the limit's own minimum ({least:.1f} s; promised +5 %); "
        f"most calls in any second {most}, limit {chosen.limit:g}, refused {refused}{'' if kept else '  MISSED'}"
    )
    return 0 if kept else 1


if __name__ == "__main__":
    sys.exit(main())
