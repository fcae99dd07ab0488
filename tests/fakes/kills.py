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
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from decimal import Decimal
from pathlib import Path
from typing import Any

from aiohttp import web
from aiohttp.typedefs import Handler

from mmhub_desktop.actions import ACTIONS
from mmhub_desktop.actions.renew_sign_in import NO_PRODUCT
from mmhub_desktop.domain.money import Money
from mmhub_desktop.domain.product import Text
from mmhub_desktop.practice.mercadolibre.app import MercadoLibrePractice
from mmhub_desktop.practice.mercadolibre.market import sku_of
from tests.fakes.mortal_program import AFTER_COMMIT, AFTER_RUN, BEFORE_RUN, TASK_HEADER
from tests.fakes.shop import lamp, open_shop

ROOT = Path(__file__).resolve().parents[2]
BEFORE_EFFECT, AFTER_EFFECT = "before the effect", "after the effect"
FRESH, LISTED, ENDED = (1, 2), (3, 4), (5, 6)  # ids of the products not listed yet, of those live, of those ended
NEW_PRICE, NEW_QUANTITY, SOLD_TO = 31990, 9, 2


_SIGNING_IN = {"/authorization", "/oauth/token"}  # whichever job comes first does it, where there are several


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
    """The practice marketplace; it kills its caller right before or right after what it was asked to do."""

    def __init__(self, state_file: Path) -> None:
        self.practice = MercadoLibrePractice(state_file)
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
async def deadly_marketplace(state_file: Path) -> AsyncIterator[DeadlyMarketplace]:
    """The marketplace, running."""
    made = DeadlyMarketplace(state_file)
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
        market = shop.server.practice.market  # type: ignore[attr-defined]
        for item in list(market.items.values()):
            market.save_item({**item, "available_quantity": SOLD_TO})


async def kill_at(program: Program, template: Path, folder: Path, action: str, point: Point) -> Outcome:
    """Do an action, be killed at this point, start again, and judge what is there."""
    shutil.copytree(template, folder)
    ids = SCENES[action].ids
    async with deadly_marketplace(folder / "marketplace.jsonl") as marketplace:
        code = await program.live(marketplace, folder, action, ids, point)
        outcome = Outcome(killed=code == -signal.SIGKILL)
        if code not in (0, -signal.SIGKILL):
            outcome.wrong.append(f"the first life ended with {code}: {program.errors()}")
        code = await program.live(marketplace, folder, "", ids, None)
        if code:
            outcome.wrong.append(f"the second life ended with {code}: {program.errors()}")
        outcome.wrong += judge(folder, action, marketplace.practice)
    shutil.rmtree(folder)
    return outcome


async def calls_of(program: Program, template: Path, folder: Path, action: str) -> list[Call]:
    """The calls that an action makes for its first product when nothing goes wrong."""
    shutil.copytree(template, folder)
    async with deadly_marketplace(folder / "marketplace.jsonl") as marketplace:
        code = await program.live(marketplace, folder, action, SCENES[action].ids, None)
        wrong = judge(folder, action, marketplace.practice)
        if code or wrong:
            raise AssertionError(f"{action} without a kill ended with {code}: {wrong} {program.errors()}")
        calls = marketplace.calls
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


def judge(folder: Path, action: str, practice: MercadoLibrePractice) -> list[str]:
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
        again = [f"LAMP-{number}" for number in SCENES[action].listed_again]
        made = {sku: count - (sku in again) for sku, count in summary["creates_by_sku"].items()}
        wrong += [f"doubled: {sku} {count}" for sku, count in made.items() if count != 1]
        wrong += SCENES[action].wrong(ask, practice)
    return wrong


_OPEN_BATCHES = "SELECT id, action, state, completed, failed, total FROM batch_job WHERE completed != total"
_OPEN_TASKS = "SELECT kind, state, attempts, problem FROM marketplace_task WHERE state != 'completed'"
_LOGGED_TWICE = """
SELECT listing_id, operation, field, new, count(*) FROM sync_log
GROUP BY listing_id, operation, field, new HAVING count(*) > 1"""

Ask = Callable[[str], list[sqlite3.Row]]


@dataclass(frozen=True)
class Scene:
    """The products that an action is done for, and what is wrong when it is done.

    ``listed_again`` are those of which the marketplace makes a second item.
    """

    ids: tuple[int, ...]
    wrong: Callable[[Ask, MercadoLibrePractice], list[str]]
    listed_again: tuple[int, ...] = ()


def _states(ask: Ask, ids: tuple[int, ...], expected: str) -> list[str]:
    rows = ask(f"SELECT product_id, state FROM listing WHERE product_id IN {ids}")
    wrong = [f"lost: no listing of product {number}" for number in set(ids) - {row["product_id"] for row in rows}]
    return wrong + [f"shown as {row['state']}, not {expected}" for row in rows if row["state"] != expected]


def _items(practice: MercadoLibrePractice, numbers: tuple[int, ...]) -> list[dict[str, Any]]:
    skus = {f"LAMP-{number}" for number in numbers}
    return [item for item in practice.market.items.values() if sku_of(item) in skus]


def _published(ask: Ask, practice: MercadoLibrePractice) -> list[str]:
    found = [sku_of(item) for item in _items(practice, FRESH) if item["status"] == "active"]
    rows = ask(f"SELECT sku, status FROM product WHERE id IN {FRESH} AND status != 'published'")
    wrong = [f"product {row['sku']} is shown as {row['status']}" for row in rows]
    wrong += [] if sorted(found) == ["LAMP-1", "LAMP-2"] else [f"live are {found}"]
    return wrong + _states(ask, FRESH, "live")


def _updated(ask: Ask, practice: MercadoLibrePractice) -> list[str]:
    items = _items(practice, LISTED)
    wrong = [] if len(items) == len(LISTED) else [f"{len(items)} items"]
    wrong += [
        f"lost: {item['id']} has price {item['price']} and quantity {item['available_quantity']}"
        for item in items
        if (item["price"], item["available_quantity"]) != (NEW_PRICE, NEW_QUANTITY)
    ]
    return wrong + _states(ask, LISTED, "live")


def _ended(ask: Ask, practice: MercadoLibrePractice) -> list[str]:
    closed = [item["status"] for item in _items(practice, LISTED)]
    wrong = [] if closed == ["closed", "closed"] else [f"at the marketplace: {closed}"]
    return wrong + _states(ask, LISTED, "ended")


def _relisted(ask: Ask, practice: MercadoLibrePractice) -> list[str]:
    items = _items(practice, ENDED)
    active = [item for item in items if item["status"] == "active"]
    wrong = [] if len(active) == len(ENDED) else [f"at the marketplace: {[item['status'] for item in items]}"]
    wrong += [
        f"lost: {item['id']} has price {item['price']} and quantity {item['available_quantity']}"
        for item in active
        if (item["price"], item["available_quantity"]) != (NEW_PRICE, NEW_QUANTITY)
    ]
    live = {item["id"] for item in active}
    known = {row["remote_id"] for row in ask(f"SELECT remote_id FROM listing WHERE product_id IN {ENDED}")}
    rows = ask(f"SELECT sku, status FROM product WHERE id IN {ENDED} AND status != 'published'")
    wrong += [f"product {row['sku']} is shown as {row['status']}" for row in rows]
    wrong += [] if live == known else [f"live are {live}, we know {known}"]
    return wrong + _states(ask, ENDED, "live")


def _synced(ask: Ask, _: MercadoLibrePractice) -> list[str]:
    rows = ask("SELECT listing_id FROM sync_log WHERE operation = 'sync' AND field = 'quantity'")
    wrong = [] if len(rows) == len(LISTED) else [f"{len(rows)} changes of quantity in the log"]
    return wrong + _states(ask, LISTED, "live")


def _adopted(ask: Ask, practice: MercadoLibrePractice) -> list[str]:
    found = sorted(row["remote_id"] for row in ask("SELECT remote_id FROM found_listing WHERE match != ''"))
    there = sorted(item["id"] for item in practice.market.items.values() if item["status"] != "closed")
    return [] if found == there else [f"found {found}, there are {there}"]


def _enhanced(ask: Ask, _: MercadoLibrePractice) -> list[str]:
    rows = ask(f"SELECT sku, status FROM product WHERE id IN {FRESH} AND status != 'optimized'")
    return [f"product {row['sku']} is shown as {row['status']}" for row in rows]


def _renewed(ask: Ask, _: MercadoLibrePractice) -> list[str]:
    return [f"account {row['id']} has no end" for row in ask("SELECT id FROM account WHERE token_expires_at IS NULL")]


def _nothing_more(_: Ask, __: MercadoLibrePractice) -> list[str]:
    return []


SCENES: Mapping[str, Scene] = {
    "publish": Scene(FRESH, _published),
    "update": Scene(LISTED, _updated),
    "end": Scene(LISTED, _ended),
    "relist": Scene(ENDED, _relisted, listed_again=ENDED),
    "sync": Scene(LISTED, _synced),
    "adopt": Scene((0,), _adopted),
    "enhance": Scene(FRESH, _enhanced),
    "import_images": Scene(FRESH, _nothing_more),  # their images are files: the stage has no host of links
    "renew_sign_in": Scene((NO_PRODUCT,), _renewed),
}
"""Every action must have one: see tests/end_to_end/test_kill_points.py."""

TASKS = [(name, task.name) for name in SCENES if name in ACTIONS for task in ACTIONS[name].tasks]
