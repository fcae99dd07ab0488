"""Connecting an account whose marketplace asks for consent on its own page: nothing is pasted."""

from collections.abc import Mapping
from dataclasses import replace

import pytest

from mmhub_desktop.errors import UserMistake
from mmhub_desktop.gui.dialogs.account import AccountDialog
from mmhub_desktop.gui.main_window import MainWindow
from mmhub_desktop.gui.pages.marketplaces import MarketplacesPage
from mmhub_desktop.gui.screenshots import settle
from mmhub_desktop.marketplaces.base import Connection, Consent, ConsentPage
from tests.fakes.feed_market import MARKETPLACE
from tests.gui.conftest import Until
from tests.gui.pages.test_marketplaces import visible

PAGE = "https://shop.example/agree?code=AB12-CD34"


class CodeConsent(Consent):
    """Agreed to at the second question."""

    asked = 0

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def start(self) -> tuple[str, Mapping[str, str]]:
        """Never used here."""
        raise NotImplementedError

    async def begin(self) -> ConsentPage:
        """A page with a code."""
        return ConsentPage(PAGE, {"device_code": "d"}, code="AB12-CD34", pastes=False)

    async def finish(self, redirect: str, remembered: Mapping[str, str]) -> None:
        """Not yet, then yes."""
        assert (redirect, remembered) == ("", {"device_code": "d"})
        CodeConsent.asked += 1
        if CodeConsent.asked == 1:
            raise UserMistake("It has not heard yet that you agree.", hint="Agree on the page first.")
        await self._connection.secrets.save({"access_token": "t"})


@pytest.fixture
async def page(shop: MainWindow) -> MarketplacesPage:
    CodeConsent.asked = 0
    codes = replace(MARKETPLACE, name="codes", label="Code Market", consent=CodeConsent)
    assert shop.context is not None
    workspace = shop.context.workspace
    workspace.marketplaces = {"codes": codes, **workspace.marketplaces}
    shop.show_page("marketplaces")
    await settle()
    found = shop.page("marketplaces")
    assert isinstance(found, MarketplacesPage)
    return found


async def test_consent_by_a_code_asks_for_nothing_to_paste(
    shop: MainWindow, page: MarketplacesPage, until: Until
) -> None:
    page.add_button.click()
    await until(lambda: visible(shop, AccountDialog) is not None)
    dialog = visible(shop, AccountDialog)
    assert isinstance(dialog, AccountDialog)
    dialog.marketplace.setCurrentIndex(dialog.marketplace.findData("codes"))
    dialog.live.setChecked(True)
    dialog.action_button.click()
    await until(lambda: dialog.link.text() == PAGE)
    assert not dialog.redirect.isVisible()
    assert dialog.action_button.text() == "I have agreed"
    dialog.action_button.click()
    await until(lambda: bool(dialog.mistake.text))
    assert "not heard yet" in dialog.mistake.text
    dialog.action_button.click()
    await until(lambda: dialog.action_button.text() == "Done")
    dialog.accept()
    await until(lambda: len(page.rows) == 1)
