"""The product on one account: what would be shown there, where each value comes from, what is wrong, its listing.

Price and stock can be set here for the account alone: cells of the sheet, saved with all other edits.
"""

import re
from collections.abc import Callable, Mapping

from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLineEdit

from mmhub_desktop.actions.composing import Offer, Source
from mmhub_desktop.actions.product_editing import AccountSide
from mmhub_desktop.domain.ids import AccountId
from mmhub_desktop.domain.listing import ListingState
from mmhub_desktop.domain.product_edit import OWN_NUMBERS
from mmhub_desktop.domain.readiness import ReadyState
from mmhub_desktop.errors import Finding, UserMistake
from mmhub_desktop.gui.dialogs.attribute_field import finding_line
from mmhub_desktop.gui.editor.field_row import FieldRow
from mmhub_desktop.gui.editor.sheet import EditedProduct, own_key
from mmhub_desktop.gui.widgets.buttons import Button
from mmhub_desktop.gui.widgets.card import Card
from mmhub_desktop.gui.widgets.chip import Chip
from mmhub_desktop.gui.widgets.label import ElidedLabel, Label, Passage
from mmhub_desktop.gui.words import LISTING_STATE, READY_STATE, field_word, moment_text

Ready = Mapping[AccountId, tuple[ReadyState, tuple[Finding, ...]]]
_LABEL_WIDTH = 120
_WITH_CURRENCY = re.compile(r"[A-Z]{3}$")
_LABELS = {"price": "Price", "quantity": "In stock"}


class AccountCard(Card):
    """``edit`` opens the form with every field of the account's listing."""

    def __init__(
        self, sheet: EditedProduct, side: AccountSide, ready: Ready, edit: Callable[[AccountId], None]
    ) -> None:
        super().__init__()
        self._sheet = sheet
        self._side = side
        state, findings = ready.get(side.account.id, (None, ()))
        offered = sheet.offered(side, sheet.product())
        self._currency = _currency(offered, side)
        self.back: dict[str, Button] = {}  # take back what was set for the account
        self.rows = {cell: self._make_row(cell) for cell in OWN_NUMBERS}
        self.body.addLayout(self._head(state, edit))
        self.body.addLayout(_values(offered))
        for row in self.rows.values():
            self.body.addWidget(row)
        listing = side.listing
        told = (*findings, *(each for each in listing.findings if each not in findings))
        for finding in told:
            field = f"{field_word(finding.field)}: " if finding.field else ""
            words = f"{field}{finding.message} {finding.fix}".strip()
            self.body.addWidget(finding_line(words, blocks=finding.blocks))
        self.show_cells()

    @property
    def account_id(self) -> AccountId:
        """Whose card it is."""
        return self._side.account.id

    @property
    def focused(self) -> str:
        """The cell that the keyboard is in; empty where it is in none."""
        return next((cell for cell, row in self.rows.items() if row.control.hasFocus()), "")

    def show_cells(self) -> None:
        """Price and stock as they are to be, and where they come from or what is wrong with them."""
        offered, faults = self._sheet.offered(self._side, self._sheet.product()), self._sheet.faults()
        for cell, row in self.rows.items():
            key = own_key(self._side, cell)
            text, source = self._sheet.value(key), offered.sources[cell]
            if isinstance(row.control, QLineEdit):
                row.control.setPlaceholderText(self._placeholder(offered, cell))
            if not row.control.hasFocus() or not text:
                row.show_text(text.removesuffix(self._currency).strip() if cell == "price" else text)
            row.undo.setVisible(key in self._sheet.edits)
            self.back[cell].setVisible(bool(text))
            if key in faults:
                row.say(_words_of(faults[key]), "err")
            elif cell == "quantity" and self._sheet.content.family.variants:
                row.say("Where variants are listed together, the stock of each is set at the variant.", "muted")
            else:
                row.say(source.words, "accent" if source.source is Source.OVERRIDE else "muted")

    def _make_row(self, cell: str) -> FieldRow:
        label, key, account = _LABELS[cell], own_key(self._side, cell), self._side.account.label
        price = self._sheet.stored.price
        if cell == "price" and price is not None and self._currency != price.currency:
            label = f"{label} in {self._currency}"
        back = Button("", "undo-2", "quiet").set_hint(f"Use the product's own again: {label.lower()} on {account}")
        control = QLineEdit()
        row = FieldRow(label, control, beside=back)
        control.setAccessibleName(f"{label} on {account} alone")
        row.edited.connect(lambda text: self._sheet.set(key, self._cell_of(cell, text)))
        row.undo.clicked.connect(lambda: self._put(cell, self._sheet.edits.stored(key)))
        back.clicked.connect(lambda: self._put(cell, ""))
        self.back[cell] = back
        return row

    def _cell_of(self, cell: str, text: str) -> str:
        """What was typed as the cell keeps it: a price with its currency."""
        words = text.strip()
        if cell != "price" or not words or _WITH_CURRENCY.search(words):
            return words
        return f"{words} {self._currency}".strip()

    def _put(self, cell: str, text: str) -> None:
        self.rows[cell].control.clearFocus()
        self._sheet.set(own_key(self._side, cell), text)
        self.show_cells()

    def _placeholder(self, offered: Offer, cell: str) -> str:
        if cell == "quantity":
            return f"{offered.product.quantity:,}"
        return str(offered.product.price) if offered.product.price else "None"

    def _head(self, state: ReadyState | None, edit: Callable[[AccountId], None]) -> QHBoxLayout:
        account, listing = self._side.account, self._side.listing
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(ElidedLabel(account.label, "section"), 1)
        there = listing.state is not ListingState.DRAFT
        if state is not None and not there:
            row.addWidget(Chip(READY_STATE[state].word, READY_STATE[state].tone))
        if there:
            wording = LISTING_STATE[listing.state]
            chip = Chip(wording.word, wording.tone)
            chip.setToolTip(f"Read back {moment_text(listing.live_at)}" if listing.live_at else "")
            row.addWidget(chip)
        if listing.url:
            link = Button("", "external-link", "quiet").set_hint(f"Open the listing on {account.label} in the browser")
            link.clicked.connect(lambda: QDesktopServices.openUrl(QUrl(listing.url)))
            row.addWidget(link)
        self.edit = Button("Edit", "pencil").set_hint(f"Edit every field of what is listed on {account.label}")
        self.edit.clicked.connect(lambda: edit(account.id))
        row.addWidget(self.edit)
        return row


def _currency(offered: Offer, side: AccountSide) -> str:
    """What the account sells in, as far as the marketplace has told; else what the price is in."""
    money = offered.product.price or offered.product.cost
    return side.account.identity.get("currency", "") or (money.currency if money else "")


def _values(offered: Offer) -> QGridLayout:
    """The title, and what else was set for the account alone."""
    grid = QGridLayout()
    grid.setHorizontalSpacing(12)
    grid.setVerticalSpacing(4)
    grid.setColumnStretch(1, 3)
    grid.setColumnStretch(2, 2)
    own = [name for name, source in offered.sources.items() if source.source is Source.OVERRIDE]
    names = [name for name in dict.fromkeys(("title", *own)) if name not in OWN_NUMBERS]
    for row, name in enumerate(names):
        source = offered.sources[name]
        label = Label(field_word(name), "body")
        label.setFixedWidth(_LABEL_WIDTH)
        label.setWordWrap(True)
        grid.addWidget(label, row, 0, Qt.AlignmentFlag.AlignTop)
        grid.addWidget(Passage(_value(offered, name), "body", "text"), row, 1, Qt.AlignmentFlag.AlignTop)
        tone = "accent" if source.source is Source.OVERRIDE else "muted"
        grid.addWidget(Passage(source.words, "small", tone), row, 2, Qt.AlignmentFlag.AlignTop)
    return grid


def _value(offered: Offer, name: str) -> str:
    product = offered.product
    if name.startswith("attributes."):
        return product.attributes.get(name.removeprefix("attributes."), "")
    values = {
        "title": product.text.title, "description": product.text.description[:200], "brand": product.brand,
        "gtin": product.gtin, "condition": product.condition.value.capitalize(),
    }  # fmt: skip
    return values.get(name, "")


def _words_of(mistake: UserMistake) -> str:
    return f"{mistake.message} {mistake.hint}".strip()
