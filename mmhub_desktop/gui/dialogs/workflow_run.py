"""Asking before a workflow runs: for which products, how many, and what leaves this computer."""

from collections.abc import Mapping, Sequence
from urllib.parse import urlsplit

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QButtonGroup, QRadioButton, QVBoxLayout, QWidget

from mmhub_desktop.domain.ids import ProductId
from mmhub_desktop.domain.marketplace import Account, AccountKind
from mmhub_desktop.domain.product import ProductStatus
from mmhub_desktop.domain.product_query import ProductQuery, ProductSort
from mmhub_desktop.domain.step_kind import StepKind
from mmhub_desktop.domain.workflow import ProductScope, Workflow
from mmhub_desktop.gui.dialogs.frame import Dialog
from mmhub_desktop.gui.dialogs.workflow_start import ScopeFields
from mmhub_desktop.gui.pages.page import GuiContext
from mmhub_desktop.gui.pages.workflow_draft import in_order
from mmhub_desktop.gui.pages.workflow_words import scope_words, step_title
from mmhub_desktop.gui.widgets.card import Card
from mmhub_desktop.gui.widgets.label import Label
from mmhub_desktop.gui.words import counted
from mmhub_desktop.settings import AI_BASE_URL, AI_MODEL

TYPING_MS = 180


class RunDialog(Dialog):
    """``product_ids`` is what was chosen; None: those the workflow is about, found anew when it starts."""

    def __init__(
        self,
        context: GuiContext,
        workflow: Workflow,
        kinds: Mapping[str, StepKind],
        accounts: Mapping[int, Account],
        selected: Sequence[ProductId] = (),
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(f"Run “{workflow.name}”", "For which products?", parent)
        self._context, self._workflow, self._kinds, self._accounts = context, workflow, kinds, accounts
        self._selected = tuple(selected)
        self.product_ids: tuple[ProductId, ...] | None = None
        self.count = 0
        self.of_selection = QRadioButton(f"The {counted(len(selected), 'selected product')}")
        about = scope_words(workflow.scope)
        self.of_workflow = QRadioButton(f"{about[:1].upper()}{about[1:]}")
        self.of_search = QRadioButton("Products of a search")
        self.fields = ScopeFields(ProductScope())
        self._group = QButtonGroup(self)
        choices = QVBoxLayout()
        choices.setSpacing(8)
        for button in (self.of_selection, self.of_workflow, self.of_search):
            self._group.addButton(button)
            choices.addWidget(button)
            button.toggled.connect(lambda on: self._look() if on else None)
        self.of_selection.setVisible(bool(selected))
        self.fields.setContentsMargins(24, 0, 0, 0)
        choices.addWidget(self.fields)
        self.body.addLayout(choices)
        self._leaving = Card()
        self.body.addWidget(Label("What leaves this computer", "label", "muted"))
        self.body.addWidget(self._leaving)
        self.lines: list[Label] = []
        self.body.addStretch(1)
        self.add_button("Cancel", self.reject)
        self.run_button = self.add_button("Run", self.accept, "primary", "play")
        self.confirm_with(self.run_button)
        self._typing = QTimer(self)
        self._typing.setSingleShot(True)
        self._typing.setInterval(TYPING_MS)
        self._typing.timeout.connect(self._look)
        self.fields.search.textChanged.connect(lambda _: self._wait())
        self.fields.status.currentIndexChanged.connect(lambda _: self._look())
        self._asked = 0
        (self.of_selection if selected else self.of_workflow).setChecked(True)

    def _wait(self) -> None:
        self.run_button.setEnabled(False)
        self._typing.start()

    def _look(self) -> None:
        """Count the products of what is chosen now."""
        self.fields.setVisible(self.of_search.isChecked())
        self.run_button.setEnabled(False)
        self._asked += 1
        self.fit()
        self.work(self._context.spawn, self._count(self._asked), "Count the products")

    async def _count(self, asked: int) -> None:
        if self.of_selection.isChecked():
            ids: tuple[ProductId, ...] = self._selected
        else:
            scope = self.fields.scope() if self.of_search.isChecked() else self._workflow.scope
            query = query_of(scope)
            ids = tuple(ProductId(each) for each in await self._context.workspace.products.ids(query))
        if asked != self._asked:
            return
        self.product_ids = None if self.of_workflow.isChecked() else ids
        self.count = len(ids)
        self.run_button.setText(f"Run for {counted(self.count, 'product')}" if self.count else "No product matches")
        self.run_button.setEnabled(self.count > 0)
        self._show_lines()

    def _show_lines(self) -> None:
        for label in self.lines:
            self._leaving.body.removeWidget(label)
            label.hide()
            label.deleteLater()
        self.lines = []
        for words, tone in self.what_leaves():
            label = Label(words, "body", tone)
            label.setWordWrap(True)
            self._leaving.body.addWidget(label)
            self.lines.append(label)
        self.fit()

    def what_leaves(self) -> list[tuple[str, str]]:
        """(words, tone) for each step that speaks to somebody else; one line when none does."""
        lines: list[tuple[str, str]] = []
        for number, step in enumerate(in_order(self._workflow), start=1):
            kind = self._kinds.get(step.kind)
            title = f"{number}   {step_title(step, self._kinds, self._accounts)}"
            if kind is None:
                continue
            if kind.needs_accounts:
                most = counted(self.count * len(step.account_ids), "listing")
                used = [self._accounts[each] for each in step.account_ids if each in self._accounts]
                practice = all(each.kind is AccountKind.PRACTICE for each in used)
                note = "practice, nothing leaves this computer" if practice else "on the live marketplace"
                lines.append((f"{title}: up to {most}, {note}", "text" if practice else "warn"))
            elif kind.name == "enhance" and self._ai_host():
                lines.append(
                    (f"{title}: texts of up to {counted(self.count, 'product')} go to {self._ai_host()}", "warn")
                )
            elif kind.has_effect or kind.name == "webhook":
                lines.append((f"{title}: to the webhooks that want it" if kind.name == "webhook" else title, "text"))
        return lines or [("Nothing.", "muted")]

    def _ai_host(self) -> str:
        settings = self._context.workspace.settings
        address = settings.get(AI_BASE_URL) if settings.get(AI_MODEL) else ""
        return urlsplit(address).hostname or ""


def query_of(scope: ProductScope) -> ProductQuery:
    """The products of a scope, by SKU."""
    statuses = frozenset({ProductStatus(scope.status)}) if scope.status else frozenset()
    return ProductQuery(text=scope.search, statuses=statuses, sort=ProductSort.SKU, descending=False)
