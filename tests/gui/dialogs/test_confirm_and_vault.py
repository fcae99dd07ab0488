"""Small dialogs by keyboard: asking, and making the place for secrets usable."""

import asyncio
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from mmhub_desktop.credentials import PlaceKind, VaultSecrets
from mmhub_desktop.gui import background
from mmhub_desktop.gui.dialogs.confirm import ConfirmDialog, confirm
from mmhub_desktop.gui.dialogs.vault import VaultDialog
from tests.gui.conftest import Until

PASSPHRASE = "four words in a row"


def asked(parent: QWidget) -> ConfirmDialog | None:
    return next((dialog for dialog in parent.findChildren(ConfirmDialog) if dialog.isVisible()), None)


async def test_escape_is_a_no_and_control_enter_a_yes(qtbot: QtBot, until: Until) -> None:
    parent = QWidget()
    qtbot.addWidget(parent)
    parent.show()
    for key, modifier, answer in (
        (Qt.Key.Key_Escape, Qt.KeyboardModifier.NoModifier, False),
        (Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier, True),
    ):
        task = asyncio.ensure_future(confirm(parent, "Delete 3 products?", "For good.", "Delete 3 products"))
        await until(lambda: asked(parent) is not None)
        dialog = asked(parent)
        assert dialog is not None
        assert dialog.action_button.text() == "Delete 3 products"
        await until(dialog.isActiveWindow)
        qtbot.keyClick(dialog, key, modifier)
        assert await task is answer


async def test_enter_alone_does_not_do_what_cannot_be_undone(qtbot: QtBot) -> None:
    dialog = ConfirmDialog("Delete?", "For good.", "Delete")
    qtbot.addWidget(dialog)
    dialog.open()
    qtbot.keyClick(dialog, Qt.Key.Key_Return)
    assert dialog.result() == ConfirmDialog.DialogCode.Rejected
    assert not dialog.isVisible()


async def test_a_word_must_be_typed_where_it_hurts_most(qtbot: QtBot) -> None:
    dialog = ConfirmDialog("Delete all?", "Everything.", "Delete all", typed="delete")
    qtbot.addWidget(dialog)
    dialog.open()
    assert dialog.field is not None
    assert not dialog.action_button.isEnabled()
    qtbot.keyClicks(dialog.field, "delet")
    assert not dialog.action_button.isEnabled()
    qtbot.keyClicks(dialog.field, "E")
    assert dialog.action_button.isEnabled()


async def test_a_vault_is_made_with_a_passphrase_typed_twice(qtbot: QtBot, tmp_path: Path, until: Until) -> None:
    secrets = VaultSecrets(tmp_path / "secrets.vault")
    dialog = VaultDialog(secrets, background.spawn)
    qtbot.addWidget(dialog)
    dialog.open()
    dialog.passphrase.field.setText("short")
    dialog.action_button.click()
    assert "at least 8" in dialog.mistake.text
    dialog.passphrase.field.setText(PASSPHRASE)
    dialog.repeated.field.setText(PASSPHRASE + "!")
    dialog.action_button.click()
    assert "differ" in dialog.mistake.text
    dialog.repeated.field.setText(PASSPHRASE)
    dialog.action_button.click()
    await until(lambda: not dialog.isVisible())
    assert dialog.result() == VaultDialog.DialogCode.Accepted
    assert secrets.where.kind is PlaceKind.VAULT
    assert not secrets.where.locked


async def test_a_wrong_passphrase_is_told_and_can_be_typed_again(qtbot: QtBot, tmp_path: Path, until: Until) -> None:
    await VaultSecrets(tmp_path / "secrets.vault").unlock(PASSPHRASE)
    secrets = VaultSecrets(tmp_path / "secrets.vault")
    dialog = VaultDialog(secrets, background.spawn)
    qtbot.addWidget(dialog)
    dialog.open()
    dialog.passphrase.field.setText("something else")
    dialog.action_button.click()
    await until(lambda: bool(dialog.mistake.text))
    assert "not right" in dialog.mistake.text
    dialog.passphrase.reveal.click()
    assert dialog.passphrase.field.echoMode() is QLineEdit.EchoMode.Normal
    dialog.passphrase.field.setText(PASSPHRASE)
    qtbot.keyClick(dialog.passphrase.field, Qt.Key.Key_Return)
    await until(lambda: not dialog.isVisible())
    assert not secrets.where.locked
