"""The settings page is drawn from the declarations and keeps what is entered."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QLineEdit, QSpinBox
from pytestqt.qtbot import QtBot

from mmhub_desktop.app import App
from mmhub_desktop.credentials import AI_KEY, MemorySecrets
from mmhub_desktop.gui.dialogs.confirm import ConfirmDialog
from mmhub_desktop.gui.main_window import MainWindow
from mmhub_desktop.gui.pages.settings import SettingsPage
from mmhub_desktop.gui.screenshots import settle
from mmhub_desktop.marketplaces.base import ImageFile
from mmhub_desktop.settings import (
    AI_MODEL,
    APPEARANCE_MODE,
    IMAGE_HOST_BUCKET,
    IMAGE_HOST_ENDPOINT,
    IMAGE_HOST_KEY_ID,
    IMAGE_HOST_PUBLIC_URL,
    IMPORT_CHUNK_ROWS,
    SETTINGS,
    Settings,
)
from tests.fakes.bucket_server import BUCKET, KEY_ID, SECRET, bucket_server
from tests.gui.conftest import Until


class AppWithMemory(App):
    """The program with its keys in memory: this machine's keyring is not touched."""

    def __init__(self, settings: Settings) -> None:
        super().__init__(settings=settings)
        self.kept = MemorySecrets()

    async def secrets(self) -> MemorySecrets:
        """The keys."""
        return self.kept


@pytest.fixture
async def window(qtbot: QtBot) -> AsyncIterator[MainWindow]:
    settings = Settings()
    made = MainWindow(settings)
    made.session._app = AppWithMemory(settings)
    made.show()
    await made.session.start()
    yield made
    made.close()
    await asyncio.wait_for(asyncio.shield(made.closed), 20)


@pytest.fixture
async def page(window: MainWindow) -> SettingsPage:
    window.show_page("settings")
    await settle()
    found = window.page("settings")
    assert isinstance(found, SettingsPage)
    return found


async def test_every_setting_with_a_group_has_a_named_field(page: SettingsPage) -> None:
    assert set(page.fields) == {setting.key for setting in SETTINGS if setting.group}
    assert all(field.accessibleName() for field in page.fields.values())


async def test_a_text_is_kept_when_the_field_is_left(page: SettingsPage, window: MainWindow, qtbot: QtBot) -> None:
    field = page.fields[AI_MODEL.key]
    assert isinstance(field, QLineEdit)
    qtbot.keyClicks(field, "llama-3")
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert Settings().get(AI_MODEL) == "llama-3"


async def test_number_and_choice_are_kept_at_once(page: SettingsPage, window: MainWindow) -> None:
    spin = page.fields[IMPORT_CHUNK_ROWS.key]
    assert isinstance(spin, QSpinBox)
    spin.setValue(2_000)
    assert Settings().get(IMPORT_CHUNK_ROWS) == 2_000
    box = page.fields[APPEARANCE_MODE.key]
    assert isinstance(box, QComboBox)
    window.set_mode("dark")  # changed elsewhere: the field follows
    assert box.currentText() == "Dark"


async def test_the_ai_key_goes_to_the_secrets_and_is_not_shown(
    page: SettingsPage, window: MainWindow, qtbot: QtBot
) -> None:
    app = window.session._app
    assert isinstance(app, AppWithMemory)
    page.secrets["AI"].field.setText("a-key-of-the-test")
    page.secrets["AI"].keep_button.click()
    await settle()
    assert await app.kept.get(AI_KEY) == "a-key-of-the-test"
    assert page.secrets["AI"].field.text() == ""
    assert page.secrets["AI"].state.text == "Key kept"
    page.secrets["AI"].forget_button.click()
    await settle()
    assert await app.kept.get(AI_KEY) is None
    assert page.secrets["AI"].state.text == "No key"


async def test_the_image_host_is_tested_from_its_card(
    window: MainWindow, page: SettingsPage, until: Until, tmp_path: Path
) -> None:
    page.test_button.click()
    await until(lambda: "No image host is set up" in page.test_said.text())
    await window.session.open(tmp_path / "shop.mmhub")
    window.show_page("settings")
    await settle()
    found = window.page("settings")
    assert isinstance(found, SettingsPage)
    page = found
    with bucket_server() as address:
        settings = page.context.app.settings
        settings.set(IMAGE_HOST_ENDPOINT, address)
        settings.set(IMAGE_HOST_BUCKET, BUCKET)
        settings.set(IMAGE_HOST_PUBLIC_URL, f"{address}/{BUCKET}")
        settings.set(IMAGE_HOST_KEY_ID, KEY_ID)
        row = page.secrets["Image host"]
        row.field.setText(SECRET)
        row.keep_button.click()
        await until(lambda: row.state.text == "Key kept")
        assert row.field.text() == ""
        page.test_button.click()
        await until(lambda: page.test_said.text().startswith("It works"))
        host = await page.context.workspace.image_host()
        assert host is not None
        for data in (b"one", b"two"):
            await host.put(ImageFile("lamp.jpg", "image/jpeg", data, 1, 1))
        hosted = page.hosted
        hosted.count_button.click()
        await until(lambda: hosted.said.text() == "2 pictures, 0.0 MB")
        await until(hosted.remove_button.isEnabled)
        hosted.remove_button.click()
        await until(lambda: any(dialog.isVisible() for dialog in window.findChildren(ConfirmDialog)))
        (dialog,) = (each for each in window.findChildren(ConfirmDialog) if each.isVisible())
        assert dialog.action_button.text() == "Remove 2 pictures"
        dialog.action_button.click()
        await until(lambda: hosted.said.text() == "2 pictures removed.")
        assert [image async for image in host.images()] == []
        await until(hosted.remove_button.isEnabled)
    row.forget_button.click()
    await until(lambda: row.state.text == "No key")
    page.test_button.click()
    await until(lambda: "secret key is missing" in page.test_said.text())
