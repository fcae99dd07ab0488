"""Whether 20,000 products are mapped and checked for one marketplace within 10 seconds on one core, beside a window.

All of it is the program's own: the store, composing with rules and mappings, MercadoLibre's ``map``, grouping. Beside
it stand, in the same run, the bare ``map`` calls of the same drafts without store, rules and slices, and a second
check after one product changed. The loop's longest pause is measured by a timer that wants to run every 5 ms.

    .venv/bin/python tests/benchmarks/readiness.py [--products 20000]
"""

import argparse
import asyncio
import json
import resource
import sys
import tempfile
import time
from dataclasses import asdict, replace
from decimal import Decimal
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from mmhub_desktop.actions.composing import compose
from mmhub_desktop.domain.ids import ListingId, ProductId
from mmhub_desktop.domain.listing import Listing
from mmhub_desktop.domain.listing_rules import ListingRules, StockRule
from mmhub_desktop.domain.mapping import Mappings
from mmhub_desktop.domain.price_rule import PriceRule, Rounding
from mmhub_desktop.domain.product import Product, Text
from mmhub_desktop.marketplaces.base import AttributeRule, CategoryRules
from mmhub_desktop.marketplaces.mapping_only import mapping_adapter
from mmhub_desktop.store.products import save_in
from tests.fakes.shop import Shop, lamp, open_shop

GOAL_S = 10.0
GOAL_PAUSE_S = 0.050
GOAL_RATIO = 6.0  # the whole way against the bare map calls
CATEGORIES, ATTRIBUTES, VALUES = 20, 40, 60


def demands(number: int) -> CategoryRules:
    """A category as large ones are: forty attributes, half with sixty allowed values."""
    attributes = tuple(
        AttributeRule(
            f"ATTR_{place}", f"Attribute {place}", "list" if place % 2 else "string", required=place < 6,
            values=tuple((f"{place}{value:03}", f"Value {value} of {place}") for value in range(VALUES))
            if place % 2 else (),
        )
        for place in range(ATTRIBUTES)
    )  # fmt: skip
    return CategoryRules(f"MLC{number}", f"Category {number}", True, 60, 50_000, 10, "CLP", attributes=attributes)


def make(number: int) -> Product:
    """Products of all categories; every seventh lacks a required attribute, every eleventh its images."""
    attributes = {f"Attribute {place}": f"Value {number % VALUES} of {place}" for place in range(12)}
    if number % 7 == 0:
        del attributes["Attribute 3"]
    return lamp(
        number, category=f"Own {number % CATEGORIES}", attributes=attributes,
        images=() if number % 11 == 0 else lamp().images,
        original=Text(f"Lámpara de escritorio {number}", "Una lámpara con brazo articulado. " * 20),
    )  # fmt: skip


async def fill(shop: Shop, count: int) -> None:
    """Products, cached rules and confirmed categories."""
    for first in range(0, count, 2_000):
        some = [make(number) for number in range(first, min(first + 2_000, count))]
        await shop.workspace.db.write(lambda c, some=some: [save_in(c, each) for each in some])  # type: ignore[misc]
    for number in range(CATEGORIES):
        kept = json.loads(json.dumps(asdict(demands(number))))
        await shop.workspace.listings.keep_rules("mercadolibre", shop.account.site, f"MLC{number}", kept)
        await shop.workspace.listing_desk.map_category(shop.account, f"Own {number}", f"MLC{number}")
    rule = PriceRule(Decimal("1.15"), Decimal(500), Rounding.NINETY_NINE)
    await shop.workspace.listing_desk.save_rules(
        shop.account.id, ListingRules(rule, StockRule(1), "{title}\n{description}")
    )


def map_plainly(shop: Shop, count: int) -> float:
    """The bare ``map`` calls of the same products: seconds."""
    adapter = mapping_adapter(shop.workspace.marketplace(shop.account), shop.account)
    all_demands = [demands(number) for number in range(CATEGORIES)]
    drafts = []
    for number in range(count):
        product = replace(make(number), id=ProductId(number + 1))
        listing = Listing(ListingId(0), product.id, shop.account.id)
        today = shop.workspace.readiness._parts.now().date()
        drafts.append(compose(product, listing, ListingRules(), Mappings(), today, category_id="MLC0").draft)
    began = time.perf_counter()
    for number, draft in enumerate(drafts):
        adapter.map(draft, all_demands[number % CATEGORIES])
    return time.perf_counter() - began


async def longest_pause(stop: asyncio.Event) -> float:
    """How late a timer of 5 ms was at most, in seconds, until ``stop``."""
    worst = 0.0
    while not stop.is_set():
        began = time.perf_counter()
        await asyncio.sleep(0.005)
        worst = max(worst, time.perf_counter() - began - 0.005)
    return worst


async def measure(count: int) -> int:
    """Print the figures; 1 when a goal was missed."""
    with tempfile.TemporaryDirectory() as folder:
        async with open_shop(Path(folder), run=False) as shop:
            await fill(shop, count)
            readiness, stop = shop.workspace.readiness, asyncio.Event()
            pause = asyncio.create_task(longest_pause(stop))
            began, cpu = time.perf_counter(), time.process_time()
            checked = await readiness.check(shop.account.id)
            took, used = time.perf_counter() - began, time.process_time() - cpu
            stop.set()
            worst = await pause
            assert checked == count
            counts = await readiness.store.counts(shop.account.id)
            began = time.perf_counter()
            problems = await readiness.store.problems(shop.account.id)
            grouped = time.perf_counter() - began
            one = (await shop.workspace.products.get_many([1]))[0]
            await shop.workspace.products.save(replace(one, brand="Other"))
            began = time.perf_counter()
            assert await readiness.check(shop.account.id) == 1
            again = time.perf_counter() - began
            plain = map_plainly(shop, count)
    states = ", ".join(f"{number:,} {state.value}" for state, number in counts.items() if number)
    scaled = took * 20_000 / count
    print(
        f"{count:,} products checked in {took:.1f} s ({used:.1f} s of CPU): {states}, {len(problems)} kinds of problems"
    )
    print(f"20,000 would take {scaled:.1f} s (goal {GOAL_S:.0f} s)")
    print(f"the loop's longest pause {worst * 1000:.0f} ms (goal 50)")
    print(f"the bare map calls {plain:.1f} s: {took / plain:.1f} times as long (goal {GOAL_RATIO})")
    print(f"grouped in {grouped * 1000:.0f} ms; after one change checked again in {again * 1000:.0f} ms")
    print(f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")
    return int(scaled > GOAL_S or worst > GOAL_PAUSE_S or took / plain > GOAL_RATIO)


if __name__ == "__main__":
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    arguments.add_argument("--products", type=int, default=20_000)
    sys.exit(asyncio.run(measure(arguments.parse_args().products)))
