"""Fixed copies of pictures for one marketplace: each before and after, what is done in words, then used or not."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PySide6.QtWidgets import QCheckBox, QComboBox, QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from mmhub_desktop.actions.picture_fixing import FixOptions, FixProposal, needs_host, words_of, work_options
from mmhub_desktop.catalog.pictures import shrink
from mmhub_desktop.domain.ids import BatchId, ProductId
from mmhub_desktop.domain.job import WorkRequest
from mmhub_desktop.errors import MmhubError
from mmhub_desktop.gui import theme
from mmhub_desktop.gui.dialogs.frame import Dialog
from mmhub_desktop.gui.marketplace_icon import marketplace_icon
from mmhub_desktop.gui.pages.page import GuiContext
from mmhub_desktop.gui.widgets.label import Label
from mmhub_desktop.gui.widgets.picture_compare import SIDE, PictureCompare
from mmhub_desktop.gui.words import counted
from mmhub_desktop.marketplaces.base import Marketplace
from mmhub_desktop.marketplaces.declared import format_words

LOOKED_AT = 40  # pictures tried out, where many products are fixed
SHOWN = 12
_NO_HOST = (
    "{label} fetches pictures from the web, and a copy lies on this computer. Set up an image host first: "
    "Settings › Image host."
)


@dataclass(frozen=True, slots=True)
class OwnPictures:
    """The pictures of one product as they are being edited."""

    product_id: ProductId
    images: Sequence[str]
    base: str


class PictureFixDialog(Dialog):
    """Accepted after the copies of one product are in use (``kept`` says how many), or ``batch_id`` was started."""

    def __init__(
        self,
        context: GuiContext,
        marketplaces: Sequence[Marketplace],
        what: OwnPictures | Sequence[ProductId],
        parent: QWidget | None = None,
    ) -> None:
        self._own = what if isinstance(what, OwnPictures) else None
        self._ids = () if isinstance(what, OwnPictures) else tuple(what)
        of = "this product" if self._own else counted(len(self._ids), "product")
        super().__init__(
            f"Fix the pictures of {of}",
            "Copies are made and used for one marketplace alone. The pictures themselves stay as they are.",
            parent,
            width=720,
        )
        self._context = context
        self._fixing = context.workspace.picture_fixing
        self._marketplaces = {each.name: each for each in marketplaces}
        self._trying: asyncio.Task[Any] | None = None
        self.found: list[FixProposal] = []
        self.kept = 0
        self.batch_id: BatchId | None = None
        self.marketplace = QComboBox()
        self.square = QCheckBox("Pad every picture to a square on white")
        self.strip = QCheckBox("Leave out what the camera wrote (place, time, device)")
        self.strip.setChecked(True)
        self.summary = Label("", "body", "muted")
        self.summary.setWordWrap(True)
        self.rows: list[PictureCompare] = []
        self._list = QVBoxLayout()
        self._lay_out()
        self.originals_button = self.add_button("Use the originals again", self._use_originals, left=True)
        self.originals_button.hide()
        self.add_button("Cancel", self.reject)
        label = "Use these copies" if self._own else f"Fix {counted(len(self._ids), 'product')}"
        self.use_button = self.add_button(label, self._use, "primary")
        self.confirm_with(self.use_button)
        self._try_out()

    def _lay_out(self) -> None:
        for each in self._marketplaces.values():
            self.marketplace.addItem(theme.icon(marketplace_icon(each.name)), each.label, each.name)
        self.marketplace.setAccessibleName("Marketplace")
        head = QHBoxLayout()
        head.setSpacing(18)
        head.addWidget(self.marketplace)
        checks = QVBoxLayout()
        checks.setSpacing(4)
        checks.addWidget(self.square)
        checks.addWidget(self.strip)
        head.addLayout(checks, 1)
        self.body.addLayout(head)
        self.body.addWidget(self.summary)
        inner = QWidget()
        self._list.setContentsMargins(0, 0, 0, 0)
        self._list.setSpacing(2)
        inner.setLayout(self._list)
        area = QScrollArea()
        area.setAccessibleName("Pictures before and after")
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setWidget(inner)
        area.setMinimumHeight(320)
        self.body.addWidget(area, 1)
        self.marketplace.currentIndexChanged.connect(lambda _: self._try_out())
        self.square.toggled.connect(lambda _: self._try_out())
        self.strip.toggled.connect(lambda _: self._try_out())

    @property
    def declared(self) -> Marketplace:
        """The marketplace that is chosen."""
        return self._marketplaces[str(self.marketplace.currentData())]

    @property
    def options(self) -> FixOptions:
        """What is chosen beside it."""
        return FixOptions(self.square.isChecked(), self.strip.isChecked())

    def choose(self, marketplace: str) -> None:
        """Choose a marketplace by its name."""
        self.marketplace.setCurrentIndex(max(0, self.marketplace.findData(marketplace)))

    def _try_out(self) -> None:
        if self._trying is not None:
            self._trying.cancel()
        self.use_button.setEnabled(False)
        self._trying = self._context.spawn(self._try(), "Try out fixed pictures")
        self.cancel_with_me(self._trying)

    async def _try(self) -> None:
        declared, options = self.declared, self.options
        self.mistake.clear()
        self._clear()
        if self._own is not None:
            used = await self._fixing.in_use(self._own.product_id)
            self.originals_button.setVisible(declared.name in used)
        if needs_host(declared):
            try:
                missing = "" if await self._fixing.has_image_host() else _NO_HOST.format(label=declared.label)
            except MmhubError as error:  # its settings are not complete
                missing = f"{error.message} {error.hint}"
            if missing:
                self.mistake.say(missing)
                self.summary.setText("")
                return
        async for title, source, base in self._pictures():
            self.summary.setText(f"Looking at {title}…")
            try:
                proposal = await self._fixing.propose(source, base, declared, options)
            except MmhubError as error:
                proposal = FixProposal(source, problem=error.message, fix=error.hint)
            if len(self.rows) < SHOWN and (self._own or _says_something(proposal)):
                await self._show(title, proposal)
            self.found.append(proposal if self._own else proposal.without_data())
            if self._own is None and len(self.found) >= LOOKED_AT:
                break
        self._say_outcome()

    def _say_outcome(self) -> None:
        words = words_of(self.found)
        if not self.found:
            words = "There are no pictures."
        elif self._own is None and len(self.found) >= LOOKED_AT:
            words = f"Of the first {LOOKED_AT} pictures: {words}. All the others follow."
        self.summary.setText(words)
        has_work = any(each.is_changed for each in self.found)
        self.use_button.setEnabled(has_work or (self._own is None and len(self.found) >= LOOKED_AT))

    async def _pictures(self) -> AsyncIterator[tuple[str, str, str]]:
        if self._own is not None:
            for place, source in enumerate(self._own.images, start=1):
                yield f"Image {place}: {_short(source)}", source, self._own.base
            return
        for product_id in self._ids:
            product = await self._context.workspace.products.get(product_id)
            for place, source in enumerate(product.images if product else (), start=1):
                assert product is not None  # noqa: S101 - it has images
                yield f"{product.sku}, image {place}: {_short(source)}", source, product.image_base

    async def _show(self, title: str, proposal: FixProposal) -> None:
        ratio = self.devicePixelRatioF()
        side = round(SIDE * ratio)
        before = await asyncio.to_thread(shrink, proposal.data, side) if proposal.fixed else b""
        after, facts = b"", ""
        lines: list[tuple[str, str, str]] = []
        if proposal.problem:
            lines.append(("circle-alert", "err", f"{proposal.problem} {proposal.fix}".strip()))
        if proposal.fixed is not None:
            fixed, copy = proposal.fixed, proposal.fixed.copy
            facts = _facts(fixed.width, fixed.height, fixed.mime, fixed.size)
            if copy is not None:
                after = await asyncio.to_thread(shrink, copy.data, side)
                facts += f"  →  {_facts(copy.width, copy.height, copy.mime, len(copy.data))}"
            lines += [("check", "ok", words) for words in fixed.done]
            if fixed.left:
                lines.append(("triangle-alert", "warn", fixed.left))
            elif copy is None:
                lines.append(("circle-check", "ok", f"As {self.declared.label} takes it: nothing to do."))
        row = PictureCompare(title, facts, before, after, lines)
        self.rows.append(row)
        self._list.insertWidget(self._list.count() - 1 if self._list.count() > len(self.rows) else -1, row)

    def _clear(self) -> None:
        self.found = []
        self.rows = []
        while (item := self._list.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.deleteLater()
        self._list.addStretch(1)

    def _use(self) -> None:
        self.work(self._context.spawn, self._keep(), "Use the copies", button=self.use_button)

    async def _keep(self) -> None:
        if self._own is not None:
            self.kept = await self._fixing.keep(self._own.product_id, self.declared, self.found)
        else:
            options = work_options(self.declared, self.options)
            title = f"Fix pictures of {counted(len(self._ids), 'product')} for {self.declared.label}"
            request = WorkRequest("fix_pictures", self._ids, title=title, options=options)
            self.batch_id = await self._context.workspace.submit(request)
        self.accept()

    def _use_originals(self) -> None:
        if self._own is not None:
            work = self._forget(self._own.product_id)
            self.work(self._context.spawn, work, "Use the originals", button=self.originals_button)

    async def _forget(self, product_id: ProductId) -> None:
        await self._fixing.use_originals(product_id, self.declared)
        self.accept()


def _says_something(proposal: FixProposal) -> bool:
    return proposal.is_changed or bool(proposal.problem) or bool(proposal.fixed and proposal.fixed.left)


def _facts(width: int, height: int, mime: str, size: int) -> str:
    weight = f"{size / 2**20:.1f} MB" if size >= 2**20 else f"{max(1, size // 1024):,} KB"
    return f"{width:,} × {height:,} {format_words((mime,))}, {weight}"


def _short(source: str) -> str:
    return Path(source.split("?", maxsplit=1)[0].replace("\\", "/")).name or source
