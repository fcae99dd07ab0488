"""The icon in the system's tray while a workspace is open: how far the work is, and one message when a batch ends.

Only where there is a tray and the seller wants it; everything it says stands in the window, too.
"""

from collections.abc import Callable, Iterable, Mapping

from PySide6.QtCore import QRect, QRectF, Qt
from PySide6.QtGui import QIcon, QPainter, QPixmap
from PySide6.QtWidgets import QMenu, QSystemTrayIcon, QWidget

from mmhub_desktop.domain.job import BatchJob, JobState
from mmhub_desktop.gui.pages.page import GuiContext
from mmhub_desktop.gui.tables.jobs_words import counts_words
from mmhub_desktop.gui.theme import draw_icon, theme
from mmhub_desktop.gui.words import counted
from mmhub_desktop.settings import TRAY_SHOW

NAME = "MultiMarket Hub"
_SIZE = 64
_STEPS = 20  # the bar is drawn anew when it has moved by a twentieth


class Tray:
    """Belongs to the window's thread. ``icon`` is None where there is no tray or it is not wanted."""

    def __init__(
        self, context: GuiContext, is_available: Callable[[], bool] = QSystemTrayIcon.isSystemTrayAvailable
    ) -> None:
        self._context = context
        self._is_available = is_available
        self._menu: QMenu | None = None
        self._step = -1
        self.icon: QSystemTrayIcon | None = None
        self._forget = context.app.settings.on_changed(self._setting_changed)
        self._show_or_hide()

    def stop(self) -> None:
        """The workspace is left."""
        self._forget()
        self._remove()

    def show_work(self, counts: Mapping[JobState, int], open_batches: Iterable[BatchJob]) -> None:
        """How many jobs are in each state, and the batches that have not ended."""
        if self.icon is None:
            return
        batches = list(open_batches)
        total, done = sum(batch.total for batch in batches), sum(batch.done for batch in batches)
        self.icon.setToolTip(tray_words(counts, batches))
        step = _STEPS * done // total if total else -1
        if step != self._step:
            self._step = step
            self.icon.setIcon(_picture(None if step < 0 else step / _STEPS))

    def tell(self, batch: BatchJob, words: str) -> None:
        """A batch has ended; said only when the window is not in front, where the same notice stands."""
        window = self._context.window
        if self.icon is not None and not (isinstance(window, QWidget) and window.isActiveWindow()):
            kinds = QSystemTrayIcon.MessageIcon
            self.icon.showMessage(NAME, words, kinds.Warning if batch.failed else kinds.Information)

    def _setting_changed(self, key: str, _value: object) -> None:
        if key == TRAY_SHOW.key:
            self._show_or_hide()

    def _show_or_hide(self) -> None:
        wanted = self._context.app.settings.get(TRAY_SHOW) and self._is_available()
        if not wanted:
            self._remove()
        elif self.icon is None:
            self._menu = QMenu()
            self._menu.addAction("Show the window", self._show_window)
            self._menu.addAction("Show the jobs", self._show_jobs)
            self._menu.addSeparator()
            self._menu.addAction("Quit", self._quit)
            self.icon = QSystemTrayIcon(_picture(None))
            self.icon.setToolTip(NAME)
            self.icon.setContextMenu(self._menu)
            self.icon.activated.connect(self._activated)
            self.icon.messageClicked.connect(self._show_jobs)
            self.icon.show()

    def _remove(self) -> None:
        if self.icon is not None and self._menu is not None:
            self.icon.hide()
            self.icon.deleteLater()
            self._menu.deleteLater()
        self.icon = self._menu = None
        self._step = -1

    def _activated(self, reason: QSystemTrayIcon.ActivationReason) -> None:
        if reason is not QSystemTrayIcon.ActivationReason.Context:
            self._show_window()

    def _show_window(self) -> None:
        window = self._context.window
        if isinstance(window, QWidget):
            window.setWindowState(window.windowState() & ~Qt.WindowState.WindowMinimized)
            window.show()
            window.raise_()
            window.activateWindow()

    def _show_jobs(self) -> None:
        self._show_window()
        self._context.window.show_page("jobs")

    def _quit(self) -> None:
        window = self._context.window
        if isinstance(window, QWidget):
            window.close()


def tray_words(counts: Mapping[JobState, int], open_batches: Iterable[BatchJob]) -> str:
    """The words under the mouse: how far the batches are, and how many jobs run, wait and failed."""
    batches = list(open_batches)
    total, done = sum(batch.total for batch in batches), sum(batch.done for batch in batches)
    lines = [NAME]
    if total:
        lines.append(f"{done:,} of {total:,} done in {counted(len(batches), 'batch', 'batches')}")
    said = counts_words(counts)
    return "\n".join([*lines, said] if said else lines)


def _picture(part: float | None) -> QIcon:
    """The program's rocket, with a bar below it while work is open; its own ground, as trays are light or dark."""
    pixmap = QPixmap(_SIZE, _SIZE)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(theme().color("accent"))
    painter.drawRoundedRect(QRectF(0, 0, _SIZE, _SIZE), 14, 14)
    draw_icon(painter, QRect(13, 8 if part is not None else 13, 38, 38), "rocket", "on_accent")
    if part is not None:
        ground, bar = QRectF(8, 50, 48, 8), QRectF(8, 50, max(8.0, 48 * part), 8)
        painter.setOpacity(0.35)
        painter.setBrush(theme().color("on_accent"))
        painter.drawRoundedRect(ground, 4, 4)
        painter.setOpacity(1.0)
        painter.drawRoundedRect(bar, 4, 4)
    painter.end()
    return QIcon(pixmap)
