"""Making a better copy of a picture: turned, cut, squared, smaller, in another format."""

import asyncio
from typing import Any

from PySide6.QtCore import QRectF
from PySide6.QtGui import QPixmap
from PySide6.QtWidgets import QCheckBox, QComboBox, QGridLayout, QHBoxLayout, QSpinBox, QVBoxLayout, QWidget

from mmhub_desktop.catalog.picture_work import PictureWork, rework
from mmhub_desktop.catalog.pictures import Picture, PictureProblem, shrink
from mmhub_desktop.gui.dialogs.frame import Dialog
from mmhub_desktop.gui.pages.page import Spawn
from mmhub_desktop.gui.widgets.buttons import Button
from mmhub_desktop.gui.widgets.crop_view import WHOLE, CropView
from mmhub_desktop.gui.widgets.label import Label
from mmhub_desktop.gui.words import number

_SHOWN = 900  # pixels of the picture that is worked on while it is shown
_SIDES = (0, 3_000, 2_000, 1_600, 1_200, 1_000, 800)
_EDGES = ("Left", "Top", "Right", "Bottom")


class PictureDialog(Dialog):
    """``made`` is the copy, after it was accepted; the picture itself stays as it is."""

    def __init__(self, data: bytes, name: str, spawn: Spawn, parent: QWidget | None = None) -> None:
        super().__init__(f"A better copy of “{name}”", "The picture itself stays as it is.", parent, width=820)
        self.made: Picture | None = None
        self._data = data
        self._small = data
        self._spawn = spawn
        self._turns = 0
        self._drawing: asyncio.Task[Any] | None = None
        self.view = CropView()
        self.mirrored = QCheckBox("Mirror")
        self.square = QCheckBox("Pad to a square with white")
        self.longest = QComboBox()
        self.format = QComboBox()
        self.edges = tuple(QSpinBox() for _ in _EDGES)
        self._lay_out()
        self.add_button("Cancel", self.reject)
        self.make_button = self.add_button("Use this copy", self._accept, "primary")
        self.confirm_with(self.make_button)
        self._show_crop(WHOLE)
        self.work(spawn, self._begin(), "Show the picture")

    def _lay_out(self) -> None:
        row = QHBoxLayout()
        row.setSpacing(20)
        row.addWidget(self.view, 1)
        side = QVBoxLayout()
        side.setSpacing(8)
        turn = QHBoxLayout()
        for text, icon, step in (("Turn left", "rotate-ccw", -1), ("Turn right", "rotate-cw", 1)):
            button = Button(text, icon)
            button.clicked.connect(lambda _=False, step=step: self._turn(step))
            turn.addWidget(button)
        side.addLayout(turn)
        side.addWidget(self.mirrored)
        side.addWidget(Label("Keep this part, in percent (or draw it)", "label"))
        grid = QGridLayout()
        for place, (edge, box) in enumerate(zip(_EDGES, self.edges, strict=True)):
            box.setRange(0, 100)
            box.setSuffix(" %")
            box.setAccessibleName(f"{edge} edge of the part that is kept")
            grid.addWidget(Label(edge, "small", "muted"), place // 2 * 2, place % 2)
            grid.addWidget(box, place // 2 * 2 + 1, place % 2)
            box.valueChanged.connect(lambda _: self._edges_set())
        side.addLayout(grid)
        for pixels in _SIDES:
            words = f"At most {number(pixels)} pixels" if pixels else "As large as it is"
            self.longest.addItem(words, pixels)
        self.format.addItem("JPEG", "image/jpeg")
        self.format.addItem("PNG", "image/png")
        for label, widget in (("Longer side", self.longest), ("Format", self.format)):
            side.addWidget(Label(label, "label"))
            widget.setAccessibleName(label)
            side.addWidget(widget)
        side.addWidget(self.square)
        side.addStretch(1)
        row.addLayout(side)
        self.body.addLayout(row, 1)
        self.mirrored.toggled.connect(lambda _: self._draw())
        self.view.cropped.connect(self._show_crop)

    def picture_work(self) -> PictureWork:
        """What is asked for now."""
        crop = self.view.crop
        return PictureWork(
            self._turns, self.mirrored.isChecked(), (crop.left(), crop.top(), crop.right(), crop.bottom()),
            "white" if self.square.isChecked() else "", int(self.longest.currentData()), str(self.format.currentData()),
        )  # fmt: skip

    def _turn(self, step: int) -> None:
        self._turns = (self._turns + step) % 4
        self._show_crop(WHOLE)
        self._draw()

    def _show_crop(self, crop: QRectF) -> None:
        self.view.set_crop(crop)
        for box, value in zip(self.edges, (crop.left(), crop.top(), crop.right(), crop.bottom()), strict=True):
            box.blockSignals(True)
            box.setValue(round(value * 100))
            box.blockSignals(False)

    def _edges_set(self) -> None:
        left, top, right, bottom = (box.value() / 100 for box in self.edges)
        if right > left and bottom > top:
            self.view.set_crop(QRectF(left, top, right - left, bottom - top))

    def _draw(self) -> None:
        if self._drawing is not None:
            self._drawing.cancel()
        self._drawing = self._spawn(self._draw_now(), "Show the picture")
        self.cancel_with_me(self._drawing)

    async def _begin(self) -> None:
        try:
            self._small = await asyncio.to_thread(shrink, self._data, _SHOWN)
            await self._draw_now()
        except PictureProblem as problem:
            self.mistake.say(f"{problem.message}\n{problem.fix}")
            self.make_button.setEnabled(False)

    async def _draw_now(self) -> None:
        turned = PictureWork(self._turns, self.mirrored.isChecked(), mime="image/png")
        shown = await asyncio.to_thread(rework, self._small, turned)
        pixmap = QPixmap()
        pixmap.loadFromData(shown.data)
        self.view.show_picture(pixmap)

    def _accept(self) -> None:
        self.work(self._spawn, self._make(), "Make the copy", button=self.make_button)

    async def _make(self) -> None:
        try:
            self.made = await asyncio.to_thread(rework, self._data, self.picture_work())
        except PictureProblem as problem:
            self.mistake.say(f"{problem.message}\n{problem.fix}")
            return
        self.accept()
