"""Colours, type and icons: one dictionary of tokens per scheme feeds palette, stylesheet and painters.

All of it belongs to the window's thread. Nothing outside this module and ``resources/themes`` holds a colour.
"""

import tempfile
from functools import cache
from pathlib import Path
from string import Template

from PySide6.QtCore import QObject, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontDatabase,
    QIcon,
    QIconEngine,
    QImage,
    QPainter,
    QPalette,
    QPixmap,
    QPixmapCache,
)
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QApplication

from mmhub_desktop.paths import resource

TOKENS: dict[str, dict[str, str]] = {
    "light": {
        "bg": "#F6F7F9", "surface": "#FFFFFF", "sunken": "#F0F2F5", "border": "#E3E6EB", "border_strong": "#CDD2DA",
        "text": "#171A21", "muted": "#5A6677", "hint": "#6B7585", "faint": "#8A94A3",
        "accent": "#4F46E5", "accent_hover": "#4338CA", "accent_soft": "#EEF0FE",
        "accent_text": "#4338CA", "on_accent": "#FFFFFF",
        "ok": "#067647", "ok_soft": "#E6F6EC", "warn": "#A4470B", "warn_soft": "#FEF3E0",
        "err": "#B42318", "err_soft": "#FDECEA", "info": "#175CD3", "info_soft": "#E8F1FD",
        "neutral": "#4B5565", "neutral_soft": "#E8EBF0",
    },
    "dark": {
        "bg": "#0E1014", "surface": "#15181E", "sunken": "#1B1F27", "border": "#262B35", "border_strong": "#39404D",
        "text": "#E8EBF1", "muted": "#9AA4B5", "hint": "#808B9D", "faint": "#6F7A8C",
        "accent": "#7177F5", "accent_hover": "#858AFA", "accent_soft": "#23264A",
        "accent_text": "#A3A8FF", "on_accent": "#FFFFFF",
        "ok": "#5FD49A", "ok_soft": "#12301F", "warn": "#F2B45C", "warn_soft": "#35270F",
        "err": "#F58B82", "err_soft": "#3A1917", "info": "#7FB4FF", "info_soft": "#142A4A",
        "neutral": "#AEB7C6", "neutral_soft": "#2A303C",
    },
}  # fmt: skip

# Tokens of the stylesheet alone. The button fill is a shade of accent that carries white text at 4.5:1.
_SHEET_TOKENS: dict[str, dict[str, str]] = {
    "light": {"sidebar": "#FBFBFC", "button": "#4F46E5", "button_hover": "#4338CA"},
    "dark": {"sidebar": "#121419", "button": "#5B61E8", "button_hover": "#6A70EE"},
}

SPACE = (4, 8, 12, 16, 24, 32)

FAMILY = "Inter"
_FONTS = ("Inter-Regular.ttf", "Inter-Medium.ttf", "Inter-SemiBold.ttf", "Inter-Bold.ttf")

# role → (pixel size, weight, tabular digits)
_ROLES: dict[str, tuple[int, QFont.Weight, bool]] = {
    "title": (20, QFont.Weight.DemiBold, False),
    "section": (14, QFont.Weight.DemiBold, False),
    "body": (13, QFont.Weight.Normal, False),
    "strong": (13, QFont.Weight.Medium, False),
    "label": (12, QFont.Weight.Medium, False),
    "small": (12, QFont.Weight.Normal, False),
    "number": (13, QFont.Weight.Normal, True),  # not for words: tabular hyphens are as wide as digits
    "metric": (24, QFont.Weight.DemiBold, True),
}

# Pictures that the stylesheet names by url(): (icon, token), written tinted for each scheme.
_SHEET_ICONS = {
    "chevron_down": ("chevron-down", "muted"),
    "chevron_up": ("chevron-up", "muted"),
    "chevron_right": ("chevron-right", "muted"),
    "check": ("check", "on_accent"),
}


@cache
def font(role: str) -> QFont:
    """The font of a role: title section body strong label small number metric."""
    size, weight, tabular = _ROLES[role]
    made = QFont([FAMILY, QFontDatabase.systemFont(QFontDatabase.SystemFont.GeneralFont).family()])
    made.setPixelSize(size)
    made.setWeight(weight)
    made.setHintingPreference(QFont.HintingPreference.PreferNoHinting)  # else letters stand on whole pixels, too wide
    if tabular:
        made.setFeature(QFont.Tag("tnum"), 1)
    return made


class Theme(QObject):
    """The scheme in force. ``changed`` is emitted after palette and stylesheet have been applied."""

    changed = Signal()

    def __init__(self, app: QApplication) -> None:
        super().__init__(app)
        self._app = app
        self._mode = "system"
        self._scheme = ""
        self._colors: dict[str, QColor] = {}
        self._folder = tempfile.TemporaryDirectory(prefix="mmhub-theme-")
        app.styleHints().colorSchemeChanged.connect(self._system_changed)
        self.set_mode("system")

    @property
    def scheme(self) -> str:
        """``light`` or ``dark``."""
        return self._scheme

    @property
    def mode(self) -> str:
        """What the seller chose: ``system``, ``light`` or ``dark``."""
        return self._mode

    def set_mode(self, mode: str) -> None:
        """Follow the system, or stay ``light`` or ``dark``."""
        self._mode = mode if mode in ("light", "dark") else "system"
        self._apply(self._system_scheme() if self._mode == "system" else self._mode)

    def color(self, token: str) -> QColor:
        """The colour of a token in the scheme in force."""
        return self._colors[token]

    def _system_scheme(self) -> str:
        return "dark" if self._app.styleHints().colorScheme() == Qt.ColorScheme.Dark else "light"

    def _system_changed(self) -> None:
        if self._mode == "system":
            self._apply(self._system_scheme())

    def _apply(self, scheme: str) -> None:
        if scheme == self._scheme:
            return
        self._scheme = scheme
        self._colors = {token: QColor(value) for token, value in TOKENS[scheme].items()}
        QPixmapCache.clear()
        self._app.setPalette(_palette(self._colors))
        self._app.setStyleSheet(self._sheet())
        self.changed.emit()

    def _sheet(self) -> str:
        values = TOKENS[self._scheme] | _SHEET_TOKENS[self._scheme]
        for key, (name, token) in _SHEET_ICONS.items():
            path = Path(self._folder.name) / f"{key}-{self._scheme}.svg"
            if not path.exists():
                path.write_bytes(_tinted(name, TOKENS[self._scheme][token]))
            values[f"icon_{key}"] = path.as_posix()
        return Template(resource("themes/window.qss").read_text(encoding="utf-8")).substitute(values)


_installed: Theme | None = None
_drawings: dict[str, bytes] = {}  # icons that are not files of ours


def install(app: QApplication) -> Theme:
    """Load the fonts and make the one theme of this program; once per QApplication."""
    global _installed  # noqa: PLW0603 - there is one QApplication and one theme for it
    if _installed is None:
        app.setStyle("Fusion")
        for name in _FONTS:
            QFontDatabase.addApplicationFont(str(resource(f"fonts/{name}")))
        app.setFont(font("body"))
        _installed = Theme(app)
    return _installed


def theme() -> Theme:
    """The one theme; ``install`` has made it."""
    if _installed is None:
        app = QApplication.instance()
        if not isinstance(app, QApplication):
            raise RuntimeError("the theme needs a QApplication")
        return install(app)
    return _installed


def icon(name: str, token: str = "muted") -> QIcon:  # noqa: S107 - a colour token, not a password
    """A Lucide icon by its file name, tinted; follows the scheme and is sharp at every device pixel ratio."""
    return QIcon(_Tinted(name, token))


def has_icon(name: str) -> bool:
    """Whether there is an icon of this name: other packages may name any."""
    return name.replace("-", "").isalnum() and resource(f"icons/{name}.svg").is_file()


def add_drawing(name: str, svg: str) -> bool:
    """Make an SVG drawing in ``currentColor`` an icon of this name; False for what cannot be drawn."""
    if name not in _drawings:
        _drawings[name] = svg.encode() if QSvgRenderer(svg.encode()).isValid() else b""
    return bool(_drawings[name])


def draw_icon(painter: QPainter, rect: QRect, name: str, token: str = "muted") -> None:  # noqa: S107 - as above
    """Paint an icon into ``rect``, for delegates and painted widgets."""
    ratio = painter.device().devicePixelRatioF()
    painter.drawPixmap(rect.topLeft(), _pixmap(name, token, rect.size(), ratio))


def _palette(color: dict[str, QColor]) -> QPalette:
    palette = QPalette()
    role = QPalette.ColorRole
    pairs = {
        role.Window: "bg", role.WindowText: "text", role.Base: "surface", role.AlternateBase: "sunken",
        role.Text: "text", role.Button: "surface", role.ButtonText: "text", role.BrightText: "err",
        role.ToolTipBase: "surface", role.ToolTipText: "text", role.PlaceholderText: "hint",
        role.Highlight: "accent", role.HighlightedText: "on_accent", role.Link: "accent", role.LinkVisited: "accent",
        role.Light: "surface", role.Midlight: "sunken", role.Mid: "border", role.Dark: "border_strong",
        role.Shadow: "border_strong", role.Accent: "accent",
    }  # fmt: skip
    for which, token in pairs.items():
        palette.setColor(which, color[token])
    for which in (role.WindowText, role.Text, role.ButtonText):
        palette.setColor(QPalette.ColorGroup.Disabled, which, color["faint"])
    return palette


def _tinted(name: str, color: str) -> bytes:
    return _source(name).replace(b"currentColor", color.encode())


@cache
def _source(name: str) -> bytes:
    if name in _drawings:
        return _drawings[name]
    # Two pixels of line look heavy beside 13 px text; Lucide is drawn to be thinned.
    return resource(f"icons/{name}.svg").read_bytes().replace(b'stroke-width="2"', b'stroke-width="1.75"')


def _pixmap(name: str, token: str, size: QSize, ratio: float) -> QPixmap:
    key = f"icon/{name}/{token}/{theme().scheme}/{size.width()}x{size.height()}@{ratio}"
    found = QPixmap()
    if QPixmapCache.find(key, found):
        return found
    image = QImage((size * ratio), QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    side = min(image.width(), image.height())  # a wider size is room between icon and text
    QSvgRenderer(_tinted(name, theme().color(token).name())).render(painter, QRectF(0, 0, side, side))
    painter.end()
    image.setDevicePixelRatio(ratio)
    made = QPixmap.fromImage(image)
    QPixmapCache.insert(key, made)
    return made


class _Tinted(QIconEngine):
    """Renders an SVG in a token's colour at the moment it is painted, so that it follows the scheme."""

    def __init__(self, name: str, token: str) -> None:
        super().__init__()
        self._name = name
        self._token = token

    def _drawn(self, size: QSize, mode: QIcon.Mode, ratio: float) -> QPixmap:
        return _pixmap(self._name, "faint" if mode == QIcon.Mode.Disabled else self._token, size, ratio)

    def pixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State) -> QPixmap:  # noqa: ARG002 - Qt's signature
        return self._drawn(size, mode, 1.0)

    def scaledPixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State, scale: float) -> QPixmap:  # noqa: ARG002
        return self._drawn(size, mode, scale)  # since Qt 6.8 the size is in logical pixels

    def paint(self, painter: QPainter, rect: QRect, mode: QIcon.Mode, state: QIcon.State) -> None:  # noqa: ARG002
        drawn = self._drawn(rect.size(), mode, painter.device().devicePixelRatioF())
        painter.drawPixmap(rect.topLeft(), drawn)

    def clone(self) -> QIconEngine:
        return _Tinted(self._name, self._token)
