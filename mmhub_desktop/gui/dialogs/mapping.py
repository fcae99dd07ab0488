"""Mapping the seller's categories to a marketplace's, and below each its attributes and values; confirmed once."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QFrame, QHBoxLayout, QLineEdit, QScrollArea, QVBoxLayout, QWidget

from mmhub_desktop.actions.listing_desk import Proposal
from mmhub_desktop.domain.mapping import CategoryMapping
from mmhub_desktop.domain.marketplace import Account
from mmhub_desktop.gui.background import asked
from mmhub_desktop.gui.dialogs.frame import Dialog
from mmhub_desktop.gui.dialogs.mapping_attributes import AttributeMapping
from mmhub_desktop.gui.pages.page import GuiContext
from mmhub_desktop.gui.tables.rows import RowColumn, RowsModel, RowsView
from mmhub_desktop.gui.widgets.buttons import Button
from mmhub_desktop.gui.widgets.label import Label
from mmhub_desktop.gui.words import counted
from mmhub_desktop.store.mappings import OwnCategory


@dataclass(frozen=True, slots=True)
class CategoryRow:
    """One of the seller's categories and what it is mapped to."""

    own: OwnCategory
    mapped: CategoryMapping | None


COLUMNS = (
    RowColumn(
        "Your category", 0, lambda row: row.own.words, lambda row: counted(row.own.products, "product"),
    ),
    RowColumn(
        "There", 130, lambda row: "Confirmed" if row.mapped else "Not mapped",
        tone=lambda row: "ok" if row.mapped else "neutral",
    ),
)  # fmt: skip


class MappingDialog(Dialog):
    """Confirms categories one by one; each is kept when it is confirmed, for all products that stand in it."""

    def __init__(self, context: GuiContext, account: Account, parent: QWidget | None = None) -> None:
        super().__init__(
            f"Categories and attributes for {account.label}",
            "Confirm once what your categories are called there; it holds for all their products.",
            parent,
            width=940,
        )
        self._context = context
        self._account = account
        self.model = RowsModel(COLUMNS, lambda row: row.own.words, self)
        self.table = RowsView(self.model, "Your categories")
        self.table.setMinimumSize(360, 420)
        self._filling = False
        self.table.selectionModel().currentRowChanged.connect(lambda *_: self._chosen_changed())
        self.chosen_name = Label("", "section")
        self.chosen_name.setWordWrap(True)
        self.present = Label("", "body", "muted")
        self.present.setWordWrap(True)
        self.words = QLineEdit()
        self.words.setPlaceholderText("Other words to look for")
        self.words.setAccessibleName("Words to look for at the marketplace")
        self.find_button = Button("Look for", "search")
        self.find_button.clicked.connect(self._find)
        self.proposals = QComboBox()
        self.proposals.setEditable(True)
        self.proposals.setAccessibleName("The marketplace's category: choose a proposal, or type its number")
        self.confirm_button = Button("Confirm", "check", "primary")
        self.confirm_button.clicked.connect(self._confirm)
        self.forget_button = Button("Forget", "x")
        self.forget_button.clicked.connect(self._forget)
        self.attributes = AttributeMapping(context, account)
        self._lay_out()
        self.add_button("Close", self.reject)
        self.keep_button = self.add_button("Keep attributes", self._keep_attributes, "plain")
        self.attributes.edited.connect(lambda: self.keep_button.setEnabled(bool(self.attributes.changes())))
        self.keep_button.setEnabled(False)
        self.work(context.spawn, self._show(), "Show your categories")

    def _lay_out(self) -> None:
        find = QHBoxLayout()
        find.setSpacing(8)
        find.addWidget(self.words, 1)
        find.addWidget(self.find_button)
        choose = QHBoxLayout()
        choose.setSpacing(8)
        choose.addWidget(self.proposals, 1)
        choose.addWidget(self.confirm_button)
        choose.addWidget(self.forget_button)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setWidget(self.attributes)
        right = QVBoxLayout()
        right.setSpacing(8)
        right.addWidget(self.chosen_name)
        right.addWidget(self.present)
        right.addLayout(find)
        right.addLayout(choose)
        right.addWidget(area, 1)
        both = QHBoxLayout()
        both.setSpacing(20)
        both.addWidget(self.table, 2)
        both.addLayout(right, 3)
        self.body.addLayout(both, 1)

    def chosen(self) -> CategoryRow | None:
        """The category whose row is current."""
        thing = self.table.thing()
        return thing if isinstance(thing, CategoryRow) else None

    async def _show(self, words: str = "") -> None:
        desk = self._context.workspace.listing_desk
        known = await desk.mappings.of(self._account.marketplace, self._account.site)
        rows = [CategoryRow(own, known.category(own.words)) for own in await desk.mappings.own_categories()]
        self._filling = True
        self.model.set_rows(rows)
        names = [row.own.words for row in rows]
        if rows:
            first = next((place for place, row in enumerate(rows) if row.mapped is None), 0)
            self.table.setCurrentIndex(self.model.index(names.index(words) if words in names else first, 0))
        self._filling = False
        self._chosen_changed()
        if not rows:
            self.chosen_name.setText("Your products have no categories.")
            self.present.setText("Import the products with a category column to map them here.")

    def _chosen_changed(self) -> None:
        if self._filling:
            return
        row = self.chosen()
        for widget in (self.words, self.find_button, self.proposals, self.confirm_button):
            widget.setEnabled(row is not None)
        self.forget_button.setVisible(row is not None and row.mapped is not None)
        self.proposals.clear()
        self.attributes.clear()
        if row is None:
            return
        self.chosen_name.setText(row.own.words)
        if row.mapped:
            self.present.setText(f"Is “{row.mapped.name}” ({row.mapped.category_id}) there.")
            self.proposals.addItem(row.mapped.name, row.mapped.category_id)
            self.work(self._context.spawn, self._show_attributes(row), "Show the attributes")
        else:
            self.present.setText(f"Asking {self._account.label} for proposals…")
            self.work(self._context.spawn, self._propose(row), "Propose categories")

    async def _show_attributes(self, row: CategoryRow) -> None:
        if row.mapped is not None:
            await self.attributes.show_category(row.own, row.mapped.category_id)

    async def _propose(self, row: CategoryRow) -> None:
        found = await self._context.workspace.listing_desk.propose_categories(self._account, row.own)
        if self.chosen() == row:
            self._show_proposals(found, f"as “{row.own.title}”")

    def _find(self) -> None:
        self.work(self._context.spawn, self._look_for(self.words.text().strip()), "Look for categories")

    async def _look_for(self, words: str) -> None:
        if words:
            found = await self._context.workspace.listing_desk.find_categories(self._account, words)
            self._show_proposals(found, f"for “{words}”")

    def _show_proposals(self, found: Sequence[Proposal], what: str) -> None:
        self.proposals.clear()
        for one in found:
            self.proposals.addItem(f"{one.name}  ({one.why})", (one.category_id, one.name))
        many = counted(len(found), "proposal")
        self.present.setText(f"{many} {what}." if found else f"Nothing was found {what}. Look for other words.")

    def _confirm(self) -> None:
        row = self.chosen()
        data = self.proposals.currentData()
        typed = self.proposals.currentText().strip()
        at = self.proposals.findText(typed)
        category_id, name = data if at >= 0 and isinstance(data, tuple) else (typed, typed)
        if row is not None and category_id:
            work = self._map(row.own.words, category_id, name)
            self.work(self._context.spawn, work, "Confirm the category", button=self.confirm_button)

    async def _map(self, ours: str, category_id: str, name: str) -> None:
        """Its rules are read first: a number that the marketplace does not know is refused there."""
        workspace = self._context.workspace
        demands = await workspace.readiness.read_category(self._account.id, category_id)
        await workspace.listing_desk.map_category(self._account, ours, category_id, demands.name or name)
        await self._show(ours)

    def _forget(self) -> None:
        row = self.chosen()
        if row is not None:
            self.work(self._context.spawn, self._unmap(row.own.words), "Forget the category")

    async def _unmap(self, ours: str) -> None:
        await self._context.workspace.listing_desk.map_category(self._account, ours, "")
        await self._show(ours)

    def _keep_attributes(self) -> None:
        self.work(self._context.spawn, self._save_attributes(), "Keep the attributes", button=self.keep_button)

    async def _save_attributes(self) -> None:
        await self.attributes.save()
        self.keep_button.setEnabled(False)


async def map_categories(context: GuiContext, account: Account, parent: QWidget) -> None:
    """Open the mapping of an account and wait until it is closed."""
    dialog = MappingDialog(context, account, parent.window())
    await asked(dialog)
