"""Colours, fonts and icons."""

import pytest
from PySide6.QtCore import QSize
from PySide6.QtGui import QColor, QFontDatabase, QFontInfo, QFontMetrics
from pytestqt.qtbot import QtBot

from mmhub_desktop.gui.theme import TOKENS, Theme, font, icon

TEXT_ON = [
    *[(ink, paper) for ink in ("text", "muted") for paper in ("bg", "surface", "sunken", "accent_soft")],
    ("hint", "surface"),
    *[("accent_text", paper) for paper in ("surface", "accent_soft")],
    *[(tone, f"{tone}_soft") for tone in ("ok", "warn", "err", "info", "neutral")],
    *[(tone, paper) for tone in ("ok", "warn", "err", "info") for paper in ("surface", "accent_soft")],
    *[("text", f"{tone}_soft") for tone in ("ok", "warn", "err", "info", "neutral")],
]


def luminance(color: QColor) -> float:
    """Relative luminance, WCAG 2.2."""
    parts = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in color.getRgbF()[:3]]
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]


def contrast(one: str, other: str) -> float:
    lighter, darker = sorted((luminance(QColor(one)), luminance(QColor(other))), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("ink", "paper"), TEXT_ON)
def test_text_can_be_read_on_what_it_stands_on(scheme: str, ink: str, paper: str) -> None:
    tokens = TOKENS[scheme]
    assert contrast(tokens[ink], tokens[paper]) >= 4.5


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_button_fill_carries_its_text(scheme: str, theme: Theme) -> None:
    theme.set_mode(scheme)
    fill = next(
        line.split("background: ")[1][:7]
        for line in theme._app.styleSheet().splitlines()
        if line.startswith('QPushButton[kind="primary"] {')
    )
    assert contrast(TOKENS[scheme]["on_accent"], fill) >= 4.5


def test_both_schemes_have_the_same_tokens() -> None:
    assert TOKENS["light"].keys() == TOKENS["dark"].keys()


def test_changing_the_mode_changes_palette_and_tells(theme: Theme, qtbot: QtBot) -> None:
    with qtbot.waitSignal(theme.changed):
        theme.set_mode("dark")
    assert theme.scheme == "dark"
    assert theme._app.palette().window().color() == QColor(TOKENS["dark"]["bg"])
    assert TOKENS["dark"]["bg"] in theme._app.styleSheet()


def test_the_shipped_font_has_its_weights_and_tabular_digits() -> None:
    assert QFontInfo(font("body")).family() == "Inter"
    assert {"Regular", "Medium", "SemiBold", "Bold"} <= set(QFontDatabase.styles("Inter"))
    metrics = QFontMetrics(font("metric"))
    assert metrics.horizontalAdvance("1111") == metrics.horizontalAdvance("8888")


def test_an_icon_follows_the_scheme_and_the_pixel_ratio(theme: Theme) -> None:
    made = icon("package", "text")

    def ink() -> set[str]:
        image = made.pixmap(QSize(16, 16), 2.0).toImage()
        assert image.width() == 32
        colors = (image.pixelColor(x, y) for x in range(32) for y in range(32))
        return {color.name() for color in colors if color.alpha() == 255}

    assert TOKENS["light"]["text"].lower() in ink()
    theme.set_mode("dark")
    assert TOKENS["dark"]["text"].lower() in ink()
