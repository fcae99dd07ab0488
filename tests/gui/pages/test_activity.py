"""The activity page and the account rows show how marketplaces answer."""

import asyncio
import json
from datetime import UTC, datetime, timedelta

import pytest

from mmhub_desktop.app import ensure_practice_account
from mmhub_desktop.domain.call import Call
from mmhub_desktop.gui.main_window import MainWindow
from mmhub_desktop.gui.pages.activity import ActivityPage
from mmhub_desktop.gui.pages.marketplaces import MarketplacesPage
from mmhub_desktop.gui.screenshots import settle
from mmhub_desktop.log import FILE_NAME
from mmhub_desktop.paths import log_folder
from tests.gui.conftest import Until


@pytest.fixture
async def page(shop: MainWindow) -> ActivityPage:
    shop.show_page("activity")
    await settle()
    found = shop.page("activity")
    assert isinstance(found, ActivityPage)
    return found


async def test_without_calls_the_page_says_so_and_later_shows_them(shop: MainWindow, page: ActivityPage) -> None:
    assert shop.context is not None
    assert not page.view.isVisible()
    workspace = shop.context.workspace
    account = await ensure_practice_account(workspace)
    old = Call(account.id, datetime.now(UTC) - timedelta(days=3), "GET", "/", "", "", 500, 900, "Unavailable")
    await workspace.calls.add([old])
    shop.show_page("products")
    shop.show_page("activity")
    await settle()
    assert page.view.isVisible()
    made = page.model.index(0, 2).data()
    assert int(made) >= 2  # signing in and asking who we are
    assert sum(bar.value for bar in page.calls.chart.bars) == int(made)
    page.span_buttons[1].click()
    await settle()
    assert sum(bar.value for bar in page.calls.chart.bars) == int(made) + 1
    assert sum(bar.bad for bar in page.calls.chart.bars) == 1
    assert page.calls.note.text() == "1 failed"


async def test_the_accounts_row_shows_the_last_day(shop: MainWindow) -> None:
    assert shop.context is not None
    account = await ensure_practice_account(shop.context.workspace)
    shop.show_page("marketplaces")
    await settle()
    page = shop.page("marketplaces")
    assert isinstance(page, MarketplacesPage)
    row = page.rows[account.id]
    assert row.day.text().startswith("100% went well, ")
    assert len(row.day_chart.bars) == 24
    assert row.day_chart.bars[-1].value + row.day_chart.bars[-2].value >= 2


async def test_the_log_is_shown_filtered_and_followed(shop: MainWindow, page: ActivityPage, until: Until) -> None:
    del shop
    folder = log_folder()
    await asyncio.to_thread(folder.mkdir, parents=True, exist_ok=True)

    def write(number: int, level: str) -> None:
        with (folder / FILE_NAME).open("a", encoding="utf-8") as file:
            at = f"2026-05-01T10:00:{number:02}+00:00"
            file.write(json.dumps({"at": at, "level": level, "subject": "jobs", "message": f"no {number}"}) + "\n")

    for number, level in enumerate(("info", "warning", "info")):
        await asyncio.to_thread(write, number, level)
    page.tab_buttons[1].click()
    model = page.log.model

    def shown() -> list[str]:
        return [model.index(row, 3).data() for row in range(model.rowCount())]

    await until(lambda: shown() == ["no 2", "no 1", "no 0"])
    await asyncio.to_thread(write, 3, "error")
    await until(lambda: shown()[:1] == ["no 3"])
    page.log.level.setCurrentIndex(2)
    await until(lambda: shown() == ["no 3", "no 1"])
    page.log.text.setText("no 1")
    await until(lambda: shown() == ["no 1"])
    page.log.view.selectRow(0)
    assert "message: no 1" in page.log.whole.toPlainText()
    page.tab_buttons[0].click()
    await settle()
    assert not page.log.isVisible()
