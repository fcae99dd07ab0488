"""Changing an account: choices read from the marketplace, fields and secrets replaced, listings kept."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from PySide6.QtWidgets import QLineEdit
from pytestqt.qtbot import QtBot

from mmhub_desktop.domain.marketplace import SECRET_ENTERED, AccountKind
from mmhub_desktop.errors import Unavailable
from mmhub_desktop.gui.dialogs.account import AccountDialog
from mmhub_desktop.gui.dialogs.account_settings import AccountSettingsDialog
from mmhub_desktop.gui.main_window import MainWindow
from mmhub_desktop.gui.pages.lanes import secret_words
from mmhub_desktop.gui.pages.marketplaces import MarketplacesPage
from mmhub_desktop.gui.screenshots import settle
from mmhub_desktop.marketplaces.base import AccountChoice, SetupStep
from mmhub_desktop.marketplaces.mercadolibre.adapter import MARKETPLACE, MercadoLibre
from tests.gui.conftest import Until


class Choosy(MercadoLibre):
    """Lets the seller choose among two warehouses; its shipping profiles cannot be read just now."""

    async def read_choices(self, key: str) -> tuple[tuple[str, str], ...]:
        if key == "profile":
            raise Unavailable("The shop does not answer.", hint="Try again later.")
        return (("w1", "Santiago"), ("w2", "Valparaíso"))


CHOOSY = replace(
    MARKETPLACE,
    adapter=Choosy,
    choices=(AccountChoice("warehouse", "Warehouse"), AccountChoice("profile", "Shipping profile", required=False)),
    setup=(SetupStep("Create an application.", "https://shop.example/apps"), SetupStep("Copy its two keys.")),
    secret_lasts_days=180,
)


@pytest.fixture
async def page(shop: MainWindow) -> MarketplacesPage:
    workspace = shop.context.workspace
    workspace.marketplaces = {**workspace.marketplaces, "mercadolibre": CHOOSY}
    await workspace.connect("mercadolibre", "Shop", AccountKind.PRACTICE, {})
    shop.show_page("marketplaces")
    await settle()
    found = shop.page("marketplaces")
    assert isinstance(found, MarketplacesPage)
    return found


async def opened(page: MarketplacesPage, until: Until) -> AccountSettingsDialog:
    await until(lambda: len(page.rows) == 1)
    (row,) = page.rows.values()
    row.settings_wanted.emit()
    await until(lambda: bool(page.findChildren(AccountSettingsDialog)))
    return page.findChildren(AccountSettingsDialog)[-1]


async def test_a_choice_that_is_missing_is_asked_for_and_kept(page: MarketplacesPage, until: Until) -> None:
    dialog = await opened(page, until)
    (row,) = page.rows.values()
    assert row.choose_button.isVisible()
    assert row.explanation.text() == "Not chosen yet: Warehouse. Nothing can be published before."
    box = dialog.choices["warehouse"]
    await until(box.isEnabled)
    assert [box.itemText(place) for place in range(box.count())] == ["Choose…", "Santiago", "Valparaíso"]
    assert "does not answer" in dialog._said["profile"].text()
    assert not dialog.choices["profile"].isEnabled()
    box.setCurrentIndex(2)
    dialog.name.setText("Valparaíso shop")
    dialog.action_button.click()
    await until(lambda: not page.findChildren(AccountSettingsDialog))
    await until(lambda: row.name.text() == "Valparaíso shop")
    (account,) = await page.context.workspace.accounts.all()
    assert account.settings["warehouse"] == "w2"
    assert account.settings["client_id"] == "practice-app"  # what was not touched stays
    assert not row.choose_button.isVisible()
    await until(lambda: row.tested.text().startswith("The connection works"))  # tested by itself: Amazon waits for it


async def test_a_mistyped_field_is_mended_without_adding_the_account_again(
    page: MarketplacesPage, until: Until
) -> None:
    dialog = await opened(page, until)
    await until(dialog.choices["warehouse"].isEnabled)
    editor = dialog.form.editors["client_id"]
    assert isinstance(editor, QLineEdit)
    editor.clear()
    dialog.action_button.click()
    await until(lambda: "must be filled in" in dialog.mistake.text)
    editor.setText("another-app")
    dialog.action_button.click()
    await until(lambda: not page.findChildren(AccountSettingsDialog))
    (account,) = await page.context.workspace.accounts.all()
    assert account.settings["client_id"] == "another-app"
    (row,) = page.rows.values()
    await until(lambda: row.tested.text().startswith("The connection works"))


async def test_a_secret_is_replaced_and_one_left_empty_stays(page: MarketplacesPage) -> None:
    workspace = page.context.workspace
    (account,) = await workspace.accounts.all()
    kept = (await workspace.adapter(account.id)).connection.secrets
    before = datetime.now(UTC)
    changed = await workspace.change_account(account.id, {"client_secret": "", "listing_type": "gold_pro"})
    assert (await kept.load())["client_secret"] == "practice-secret"
    assert changed.settings["listing_type"] == "gold_pro"
    changed = await workspace.change_account(account.id, {"client_secret": "new-secret"})
    assert (await kept.load())["client_secret"] == "new-secret"
    assert "new-secret" not in str(changed.settings)
    assert datetime.fromisoformat(changed.settings[SECRET_ENTERED]) >= before


async def test_a_secret_that_grows_old_is_told_a_month_before(page: MarketplacesPage) -> None:
    (account,) = await page.context.workspace.accounts.all()
    entered = datetime.fromisoformat(account.settings[SECRET_ENTERED])
    assert secret_words(CHOOSY, account, entered + timedelta(days=100)) == ""
    assert secret_words(CHOOSY, account, entered + timedelta(days=170)) == "replace its secret within 10 days"
    assert secret_words(CHOOSY, account, entered + timedelta(days=181)) == "its secret is too old: replace it"
    assert secret_words(MARKETPLACE, account, entered + timedelta(days=999)) == ""


async def test_the_first_steps_are_shown_for_a_real_account_only(
    shop: MainWindow, page: MarketplacesPage, until: Until, qtbot: QtBot
) -> None:
    page.add_button.click()
    await until(lambda: bool(shop.findChildren(AccountDialog)))
    dialog = shop.findChildren(AccountDialog)[-1]
    assert not dialog.guide.isVisible()
    dialog.live.setChecked(True)
    await until(dialog.guide.isVisible)
    qtbot.wait_until(dialog.form.isVisible)
    dialog.reject()
