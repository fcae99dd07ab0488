"""Adopting what is already on an account: the listings found there, the product proposed for each, and agreeing."""

import asyncio
import contextlib
from typing import Any

from PySide6.QtCore import QModelIndex, QPoint, QRect, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QHBoxLayout, QMenu, QVBoxLayout, QWidget

from mmhub_desktop.domain.adoption import FoundListing, Match
from mmhub_desktop.domain.ids import BatchId
from mmhub_desktop.domain.job import JobState
from mmhub_desktop.domain.marketplace import Account
from mmhub_desktop.gui.dialogs.frame import Dialog
from mmhub_desktop.gui.pages.page import GuiContext
from mmhub_desktop.gui.tables.line_painting import write_two_lines
from mmhub_desktop.gui.tables.product_columns import Column
from mmhub_desktop.gui.tables.product_table import ProductTable
from mmhub_desktop.gui.tables.products import ROW_ROLE, ProductsModel
from mmhub_desktop.gui.theme import draw_icon
from mmhub_desktop.gui.thumbnails import ThumbnailCache
from mmhub_desktop.gui.widgets.chip import paint_chip
from mmhub_desktop.gui.widgets.label import Label
from mmhub_desktop.gui.widgets.progress import ProgressLine
from mmhub_desktop.gui.words import ago, counted, number

LOOK_S = 0.3  # between two looks at how far the reading has come
MATCHES: dict[Match, tuple[str, str]] = {
    Match.SURE: ("Sure", "ok"),
    Match.LIKELY: ("Likely", "warn"),
    Match.NONE: ("No product", "neutral"),
    Match.KNOWN: ("Known", "info"),
}


class AdoptDialog(Dialog):
    """Sure matches are chosen beforehand, likely ones by the seller; ``chosen`` holds ids of found listings."""

    def __init__(self, context: GuiContext, account: Account, parent: QWidget | None = None) -> None:
        about = "Listings are matched with products by SKU, GTIN and title. Nothing is sent to the marketplace."
        super().__init__(f"Adopt what is on {account.label}", about, parent, width=1000)
        self._context = context
        self._account = account
        self.chosen: set[int] = set()
        self.likely: tuple[int, ...] = ()
        self.state = Label("Looking…", "body", "muted")
        self.progress = ProgressLine()
        self.model = ProductsModel(context.workspace.adoptions.page, context.spawn)  # type: ignore[arg-type]
        self.model.setParent(self)
        self.model.set_columns(self._columns())
        thumbnails = ThumbnailCache(context.workspace.thumbnails.get, context.spawn, self)
        self.table = ProductTable(self.model, thumbnails)
        self.table.setAccessibleName("Listings found")
        self.table.setMinimumHeight(360)
        head = self.table.horizontalHeader()
        head.setSectionsClickable(False)
        head.setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
        self.table.clicked.connect(self._clicked)
        self.table.opened.connect(lambda found_id: self.toggle([found_id]))
        self.table.menu_asked.connect(self._open_menu)
        row = QHBoxLayout()
        row.addWidget(self.state, 1)
        top = QVBoxLayout()
        top.addLayout(row)
        top.addWidget(self.progress)
        self.body.addLayout(top)
        self.body.addWidget(self.table, 1)
        self.again_button = self.add_button("Read again", lambda: self.look(again=True), icon="rotate-cw", left=True)
        self.likely_button = self.add_button("Choose all likely", self.choose_likely, icon="check")
        self.add_button("Cancel", self.reject)
        self.action_button = self.add_button("Adopt", self._start_adopting, "primary")
        self.confirm_with(self.action_button)
        self._show_chosen()
        self.look()

    def look(self, *, again: bool = False) -> None:
        """Show what the last reading found; read the account when there was none, or ``again``."""
        self.work(self._context.spawn, self._look(again), "Look for listings", button=self.again_button)

    async def _look(self, again: bool) -> None:
        workspace = self._context.workspace
        scan = await workspace.adoptions.scan(self._account.id)
        if again or scan is None or scan.finished_at is None:
            await self._read(await workspace.look_for_listings(self._account.id))
        await self._show()
        self.again_button.setEnabled(True)

    async def _read(self, batch_id: BatchId) -> None:
        """Follow the reading until its batch has ended."""
        workspace = self._context.workspace
        self.progress.show()
        while True:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(workspace.engine.wait_batch(batch_id), LOOK_S)
            (batch,) = await workspace.jobs.batches([batch_id])
            scan = await workspace.adoptions.scan(self._account.id)
            found, total = (scan.found, scan.total) if scan else (0, None)
            of = f" of {number(total)}" if total else ""
            self.state.setText(f"Reading the account: {number(found)}{of} listings…")
            self.progress.set_progress(found / total if total else 0.0)
            if batch.state.is_final:
                break
        if batch.state is not JobState.COMPLETED:
            self.mistake.say("The account could not be read whole. See the Jobs page for the reason, then read again.")

    async def _show(self) -> None:
        adoptions = self._context.workspace.adoptions
        account_id = self._account.id
        self.chosen = set(await adoptions.ids(account_id, [Match.SURE]))
        self.likely = tuple(await adoptions.ids(account_id, [Match.LIKELY]))
        counts = await adoptions.counts(account_id)
        self.model.set_ids(await adoptions.ids(account_id, [Match.SURE, Match.LIKELY, Match.NONE]))
        scan = await adoptions.scan(account_id)
        when = f"Read {ago(scan.finished_at)}: " if scan and scan.finished_at else ""
        self.progress.hide()
        self.state.setText(
            f"{when}{number(counts[Match.SURE])} sure, {number(counts[Match.LIKELY])} likely, "
            f"{number(counts[Match.NONE])} without a product, {number(counts[Match.KNOWN])} known already."
        )
        self._show_chosen()

    def choose_likely(self) -> None:
        """Choose every likely match."""
        self.chosen.update(self.likely)
        self._show_chosen()

    def toggle(self, found_ids: list[int]) -> None:
        """Choose rows, or leave them out when all of them are chosen; those without a product cannot be."""
        rows = [self.model.index(self.model.row_of(each), 0).data(ROW_ROLE) for each in found_ids]
        able = {row.id for row in rows if isinstance(row, FoundListing) and row.product_id is not None}
        self.chosen = self.chosen - able if able <= self.chosen else self.chosen | able
        self._show_chosen()

    def _clicked(self, index: QModelIndex) -> None:
        found_id = self.model.product_id(index.row())
        if index.column() == 0 and found_id is not None:
            self.toggle([found_id])

    def _open_menu(self, spot: QPoint) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        ids = list(self.table.selected_ids())
        action = menu.addAction(f"Choose or leave out {number(len(ids))}")
        action.setEnabled(bool(ids))
        action.triggered.connect(lambda: self.toggle(ids))
        menu.popup(spot)

    def _show_chosen(self) -> None:
        self.action_button.setText(f"Adopt {counted(len(self.chosen), 'listing')}")
        self.action_button.setEnabled(bool(self.chosen))
        left = len(set(self.likely) - self.chosen)
        self.likely_button.setText(f"Choose all likely ({number(left)})")
        self.likely_button.setVisible(left > 0)
        self.table.viewport().update()

    def _start_adopting(self) -> None:
        self.work(self._context.spawn, self._adopt(), "Adopt listings", button=self.action_button)

    async def _adopt(self) -> None:
        wanted = len(self.chosen)
        adopted = await self._context.workspace.adopt(sorted(self.chosen))
        left = f"{counted(wanted - adopted, 'listing')} left out: the product has another one there."
        self._context.window.notify(
            "ok", f"{counted(adopted, 'listing')} adopted.", left if adopted < wanted else "Nothing was sent."
        )
        self.accept()

    def _columns(self) -> tuple[Column, ...]:
        def chosen(row: FoundListing) -> str:
            if row.product_id is None:
                return ""
            return "Chosen" if row.id in self.chosen else "Not chosen"

        def paint_choice(painter: QPainter, rect: QRect, row: FoundListing, context: object) -> None:  # noqa: ARG001
            if row.product_id is not None:
                icon, tone = ("circle-check", "accent") if row.id in self.chosen else ("circle", "faint")
                draw_icon(painter, QRect(rect.left() + 20, rect.top() + (rect.height() - 18) // 2, 18, 18), icon, tone)

        def paint_listing(painter: QPainter, rect: QRect, row: FoundListing, context: object) -> None:  # noqa: ARG001
            write_two_lines(painter, rect, row.title, " · ".join(part for part in (row.remote_id, row.sku) if part))

        def paint_match(painter: QPainter, rect: QRect, row: FoundListing, context: object) -> None:  # noqa: ARG001
            word, tone = MATCHES[row.match]
            paint_chip(painter, rect.adjusted(12, 0, -12, 0), word, tone)

        def paint_product(painter: QPainter, rect: QRect, row: FoundListing, context: object) -> None:  # noqa: ARG001
            below = f"{row.product_sku} · {row.why}" if row.product_sku else row.why
            write_two_lines(painter, rect, row.product_title or "—", below)

        def column(name: str, title: str, width: int, text: Any, paint: Any, tip: Any = None) -> Column:
            return Column(name, title, width, text, paint, tip=tip)

        return (
            column("choice", "", 64, chosen, paint_choice),
            column("listing", "Listing", 0, lambda row: f"{row.title}, {row.remote_id}", paint_listing),
            column("match", "Match", 130, lambda row: MATCHES[row.match][0], paint_match, lambda row: row.why),
            column(
                "product", "Product", 340, lambda row: f"{row.product_title}, {row.product_sku}", paint_product,
                lambda row: row.why,
            ),
        )  # fmt: skip
