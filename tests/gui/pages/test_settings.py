"""The settings page is drawn from the declarations and keeps what is entered."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QLineEdit, QSpinBox
from pytestqt.qtbot import QtBot

from mmhub_desktop.app import App
from mmhub_desktop.credentials import AI_KEY, MemorySecrets
from mmhub_desktop.gui.main_window import MainWindow
from mmhub_desktop.gui.pages.settings import SettingsPage
from mmhub_desktop.gui.screenshots import settle
from mmhub_desktop.settings import AI_MODEL, APPEARANCE_MODE, IMPORT_CHUNK_ROWS, SETTINGS, Settings


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
    page.key.setText("a-key-of-the-test")
    page._save_key.click()
    await settle()
    assert await app.kept.get(AI_KEY) == "a-key-of-the-test"
    assert page.key.text() == ""
    assert page._key_state.text == "Key kept"
    page._forget_key.click()
    await settle()
    assert await app.kept.get(AI_KEY) is None
    assert page._key_state.text == "No key"
