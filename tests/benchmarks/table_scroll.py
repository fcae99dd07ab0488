"""The product table of the real window over a million products: what a frame costs while it is scrolled.

A frame is the scroll bar's move and a painting of all that is seen (the window itself paints only what came into
sight). The wheel moves on by a part of a row, a drag jumps through the whole table. Rows are fetched meanwhile, as
always; a beat says how long the loop was held.

    .venv/bin/python tests/benchmarks/table_scroll.py [--products 1000000] [--workspace FILE]
"""

import argparse
import asyncio
import os
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from catalog_rows import make_workspace
from catalog_table import Beat, Report, p95
from window import run_window

FRAMES = 300
FRAME_MS, PAUSE_MS = 8, 50
WHEEL = 41  # pixels: never whole rows


async def scrolled(page: Any, *, drag: bool) -> list[float]:
    """Seconds of each frame."""
    bar, viewport = page.table.verticalScrollBar(), page.table.viewport()
    frames = []
    bar.setValue(bar.maximum() // 3)
    viewport.repaint()
    await page.model.settled()
    for step in range(FRAMES):
        before = time.perf_counter()
        bar.setValue(bar.maximum() * (step * 37 % FRAMES) // FRAMES if drag else bar.value() + WHEEL)
        viewport.repaint()
        frames.append(time.perf_counter() - before)
        await asyncio.sleep(0.004)  # a screen's own pace would be 16 ms
    return frames


async def measure(window: Any, report: Report) -> None:
    """All looks of the table, flat and with families."""
    from mmhub_desktop.domain.product_view import Density
    from mmhub_desktop.gui.screenshots import settle

    for _ in range(1_200):  # a minute
        if window.context is not None and len(window.page("products").model.ids):
            break
        await asyncio.sleep(0.05)
    await settle()
    page = window.page("products")
    print(f"{len(page.model.ids):,} products, {len(page.model.columns)} columns")
    looks = [(density, False) for density in Density] + [(Density.NORMAL, True)]
    async with Beat() as beat:
        for density, families in looks:
            page.viewing._show(replace(page.viewing.shown(), density=density))
            page.viewing.change(families=families)
            await settle()
            name = f"{density} rows{', variants below their products' if families else ''}"
            for drag in (False, True):
                frames = await scrolled(page, drag=drag)
                report.say(f"{name}: {'dragged' if drag else 'by wheel'}, p95", p95(frames), "ms", FRAME_MS)
    report.say("rows kept in memory", len(page.model._rows), "", 6_000)
    report.say("longest pause of the loop", 1000 * beat.worst, "ms", PAUSE_MS)


def main() -> int:
    """Make or open the workspace, measure, say whether the limits were kept."""
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--products", type=int, default=1_000_000)
    arguments.add_argument("--workspace", type=Path, help="one made before; made there when it is missing")
    given = arguments.parse_args()
    report = Report()
    with tempfile.TemporaryDirectory(prefix="mmhub-bench-") as folder:
        workspace = given.workspace or Path(folder) / "catalog.mmhub"
        if not workspace.exists():
            make_workspace(workspace, given.products)
        os.environ.setdefault("XDG_CONFIG_HOME", folder)
        run_window(workspace, lambda window: measure(window, report))
    return 0 if report.kept else 1


if __name__ == "__main__":
    sys.exit(main())
