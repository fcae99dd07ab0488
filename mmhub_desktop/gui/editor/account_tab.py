"""How good the product's listing is, and a card for each account."""

from collections.abc import Sequence

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout

from mmhub_desktop.domain.ids import AccountId
from mmhub_desktop.events import Event, ReadinessChanged
from mmhub_desktop.gui.background import asked
from mmhub_desktop.gui.editor.account_card import AccountCard
from mmhub_desktop.gui.editor.read_tab import ReadTab
from mmhub_desktop.gui.editor.sheet import EditedProduct
from mmhub_desktop.gui.pages.page import GuiContext
from mmhub_desktop.gui.pages.product_parts import quality_part
from mmhub_desktop.gui.widgets.card import Card
from mmhub_desktop.gui.widgets.empty import EmptyState
from mmhub_desktop.gui.widgets.label import Label


class AccountTab(ReadTab):
    """Shows the product with what is edited; quality and what is wrong are of what is saved."""

    def __init__(self, sheet: EditedProduct, context: GuiContext) -> None:
        super().__init__(sheet, context, "Listings of the product")
        self.cards: list[AccountCard] = []
        context.bridge.arrived.connect(self._heard)

    async def fill(self, column: QVBoxLayout) -> None:
        """Accounts at the left, quality at the right."""
        product, sides = self.sheet.product(), self.sheet.content.sides
        ready = await self.context.workspace.readiness.store.of_product(product.id)
        left, right = QVBoxLayout(), QVBoxLayout()
        left.setSpacing(12)
        self.cards = [AccountCard(self.sheet, side, ready, self.edit_listing) for side in sides]
        for card in self.cards:
            left.addWidget(card)
        if not sides:
            left.addWidget(EmptyState("store", "No account yet", "Connect a marketplace to list this product there."))
        left.addStretch(1)
        quality = Card()
        quality.body.addWidget(Label("Quality of what is published", "section"))
        quality.body.addLayout(quality_part(self.sheet.stored))
        right.addWidget(quality)
        right.addStretch(1)
        row = QHBoxLayout()
        row.setSpacing(16)
        row.addLayout(left, 3)
        row.addLayout(right, 2)
        column.addLayout(row)

    def cell_changed(self, key: str) -> None:  # noqa: ARG002 - the product's price bears on every account's
        """Show what follows from a changed cell."""
        for card in self.cards:
            card.show_cells()

    async def _read(self) -> None:
        """News must not take the keyboard from a field that is being typed into."""
        typed = next(((card.account_id, cell) for card in self.cards if (cell := card.focused)), None)
        await super()._read()
        for card in self.cards:
            if typed is not None and card.account_id == typed[0]:
                card.rows[typed[1]].control.setFocus()

    def _heard(self, events: Sequence[Event]) -> None:
        """What is wrong is found out a little after the product was saved."""
        if self.isVisible() and any(isinstance(event, ReadinessChanged) for event in events):
            self.show_content()

    def edit_listing(self, account_id: AccountId) -> None:
        """Open the product's form for an account."""
        self.context.spawn(self._edit_listing(account_id), "Edit the listing")

    async def _edit_listing(self, account_id: AccountId) -> None:
        from mmhub_desktop.gui.dialogs.attribute_form import AttributeForm

        form = AttributeForm(self.context, account_id, (self.sheet.stored.id,), parent=self.window())
        await asked(form)
        self.show_content()
