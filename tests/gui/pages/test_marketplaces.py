"""The marketplaces page: connecting the practice marketplace, pausing, testing, removing; where secrets lie."""

from dataclasses import replace
from urllib.parse import parse_qs, urlsplit

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QLineEdit
from pytestqt.qtbot import QtBot

from mmhub_desktop.domain.marketplace import AccountKind
from mmhub_desktop.errors import SignInNeeded
from mmhub_desktop.gui.dialogs.account import AccountDialog
from mmhub_desktop.gui.dialogs.call_limit import CallLimitDialog
from mmhub_desktop.gui.dialogs.confirm import ConfirmDialog
from mmhub_desktop.gui.main_window import MainWindow
from mmhub_desktop.gui.pages.account_row import AccountRow
from mmhub_desktop.gui.pages.marketplaces import MarketplacesPage
from mmhub_desktop.gui.screenshots import settle
from mmhub_desktop.marketplaces.base import AccountIdentity
from mmhub_desktop.marketplaces.mercadolibre.adapter import MARKETPLACE, MercadoLibre
from tests.gui.conftest import Until


class Strict(MercadoLibre):
    """Takes one secret alone."""

    async def check_credentials(self) -> AccountIdentity:
        if (await self.connection.secrets.load()).get("client_secret") != "right":
            raise SignInNeeded("The shop does not know these keys.", hint="Copy them again.")
        return AccountIdentity("1", "My shop", "MLC", "CLP")


@pytest.fixture
async def page(shop: MainWindow) -> MarketplacesPage:
    shop.show_page("marketplaces")
    await settle()
    found = shop.page("marketplaces")
    assert isinstance(found, MarketplacesPage)
    return found


def visible(shop: MainWindow, kind: type[QDialog]) -> QDialog | None:
    return next((dialog for dialog in shop.findChildren(kind) if dialog.isVisible()), None)


def only_row(page: MarketplacesPage) -> AccountRow:
    (row,) = page.rows.values()
    return row


async def add_practice(shop: MainWindow, page: MarketplacesPage, until: Until, qtbot: QtBot) -> AccountRow:
    page.add_button.click()
    await until(lambda: visible(shop, AccountDialog) is not None)
    dialog = visible(shop, AccountDialog)
    assert isinstance(dialog, AccountDialog)
    assert dialog.practice.isChecked()
    assert not dialog.form.editors
    qtbot.keyClick(dialog, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    await until(lambda: len(page.rows) == 1)
    return only_row(page)


async def test_the_practice_marketplace_is_connected_with_one_key(
    shop: MainWindow, page: MarketplacesPage, until: Until, qtbot: QtBot
) -> None:
    row = await add_practice(shop, page, until, qtbot)
    await until(lambda: row.chip.text == "Ready")
    assert row.account is not None
    assert row.account.kind is AccountKind.PRACTICE
    assert row.about.text().startswith("Allegro, practice")  # not the site's id: “allegro-pl” is no name
    row.test_button.click()
    await until(lambda: row.tested.text().startswith("The connection works"))


async def test_pausing_is_shown_and_taken_back(
    shop: MainWindow, page: MarketplacesPage, until: Until, qtbot: QtBot
) -> None:
    row = await add_practice(shop, page, until, qtbot)
    row.pause_button.click()
    await until(lambda: row.chip.text == "Paused")
    assert row.explanation.text() == "Nothing is sent until you resume it."
    assert row.pause_button.text() == "Resume"
    row.pause_button.click()
    await until(lambda: row.chip.text == "Ready")
    assert row.explanation.isHidden()


async def test_removing_asks_first(shop: MainWindow, page: MarketplacesPage, until: Until, qtbot: QtBot) -> None:
    row = await add_practice(shop, page, until, qtbot)
    row.remove_wanted.emit()
    await until(lambda: visible(shop, ConfirmDialog) is not None)
    dialog = visible(shop, ConfirmDialog)
    assert isinstance(dialog, ConfirmDialog)
    qtbot.keyClick(dialog, Qt.Key.Key_Escape)
    await settle()
    assert len(page.rows) == 1
    row.remove_wanted.emit()
    await until(lambda: visible(shop, ConfirmDialog) is not None)
    dialog = visible(shop, ConfirmDialog)
    assert isinstance(dialog, ConfirmDialog)
    dialog.action_button.click()
    await until(lambda: not page.rows)
    assert page._stack.currentIndex() == 1


async def test_the_page_says_where_secrets_lie(page: MarketplacesPage, until: Until) -> None:
    await until(lambda: page.secrets_line.title.text() == "Keys are kept in an encrypted vault")
    assert "unlocked" in page.secrets_line.detail.text()
    assert page.secrets_line.unlock_wanted.isHidden()


async def test_a_real_account_goes_on_to_consent_and_a_foreign_redirect_is_refused(
    shop: MainWindow, page: MarketplacesPage, until: Until
) -> None:
    page.add_button.click()
    await until(lambda: visible(shop, AccountDialog) is not None)
    dialog = visible(shop, AccountDialog)
    assert isinstance(dialog, AccountDialog)
    dialog.marketplace.setCurrentIndex(dialog.marketplace.findData("mercadolibre"))
    dialog.live.setChecked(True)
    declared = dialog.declared
    assert set(dialog.form.editors) == {field.key for field in declared.credential_fields}
    assert dialog.action_button.text() == "Go on to sign in"
    dialog.action_button.click()
    await until(lambda: bool(dialog.mistake.text))
    assert "Application id" in dialog.mistake.text
    for key, value in (("client_id", "123"), ("client_secret", "s3cret"), ("redirect_uri", "https://shop.example/ok")):
        editor = dialog.form.editors[key]
        assert isinstance(editor, QLineEdit)
        editor.setText(value)
    dialog.action_button.click()
    await until(lambda: dialog.link.text().startswith("https://"))
    assert "s3cret" not in dialog.link.text()
    assert "code_challenge" in dialog.link.text()
    dialog.redirect.setPlainText("https://shop.example/ok?code=TG-1&state=somebody-else")
    await until(lambda: "belongs to another attempt" in dialog.mistake.text)  # said as it is pasted
    dialog.redirect.setPlainText(dialog.link.text())
    await until(lambda: "the page that asks for access" in dialog.mistake.text)
    state = parse_qs(urlsplit(dialog.link.text()).query)["state"][0]
    dialog.redirect.setPlainText(f"https://shop.example/ok?code=TG-1&state={state}")
    await until(lambda: not dialog.mistake.text)
    dialog.redirect.setPlainText("https://shop.example/ok?code=TG-1&state=somebody-else")
    dialog.action_button.click()
    await until(lambda: bool(dialog.mistake.text))
    assert dialog.isVisible()
    dialog.reject()
    await until(lambda: len(page.rows) == 1)
    assert only_row(page).chip.text == "Not connected"
    assert only_row(page).sign_in_button.isVisible()


async def test_the_calls_of_a_day_are_limited_by_hand_and_shown(
    shop: MainWindow, page: MarketplacesPage, until: Until, qtbot: QtBot
) -> None:
    row = await add_practice(shop, page, until, qtbot)
    (limit,) = [action for action in row.menu().actions() if action.text().startswith("Limit calls")]
    limit.trigger()
    await until(lambda: visible(shop, CallLimitDialog) is not None)
    dialog = visible(shop, CallLimitDialog)
    assert isinstance(dialog, CallLimitDialog)
    assert dialog.calls.text() == "No limit"
    dialog.calls.setValue(2_000)
    qtbot.keyClick(dialog, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    await until(lambda: "of 2,000 calls a day used" in row.facts.text().replace("\N{NO-BREAK SPACE}", " "))


async def test_access_is_renewed_by_hand(shop: MainWindow, page: MarketplacesPage, until: Until, qtbot: QtBot) -> None:
    row = await add_practice(shop, page, until, qtbot)
    await until(lambda: row.account is not None and row.account.token_expires_at is not None)
    assert row.account is not None
    before = row.account.token_expires_at
    (renew,) = [action for action in row.menu().actions() if action.text() == "Renew sign-in now"]
    renew.trigger()
    await until(lambda: row.account is not None and row.account.token_expires_at != before)


async def test_keys_that_are_refused_are_mended_in_place_and_leave_nothing_behind(
    shop: MainWindow, page: MarketplacesPage, until: Until
) -> None:
    workspace = page.context.workspace
    workspace.marketplaces = {"strict": replace(MARKETPLACE, name="strict", adapter=Strict, consent=None)}
    page.add_button.click()
    await until(lambda: visible(shop, AccountDialog) is not None)
    dialog = visible(shop, AccountDialog)
    assert isinstance(dialog, AccountDialog)
    dialog.live.setChecked(True)

    def enter(key: str, text: str) -> None:
        editor = dialog.form.editors[key]
        assert isinstance(editor, QLineEdit)
        editor.setText(text)

    for key in ("client_id", "client_secret", "redirect_uri"):
        enter(key, "wrong")
    assert set(dialog.form.doubts()) == {"client_id", "client_secret", "redirect_uri"}
    dialog.action_button.click()
    await until(lambda: "does not know" in dialog.mistake.text)
    enter("client_secret", "wrong again")
    dialog.action_button.click()
    await until(lambda: "does not know" in dialog.mistake.text and dialog.action_button.isEnabled())
    assert len(await workspace.accounts.all()) == 1  # one account, however often it was tried
    dialog.reject()
    await until(lambda: not workspace._known_accounts)
    assert await workspace.accounts.all() == []

    page.add_button.click()
    await until(lambda: visible(shop, AccountDialog) not in (None, dialog))
    dialog = visible(shop, AccountDialog)
    assert isinstance(dialog, AccountDialog)
    dialog.live.setChecked(True)
    for key in ("client_id", "client_secret", "redirect_uri"):
        enter(key, "wrong")
    dialog.action_button.click()
    await until(lambda: "does not know" in dialog.mistake.text)
    enter("client_id", "123456789")
    enter("client_secret", "right")
    dialog.name.setText("My shop")
    dialog.action_button.click()
    await until(lambda: dialog.action_button.text() == "Done")
    dialog.accept()
    (account,) = await workspace.accounts.all()
    assert (account.label, account.settings["client_id"]) == ("My shop", "123456789")
