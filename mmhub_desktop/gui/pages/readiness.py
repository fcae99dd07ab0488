"""The readiness page: what would keep an account's products from being listed, grouped, before anything is sent."""

from collections.abc import Sequence
from typing import Any, ClassVar

from PySide6.QtCore import QModelIndex
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from mmhub_desktop.actions.picture_check import MENDED_BY_COPIES
from mmhub_desktop.domain.ids import AccountId, ProductId
from mmhub_desktop.domain.marketplace import Account
from mmhub_desktop.domain.readiness import Problem, ProblemKey, ReadyState
from mmhub_desktop.errors import MmhubError
from mmhub_desktop.events import AccountsChanged, Event, ProductsChanged, ReadinessChanged, RulesChanged
from mmhub_desktop.gui import theme
from mmhub_desktop.gui.background import asked
from mmhub_desktop.gui.marketplace_icon import marketplace_icon
from mmhub_desktop.gui.pages.page import GuiContext, Page
from mmhub_desktop.gui.tables.rows import RowColumn, RowsModel, RowsView
from mmhub_desktop.gui.widgets.buttons import Button
from mmhub_desktop.gui.widgets.chip import Chip
from mmhub_desktop.gui.widgets.empty import EmptyState
from mmhub_desktop.gui.widgets.header import PageHeader
from mmhub_desktop.gui.widgets.label import Label
from mmhub_desktop.gui.words import READY_STATE, counted, field_word, number

COLUMNS = (
    RowColumn("Problem", 0, lambda each: each.message, lambda each: each.fix),
    RowColumn("Field", 200, lambda each: field_word(each.field)),
    RowColumn(
        "Kind", 110, lambda each: "Blocks" if each.blocks else "Advice",
        tone=lambda each: "err" if each.blocks else "neutral",
    ),
    RowColumn("Products", 110, lambda each: number(each.products), is_number=True),
)  # fmt: skip


class ReadinessPage(Page):
    """One row for each kind of problem. Enter, double click or the button show exactly the products that have it."""

    refresh_on: ClassVar[tuple[type[Event], ...]] = (
        ReadinessChanged, ProductsChanged, AccountsChanged, RulesChanged,
    )  # fmt: skip

    def __init__(self, context: GuiContext) -> None:
        super().__init__(context)
        self._account: AccountId | None = None
        self._accounts: Sequence[Account] = ()
        self._reading = False
        self.header = PageHeader("Readiness", "What each marketplace would refuse, before anything is sent")
        self.read_button = Button("Read rules", "download")
        self.read_button.setToolTip("Ask the marketplace for the categories and rules that products wait for")
        self.read_button.clicked.connect(lambda: context.spawn(self._read_rules(), "Read rules"))
        self.map_button = Button("Categories…", "list")
        self.map_button.setToolTip("Say what your categories and attributes are called there")
        self.map_button.clicked.connect(lambda: context.spawn(self._open("mapping"), "Map categories"))
        self.rules_button = Button("Rules…", "tag")
        self.rules_button.setToolTip("Price, stock and description rules of this account")
        self.rules_button.clicked.connect(lambda: context.spawn(self._open("rules"), "Change the rules"))
        for button in (self.map_button, self.rules_button, self.read_button):
            self.header.add(button)
        self.body.addWidget(self.header)
        self.accounts = QComboBox()
        self.accounts.setAccessibleName("Account whose rules the products are checked against")
        self.accounts.setMinimumWidth(220)
        self.accounts.setMaximumWidth(480)
        self.accounts.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.accounts.activated.connect(lambda _: self.show_account(self.accounts.currentData()))
        self.chips = {state: Chip("", READY_STATE[state].tone) for state in ReadyState}
        for chip in self.chips.values():
            chip.hide()
        self.show_button = Button("Show products", "eye", "primary")
        self.show_button.setToolTip("Show exactly the products that have this problem")
        self.show_button.clicked.connect(self.show_products)
        self.mend_button = Button("Mend one by one", "pencil")
        self.mend_button.setToolTip("Open each of these products with the field in focus")
        self.mend_button.clicked.connect(lambda: context.spawn(self._mend(), "Mend the products"))
        self.fix_button = Button("Fix pictures…", "sparkles")
        self.fix_button.setToolTip("Make copies of these products' pictures as this marketplace wants them")
        self.fix_button.clicked.connect(lambda: context.spawn(self._fix_pictures(), "Fix the pictures"))
        self.fix_button.hide()
        self.model = RowsModel(COLUMNS, lambda each: (each.account_id, each.rule, each.field), self)
        self.table = RowsView(self.model, "Problems")
        self.table.setProperty("framed", True)
        self.table.activated.connect(lambda _: self.show_products())
        self.table.selectionModel().currentRowChanged.connect(lambda *_: self._chosen_changed())
        self.foot = Label("", "body", "muted")
        self._stack = QStackedWidget()
        self._build()

    def _build(self) -> None:
        top = QHBoxLayout()
        top.setSpacing(8)
        top.addWidget(self.accounts)
        top.addStretch(1)
        top.addWidget(self.fix_button)
        top.addWidget(self.mend_button)
        top.addWidget(self.show_button)
        listing = QWidget()
        column = QVBoxLayout(listing)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        column.addLayout(top)
        states = QHBoxLayout()
        states.setSpacing(8)
        for chip in self.chips.values():
            states.addWidget(chip)
        states.addStretch(1)
        column.addLayout(states)
        self._none = EmptyState(
            "circle-check", "Nothing to mend", "As far as it was checked, all active products can be listed there."
        )
        self._rows_or_none = QStackedWidget()
        self._rows_or_none.addWidget(self.table)
        self._rows_or_none.addWidget(self._none)
        column.addWidget(self._rows_or_none, 1)
        column.addWidget(self.foot)
        self._stack.addWidget(listing)
        empty = EmptyState(
            "store", "No account yet", "Connect an account, or the practice marketplace, to see what it would refuse."
        )
        add = Button("Add an account", "plus", "primary")
        add.clicked.connect(lambda: self.context.window.show_page("marketplaces", add=True))
        empty.add(add)
        self._stack.addWidget(empty)
        self.body.addWidget(self._stack, 1)

    async def refresh(self, events: Sequence[Event]) -> None:
        """Read the account's groups and numbers again."""
        store = self.context.workspace.readiness.store
        if not events or any(isinstance(event, AccountsChanged) for event in events):
            await self._show_accounts()
        account = self._account
        self._stack.setCurrentIndex(1 if account is None else 0)
        for button in (self.map_button, self.rules_button, self.read_button):
            button.setVisible(account is not None)
        if account is None:
            self.header.set_subtitle("")
            return
        problems, counts = await store.problems(account), await store.counts(account)
        if account != self._account:
            self.request_refresh()
            return
        chosen = self.table.thing()
        self.model.set_rows(problems)
        self._choose(chosen)
        self._rows_or_none.setCurrentIndex(0 if problems else 1)
        for state, chip in self.chips.items():
            chip.set_state(f"{READY_STATE[state].word}: {number(counts[state])}", READY_STATE[state].tone)
            chip.setVisible(counts[state] > 0)
        checked = sum(counts.values())
        total = await self.context.workspace.products.count()
        rest = f", {counted(total - checked, 'product')} to be checked" if total > checked else ""
        self.header.set_subtitle(f"{counted(checked, 'product')} checked on this computer{rest}")
        waiting = counts[ReadyState.UNREAD] > 0
        self.read_button.set_kind("primary" if waiting and not problems[1:] else "plain")
        self.read_button.setEnabled(not self._reading)
        running = next((event for event in reversed(events) if isinstance(event, ReadinessChanged)), None)
        busy = running is not None and running.done < running.total and running.account_id == account
        if self._reading:
            return
        self.foot.setText(
            f"Checking: {number(running.done)} of {number(running.total)}" if running is not None and busy else ""
        )

    async def _show_accounts(self) -> None:
        self._accounts = await self.context.workspace.accounts.all()
        known = [account.id for account in self._accounts]
        if self._account not in known:
            self._account = known[0] if known else None
        self.accounts.clear()
        for account in self._accounts:
            self.accounts.addItem(theme.icon(marketplace_icon(account.marketplace)), account.label, account.id)
        self.accounts.setCurrentIndex(max(0, self.accounts.findData(self._account)))

    def show_account(self, account_id: AccountId) -> None:
        """Show what another account would refuse."""
        if account_id != self._account:
            self._account = account_id
            self.accounts.setCurrentIndex(max(0, self.accounts.findData(account_id)))
            self.table.setCurrentIndex(QModelIndex())
            self.request_refresh()

    def show_what(self, account: AccountId | None = None, **_: Any) -> None:
        """``account``: check against this one."""
        if account is not None:
            self._account = account
            self.request_refresh()

    def chosen(self) -> Problem | None:
        """The problem whose row is current."""
        thing = self.table.thing()
        return thing if isinstance(thing, Problem) else None

    def show_products(self) -> None:
        """Go to exactly the products that have the chosen problem."""
        problem = self.chosen()
        if problem is not None:
            key = ProblemKey(problem.account_id, problem.rule, problem.field)
            self.context.window.show_page("products", problem=key, words=problem.message)

    def chips_text(self) -> list[str]:
        """The numbers by state that are shown."""
        return [chip.text for chip in self.chips.values() if not chip.isHidden()]

    def account(self) -> Account | None:
        """The account that is looked at."""
        return next((each for each in self._accounts if each.id == self._account), None)

    def _choose(self, before: Problem | None) -> None:
        """Keep the keyboard on the problem it was on, else on the first."""
        keys = [(each.rule, each.field) for each in self.model.rows]
        place = keys.index((before.rule, before.field)) if before and (before.rule, before.field) in keys else 0
        if keys:
            self.table.setCurrentIndex(self.model.index(place, 0))
        self._chosen_changed()

    def _chosen_changed(self) -> None:
        problem = self.chosen()
        self.fix_button.setVisible(problem is not None and problem.rule in MENDED_BY_COPIES)
        self.show_button.setEnabled(problem is not None)
        self.mend_button.setEnabled(problem is not None)
        self.show_button.setText(f"Show {counted(problem.products, 'product')}" if problem else "Show products")

    async def _open(self, what: str) -> None:
        from mmhub_desktop.gui.dialogs.mapping import map_categories
        from mmhub_desktop.gui.dialogs.rules import change_rules

        account = self.account()
        if account is not None:
            await (map_categories if what == "mapping" else change_rules)(self.context, account, self)
            self.request_refresh()

    async def _fix_pictures(self) -> None:
        from mmhub_desktop.gui.picture_fixing import fix_pictures

        problem, account = self.chosen(), self.account()
        if problem is not None and account is not None:
            store = self.context.workspace.readiness.store
            found = await store.products_with(problem.account_id, problem.rule, problem.field)
            await fix_pictures(self.context, self, [ProductId(each) for each in found], account.marketplace)

    async def _mend(self) -> None:
        from mmhub_desktop.gui.dialogs.attribute_form import AttributeForm

        problem = self.chosen()
        if problem is None:
            return
        store = self.context.workspace.readiness.store
        found = await store.products_with(problem.account_id, problem.rule, problem.field)
        ids = [ProductId(each) for each in found]
        if ids:
            form = AttributeForm(self.context, problem.account_id, ids, field=problem.field, parent=self.window())
            await asked(form)
        self.request_refresh()

    def _show_reading(self, done: int, total: int) -> None:
        self.foot.setText(f"Asking the marketplace: {number(done)} of {number(total)} questions")

    async def _read_rules(self) -> None:
        account = self.account()
        if account is None or self._reading:
            return
        self._reading = True
        self.read_button.setEnabled(False)
        self.read_button.setText("Reading…")
        try:
            reading = await self.context.workspace.readiness.read_rules(account.id, self._show_reading)
        except MmhubError as error:
            self.context.window.notify("err", error.message, error.hint)
        else:
            said = f"{counted(reading.categories, 'category', 'categories')} read from {account.label}."
            level = "warn" if reading.problems else "ok"
            self.context.window.notify(level, said, " ".join(reading.problems[:2]))
        finally:
            self._reading = False
            self.foot.setText("")
            self.read_button.setText("Read rules")
            self.request_refresh()
