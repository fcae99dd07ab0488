"""Asking before work leaves the machine."""

from datetime import UTC, datetime

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from mmhub_desktop.domain.ids import AccountId, ProductId
from mmhub_desktop.domain.job import WorkRequest
from mmhub_desktop.domain.marketplace import Account, AccountKind
from mmhub_desktop.events import Bus
from mmhub_desktop.gui.bridge import Bridge
from mmhub_desktop.gui.dialogs.publish import PublishDialog
from mmhub_desktop.gui.pages.page import GuiContext
from tests.gui.conftest import Until

PRACTICE = Account(AccountId(1), "mercadolibre", "MercadoLibre", AccountKind.PRACTICE)
LIVE = Account(AccountId(2), "mercadolibre", "Tienda", connected_at=datetime.now(UTC))
PAUSED = Account(AccountId(3), "mercadolibre", "Outlet", connected_at=datetime.now(UTC), paused=True)
DEAD = Account(AccountId(4), "mercadolibre", "Old shop")
IDS = [ProductId(number) for number in range(1, 215)]


class Shown:
    """The window as far as the dialog needs it: remembers what it was asked to show."""

    def __init__(self) -> None:
        self.pages: list[str] = []

    def show_page(self, name: str, **_: object) -> None:
        self.pages.append(name)

    def notify(self, *_: object, **__: object) -> None:
        raise AssertionError("nothing is to be told")

    def import_files(self, _: object) -> None:
        raise AssertionError("nothing is to be imported")


@pytest.fixture
def window() -> Shown:
    return Shown()


def make(qtbot: QtBot, window: Shown, *accounts: Account, action: str = "publish") -> PublishDialog:
    dialog = PublishDialog(GuiContext(None, Bridge(Bus()), window), action, IDS, accounts)
    qtbot.addWidget(dialog)
    dialog.open()
    return dialog


async def test_connected_accounts_are_ticked_and_the_number_is_named(qtbot: QtBot, window: Shown) -> None:
    dialog = make(qtbot, window, PRACTICE, LIVE, PAUSED, DEAD)
    assert [id_ for id_, box in dialog.boxes.items() if box.isChecked()] == [1, 2]
    assert not dialog.boxes[DEAD.id].isEnabled()
    assert dialog.action_button.text() == "Publish 428 listings on 2 accounts"
    dialog.boxes[LIVE.id].click()
    assert dialog.action_button.text() == "Publish 214 listings on MercadoLibre (practice)"
    dialog.boxes[PRACTICE.id].click()
    assert dialog.action_button.text() == "Choose an account"
    assert not dialog.action_button.isEnabled()


async def test_control_enter_previews_what_is_ticked(qtbot: QtBot, window: Shown, until: Until) -> None:
    dialog = make(qtbot, window, PRACTICE, LIVE)
    await until(dialog.isActiveWindow)
    dialog.boxes[PRACTICE.id].click()
    qtbot.keyClick(dialog, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert dialog.result() == PublishDialog.DialogCode.Accepted
    assert dialog.wants_preview
    assert dialog.request() == WorkRequest("publish", tuple(IDS), (LIVE.id,))


async def test_sending_at_once_stays_possible(qtbot: QtBot, window: Shown) -> None:
    dialog = make(qtbot, window, LIVE)
    dialog.action_button.click()
    assert dialog.result() == PublishDialog.DialogCode.Accepted
    assert not dialog.wants_preview


async def test_escape_publishes_nothing(qtbot: QtBot, window: Shown) -> None:
    dialog = make(qtbot, window, PRACTICE)
    qtbot.keyClick(dialog, Qt.Key.Key_Escape)
    assert dialog.result() == PublishDialog.DialogCode.Rejected


async def test_ending_listings_says_what_it_means(qtbot: QtBot, window: Shown) -> None:
    dialog = make(qtbot, window, LIVE, action="end")
    assert dialog.accessibleName() == "End listings of 214 products"
    assert dialog.action_button.property("kind") == "danger"


async def test_without_an_account_it_leads_to_the_marketplaces(qtbot: QtBot, window: Shown) -> None:
    dialog = make(qtbot, window)
    assert not dialog.action_button.isEnabled()
    dialog._go_to_accounts()
    assert window.pages == ["marketplaces"]
    assert not dialog.isVisible()
