"""Help › Make a support bundle: asks what may be in it and where it goes, then says where it is."""

import asyncio
import zipfile
from pathlib import Path

import pytest
from PySide6.QtWidgets import QFileDialog, QLineEdit

from mmhub_desktop.gui.dialogs.support import SupportDialog
from mmhub_desktop.gui.main_window import MainWindow
from tests.gui.conftest import Until
from tests.gui.pages.conftest import shop

__all__ = ["shop"]


@pytest.mark.parametrize("with_texts", [True, False])
async def test_a_bundle_is_made(shop: MainWindow, until: Until, tmp_path: Path, with_texts: bool) -> None:
    target = tmp_path / "support.zip"

    def visible(kind: type) -> list[SupportDialog | QFileDialog]:
        return [each for each in shop.findChildren(kind) if each.isVisible()]

    shop.make_support_bundle()
    await until(lambda: bool(visible(SupportDialog)))
    question = visible(SupportDialog)[0]
    assert isinstance(question, SupportDialog)
    assert not question.with_texts.isChecked()
    question.with_texts.setChecked(with_texts)
    question.action_button.click()
    await until(lambda: bool(visible(QFileDialog)))
    chooser = visible(QFileDialog)[0]
    assert isinstance(chooser, QFileDialog)
    name = chooser.findChild(QLineEdit)
    assert name is not None
    name.setText(str(target))
    chooser.accept()
    await until(target.exists)
    with await asyncio.to_thread(zipfile.ZipFile, target) as bundle:
        said = bundle.read("README.txt").decode()
    assert ("Product texts are in it" in said) is with_texts
