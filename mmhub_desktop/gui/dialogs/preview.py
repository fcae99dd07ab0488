"""The preview before sending: each listing with what will happen to it, its fields and its exact request."""

import asyncio
from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QSplitter, QVBoxLayout, QWidget

from mmhub_desktop.domain.ids import BatchId, PreviewId
from mmhub_desktop.domain.job import WorkRequest
from mmhub_desktop.domain.marketplace import Account
from mmhub_desktop.domain.preview import PreviewOutcome, PreviewState
from mmhub_desktop.errors import UserMistake
from mmhub_desktop.events import Event, PreviewProgressed
from mmhub_desktop.gui.dialogs.frame import Dialog
from mmhub_desktop.gui.dialogs.preview_detail import PreviewDetailView
from mmhub_desktop.gui.pages.page import GuiContext
from mmhub_desktop.gui.tables.preview_columns import OUTCOMES, preview_columns
from mmhub_desktop.gui.tables.product_table import ProductTable
from mmhub_desktop.gui.tables.products import ProductsModel
from mmhub_desktop.gui.thumbnails import ThumbnailCache
from mmhub_desktop.gui.widgets.buttons import Button
from mmhub_desktop.gui.widgets.label import Label
from mmhub_desktop.gui.widgets.progress import ProgressLine
from mmhub_desktop.gui.words import counted, number

_VERBS = {"publish": ("Publish", "send"), "update": ("Update", "refresh-cw"), "end": ("End", "circle-stop")}
SIZE = (1180, 740)


class PreviewDialog(Dialog):
    """Builds the preview of a request at once. Accepted when it was sent: ``batches``, and ``sent`` listings."""

    def __init__(
        self, context: GuiContext, request: WorkRequest, accounts: Sequence[Account], parent: QWidget | None = None
    ) -> None:
        self._verb, icon = _VERBS[request.action]
        where = accounts[0].label if len(accounts) == 1 else f"{len(accounts)} accounts"
        title = f"Preview: {self._verb.lower()} {counted(len(request.product_ids), 'product')} on {where}"
        super().__init__(title, "Nothing has been sent yet. What you see here is what will be sent.", parent, width=900)
        self._context = context
        self._request = request
        self._accounts = tuple(accounts)
        self.preview_id: PreviewId | None = None
        self.batches: list[BatchId] = []
        self.sent = 0
        self._only: tuple[PreviewOutcome, ...] = ()
        self._loading: asyncio.Task[Any] | None = None
        self._load_again = False
        self.state = Label("Looking at the listings…", "body", "muted")
        self.progress = ProgressLine()
        self.filters: dict[PreviewOutcome | None, Button] = {}
        self.model = ProductsModel(context.workspace.previews.store.page, context.spawn)  # type: ignore[arg-type]
        self.model.setParent(self)
        self.model.set_columns(preview_columns({account.id: account.label for account in accounts}))
        self.table = ProductTable(self.model, ThumbnailCache(context.workspace.thumbnails.get, context.spawn, self))
        self.detail = PreviewDetailView()
        self._lay_out()
        self.again_button = self.add_button("Preview again", self.build, icon="rotate-cw", left=True)
        self.add_button("Cancel", self.reject)
        self.action_button = self.add_button(
            self._verb, self._start_sending, "danger" if request.action == "end" else "primary", icon
        )
        self.confirm_with(self.action_button)
        if request.action == "end":
            self.action_button.setDefault(False)  # what cannot be undone takes more than Enter
        self.action_button.setEnabled(False)
        context.bridge.arrived.connect(self._events_arrived)
        self.finished.connect(self._leave)
        self.resize(*SIZE)
        self.build()

    def _lay_out(self) -> None:
        head = QVBoxLayout()
        head.setSpacing(6)
        head.addWidget(self.state)
        head.addWidget(self.progress)
        self.body.addLayout(head)
        row = QHBoxLayout()
        row.setSpacing(4)
        group = QButtonGroup(self)
        for outcome in (None, *PreviewOutcome):
            button = Button("All" if outcome is None else OUTCOMES[outcome].word, kind="quiet")
            if outcome is not None:
                button.set_icon(OUTCOMES[outcome].icon, OUTCOMES[outcome].tone)
            button.setCheckable(True)
            button.setChecked(outcome is None)
            button.setVisible(outcome is None)
            button.clicked.connect(lambda _=False, only=outcome: self.show_only(only))
            group.addButton(button)
            self.filters[outcome] = button
            row.addWidget(button)
        row.addStretch(1)
        self.body.addLayout(row)
        self.table.setAccessibleName("Listings of the preview")
        header = self.table.horizontalHeader()
        header.setSectionsClickable(False)
        header.setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
        self.table.selectionModel().currentRowChanged.connect(lambda *_: self._show_current())
        self.table.opened.connect(lambda _: self.detail.fields.setFocus())
        splitter = QSplitter(Qt.Orientation.Horizontal)
        splitter.setHandleWidth(16)
        splitter.setChildrenCollapsible(False)
        splitter.addWidget(self.table)
        splitter.addWidget(self.detail)
        splitter.setStretchFactor(0, 1)
        splitter.setSizes([730, 400])
        self.body.addWidget(splitter, 1)

    def build(self) -> None:
        """Make the preview (again), from the products and listings as they are now."""
        self.work(self._context.spawn, self._build(), "Preview", button=self.again_button)

    async def _build(self) -> None:
        previews = self._context.workspace.previews
        self.action_button.setEnabled(False)
        self.progress.set_progress(0.0)
        self.progress.show()
        try:
            self.preview_id = await previews.start(self._request)
            self._show_only_all()
            await previews.wait(self.preview_id)
        finally:
            self.progress.hide()
        self._request_load()
        if self._loading is not None:
            await asyncio.shield(self._loading)
        self.again_button.setEnabled(True)

    def show_only(self, outcome: PreviewOutcome | None) -> None:
        """Show the lines with this outcome, None for all."""
        self._only = () if outcome is None else (outcome,)
        self.filters[outcome].setChecked(True)
        self._request_load()

    def _show_only_all(self) -> None:
        self._only = ()
        self.filters[None].setChecked(True)

    def _events_arrived(self, events: Sequence[Event]) -> None:
        if any(isinstance(event, PreviewProgressed) and event.preview_id == self.preview_id for event in events):
            self._request_load()

    def _request_load(self) -> None:
        if self._loading is not None:
            self._load_again = True
            return
        self._loading = self._context.spawn(self._load_while_due(), "Show the preview")
        self.cancel_with_me(self._loading)

    async def _load_while_due(self) -> None:
        try:
            self._load_again = True
            while self._load_again:
                self._load_again = False
                await self._load()
        finally:
            self._loading = None

    async def _load(self) -> None:
        if self.preview_id is None:
            return
        previews, of, only = self._context.workspace.previews, self.preview_id, self._only
        preview = await previews.get(of)
        counts = await previews.store.counts(of)
        ids = await previews.store.ids(of, only)
        if (of, only) != (self.preview_id, self._only):
            self._load_again = True
            return
        old = self.model.ids
        if ids[: len(old)] == old and len(old):
            self.model.append_ids(ids)
        elif ids != old:
            self.model.set_ids(ids)
            self.detail.show_detail(None)
        if len(ids) and not self.table.currentIndex().isValid():
            self.table.selectRow(0)
        self._show_counts(counts, preview.total)
        await self._show_state(preview.state, counts, preview.total)

    def _show_counts(self, counts: dict[PreviewOutcome, int], total: int) -> None:
        done = sum(counts.values())
        self.progress.set_progress(done / total if total else 1.0)
        self.filters[None].setText(f"All {number(done)}")
        for outcome, count in counts.items():
            self.filters[outcome].setText(f"{OUTCOMES[outcome].word} {number(count)}")
            self.filters[outcome].setVisible(count > 0)

    async def _show_state(self, state: PreviewState, counts: dict[PreviewOutcome, int], total: int) -> None:
        done = sum(counts.values())
        if state is PreviewState.BUILDING:
            self.state.setText(f"Looking at the listings: {number(done)} of {number(total)}…")
            return
        if state is not PreviewState.READY or self.preview_id is None:
            return
        to_send = await self._context.workspace.previews.store.to_send(self.preview_id)
        self.sent = sum(len(products) for products in to_send.values())
        left_out = done - self.sent
        self.state.setText(
            f"{counted(self.sent, 'listing')} will be sent, {number(left_out)} left out."
            if left_out
            else f"All {counted(self.sent, 'listing')} will be sent."
        )
        labels = [account.label for account in self._accounts if account.id in to_send]
        where = labels[0] if len(labels) == 1 else f"{len(labels)} accounts"
        self.action_button.setText(
            f"{self._verb} {counted(self.sent, 'listing')} on {where}" if self.sent else "Nothing to send"
        )
        self.action_button.setEnabled(self.sent > 0)

    def _show_current(self) -> None:
        row_id = self.table.current_id()
        if row_id is not None:
            self._context.spawn(self._show_detail(row_id), "Show a listing of the preview")

    async def _show_detail(self, row_id: int) -> None:
        detail = await self._context.workspace.previews.store.detail(row_id)
        if row_id == self.table.current_id():
            self.detail.show_detail(detail)

    def _start_sending(self) -> None:
        self.work(self._context.spawn, self._send(), self._verb, button=self.action_button)

    async def _send(self) -> None:
        if self.preview_id is None:
            raise UserMistake("There is no preview yet.", hint="Wait until it is ready.")
        self.batches = await self._context.workspace.previews.submit(self.preview_id)
        self.accept()

    def _leave(self) -> None:
        self._context.bridge.arrived.disconnect(self._events_arrived)
        if self.preview_id is not None:
            self._context.spawn(self._context.workspace.previews.cancel(self.preview_id), "Stop the preview")
