"""A workspace of a million products driven through the real window, by its own controls: opened, sorted by each column,
filtered, scrolled, searched letter by letter, all of it selected, 100,000 edited at once and taken back.

For each: how long until it is there, and by how much the window's loop was late at worst meanwhile; of that, how much
was not for want of a processor that other programs had.

    .venv/bin/python tests/benchmarks/million_window.py [--products 1000000] [--workspace FILE] [--explain]
"""

import argparse
import asyncio
import os
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from catalog_rows import make_workspace
from catalog_table import Report, p95
from ui_latency import Witness, watch_latency
from window import run_window

FIRST_MS, EDIT_S, PAUSE_MS = 600, 5, 50
FILTERS = ("price>500", "brand~lux", "attribute:Color=rojo", "has_images=no", "quantity=0")
TYPED = ("camara plegable", "lampara de acero", "84012", "tecaldo")
EDITED = "condition=used"  # a tenth of them
KEY_EVERY_S = 0.08
PATIENCE_S = 300


async def until(happened: Callable[[], Any]) -> None:
    """Wait for it; a benchmark that waits in vain ends with an error."""
    ends = time.perf_counter() + PATIENCE_S
    while not happened():
        if time.perf_counter() > ends:
            raise TimeoutError
        await asyncio.sleep(0.005)


class Drive:
    """The hand on the products page."""

    def __init__(self, window: Any, report: Report, *, explain: bool) -> None:
        self._window = window
        self._report = report
        self._explain = explain
        self.page: Any = None

    async def watched(self, what: str, work: Callable[[], Awaitable[Any]]) -> float:
        """Do something and say how late the loop was meanwhile; the seconds it took."""
        witness = Witness() if self._explain else None
        began = time.perf_counter()
        latency = await watch_latency(work(), witness)
        took = time.perf_counter() - began
        self._report.say(f"  longest pause: {what}", max(latency.late_ms), "ms", PAUSE_MS)
        if max(latency.late_ms) > PAUSE_MS:
            self._report.say("  without waiting for a processor", latency.worst_own, "ms")
        if witness is not None:
            witness.stop()
            for place, times in witness.seen.most_common(5):
                print(f"      held about {times * 10} ms at {place}")
        return took

    async def first_rows(self, ask: Callable[[], Any]) -> float:
        """Seconds from the hand's movement to the first rows; then wait for the others."""
        listing, seen = self.page.listing, list[float]()
        query = listing.query

        def note() -> None:
            if listing.query != query:
                seen.append(time.perf_counter())

        listing.shown.connect(note)
        began = time.perf_counter()
        ask()
        await until(lambda: seen and listing._showing.done())
        listing.shown.disconnect(note)
        return seen[0] - began

    def _say_times(self, what: str, times: dict[str, float]) -> None:
        slowest = max(times, key=lambda name: times[name])
        self._report.say(
            what, p95([*times.values()]), "ms", FIRST_MS, note=f"{slowest} ({1000 * times[slowest]:.0f} ms)"
        )

    async def open(self) -> None:
        """The products page with all products, and the search index."""
        from mmhub_desktop.events import SearchIndexed

        window, done = self._window, list[int]()
        began = time.perf_counter()
        await until(lambda: window.context is not None and window.context.has_workspace)
        window.context.workspace.bus.subscribe(SearchIndexed, lambda event: done.append(event.total - event.done))
        window.show_page("products")
        self.page = window.page("products")
        total = await window.context.workspace.products.count()
        await until(lambda: len(self.page.model.ids))
        self._report.say("first products from the window's first showing", 1000 * (time.perf_counter() - began), "ms")
        self.page.show_all()  # a workspace of before opens with what was shown last
        await until(lambda: len(self.page.model.ids) == total)
        self._report.say(f"all {total:,} in the table", 1000 * (time.perf_counter() - began), "ms")
        await self.watched("the search index is built", lambda: until(lambda: done and done[-1] == 0))

    async def sort(self) -> None:
        """By each column, both ways."""
        table, times = self.page.table, dict[str, float]()
        places = [place for place, column in enumerate(table.columns) if column.sorts]

        clicked = table.horizontalHeader().sectionClicked.emit

        async def click() -> None:
            for way in ("once", "twice"):
                for place in places:
                    took = await self.first_rows(lambda place=place: clicked(place))
                    times[f"{table.columns[place].title} {way}"] = took

        await self.watched(f"sorted by {len(places)} columns", click)
        self._say_times("first rows in another order, p95", times)

    async def filter(self) -> None:
        """One after the other, then two together."""
        from mmhub_desktop.domain.product_filter import parse

        times = dict[str, float]()

        async def choose() -> None:
            for some in (*((line,) for line in FILTERS), FILTERS[:2], FILTERS[1:3], ()):
                chips = tuple(parse(line) for line in some)
                times[" & ".join(some)] = await self.first_rows(lambda chips=chips: self.page.chips.changed.emit(chips))

        await self.watched("filtered", choose)
        self._say_times("first rows of a filter, p95", times)

    async def scroll(self) -> None:
        """Through the whole table, rows being fetched."""
        bar, viewport = self.page.table.verticalScrollBar(), self.page.table.viewport()

        async def drag() -> None:
            for step in range(200):
                bar.setValue(bar.maximum() * (step * 37 % 200) // 200)
                viewport.update()
                await asyncio.sleep(0.016)

        await self.watched("scrolled", drag)

    async def search(self) -> None:
        """Words letter by letter, and away again."""
        from PySide6.QtTest import QTest

        field, times = self.page.tools.search, list[float]()

        async def type_words() -> None:
            self.page.focus_search()
            for words in TYPED:
                for letter in words[:-1]:
                    QTest.keyClicks(field, letter)
                    await asyncio.sleep(KEY_EVERY_S)
                times.append(await self.first_rows(lambda words=words: QTest.keyClicks(field, words[-1])))
                await self.first_rows(field.clear)

        await self.watched("searched letter by letter", type_words)
        self._report.say("first rows after the last letter, p95", p95(times), "ms")

    async def select(self) -> None:
        """All of them, and none."""

        async def choose() -> None:
            self.page.select_all()
            await asyncio.sleep(0.3)
            assert len(self.page.selected_ids()) == len(self.page.model.ids)
            self.page.table.clearSelection()
            await asyncio.sleep(0.3)

        await self.watched("all selected", choose)

    async def edit(self) -> None:
        """All that match a filter, through the dialog; then the window's own undo."""
        from PySide6.QtGui import QAction
        from PySide6.QtTest import QTest
        from PySide6.QtWidgets import QApplication, QLineEdit

        from mmhub_desktop.domain.history import EntryState
        from mmhub_desktop.domain.product_filter import parse
        from mmhub_desktop.gui.dialogs.bulk_edit import BulkEditDialog

        page, history = self.page, self._window.context.workspace.history
        await self.first_rows(lambda: page.chips.changed.emit((parse(EDITED),)))
        page.select_all()
        count = len(page.model.ids)

        def dialogs() -> list[Any]:
            return [each for each in QApplication.topLevelWidgets() if isinstance(each, BulkEditDialog)]

        async def try_out() -> None:
            page.act("bulk_edit")
            await until(dialogs)
            dialog = dialogs()[0]
            dialog.field.setCurrentIndex(dialog.field.findData("brand"))
            await asyncio.sleep(0)  # the inputs of the field before are gone after that
            QTest.keyClicks(dialog.inputs.findChildren(QLineEdit)[-1], "Everyone")
            await until(lambda: "to change" in dialog.counts.text() and "Of the first" not in dialog.counts.text())

        async def make() -> None:
            dialog = dialogs()[0]
            dialog.make_button.click()
            await until(lambda: dialog.made is not None)

        undo = next(each for each in self._window.findChildren(QAction) if each.text().replace("&", "") == "Undo")

        async def take_back() -> None:
            undo.trigger()
            async with asyncio.timeout(PATIENCE_S):
                while (await history.entries(1))[0].state is not EntryState.UNDONE:  # noqa: ASYNC110 - on the disk
                    await asyncio.sleep(0.02)

        for name, work in (("tried out", try_out), ("made", make), ("taken back", take_back)):
            took = await self.watched(f"an edit of {count:,} {name}", work)
            self._report.say(f"an edit of {count:,} {name}", took, "s", EDIT_S)


async def measure(window: Any, report: Report, *, explain: bool) -> None:
    """All of it, in a seller's order."""
    drive = Drive(window, report, explain=explain)
    for step in (drive.open, drive.sort, drive.filter, drive.scroll, drive.search, drive.select, drive.edit):
        await step()


def main() -> int:
    """Make or open the workspace, drive, say whether the limits were kept."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--products", type=int, default=1_000_000)
    arguments.add_argument("--workspace", type=Path, help="one made before; made there when it is missing")
    arguments.add_argument("--explain", action="store_true", help="say where the window's thread was while it was held")
    given = arguments.parse_args()
    report = Report()
    with tempfile.TemporaryDirectory(prefix="mmhub-bench-") as folder:
        workspace = given.workspace or Path(folder) / "catalog.mmhub"
        if not workspace.exists():
            make_workspace(workspace, given.products)
        for end in ("", "-wal", "-shm"):  # the index is built anew
            workspace.with_name(f"{workspace.name}.search{end}").unlink(missing_ok=True)
        os.environ.setdefault("XDG_CONFIG_HOME", folder)
        run_window(workspace, lambda window: measure(window, report, explain=given.explain))
    return 0 if report.kept else 1


if __name__ == "__main__":
    sys.exit(main())
