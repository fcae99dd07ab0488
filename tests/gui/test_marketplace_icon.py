"""Icons of marketplaces: every one of ours has its own, what cannot be drawn falls back to the plain one."""

from dataclasses import replace

import pytest
from PySide6.QtCore import QSize

from mmhub_desktop.gui import marketplace_icon as icons
from mmhub_desktop.gui.theme import icon
from mmhub_desktop.marketplaces.base import installed_marketplaces
from mmhub_desktop.plugins import Found


def drawn(name: str) -> bytes:
    image = icon(name, "text").pixmap(QSize(24, 24), 1.0).toImage()
    return bytes(image.constBits())


def test_ours_differ_from_one_another_and_from_the_plain_one() -> None:
    names = [icons.marketplace_icon(name) for name in installed_marketplaces().things]
    pictures = {drawn(name) for name in (*names, icons.PLAIN)}
    assert len(names) == 8
    assert len(pictures) == 9
    assert b"\x00" * len(drawn(icons.PLAIN)) not in pictures  # an empty picture is none


@pytest.mark.parametrize("svg", ["", "no drawing", "<svg"])
def test_what_cannot_be_drawn_gets_the_plain_one(svg: str, monkeypatch: pytest.MonkeyPatch) -> None:
    name = f"other-{len(svg)}"
    other = replace(installed_marketplaces().things["paris"], name=name, icon=svg)
    monkeypatch.setattr(icons, "installed_marketplaces", lambda: Found({name: other}, ()))
    assert icons.marketplace_icon(name) == icons.PLAIN
    assert icons.marketplace_icon("gone") == icons.PLAIN
