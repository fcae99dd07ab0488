"""The window's part of ``mmhub --selfcheck``: fonts, icons and image formats, without showing anything."""

import os

from PySide6.QtGui import QFontDatabase, QGuiApplication, QImageReader
from PySide6.QtSvg import QSvgRenderer

from mmhub_desktop.errors import MmhubError
from mmhub_desktop.paths import resource

FORMATS = frozenset({"png", "jpeg", "webp", "svg", "gif"})


def check_assets() -> str:
    """Load every font and icon and ask for the image formats; words for the result. MmhubError when one is missing."""
    if QGuiApplication.instance() is None:
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
        QGuiApplication(["mmhub"])
    fonts = sorted(resource("fonts").glob("*.ttf"))
    families = set()
    for path in fonts:
        loaded = QFontDatabase.applicationFontFamilies(QFontDatabase.addApplicationFont(str(path)))
        if not loaded:
            raise MmhubError(f"the font {path.name} cannot be used")
        families.update(loaded)
    icons = sorted(resource("icons").glob("*.svg"))
    broken = [path.name for path in icons if not QSvgRenderer(str(path)).isValid()]
    if broken or not fonts or not icons:
        raise MmhubError(f"fonts: {len(fonts)}, icons: {len(icons)}, unusable: {', '.join(broken) or 'none'}")
    missing = FORMATS - {bytes(name.data()).decode() for name in QImageReader.supportedImageFormats()}
    if missing:
        raise MmhubError(f"image formats the window cannot show: {', '.join(sorted(missing))}")
    return f"{', '.join(sorted(families))}; {len(icons)} icons; {', '.join(sorted(FORMATS))}"
