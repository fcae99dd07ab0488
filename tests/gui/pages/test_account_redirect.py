"""Connecting an account whose redirect leads to a port of this computer: the window goes on by itself."""

import socket
from urllib.parse import parse_qs, urlsplit

import httpx
from PySide6.QtWidgets import QLineEdit

from mmhub_desktop.gui.dialogs.account import AccountDialog
from mmhub_desktop.gui.main_window import MainWindow
from mmhub_desktop.gui.pages.marketplaces import MarketplacesPage
from mmhub_desktop.gui.screenshots import settle
from tests.gui.conftest import Until


async def begin(shop: MainWindow, until: Until, port: int) -> AccountDialog:
    """The dialog at its second step, for a real Etsy shop."""
    shop.show_page("marketplaces")
    await settle()
    page = shop.page("marketplaces")
    assert isinstance(page, MarketplacesPage)
    page.add_button.click()
    await until(lambda: any(one.isVisible() for one in shop.findChildren(AccountDialog)))
    dialog = next(one for one in shop.findChildren(AccountDialog) if one.isVisible())
    dialog.marketplace.setCurrentIndex(dialog.marketplace.findData("etsy"))
    dialog.live.setChecked(True)
    values = {"client_id": "keystring", "shared_secret": "hush", "redirect_uri": f"http://localhost:{port}/back"}
    for key, value in values.items():
        editor = dialog.form.editors[key]
        assert isinstance(editor, QLineEdit)
        editor.setText(value)
    dialog.action_button.click()
    await until(lambda: dialog.link.text().startswith("https://www.etsy.com/oauth/connect"))
    return dialog


async def test_the_browser_brings_the_answer_back(shop: MainWindow, until: Until) -> None:
    with socket.socket() as place:
        place.bind(("127.0.0.1", 0))
        port = place.getsockname()[1]
    dialog = await begin(shop, until, port)
    await until(lambda: "notices by itself" in dialog._then_about.text())
    state = parse_qs(urlsplit(dialog.link.text()).query)["state"][0]
    async with httpx.AsyncClient() as browser:
        answer = await browser.get(f"http://127.0.0.1:{port}/back", params={"error": "access_denied", "state": state})
    assert "close this page" in answer.text
    await until(lambda: "Access was not granted" in dialog.mistake.text)
    assert dialog.redirect.toPlainText().startswith(f"http://localhost:{port}/back?error=access_denied")
    dialog.reject()
    await settle()


async def test_a_port_in_use_asks_for_pasting(shop: MainWindow, until: Until) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        dialog = await begin(shop, until, other.getsockname()[1])
        await until(lambda: "must be pasted" in dialog._then_about.text())
        assert dialog.redirect.isVisible()
        dialog.reject()
        await settle()
