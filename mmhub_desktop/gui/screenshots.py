"""Pictures of every page in light and dark, for looking at them without a display."""

import asyncio
from pathlib import Path

from mmhub_desktop.gui import theme
from mmhub_desktop.gui.background import running
from mmhub_desktop.gui.main_window import MainWindow
from mmhub_desktop.gui.pages import PAGES
from mmhub_desktop.settings import APPEARANCE_MODE

SIZE = (1280, 820)
SETTLE_S = 5.0
STEP_S = 0.05


async def take_all(window: MainWindow, folder: Path) -> list[Path]:
    """Show each page in both colour schemes and save PNGs; the files made. The window's mode is put back."""
    await asyncio.to_thread(folder.mkdir, parents=True, exist_ok=True)
    window.resize(*SIZE)
    made: list[Path] = []
    has_workspace = window.context is not None and window.context.has_workspace
    for scheme in ("light", "dark"):
        theme.theme().set_mode(scheme)
        for entry in PAGES:
            if entry.needs_workspace and not has_workspace:
                continue
            window.show_page(entry.name)
            await settle()
            made.append(_save(window, folder / f"{entry.name}-{scheme}.png"))
            if entry.name == "products" and await _open_first(window):
                made.append(_save(window, folder / f"product-{scheme}.png"))
                await _close_first(window)
    theme.theme().set_mode(window.settings.get(APPEARANCE_MODE))
    return made


async def settle() -> None:
    """Wait until what the pages asked for has come, at most ``SETTLE_S`` seconds."""
    for _ in range(int(SETTLE_S / STEP_S)):
        await asyncio.sleep(STEP_S)
        if not running() - {asyncio.current_task()}:
            break
    await asyncio.sleep(STEP_S)


async def _open_first(window: MainWindow) -> bool:
    from mmhub_desktop.gui.pages.products import ProductsPage

    page = window.page("products")
    if not isinstance(page, ProductsPage) or not len(page.model.ids):
        return False
    page.table.selectRow(0)
    page.open_detail(page.model.ids[0])
    await settle()
    return True


async def _close_first(window: MainWindow) -> None:
    from mmhub_desktop.gui.pages.products import ProductsPage

    page = window.page("products")
    if isinstance(page, ProductsPage):
        page.close_detail()
        page.table.clearSelection()


def _save(window: MainWindow, path: Path) -> Path:
    window.grab().save(str(path))
    return path
