"""The form of a product for one account, drawn from the category's rules; several products one after the other."""

import asyncio
from collections.abc import Sequence

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QComboBox, QFrame, QHBoxLayout, QLineEdit, QScrollArea, QVBoxLayout, QWidget

from mmhub_desktop.actions.listing_sheet import CATEGORY, Group, Sheet, SheetField, category_words
from mmhub_desktop.domain.ids import AccountId, ProductId
from mmhub_desktop.domain.marketplace import Capability
from mmhub_desktop.gui.dialogs.attribute_field import AttributeField, finding_line
from mmhub_desktop.gui.dialogs.frame import Dialog
from mmhub_desktop.gui.pages.page import GuiContext
from mmhub_desktop.gui.widgets.buttons import Button
from mmhub_desktop.gui.widgets.label import Label
from mmhub_desktop.gui.words import counted

ROWS_AT_ONCE = 8  # fields made before the window has its turn


class AttributeForm(Dialog):
    """Shows the first of ``product_ids`` with ``field`` in focus. Going on keeps what was changed; so does Save."""

    def __init__(
        self,
        context: GuiContext,
        account_id: AccountId,
        product_ids: Sequence[ProductId],
        *,
        field: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__("Listing", " ", parent, width=760)
        self._context = context
        self._account_id = account_id
        self._products = tuple(product_ids)
        self._focus = field
        self._wants_all = False
        self._leaving = False
        self._asking: asyncio.Task[object] | None = None
        self.place = 0
        self.sheet: Sheet | None = None
        self.rows: dict[str, AttributeField] = {}
        self.propose_button: Button | None = None
        self.search = QLineEdit()
        self.search.setPlaceholderText("Find a field")
        self.search.setAccessibleName("Find a field of the form")
        self.search.setClearButtonEnabled(True)
        self.search.textChanged.connect(lambda _: self._filter())
        self.keep_in = QComboBox()
        self.keep_in.setAccessibleName("Where changes are kept")
        self.keep_in.addItem("Keep for this account alone", False)
        self.keep_in.addItem("Keep in the product, for all accounts", True)
        self._area = QScrollArea()
        self._area.setWidgetResizable(True)
        self._area.setFrameShape(QFrame.Shape.NoFrame)
        self._area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._area.setMinimumHeight(420)
        top = QHBoxLayout()
        top.setSpacing(8)
        top.addWidget(self.search, 1)
        top.addWidget(self.keep_in)
        self.body.addLayout(top)
        self.body.addWidget(self._area, 1)
        self.next_button = self.add_button("Next", lambda: self.go(1), icon="chevron-right", left=True)
        self.next_button.setToolTip("Keeps what you changed and shows the next product")
        self.back_button = self.add_button("Previous", lambda: self.go(-1), left=True)
        self.add_button("Close", self.reject)
        self.save_button = self.add_button("Save", self.save, "primary")
        self.save_button.setEnabled(False)
        for button in (self.back_button, self.next_button):
            button.setVisible(len(self._products) > 1)
        self.confirm_with(self.save_button)
        self._load()

    @property
    def changed(self) -> dict[str, str]:
        """What was entered and is not kept yet, by field."""
        return {key: row.text for key, row in self.rows.items() if row.is_changed}

    def reject(self) -> None:
        """Close; where something was entered and not kept, ask first."""
        if not self.changed or self._leaving:
            super().reject()
        elif self._asking is None:
            self._asking = self._context.spawn(self._ask_to_leave(), "Close the form")

    async def _ask_to_leave(self) -> None:
        from mmhub_desktop.gui.dialogs.confirm import confirm

        try:
            many = counted(len(self.changed), "changed field")
            words = f"{many} of {self.sheet.product.sku if self.sheet else 'the product'} will not be kept."
            self._leaving = await confirm(self, "Close without saving?", words, "Close without saving")
        finally:
            self._asking = None
        if self._leaving:
            self.reject()

    def save(self) -> None:
        """Keep what was changed and check again."""
        self.work(self._context.spawn, self._save(), "Save the listing", button=self.save_button)

    def go(self, step: int) -> None:
        """Keep what was changed and show another product."""
        if 0 <= self.place + step < len(self._products):
            button = self.next_button if step > 0 else self.back_button
            self.work(self._context.spawn, self._go(step), "Save the listing", button=button)

    async def _go(self, step: int) -> None:
        await self._keep()
        self.place += step
        await self._show()

    async def _save(self) -> None:
        await self._keep()
        await self._show()

    async def _keep(self) -> None:
        if self.sheet is not None and (changed := self.changed):
            for_all = bool(self.keep_in.currentData())
            await self._context.workspace.listing_sheets.save(self.sheet, changed, for_all=for_all)

    def _load(self) -> None:
        self.work(self._context.spawn, self._show(), "Show the listing")

    async def _show(self) -> None:
        product_id = self._products[self.place]
        sheet = await self._context.workspace.listing_sheets.read(product_id, self._account_id)
        self.sheet = sheet
        number = f", {self.place + 1} of {len(self._products)}" if len(self._products) > 1 else ""
        title = next(each.value for each in sheet.fields if each.key == "title")
        category = f"in {sheet.category}" if sheet.category else "without a category yet"
        self.set_head(title or sheet.product.sku, f"{sheet.product.sku} on {sheet.account.label}, {category}{number}")
        at = self._area.verticalScrollBar().value() if self.rows else 0
        await self._draw(sheet)
        self.back_button.setEnabled(self.place > 0)
        self.next_button.setEnabled(self.place + 1 < len(self._products))
        self.save_button.setEnabled(False)
        self._filter()
        self._bring(self._focus, at)

    async def _draw(self, sheet: Sheet) -> None:
        """Make the rows, some at a time; fields nobody needs wait behind a button."""
        content = QWidget()
        content.setProperty("clear", True)
        column = QVBoxLayout(content)
        column.setContentsMargins(0, 0, 12, 0)
        column.setSpacing(12)
        for found in sheet.others:
            column.addWidget(finding_line(f"{found.message} {found.fix}".strip(), blocks=found.blocks))
        rows: dict[str, AttributeField] = {}
        shown = [each for each in sheet.fields if self._wants_all or _is_shown_first(each, self._focus)]
        group: Group | None = None
        for place, each in enumerate(shown):
            if each.group is not group:
                group = each.group
                column.addSpacing(4)
                column.addWidget(Label(str(group), "section"))
            rows[each.key] = AttributeField(each)
            rows[each.key].edited.connect(self._edited)
            column.addWidget(rows[each.key])
            if each.key == CATEGORY:
                self._add_proposing(sheet, rows[each.key])
            if place % ROWS_AT_ONCE == ROWS_AT_ONCE - 1:
                await asyncio.sleep(0)
        if hidden := len(sheet.fields) - len(shown):
            more = Button(f"Show {counted(hidden, 'more attribute')}", "chevron-down", "quiet")
            more.clicked.connect(self.show_all)
            column.addWidget(more, 0, Qt.AlignmentFlag.AlignLeft)
        if not sheet.rules_known:
            words = "What the category asks for was not read yet: open Readiness and press Read rules."
            column.addWidget(finding_line(words, blocks=False))
        column.addStretch(1)
        self.rows = rows
        self._area.setWidget(content)

    def _add_proposing(self, sheet: Sheet, row: AttributeField) -> None:
        if Capability.CATEGORIES in self._context.workspace.marketplace(sheet.account).capabilities:
            button = Button("Propose", "sparkles")
            button.setToolTip("Ask the marketplace which categories it proposes for this title")
            button.setAccessibleName("Propose categories for this title")
            what = "Propose categories"
            button.clicked.connect(
                lambda: self.work(self._context.spawn, self._propose(sheet, row, button), what, button=button)
            )
            row.add_button(button)
            self.propose_button = button

    async def _propose(self, sheet: Sheet, row: AttributeField, button: Button) -> None:
        found = await self._context.workspace.listing_sheets.propose(sheet)
        button.setEnabled(True)
        if found:
            row.offer([(category_id, category_words(category_id, name)) for category_id, name in found])
        else:
            self.mistake.say("The marketplace proposes no category for this title. Say in it what the product is.")

    def show_all(self) -> None:
        """Show every attribute of the category; what was entered stays."""
        self._wants_all = True
        self.work(self._context.spawn, self._draw_all(), "Show all attributes")

    async def _draw_all(self) -> None:
        if self.sheet is None:
            return
        entered = self.changed
        await self._draw(self.sheet)
        for key, text in entered.items():
            self.rows[key].set_text(text)
        self._filter()

    def _edited(self) -> None:
        self.save_button.setEnabled(bool(self.changed))

    def _filter(self) -> None:
        words = self.search.text().strip().casefold()
        if words and not self._wants_all:
            self.show_all()
            return
        for row in self.rows.values():
            row.setVisible(not words or words in f"{row.field.label} {row.field.key}".casefold())

    def _bring(self, key: str, at: int) -> None:
        """Put the keyboard into a field, or stay where the seller was."""
        row = self.rows.get(key) or self.rows.get(f"attributes.{key}")
        if row is None:
            QTimer.singleShot(0, self._area, lambda: self._area.verticalScrollBar().setValue(at))
            return
        row.editor.setFocus()
        QTimer.singleShot(0, row, lambda: self._area.ensureWidgetVisible(row, 0, 80))


def _is_shown_first(field: SheetField, focus: str) -> bool:
    return field.group is not Group.OTHER or bool(field.value or field.findings) or field.key == focus
