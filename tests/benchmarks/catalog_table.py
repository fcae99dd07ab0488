"""The product table over a million products: what a sort, a filter, a typed word costs until its first rows are there.

All of it through the store as the window uses it, on one loop that also beats every 10 ms. The search index is built in
the background first, while the beat and small writes go on.

    .venv/bin/python tests/benchmarks/catalog_table.py [--products 1000000] [--rounds 5] [--keep FOLDER]
"""

import argparse
import asyncio
import random
import string
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from catalog_rows import make_workspace

from mmhub_desktop.catalog.search_keeper import SearchKeeper
from mmhub_desktop.domain.ids import AccountId, ProductId
from mmhub_desktop.domain.product_filter import in_words, parse
from mmhub_desktop.domain.product_query import ProductQuery, ProductSort
from mmhub_desktop.events import Bus, SearchIndexed
from mmhub_desktop.store.database import Database
from mmhub_desktop.store.preferences import PreferenceStore
from mmhub_desktop.store.products import ProductStore

FIRST, PAGE = 100, 100  # rows of the first look, and of each page while scrolling
INDEXED_MS, ANY_MS, TYPED_MS, TYPO_MS, PAUSE_MS, RECALL = 150, 600, 60, 200, 50, 0.95
TYPOS = 200
INDEXED = (ProductSort.UPDATED, ProductSort.SKU, ProductSort.STATUS)
ORDERS = [ProductQuery(sort=sort) for sort in ProductSort if sort not in INDEXED] + [
    ProductQuery(sort_account=AccountId(1), descending=False),
    ProductQuery(sort_ready=AccountId(1), descending=False),
    ProductQuery(sort_attribute="Talla"),
]
FILTERS = (
    "price>500", "price=10..20", "cost?", "quantity=0", "quantity>400", "quality>=90", "weight<100", "brand~lux",
    "brand=bralux", "title~camara", "sku^bra-", "category~cocina", "gtin!", "status=failed", "condition=used",
    "active=no", "created=7d", "updated<2023-12-01", "has_images=no", "optimized=yes", "is_variant=yes",
    "has_variants=yes", "import=3", "state:1=rejected", "state:1=none", "state:1=live,draft", "ready:1=blocked",
    "has_finding=yes", "images>=4", "attribute:Talla=XL", "attribute:Color=rojo",
)  # fmt: skip


@dataclass
class Beat:
    """Knows how long the loop was held at worst."""

    worst: float = 0.0
    _task: "asyncio.Task[None] | None" = field(default=None, repr=False)

    async def __aenter__(self) -> Self:
        self._task = asyncio.create_task(self._run())
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._task is not None
        self._task.cancel()

    async def _run(self) -> None:
        while True:
            before = time.perf_counter()
            await asyncio.sleep(0.01)
            self.worst = max(self.worst, time.perf_counter() - before - 0.01)


_CONTROL = """
import sys, threading, time
ended = threading.Event()
threading.Thread(target=lambda: (sys.stdin.read(), ended.set()), daemon=True).start()
worst = 0.0
while not ended.is_set():
    before = time.perf_counter()
    time.sleep(0.01)
    worst = max(worst, time.perf_counter() - before - 0.01)
print(worst)
"""


class Control:
    """A process that does nothing but beat: what the machine itself held up meanwhile."""

    def __init__(self) -> None:
        pipe = subprocess.PIPE
        self._process = subprocess.Popen([sys.executable, "-c", _CONTROL], stdin=pipe, stdout=pipe, text=True)

    def worst(self) -> float:
        """End it; its longest pause in milliseconds."""
        return 1000 * float(self._process.communicate()[0])


@dataclass
class Report:
    """Lines of the table, and whether all limits were kept."""

    kept: bool = True

    def say(
        self, what: str, value: float, unit: str, limit: float | None = None, *, least: bool = False, note: str = ""
    ) -> None:
        """One line; ``limit`` is the most that is promised, with ``least`` the least; ``note`` names the slowest."""
        fine = limit is None or (value >= limit if least else value <= limit)
        self.kept = self.kept and fine
        promised = "" if limit is None else f"{'at least' if least else 'at most'} {limit:g} {unit}"
        verdict = "" if limit is None else "ok" if fine else "MISSED"
        print(f"{what:52} {value:10,.2f} {unit:3} {promised:16} {verdict:7} {note and f'slowest: {note}'}", flush=True)


def p95(times: list[float]) -> float:
    """The 95th percentile in milliseconds."""
    return 1000 * sorted(times)[min(len(times) - 1, int(len(times) * 0.95))]


async def timed(work: Callable[[], Awaitable[object]]) -> float:
    """Seconds that something took."""
    before = time.perf_counter()
    await work()
    return time.perf_counter() - before


def with_typo(title: str, chance: random.Random) -> str:
    """The title with one letter wrong, missing, too many, or in its neighbour's place."""
    place = chance.choice([number for number, letter in enumerate(title) if letter.isalpha()])
    letter = chance.choice(string.ascii_lowercase)
    match chance.randrange(4):
        case 0:
            return title[:place] + letter + title[place + 1 :]
        case 1:
            return title[:place] + title[place + 1 :]
        case 2:
            return title[:place] + letter + title[place:]
    return title[:place] + title[place + 1 : place + 2] + title[place] + title[place + 2 :]


async def build_index(db: Database, report: Report, count: int) -> None:
    """The index is built in the background; meanwhile the loop beats and small things are written."""
    bus, ready = Bus(), asyncio.Event()
    bus.subscribe(SearchIndexed, lambda event: ready.set() if event.done >= count else None)
    keeper, preferences, writes = SearchKeeper(db, bus, lambda: False), PreferenceStore(db), list[float]()
    products = ProductStore(db)
    query = ProductQuery(text="lampara plegable", sort=ProductSort.BEST_MATCH, typos=True)
    control = Control()
    before = time.perf_counter()
    async with Beat() as beat:
        keeper.start()
        keeper.hurry()
        half_built = list[float]()
        while not ready.is_set():
            writes.append(await timed(lambda: preferences.set("bench", str(len(writes)))))
            if len(writes) % 20 == 0:
                half_built.append(await timed(lambda: products.first_ids(query, FIRST)))
            await asyncio.sleep(0.05)
    report.say("search index built in the background", time.perf_counter() - before, "s")
    report.say("  longest pause of the loop meanwhile", 1000 * beat.worst, "ms", PAUSE_MS)
    report.say("  that of an idle process meanwhile", control.worst(), "ms")
    report.say("  a small write meanwhile, p95", p95(writes), "ms", PAUSE_MS)
    report.say("  a search meanwhile, p95", p95(half_built), "ms")
    await keeper.stop()


async def first_rows(products: ProductStore, queries: list[ProductQuery], rounds: int) -> tuple[float, str]:
    """p95 of finding the first products of some queries; and which was the slowest."""
    times, slowest = list[float](), (0.0, "")
    for _ in range(rounds):
        for query in queries:
            took = await timed(lambda query=query: products.first_ids(query, FIRST))  # type: ignore[misc]
            times.append(took)
            asked = (
                ", ".join(map(in_words, query.filters))
                or query.sort_attribute
                or query.sort_account
                or query.sort_ready
                or query.sort
            )
            slowest = max(slowest, (took, str(asked)))
    return p95(times), f"{slowest[1]} ({slowest[0] * 1000:.0f} ms)"


async def typing(products: ProductStore, titles: list[str]) -> float:
    """p95 of the first rows after each letter of some words, typed as fast as they are found."""
    times = []
    for title in titles:
        words = " ".join(title.split()[:3])
        for end in range(1, len(words) + 1):
            query = ProductQuery(text=words[:end], sort=ProductSort.BEST_MATCH, typos=True)
            times.append(await timed(lambda query=query: products.first_ids(query, FIRST)))  # type: ignore[misc]
    return p95(times)


async def measure(path: Path, count: int, rounds: int) -> bool:
    """Print the table; whether all limits were kept."""
    report, chance = Report(), random.Random(11)
    db = await asyncio.to_thread(Database.open, path)
    products = ProductStore(db)
    await build_index(db, report, count)
    control = Control()
    async with Beat() as beat:
        indexed = [ProductQuery(sort=sort) for sort in INDEXED]
        report.say("first rows, indexed order, p95", (await first_rows(products, indexed, rounds))[0], "ms", INDEXED_MS)
        took, slowest = await first_rows(products, ORDERS, rounds)
        report.say("first rows, any order, p95", took, "ms", ANY_MS, note=slowest)
        took, slowest = await first_rows(products, [ProductQuery(filters=(parse(line),)) for line in FILTERS], rounds)
        report.say("first rows, a filter, p95", took, "ms", ANY_MS, note=slowest)
        orders = [ProductSort.PRICE, ProductSort.TITLE] * len(FILTERS)
        both = [
            ProductQuery(filters=(parse(one), parse(other)), sort=sort)
            for one, other, sort in zip(FILTERS, reversed(FILTERS), orders, strict=False)
        ]
        took, slowest = await first_rows(products, both, 1)
        report.say("first rows, two filters and an order, p95", took, "ms", ANY_MS, note=slowest)
        report.say("all ids by last change", 1000 * await timed(lambda: products.ids(ProductQuery())), "ms")
        by_price = ProductQuery(sort=ProductSort.PRICE)
        report.say("all ids by price", 1000 * await timed(lambda: products.ids(by_price)), "ms")
        some = await products.get_many([ProductId(chance.randrange(1, count)) for _ in range(TYPOS)])
        titles = [product.original.title for product in some]
        report.say("search as you type, p95", await typing(products, titles[:25]), "ms", TYPED_MS)
        times, found = list[float](), 0
        for product in some:
            query = ProductQuery(
                text=with_typo(product.original.title, chance), sort=ProductSort.BEST_MATCH, typos=True
            )
            before = time.perf_counter()
            first = await products.first_ids(query, FIRST)
            times.append(time.perf_counter() - before)
            found += product.id in first[:10]
        report.say("search with a typo, p95", p95(times), "ms", TYPO_MS)
        report.say(f"of {len(some)} titles with a typo, among the first ten", found / len(some), "", RECALL, least=True)
        ids = await products.ids(by_price)
        places = [chance.randrange(0, len(ids)) for _ in range(200)]
        pages = [await timed(lambda at=at: products.page(ids[at : at + PAGE])) for at in places]  # type: ignore[misc]
        report.say(f"a page of {PAGE} rows anywhere, p95", p95(pages), "ms")
    report.say("longest pause of the loop in all of these", 1000 * beat.worst, "ms", PAUSE_MS)
    report.say("that of an idle process meanwhile", control.worst(), "ms")
    await asyncio.to_thread(db.close)
    return report.kept


def main() -> int:
    """Make the workspace, measure, say whether the limits were kept."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--products", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--keep", type=Path, help="a folder whose workspace is used again, made if it is not there")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = (options.keep or Path(folder)) / "bench.mmhub"
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            before = time.perf_counter()
            make_workspace(path, options.products)
            print(f"{options.products:,} products made in {time.perf_counter() - before:.0f} s")
        for end in ("", "-wal", "-shm"):  # the index is measured from nothing
            path.with_name(f"{path.name}.search{end}").unlink(missing_ok=True)
        return 0 if asyncio.run(measure(path, options.products, options.rounds)) else 1


if __name__ == "__main__":
    sys.exit(main())
