"""Coroutines started by the window."""

import asyncio
import sys
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QObject
from PySide6.QtWidgets import QDialog
from pytestqt.qtbot import QtBot

from mmhub_desktop.errors import UserMistake
from mmhub_desktop.gui import background
from tests.gui.conftest import Until


@pytest.fixture
def told() -> Iterator[list[tuple[str, BaseException]]]:
    found: list[tuple[str, BaseException]] = []
    background.set_error_listener(lambda what, error: found.append((what, error)))
    yield found
    background.set_error_listener(None)


async def test_an_error_is_told_with_what_was_being_done(told: list[tuple[str, BaseException]], qtbot: QtBot) -> None:
    mistake = UserMistake("The SKU is missing.")

    async def fail() -> None:
        raise mistake

    task = background.spawn(fail(), "Save the product")
    await asyncio.wait([task])
    await asyncio.sleep(0)
    assert told == [("Save the product", mistake)]
    assert task not in background.running()


@pytest.mark.expects_log
async def test_a_bug_is_logged_whole(
    told: list[tuple[str, BaseException]], caplog: pytest.LogCaptureFixture, qtbot: QtBot
) -> None:
    async def fail() -> None:
        raise ZeroDivisionError("x / 0")

    await asyncio.wait([background.spawn(fail(), "Count")])
    await asyncio.sleep(0)
    assert isinstance(told[0][1], ZeroDivisionError)
    assert "Count failed" in caplog.text
    assert "ZeroDivisionError" in caplog.text


async def test_a_dialog_is_waited_for_without_a_nested_loop(qtbot: QtBot) -> None:
    dialog = QDialog()
    qtbot.addWidget(dialog)
    others: list[int] = []

    async def go_on() -> None:
        for each in range(5):
            others.append(each)
            await asyncio.sleep(0)
        dialog.accept()

    waiting = background.spawn(background.finished(dialog), "Ask")
    await asyncio.sleep(0)
    assert dialog.isVisible()
    await go_on()
    assert await waiting == QDialog.DialogCode.Accepted
    assert others == [0, 1, 2, 3, 4]


async def test_a_dialog_that_was_asked_can_be_read_and_is_gone_then(qtbot: QtBot, until: Until) -> None:
    gone: list[str] = []

    async def ask(*, agrees: bool) -> tuple[bool, str]:
        dialog = QDialog()
        dialog.setWindowTitle("Two")
        dialog.destroyed.connect(lambda: gone.append("Two"))
        asyncio.get_running_loop().call_soon(dialog.accept if agrees else dialog.reject)
        return await background.asked(dialog), dialog.windowTitle()

    assert await ask(agrees=True) == (True, "Two")
    await until(lambda: gone == ["Two"])
    assert await ask(agrees=False) == (False, "Two")
    await until(lambda: gone == ["Two", "Two"])


async def test_cancelling_closes_the_dialog(qtbot: QtBot) -> None:
    dialog = QDialog()
    qtbot.addWidget(dialog)
    background.spawn(background.finished(dialog), "Ask")
    await asyncio.sleep(0)
    await background.cancel_all()
    assert not dialog.isVisible()
    assert not background.running()


def test_calls_that_return_none_do_not_use_none_up(qtbot: QtBot) -> None:
    """PySide6 6.12 loses a reference to None at each such call on Python 3.11, and dies after some thousands."""
    thing = QObject()
    before = sys.getrefcount(None)
    for _ in range(100_000):
        thing.setObjectName("a")
    assert abs(sys.getrefcount(None) - before) < 1_000
