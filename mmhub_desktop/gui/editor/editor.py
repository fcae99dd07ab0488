"""The product editor: a head, what must be said first, and tabs. Edits are kept as a draft until they are saved."""

import asyncio
from typing import Any, Protocol

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QHideEvent, QKeyEvent, QKeySequence, QShortcut, QShowEvent
from PySide6.QtWidgets import QTabWidget, QVBoxLayout, QWidget

from mmhub_desktop.actions.product_editing import EditorContent
from mmhub_desktop.domain.edits import ChangedElsewhere
from mmhub_desktop.domain.ids import ProductId
from mmhub_desktop.errors import MmhubError
from mmhub_desktop.gui.dialogs.frame import Mistake
from mmhub_desktop.gui.editor.head import EditorHead
from mmhub_desktop.gui.editor.notices import ConflictNotice, DraftNotice
from mmhub_desktop.gui.editor.sheet import EditedProduct
from mmhub_desktop.gui.editor.tabs import TABS, tab_of
from mmhub_desktop.gui.pages.page import GuiContext
from mmhub_desktop.gui.thumbnails import ThumbnailCache

DRAFT_AFTER_MS = 800  # edits are on disk so long after the last key


class EditorTab(Protocol):
    """What every tab is, beside a widget."""

    def show_content(self) -> None:
        """Draw everything from the sheet."""

    def cell_changed(self, key: str) -> None:
        """A cell was edited, here or in another tab."""

    def first_field(self) -> QWidget:
        """Where the keyboard goes when the tab is opened."""


class ProductEditor(QWidget):
    """Edits one product at a time; lives on the loop. ``closed``: the seller wants to go back; ``stepped``: to the
    next product (1) or the one before (-1). ``opened``: to another product."""

    closed = Signal()
    stepped = Signal(int)
    opened = Signal(int)

    def __init__(self, context: GuiContext, thumbnails: ThumbnailCache, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.context: GuiContext = context
        self.thumbnails: ThumbnailCache = thumbnails
        self.product_id = ProductId(0)
        self.sheet: EditedProduct | None = None
        self._loading: asyncio.Task[Any] | None = None
        self._keeping = asyncio.Lock()
        self._unkept = False
        self._saving = False
        self._renewing = self._renew_again = False
        self._stale: set[int] = set()
        self._tabs: dict[int, Any] = {}
        self._rooms: list[QVBoxLayout] = []
        self.setAccessibleName("Product editor")
        self._build()
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(DRAFT_AFTER_MS)
        self._soon.timeout.connect(lambda: context.spawn(self.keep(), "Keep unsaved changes"))

    def _build(self) -> None:
        self.head = EditorHead()
        self.draft_notice = DraftNotice()
        self.conflict_notice = ConflictNotice()
        self.mistake = Mistake()
        self.tabs = QTabWidget()
        self.tabs.tabBar().setDrawBase(False)
        for place, entry in enumerate(TABS):
            room = QWidget()
            self._rooms.append(QVBoxLayout(room))
            self._rooms[place].setContentsMargins(0, 0, 0, 0)
            self.tabs.addTab(room, entry.label)
            self.tabs.setTabToolTip(place, entry.hint)
        self.tabs.tabBar().setAccessibleName("Parts of the product")
        self.tabs.currentChanged.connect(lambda _: self._show_tab())
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(10)
        for part in (self.head, self.draft_notice, self.conflict_notice, self.mistake):
            outer.addWidget(part)
        outer.addWidget(self.tabs, 1)
        self.head.back.clicked.connect(self.closed)
        self.head.previous.clicked.connect(lambda: self.stepped.emit(-1))
        self.head.next.clicked.connect(lambda: self.stepped.emit(1))
        self.head.save.clicked.connect(self.save)
        self.head.discard.clicked.connect(self.discard)
        self.draft_notice.discarded.connect(self.discard)
        self.conflict_notice.mine.connect(self._keep_mine)
        self.conflict_notice.theirs.connect(self._take_theirs)
        for keys, act in (
            ("Ctrl+S", self.save),
            ("Alt+PgDown", lambda: self.stepped.emit(1)),
            ("Alt+PgUp", lambda: self.stepped.emit(-1)),
            ("Ctrl+PgDown", lambda: self._turn(1)),
            ("Ctrl+PgUp", lambda: self._turn(-1)),
        ):
            shortcut = QShortcut(QKeySequence(keys), self)
            shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.activated.connect(act)

    @property
    def is_unkept(self) -> bool:
        """Whether there are edits that are not on disk yet, not even as a draft."""
        return self._unkept

    def show_product(self, product_id: int, place: str = "") -> None:
        """Edit another product; ``place`` says which of how many it is."""
        self.head.show_place(place)
        if self._loading is not None:
            self._loading.cancel()
        self._loading = self.context.spawn(self._open(ProductId(product_id)), "Open the product")

    def open_parent(self) -> None:
        """Edit the product that this one is a variant of."""
        if self.sheet is not None and (parent := self.sheet.content.family.parent) is not None:
            self.opened.emit(parent.id)

    def reload(self) -> None:
        """The product may have changed elsewhere: read it again, edits stay."""
        self._renew_again = self._renewing
        if self.sheet is not None and not self._saving and not self._renewing:
            self.context.spawn(self._renew_while_due(), "Show the product")

    async def _renew_while_due(self) -> None:
        """While an import runs, news come faster than a product is read."""
        self._renewing = self._renew_again = True
        try:
            while self._renew_again:
                self._renew_again = False
                await self._renew()
        finally:
            self._renewing = False

    async def _open(self, product_id: ProductId) -> None:
        await self.keep()
        content = await self.context.workspace.product_editing.read(product_id)
        if content is None:
            self.closed.emit()
            return
        self.product_id = product_id
        self.mistake.clear()
        if self.sheet is None:
            self.sheet = EditedProduct(content, self)
            self.sheet.shown.connect(self._show)
            self.sheet.changed.connect(self._changed)
            self._show()
        else:
            self.sheet.open(content)
        self._tell_draft(content)
        self.focus_first()
        limits = await self.context.workspace.product_editing.limits(content.family, content.sides)
        if self.product_id == product_id:
            self.sheet.set_limits(limits)

    async def _renew(self) -> None:
        content = await self.context.workspace.product_editing.read(self.product_id)
        if self.sheet is None or self._saving:
            return
        if content is None:
            self._unkept = False
            self.sheet.edits.revert()
            self.context.window.notify("info", f"{self.sheet.stored.sku} was deleted meanwhile.")
            self.closed.emit()
        elif content.family.product.id == self.sheet.stored.id:
            self.sheet.renew(content)

    def save(self) -> None:
        """Save all edits in one step."""
        if self.sheet is not None and self.sheet.edits and not self._saving:
            self.context.spawn(self._save(self.sheet), "Save the product")

    async def _save(self, sheet: EditedProduct) -> None:
        self._commit_cell()
        self.mistake.clear()
        if faults := sheet.faults():
            key, mistake = next(iter(faults.items()))
            self.mistake.say(f"{sheet.name(key)}: {mistake.message} {mistake.hint}".strip())
            self.tabs.setCurrentIndex(tab_of(key))
            return
        self._saving = True
        self.head.save.setEnabled(False)
        self._soon.stop()
        try:
            async with self._keeping:
                cells = sheet.edits.cells
                await self.context.workspace.product_editing.save(self.product_id, cells)
        except ChangedElsewhere:
            pass  # reading again shows what
        except MmhubError as error:
            self.mistake.say(error)
        else:
            sheet.edits.settle(cells)
            self._unkept = bool(sheet.edits)
            self.draft_notice.hide()
            self.head.say_saved()
        finally:
            self._saving = False
        await self._renew()
        self._show()
        if self._unkept:
            self._soon.start()

    def discard(self) -> None:
        """Show the product as it is saved; the draft is forgotten."""
        if self.sheet is not None:
            self.draft_notice.hide()
            self.mistake.clear()
            self._unkept = True
            self.sheet.revert()
            self._soon.start()
            self.focus_first()

    async def keep(self) -> None:
        """Keep unsaved edits as a draft, now."""
        self._soon.stop()
        sheet = self.sheet
        async with self._keeping:
            if sheet is not None and self._unkept:
                self._unkept = False
                await self.context.workspace.product_editing.keep_draft(sheet.stored.id, sheet.edits)

    def focus_first(self) -> None:
        """Put the keyboard into the first field of the tab, if the editor is seen."""
        tab = self._tabs.get(self.tabs.currentIndex())
        if tab is not None and self.isVisible():
            tab.first_field().setFocus()

    def leave(self) -> None:
        """The workspace is being closed: keep nothing more."""
        self._soon.stop()
        self._unkept = False

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc goes back to the table."""
        if event.key() == Qt.Key.Key_Escape:
            self.closed.emit()
        else:
            super().keyPressEvent(event)

    def showEvent(self, event: QShowEvent) -> None:
        """News went past while another page was shown."""
        super().showEvent(event)
        if self._loading is None or self._loading.done():
            self.reload()

    def hideEvent(self, event: QHideEvent) -> None:
        """Nothing waits for the timer when the seller looks away."""
        super().hideEvent(event)
        if self._unkept:
            self._soon.start(0)

    def _commit_cell(self) -> None:
        """What is being typed into a cell of a table counts, too."""
        focus = self.focusWidget()
        if focus is not None:
            focus.clearFocus()
            focus.setFocus()

    def _turn(self, step: int) -> None:
        self.tabs.setCurrentIndex((self.tabs.currentIndex() + step) % self.tabs.count())

    def _changed(self, key: str) -> None:
        self._unkept = True
        self._soon.start()
        place = self.tabs.currentIndex()
        self._stale = set(range(len(TABS))) - {place}
        if place in self._tabs:
            self._tabs[place].cell_changed(key)
        self._show_state()

    def _show(self) -> None:
        self._stale = set(range(len(TABS)))
        self._show_tab(focus=False)
        self._show_state()

    def _show_tab(self, *, focus: bool = True) -> None:
        """Draw the tab that is seen, made when it is seen first."""
        place = self.tabs.currentIndex()
        if self.sheet is None:
            return
        if place not in self._tabs:
            self._tabs[place] = TABS[place].make(self.sheet, self)
            self._rooms[place].addWidget(self._tabs[place])
        if place in self._stale:
            self._stale.discard(place)
            self._tabs[place].show_content()
        if focus and not self.tabs.tabBar().hasFocus():  # the arrow keys go on from tab to tab
            self.focus_first()

    def _show_state(self) -> None:
        if self.sheet is not None:
            conflicts = self.sheet.edits.conflicts()
            self.conflict_notice.tell(conflicts, self.sheet.name)
            self.head.show_state(self.sheet, can_save=not conflicts and not self._saving)

    def _tell_draft(self, content: EditorContent) -> None:
        self.draft_notice.hide()
        if content.draft is not None and self.sheet is not None and self.sheet.edits:
            self.draft_notice.tell(content.draft.saved_at, [self.sheet.name(key) for key in self.sheet.edits.changed])

    def _keep_mine(self, key: str) -> None:
        if self.sheet is not None:
            self.sheet.edits.keep_mine(key)
            self._unkept = True
            self._soon.start()
            self._show_state()

    def _take_theirs(self, key: str) -> None:
        if self.sheet is not None:
            self._unkept = True
            self.sheet.revert([key])
            self._soon.start()
