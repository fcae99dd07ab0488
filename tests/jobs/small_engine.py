"""A small engine in a process of its own, to be killed: creates listings at a shop that is a folder of files.

python small_engine.py WORKSPACE SHOP_FOLDER PRODUCTS
"""

import asyncio
import os
import sys
from pathlib import Path

from mmhub_desktop.domain.ids import AccountId, ProductId
from mmhub_desktop.domain.job import WorkRequest
from mmhub_desktop.events import Bus
from mmhub_desktop.jobs.action import Action, JsonResult, TaskContext, TaskKind
from mmhub_desktop.jobs.engine import Engine
from mmhub_desktop.jobs.lane import LaneSettings
from mmhub_desktop.jobs.plan import plan
from mmhub_desktop.store.database import Database
from mmhub_desktop.store.jobs import JobStore


async def _prepare(context: TaskContext) -> JsonResult:
    await asyncio.sleep(0.001)
    return {"sku": f"SKU-{context.product_id}"}


async def _create(context: TaskContext) -> JsonResult:
    shop: Path = context.parts
    sku = context.results["prepare"]["sku"]
    mark = shop / sku
    if context.seen_before:
        (shop / "looks").open("a").write(f"{sku}\n")
        if mark.exists() and mark.stat().st_size:  # an empty file: killed before the shop had done it
            return {"found": True}
    with mark.open("ab", buffering=0) as file:  # appends: a second create shows as a second line
        file.write(b"created\n")
        os.fsync(file.fileno())
    await asyncio.sleep(0.003)  # the answer is on its way: killed here, the effect is there and nobody knows
    return {"found": False}


async def _save(_: TaskContext) -> None:
    await asyncio.sleep(0)


WORK = Action(
    "work", "Work", "Work on",
    (
        TaskKind("prepare", "Prepare", _prepare),
        TaskKind("create", "Create", _create, has_effect=True, remote=True),
        TaskKind("save", "Save", _save),
    ),
)  # fmt: skip


async def _main(workspace: Path, shop: Path, products: int) -> None:
    db = Database.open(workspace)
    store = JobStore(db)
    engine = Engine(store, {"work": WORK}, Bus(), lanes=lambda _: LaneSettings(8), parts=shop)
    batches = await store.batch_ids()
    if batches:
        batch_id = batches[0]
    else:
        request = WorkRequest("work", tuple(ProductId(n) for n in range(products)), (AccountId(1),))
        batch_id = await plan(store, request, WORK)
    await engine.start()
    sys.stdout.write("running\n")
    sys.stdout.flush()
    await engine.wait_batch(batch_id)
    await engine.stop()
    db.close()
    sys.stdout.write("done\n")


if __name__ == "__main__":
    asyncio.run(_main(Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])))
