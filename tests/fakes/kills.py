"""Kills placed exactly: a workspace to work on, a marketplace that kills its caller, and what must be there at last."""

import asyncio
import contextlib
import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from decimal import Decimal
from importlib import import_module
from pathlib import Path
from typing import Any

from aiohttp import web
from aiohttp.typedefs import Handler
from PIL import Image

from mmhub_desktop.actions import ACTIONS
from mmhub_desktop.domain.money import Money
from mmhub_desktop.domain.product import Text
from mmhub_desktop.practice.server import find_practice
from tests.fakes.kill_scenes import (
    ENDED,
    FRESH,
    HOME,
    LISTED,
    NEW_PRICE,
    NEW_QUANTITY,
    PICTURED,
    SCENES,
    SOLD_TO,
    Scene,
    Stage,
)
from tests.fakes.mortal_program import AFTER_COMMIT, AFTER_RUN, BEFORE_RUN, TASK_HEADER
from tests.fakes.shop import lamp, open_shop

ROOT = Path(__file__).resolve().parents[2]
BEFORE_EFFECT, AFTER_EFFECT = "before the effect", "after the effect"


# Whichever job comes first does it, where there are several.
_SIGNING_IN = {"/authorization", "/oauth/token", "/auth/o2/token", "/v3/token"}


@dataclass(frozen=True)
class Point:
    """One moment of one task. ``call``: which of the task's calls the marketplace answers with a kill, from 1."""

    task: str
    when: str
    call: int = 0

    def __str__(self) -> str:
        return f"{self.task}, {self.when}" + (f" of call {self.call}" if self.call else "")


@dataclass(frozen=True)
class Call:
    """A call of the first product's job."""

    task: str
    method: str
    path: str


@dataclass
class Outcome:
    """What a killed and restarted piece of work left: everything that is wrong, in words."""

    killed: bool
    wrong: list[str] = field(default_factory=list)


class DeadlyMarketplace:
    """A practice marketplace; it kills its caller right before or right after what it was asked to do."""

    def __init__(self, state_file: Path, marketplace: str) -> None:
        module, _, kind = find_practice(marketplace).place.partition(":")
        self.practice = getattr(import_module(module), kind)(state_file)
        self.calls: list[Call] = []
        self.point: Point | None = None
        self.victim: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        self.base_url = ""

        @web.middleware
        async def meet(request: web.Request, handler: Handler) -> web.StreamResponse:
            task = request.headers.get(TASK_HEADER, "")
            if not task or (request.path in _SIGNING_IN and task != "renew_access"):
                return await handler(request)
            self.calls.append(Call(task, request.method, request.path))
            number = sum(call.task == task for call in self.calls)
            point = self.point if self.point and (self.point.task, self.point.call) == (task, number) else None
            if point and point.when == BEFORE_EFFECT:
                os.kill(await self.victim, signal.SIGKILL)
                return web.Response(status=499)  # goes nowhere
            answer = await handler(request)
            if point and point.when == AFTER_EFFECT:
                os.kill(await self.victim, signal.SIGKILL)
            return answer

        self.practice.app.middlewares.insert(0, meet)

    def next_caller(self, point: Point | None) -> None:
        """Another process comes; it is killed at this point."""
        self.point, self.calls = point, []
        self.victim = asyncio.get_running_loop().create_future()


@contextlib.asynccontextmanager
async def deadly_marketplace(state_file: Path, marketplace: str) -> AsyncIterator[DeadlyMarketplace]:
    """The marketplace, running."""
    made = DeadlyMarketplace(state_file, marketplace)
    runner = web.AppRunner(made.practice.app, access_log=None, handle_signals=False, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    made.base_url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    try:
        yield made
    finally:
        await runner.cleanup()
        made.practice.close()


class Program:
    """The mortal program: one process that makes the others."""

    def __init__(self, errors: Path) -> None:
        self._errors = errors.open("w+")
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.fakes.mortal_program"], cwd=ROOT, stdin=subprocess.PIPE,
            stdout=subprocess.PIPE, stderr=self._errors, text=True,
        )  # fmt: skip

    async def live(
        self, marketplace: DeadlyMarketplace, folder: Path, action: str, ids: Sequence[int], point: Point | None
    ) -> int:
        """One life: its exit code, negative for a signal. ``action`` is empty where what waits is to go on."""
        marketplace.next_caller(point)
        order = {
            "folder": str(folder), "base_url": marketplace.base_url, "action": action, "ids": list(ids),
            "task": point.task if point else "", "when": point.when if point else "",
        }  # fmt: skip
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(order) + "\n")
        self._process.stdin.flush()
        marketplace.victim.set_result(await self._read())
        return await self._read()

    async def _read(self) -> int:
        assert self._process.stdout is not None
        return int(await asyncio.to_thread(self._process.stdout.readline))

    def errors(self) -> str:
        """What the processes said went wrong."""
        self._errors.seek(0)
        return self._errors.read()

    def close(self) -> None:
        """End it."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        self._process.wait(10)
        self._process.stdout.close()
        self._errors.close()


async def prepare(folder: Path) -> None:
    """A shop with two products to publish, two that are live and two that have ended, changed here and there since."""
    async with open_shop(folder) as shop:
        await shop.add(lamp(1), lamp(2))
        listed = await shop.add(*(lamp(number) for number in LISTED + ENDED))
        for action, ids in (("publish", listed), ("end", listed[len(LISTED) :])):
            batch = await shop.do(action, *ids)
            assert batch.completed == len(ids), await shop.problems(batch)
        for product_id in listed:
            product = await shop.workspace.products.get(product_id)
            assert product is not None
            text = Text(product.original.title, "Una descripción nueva, más larga que la de antes.")
            price = Money.of(Decimal(NEW_PRICE), "CLP")
            await shop.workspace.products.save(replace(product, price=price, quantity=NEW_QUANTITY, original=text))
        _take_picture(folder / "camera.jpg")
        await shop.add(*(lamp(each, images=("camera.jpg",), image_base=str(folder)) for each in PICTURED))
        market = shop.server.practice.market  # type: ignore[attr-defined]
        for item in list(market.items.values()):
            market.save_item({**item, "available_quantity": SOLD_TO})


def _take_picture(path: Path) -> None:
    """A picture with what a camera writes into it."""
    exif = Image.Exif()
    exif[0x9286] = "Taken at home"
    Image.new("RGB", (900, 900), "white").save(path, "JPEG", exif=exif)


async def prepare_fresh(folder: Path, stage: Stage) -> None:
    """A shop of another marketplace with two products to publish."""
    async with open_shop(folder, marketplace=stage.marketplace) as shop:
        await shop.add(*(stage.make(number) for number in FRESH))


async def kill_at(
    program: Program, template: Path, folder: Path, action: str, point: Point, stage: Stage = HOME
) -> Outcome:
    """Do an action, be killed at this point, start again, and judge what is there."""
    shutil.copytree(template, folder)
    ids = stage.scenes[action].ids
    async with deadly_marketplace(folder / "marketplace.jsonl", stage.marketplace) as marketplace:
        code = await program.live(marketplace, folder, action, ids, point)
        outcome = Outcome(killed=code == -signal.SIGKILL)
        if code not in (0, -signal.SIGKILL):
            outcome.wrong.append(f"the first life ended with {code}: {program.errors()}")
        code = await program.live(marketplace, folder, "", ids, None)
        if code:
            outcome.wrong.append(f"the second life ended with {code}: {program.errors()}")
        outcome.wrong += judge(folder, stage.scenes[action], marketplace.practice)
    shutil.rmtree(folder)
    return outcome


async def calls_of(program: Program, template: Path, folder: Path, action: str, stage: Stage = HOME) -> list[Call]:
    """The calls that an action makes for its first product when nothing goes wrong."""
    shutil.copytree(template, folder)
    scene = stage.scenes[action]
    async with deadly_marketplace(folder / "marketplace.jsonl", stage.marketplace) as marketplace:
        code = await program.live(marketplace, folder, action, scene.ids, None)
        wrong = judge(folder, scene, marketplace.practice)
        if code or wrong:
            raise AssertionError(f"{action} without a kill ended with {code}: {wrong} {program.errors()}")
        calls = marketplace.calls
        if scene.calls and not calls:
            raise AssertionError(f"no call of {action} said which task it belongs to: nothing would be killed there")
    shutil.rmtree(folder)
    return calls


def points_of(action: str, task: str, calls: Sequence[Call], *, every_call: bool) -> Iterator[Point]:
    """The moments of a task; of its calls those that change something and the last, or each."""
    yield from (Point(task, when) for when in (BEFORE_RUN, AFTER_RUN, AFTER_COMMIT))
    own = [call for call in calls if call.task == task]
    for number, call in enumerate(own, 1):
        if every_call or call.method != "GET":
            yield Point(task, BEFORE_EFFECT, number)
        if every_call or call.method != "GET" or number == len(own):
            yield Point(task, AFTER_EFFECT, number)


def judge(folder: Path, scene: Scene, practice: Any) -> list[str]:
    """What is doubled, lost, stuck or broken."""
    with closing(sqlite3.connect(folder / "shop.mmhub")) as connection:
        connection.row_factory = sqlite3.Row

        def ask(sql: str) -> list[sqlite3.Row]:
            return connection.execute(sql).fetchall()

        wrong = [f"integrity: {row[0]}" for row in ask("PRAGMA integrity_check") if row[0] != "ok"]
        wrong += [f"stuck: batch {tuple(row)}" for row in ask(_OPEN_BATCHES)]
        wrong += [f"stuck: task {tuple(row)}" for row in ask(_OPEN_TASKS)]
        wrong += [f"doubled in the log: {tuple(row)}" for row in ask(_LOGGED_TWICE)]
        summary = practice.summary()
        again = [f"LAMP-{number}" for number in scene.listed_again]
        made = {sku: count - (sku in again) for sku, count in summary.get("creates_by_sku", {}).items()}
        wrong += [f"doubled: {sku} {count}" for sku, count in made.items() if count != 1]
        wrong += scene.wrong(ask, practice)
    return wrong


_OPEN_BATCHES = "SELECT id, action, state, completed, failed, total FROM batch_job WHERE completed != total"
_OPEN_TASKS = "SELECT kind, state, attempts, problem FROM marketplace_task WHERE state != 'completed'"
_LOGGED_TWICE = """
SELECT listing_id, operation, field, new, count(*) FROM sync_log
GROUP BY listing_id, operation, field, new HAVING count(*) > 1"""


TASKS = [(name, task.name) for name in SCENES if name in ACTIONS for task in ACTIONS[name].tasks]
