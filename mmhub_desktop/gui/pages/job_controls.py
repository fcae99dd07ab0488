"""What the seller can do with the selected rows of the jobs page: actions with keys, buttons in the bar, the menu."""

from collections.abc import Callable, Coroutine, Sequence
from typing import Any

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMenu, QWidget

from mmhub_desktop.domain.job import MarketplaceJob
from mmhub_desktop.gui import theme
from mmhub_desktop.gui.pages.job_hand import JobHand
from mmhub_desktop.gui.pages.job_order import add_order_menu
from mmhub_desktop.gui.pages.page import GuiContext
from mmhub_desktop.gui.tables.jobs_delegate import CONTROLS, Control, controls_of
from mmhub_desktop.gui.tables.jobs_outline import Node
from mmhub_desktop.gui.tables.jobs_view import JobsView
from mmhub_desktop.gui.widgets.button_row import ButtonRow
from mmhub_desktop.gui.widgets.buttons import Button

_SHORTCUTS = {"pause": "Ctrl+P", "resume": "Ctrl+Shift+P", "retry": "Ctrl+R", "cancel": "Del"}


class JobControls:
    """Acts on the rows of ``view``; ``changed`` is told which rows something was done to."""

    def __init__(
        self, context: GuiContext, page: QWidget, view: JobsView, changed: Callable[[Sequence[Node]], None]
    ) -> None:
        self._context, self._page, self._view, self._changed = context, page, view, changed
        self._item_of = view.jobs.item
        self.hand = JobHand(context, page, self._item_of)
        self.actions = {control.verb: self._make_action(control) for control in CONTROLS}
        view.controlled.connect(lambda control, node: self.control(control, [node]))
        view.menu_wanted.connect(self._show_menu)
        view.selectionModel().selectionChanged.connect(lambda *_: self.enable())

    def buttons(self) -> ButtonRow:
        """A button for each action."""
        row = ButtonRow(4)
        for control in CONTROLS:
            button = Button(control.batch_label or control.label, control.icon, "quiet")
            action = self.actions[control.verb]
            button.clicked.connect(action.trigger)
            action.enabledChanged.connect(button.setEnabled)
            button.setEnabled(False)
            button.setToolTip(f"{control.label} the selected jobs ({_SHORTCUTS[control.verb]})")
            row.add(button)
        return row

    def enable(self) -> None:
        """Let the actions rest that none of the selected rows can take."""
        able = {control for node in self._view.nodes() for control in controls_of(self._item_of(node))}
        for control in CONTROLS:
            self.actions[control.verb].setEnabled(control in able)

    def control(self, control: Control, nodes: Sequence[Node]) -> None:
        """Pause, resume, retry or cancel what stands in the rows; rows that cannot are left out."""
        wanted = self.hand.able(control, nodes)
        if wanted:
            self._context.spawn(self._control(control, wanted), control.label)

    def change_order(self, nodes: Sequence[Node], priority: int) -> None:
        """Let batches and jobs go before or after others."""
        self._context.spawn(self._do(self.hand.change_order(nodes, priority), nodes), "Change what goes first")

    def skip(self, nodes: Sequence[Node]) -> None:
        """Leave these rows out for good."""
        self._context.spawn(self._do(self.hand.skip(nodes), nodes), "Skip")

    async def _control(self, control: Control, nodes: Sequence[Node]) -> None:
        if await self.hand.control(control, nodes):
            self._changed(nodes)

    async def _do(self, work: Coroutine[Any, Any, None], nodes: Sequence[Node]) -> None:
        await work
        self._changed(nodes)

    def _make_action(self, control: Control) -> QAction:
        action = QAction(theme.icon(control.icon), control.batch_label or control.label, self._page)
        action.setShortcut(QKeySequence(_SHORTCUTS[control.verb]))
        action.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        action.setEnabled(False)
        action.triggered.connect(lambda: self.control(control, self._view.nodes()))
        self._page.addAction(action)
        return action

    def _show_menu(self, place: QPoint) -> None:
        menu = QMenu(self._page)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addActions(list(self.actions.values()))
        add_order_menu(menu, self._view.nodes(), self._item_of, self.change_order, self.skip)
        node = self._view.node()
        item = self._item_of(node) if node else None
        if isinstance(item, MarketplaceJob):
            menu.addSeparator()
            product_id = item.product_id
            show = menu.addAction(theme.icon("package"), "Show the product")
            show.triggered.connect(lambda: self._context.window.show_page("products", product=product_id))
        menu.popup(place)
