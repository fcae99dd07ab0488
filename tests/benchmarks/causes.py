"""Whether what failed stays quick to look at and to try again: 100,000 failed jobs beside 1,000,000 finished steps.

All of it is the program's own: the store's queries, the engine's retry. Each stands beside plain sqlite3 on a copy of
the same file in the same run: grouping by reading the failed rows, retrying by the bare UPDATEs of the same rows.

    .venv/bin/python tests/benchmarks/causes.py [--failed 100000] [--rounds 3]
"""

import argparse
import asyncio
import json
import shutil
import sqlite3
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from sqlalchemy import Connection

from mmhub_desktop.domain.ids import AccountId
from mmhub_desktop.domain.job import JobState, Problem
from mmhub_desktop.domain.job_filter import JobFilter
from mmhub_desktop.errors import Finding
from mmhub_desktop.events import Bus
from mmhub_desktop.jobs.engine import Engine
from mmhub_desktop.jobs.lane import LaneSettings
from mmhub_desktop.store.database import Database
from mmhub_desktop.store.jobs import JobStore, encode_problem

CAUSES, ACCOUNTS, EACH_BATCH, STEPS = 5, 2, 500, 5
FINISHED = 200_000  # jobs
GOAL_GROUP = 1.0  # the causes view against reading and grouping the rows; here: never slower
GOAL_RETRY = 3.0  # trying all of a cause again against the bare UPDATEs
GOAL_FILTER = 1.0  # the slowest filter of the jobs page against reading all jobs once; here: never slower


def fill(connection: Connection, failed: int) -> None:
    """Finished jobs, then failed ones of so many causes in turn; five steps each."""
    problems = [
        encode_problem(
            Problem(
                "Rejected", f"Field {n} is not right.", "Mend it.", "x" * 200, (Finding(f"rule.{n}", "title", "No."),)
            )
        )
        for n in range(CAUSES)
    ]
    jobs = FINISHED + failed
    counts = {"jobs": jobs, "each": EACH_BATCH, "finished": FINISHED, "accounts": ACCOUNTS, "causes": CAUSES}
    connection.exec_driver_sql(_PRODUCTS, {"products": min(100_000, jobs)})
    connection.exec_driver_sql(_BATCHES, {"batches": -(-jobs // EACH_BATCH), **counts})
    connection.exec_driver_sql(_JOBS, {"problems": json.dumps(problems), **counts})
    connection.exec_driver_sql(_TASKS, {"steps": json.dumps(list(range(STEPS)))})
    connection.exec_driver_sql(_COUNT)


async def timed(work: Callable[[], Awaitable[Any]], rounds: int) -> tuple[float, Any]:
    """The shortest of several times, in seconds, and the last answer."""
    best, answer = float("inf"), None
    for _ in range(rounds):
        began = time.perf_counter()
        answer = await work()
        best = min(best, time.perf_counter() - began)
    return best, answer


def group_plainly(path: Path) -> float:
    """Read every failed row and count by cause, as a program without the index would."""
    plain = sqlite3.connect(path)
    began = time.perf_counter()
    groups: dict[tuple[Any, ...], int] = {}
    for problem, action, account in plain.execute(
        "SELECT problem, action, account_id FROM marketplace_job WHERE state = 'failed'"
    ):
        key = (json.loads(problem)["cause"], action, account)
        groups[key] = groups.get(key, 0) + 1
    took = time.perf_counter() - began
    plain.close()
    return took


def scan_plainly(path: Path) -> float:
    """Look at every job and its product once, as a program without indexes for it would."""
    plain = sqlite3.connect(path)
    began = time.perf_counter()
    plain.execute(
        "SELECT DISTINCT j.batch_id FROM marketplace_job j NOT INDEXED JOIN product p ON p.id = j.product_id "
        "WHERE instr(p.search_key, 'lamp') AND j.state = 'failed'"
    ).fetchall()
    took = time.perf_counter() - began
    plain.close()
    return took


def retry_plainly(path: Path, cause: str, account: int) -> float:
    """The same rows set back by two bare UPDATEs in one transaction, with the same durability and indexes."""
    plain = sqlite3.connect(path)
    plain.execute("PRAGMA journal_mode = WAL")
    plain.execute("PRAGMA synchronous = NORMAL")
    began = time.perf_counter()
    asked = (cause, account)
    with plain:
        plain.execute(f"UPDATE marketplace_task SET {_TASK_BACK} WHERE state = 'failed' AND job_id IN ({_MINE})", asked)
        plain.execute(f"UPDATE marketplace_job SET {_JOB_BACK} WHERE id IN ({_MINE})", asked)
    took = time.perf_counter() - began
    plain.close()
    return took


async def measure(folder: Path, failed: int, rounds: int) -> bool:
    """All figures, printed; whether they are as promised."""
    path, copy = folder / "shop.mmhub", folder / "plain.sqlite"
    db = Database.open(path)
    store = JobStore(db)
    engine = Engine(store, {}, Bus(), lanes=lambda _: LaneSettings(paused=True))
    try:
        await db.write(lambda connection: fill(connection, failed))
        group_s, causes = await timed(store.causes, rounds)
        list_s, ids = await timed(lambda: store.failed_of(causes[0]), rounds)
        filters = {
            "failed": JobFilter(frozenset({JobState.FAILED})), "account": JobFilter(account_id=AccountId(2)),
            "cause": JobFilter(cause=causes[0].cause), "product": JobFilter(product="lamp 77"),
            "any product, failed": JobFilter(frozenset({JobState.FAILED}), product="lamp"),
        }  # fmt: skip
        found = {
            name: (await timed(partial(store.batch_ids, only), rounds))[0] for name, only in filters.items()
        }  # fmt: skip
        await asyncio.to_thread(_copy, path, copy)
        plain_scan_s = min([scan_plainly(copy) for _ in range(rounds)])
        plain_group_s = min([group_plainly(copy) for _ in range(rounds)])
        ours, theirs = [], []
        for cause in causes[:rounds]:
            began = time.perf_counter()
            count = await engine.retry_cause(cause)
            ours.append(time.perf_counter() - began)
            assert count == cause.count
            assert cause.account_id is not None
            theirs.append(retry_plainly(copy, cause.cause, cause.account_id))
    finally:
        db.close()
    group, retry = group_s / plain_group_s, min(ours) / min(theirs)
    print(f"{failed:,} failed jobs of {len(causes)} causes, {FINISHED * STEPS:,} finished steps beside them")
    print(f"causes view   {group_s * 1000:8.1f} ms   plain {plain_group_s * 1000:8.1f} ms   ratio {group:5.2f}")
    print(f"one cause     {list_s * 1000:8.1f} ms for the ids of its {len(ids):,} jobs")
    print(f"retry all     {min(ours) * 1000:8.1f} ms   plain {min(theirs) * 1000:8.1f} ms   ratio {retry:5.2f}")
    for name, took in found.items():
        print(f"filter        {took * 1000:8.1f} ms   plain {plain_scan_s * 1000:8.1f} ms   ratio "
              f"{took / plain_scan_s:5.2f}   {name}")  # fmt: skip
    slowest = max(found.values()) / plain_scan_s
    fine = group <= GOAL_GROUP and retry <= GOAL_RETRY and slowest <= GOAL_FILTER
    said = "kept" if fine else "MISSED"
    print(f"promised: ratios at most {GOAL_GROUP}, {GOAL_RETRY} and, for filters, {GOAL_FILTER}: {said}")
    return fine


def _copy(path: Path, copy: Path) -> None:
    """A copy by SQLite's own backup, with everything that is committed."""
    source, target = sqlite3.connect(path), sqlite3.connect(copy)
    source.backup(target)
    source.close()
    target.close()


_NUMBERS = "WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < :{0} - 1)"
_PRODUCTS = f"""
{_NUMBERS.format("products")} INSERT INTO product (id, sku, sku_key, search_key, title, created_at, updated_at)
SELECT i + 1, 'SKU-' || i, 'sku-' || i, 'table lamp ' || i || ' sku-' || i, 'Table lamp ' || i, 0, 0 FROM n
"""
_BATCHES = f"""
{_NUMBERS.format("batches")} INSERT INTO batch_job (id, action, title, state, total, created_at, started_at)
SELECT i + 1, 'publish', 'Batch ' || i, 'completed', min(:each, :jobs - i * :each), 0, 0 FROM n
"""
_JOBS = f"""
{_NUMBERS.format("jobs")} INSERT INTO marketplace_job
  (id, batch_id, action, product_id, account_id, state, tasks_total, ready_at, updated_at, problem, cause)
SELECT i + 1, i / :each + 1, 'publish', i % 100000 + 1, i % :accounts + 1,
  CASE WHEN i < :finished THEN 'completed' ELSE 'failed' END, 5, 0, 0,
  CASE WHEN i >= :finished THEN :problems ->> (i % :causes) END,
  CASE WHEN i >= :finished THEN :problems ->> (i % :causes) ->> 'cause' ELSE '' END
FROM n
"""
_TASKS = """
INSERT INTO marketplace_task (job_id, position, kind, state, attempts)
SELECT j.id, s.value, 'step' || s.value,
  CASE WHEN j.state = 'completed' OR s.value < 3 THEN 'completed' WHEN s.value = 3 THEN 'failed' ELSE 'pending' END, 1
FROM marketplace_job j CROSS JOIN json_each(:steps) s
"""
_COUNT = """
UPDATE batch_job SET failed = c.failed, completed = c.completed, state = iif(c.failed, 'failed', 'completed')
FROM (SELECT batch_id, sum(state = 'failed') AS failed, sum(state = 'completed') AS completed
  FROM marketplace_job GROUP BY batch_id) c WHERE c.batch_id = batch_job.id
"""
_MINE = "SELECT id FROM marketplace_job WHERE state IN ('failed') AND cause = ? AND account_id = ?"
_TASK_BACK = "state = 'pending', attempts = 0, problem = NULL, finished_at = NULL"
_JOB_BACK = "state = 'pending', attempts = 0, problem = NULL, ready_at = 1, updated_at = 1"


def main() -> int:
    """Exit code 1 when a promise is not kept."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--failed", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=3)
    asked = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="mmhub-causes-"))
    try:
        return 0 if asyncio.run(measure(folder, asked.failed, asked.rounds)) else 1
    finally:
        shutil.rmtree(folder)


if __name__ == "__main__":
    sys.exit(main())
