"""The activity page and the account rows show how marketplaces answer."""

from datetime import UTC, datetime, timedelta

import pytest

from mmhub_desktop.app import ensure_practice_account
from mmhub_desktop.domain.call import Call
from mmhub_desktop.gui.main_window import MainWindow
from mmhub_desktop.gui.pages.activity import ActivityPage
from mmhub_desktop.gui.pages.marketplaces import MarketplacesPage
from mmhub_desktop.gui.screenshots import settle


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
