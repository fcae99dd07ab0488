"""How good the product's listing is, for each account whether it could be listed there, and what is listed."""

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout

from mmhub_desktop.domain.ids import AccountId
from mmhub_desktop.gui.background import finished
from mmhub_desktop.gui.editor.read_tab import ReadTab
from mmhub_desktop.gui.editor.sheet import EditedProduct
from mmhub_desktop.gui.pages.listing_part import ready_part
from mmhub_desktop.gui.pages.page import GuiContext
from mmhub_desktop.gui.pages.product_parts import listings_part, quality_part
from mmhub_desktop.gui.widgets.card import Card
from mmhub_desktop.gui.widgets.label import Label


class AccountTab(ReadTab):
    """Opens the form of an account, where every field of the listing is edited."""

    def __init__(self, sheet: EditedProduct, context: GuiContext) -> None:
        super().__init__(sheet, context, "Listings of the product")

    async def fill(self, column: QVBoxLayout) -> None:
        """Quality at the left, accounts at the right."""
        workspace, product = self.context.workspace, self.sheet.stored
        listings = self.sheet.content.family.listings
        accounts = await workspace.accounts.all()
        ready = await workspace.readiness.store.of_product(product.id)
        quality, beside, listed = Card(), Card(), Card()
        quality.body.addWidget(Label("Quality of what is published", "section"))
        quality.body.addLayout(quality_part(product))
        quality.body.addStretch(1)
        beside.body.addWidget(Label("Ready for", "section"))
        beside.body.addLayout(ready_part(accounts, ready, self.edit_listing))
        listed.body.addWidget(Label("Listings", "section"))
        listed.body.addLayout(listings_part(listings, accounts))
        right = QVBoxLayout()
        right.setSpacing(16)
        right.addWidget(beside)
        right.addWidget(listed)
        right.addStretch(1)
        left = QVBoxLayout()
        left.addWidget(quality)
        left.addStretch(1)
        row = QHBoxLayout()
        row.setSpacing(16)
        row.addLayout(left, 1)
        row.addLayout(right, 1)
        column.addLayout(row)

    def edit_listing(self, account_id: AccountId) -> None:
        """Open the product's form for an account."""
        self.context.spawn(self._edit_listing(account_id), "Edit the listing")

    async def _edit_listing(self, account_id: AccountId) -> None:
        from mmhub_desktop.gui.dialogs.attribute_form import AttributeForm

        form = AttributeForm(self.context, account_id, (self.sheet.stored.id,), parent=self.window())
        try:
            await finished(form)
        finally:
            form.deleteLater()
        self.show_content()
