"""The real window for benchmarks: started as ``mmhub window`` does, with a watcher beside it on the same loop."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

Watcher = Callable[[Any], Awaitable[None]]  # is given the MainWindow once it is made


def run_window(workspace: Path, watch: Watcher) -> int:
    """Run the window on a workspace until ``watch`` has ended, then close it; the exit code."""
    from mmhub_desktop.gui import run

    show = run._show
    failed: list[BaseException] = []

    async def show_and_watch(*given: Any) -> int:
        watching = asyncio.get_running_loop().create_task(_watch_then_close(watch, failed))
        code = await show(*given)
        await watching
        return code

    run._show = show_and_watch
    try:
        code = run.run(["--workspace", str(workspace)])
    finally:
        run._show = show
    if failed:
        raise failed[0]
    return code


async def _watch_then_close(watch: Watcher, failed: list[BaseException]) -> None:
    from PySide6.QtWidgets import QApplication, QMainWindow

    window: Any = None
    while window is None:
        await asyncio.sleep(0)
        window = next((w for w in QApplication.topLevelWidgets() if isinstance(w, QMainWindow) and w.isVisible()), None)
    try:
        await watch(window)
    except BaseException as error:  # noqa: BLE001 - the window must close before the error is told
        failed.append(error)
    window.close()


def make_workspace(source: Path, workspace: Path) -> int:
    """Fill a new workspace from a product file, through the real import; the number of products."""
    from mmhub_desktop.catalog.import_run import start_import
    from mmhub_desktop.catalog.reading import inspect, plan_from
    from mmhub_desktop.store.database import Database
    from mmhub_desktop.store.imports import ImportStore

    async def fill() -> int:
        db = Database.open(workspace)
        try:
            run = await start_import(plan_from(inspect(source)), ImportStore(db), workspace, lambda _event: None)
            return (await run.result()).counts.new
        finally:
            db.close()

    return asyncio.run(fill())
