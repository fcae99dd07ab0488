"""The Pictures page: how far the fetching behind links is, which links are broken, which pictures look the same."""

from collections.abc import Coroutine, Sequence
from typing import Any, ClassVar

from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QTabWidget, QVBoxLayout, QWidget

from mmhub_desktop.catalog.image_fetching import ImageFetching
from mmhub_desktop.domain.image_queue import WAITS_FOR_SELLER, FetchProgress, FetchState
from mmhub_desktop.domain.kept_image import ImageState, KeptImage
from mmhub_desktop.domain.product_filter import Filter, Operator
from mmhub_desktop.events import Event, ImagesFetched, ProductsChanged
from mmhub_desktop.gui.pages.page import GuiContext, Page
from mmhub_desktop.gui.pages.similar_pictures import SimilarPicturesView
from mmhub_desktop.gui.tables.rows import RowColumn, RowsModel, RowsView
from mmhub_desktop.gui.widgets.buttons import Button
from mmhub_desktop.gui.widgets.card import Card
from mmhub_desktop.gui.widgets.empty import EmptyState
from mmhub_desktop.gui.widgets.header import PageHeader
from mmhub_desktop.gui.widgets.icon import IconLabel
from mmhub_desktop.gui.widgets.label import Label
from mmhub_desktop.gui.widgets.progress import ProgressLine
from mmhub_desktop.gui.words import Wording, ago, counted, number

SHOWN = 1_000
Broken = tuple[str, KeptImage]  # the SKU of a product that names the link, and what is known of it

STATES: dict[FetchState, Wording] = {
    FetchState.IDLE: Wording("Nothing waits to be fetched", "neutral", "circle-check"),
    FetchState.FETCHING: Wording("Fetching", "info", "download"),
    FetchState.RESTING: Wording("Waiting", "warn", "clock"),
    FetchState.PAUSED: Wording("Paused", "warn", "circle-pause"),
    FetchState.FULL: Wording("Stopped: no room left for copies", "warn", "circle-stop"),
    FetchState.ENOUGH: Wording("Stopped: enough for one import", "warn", "circle-stop"),
    FetchState.FAILED: Wording("Stopped", "err", "circle-alert"),
}
COLUMNS = (
    RowColumn("Product", 180, lambda each: each[0]),
    RowColumn("Link", 0, lambda each: each[1].url, lambda each: "An earlier copy is used" if each[1].content else ""),
    RowColumn("What is wrong, and what to do", 420, lambda each: each[1].message, lambda each: each[1].fix),
    RowColumn("Looked at", 120, lambda each: ago(each[1].checked_at)),
)  # fmt: skip


class FetchCard(Card):
    """How the fetching stands, in words and as a bar, with what can be done about it."""

    def __init__(self, context: GuiContext) -> None:
        super().__init__()
        self._context = context
        self.icon = IconLabel("circle-check", "neutral", 20)
        self.words = Label("", "strong")
        self.detail = Label("", "small", "muted")
        self.detail.setWordWrap(True)
        self.bar = ProgressLine()
        self.pause_button = Button("Pause", "pause")
        self.pause_button.clicked.connect(lambda: self._do(self._fetching.pause(), "Pause the images"))
        self.go_button = Button("Go on", "play", "primary")
        self.go_button.clicked.connect(lambda: self._do(self._fetching.go_on(), "Go on with the images"))
        self.forget_button = Button("Do not fetch the rest", "x")
        self.forget_button.clicked.connect(lambda: self._do(self._fetching.forget(), "Forget waiting images"))
        self.limits_button = Button("Limits…", "settings", "quiet")
        self.limits_button.setToolTip("Whether images are fetched by themselves, how many, and how much room they take")
        self.limits_button.clicked.connect(lambda: context.window.show_page("settings"))
        row = QHBoxLayout()
        row.setSpacing(10)
        row.addWidget(self.icon)
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(self.words)
        words.addWidget(self.detail)
        row.addLayout(words, 1)
        for button in (self.forget_button, self.pause_button, self.go_button, self.limits_button):
            row.addWidget(button)
        self.body.addLayout(row)
        self.body.addWidget(self.bar)

    @property
    def _fetching(self) -> ImageFetching:
        return self._context.workspace.image_fetching

    def _do(self, work: Coroutine[Any, Any, None], what: str) -> None:
        self._context.spawn(work, what)

    def show_progress(self, now: FetchProgress) -> None:
        """Say how it stands."""
        wording = STATES[now.state]
        self.icon.set_icon(wording.icon, wording.tone)
        is_open = now.state is not FetchState.IDLE
        count = f": {number(now.done)} of {counted(now.total, 'image')}" if is_open and now.total else ""
        self.words.setText(f"{wording.word}{count}")
        broken = f"{counted(now.broken, 'link')} broken so far." if now.broken else ""
        self.detail.setText(" ".join(words for words in (now.words, broken) if words))
        self.detail.setVisible(bool(self.detail.text()))
        self.bar.setVisible(is_open and now.total > 0)
        self.bar.set_progress(now.done / max(1, now.total), "warn" if wording.tone == "warn" else "accent")
        self.pause_button.setVisible(is_open and now.state not in WAITS_FOR_SELLER)
        self.go_button.setVisible(now.state in WAITS_FOR_SELLER or now.state is FetchState.RESTING)
        self.go_button.setText("Ask again now" if now.state is FetchState.RESTING else "Go on")
        self.forget_button.setVisible(now.state in WAITS_FOR_SELLER)
        self.setAccessibleName(f"{self.words.text()}. {self.detail.text()}".strip())


class BrokenLinks(QWidget):
    """Links that were broken when they were last looked at, each with the product that names it."""

    def __init__(self, context: GuiContext) -> None:
        super().__init__()
        self._context = context
        self.again_button = Button("Try all again", "rotate-cw", "primary")
        self.again_button.clicked.connect(self._try_again)
        self.open_button = Button("Open the product", "pencil")
        self.open_button.clicked.connect(lambda: context.spawn(self._open(), "Open a product"))
        self.filter_button = Button("Show these products", "funnel")
        self.filter_button.setToolTip("The product table with all products that have a broken image link")
        broken = Filter("image_state", Operator.ONE_OF, ImageState.BROKEN.value)
        self.filter_button.clicked.connect(lambda: context.window.show_page("products", filters=(broken,)))
        self.model = RowsModel(COLUMNS, lambda each: (each[0], each[1].url), self)
        self.table = RowsView(self.model, "Broken image links")
        self.table.setProperty("framed", True)
        self.table.activated.connect(lambda _: self.open_button.click())
        self.table.selectionModel().currentRowChanged.connect(
            lambda *_: self.open_button.setEnabled(self.table.thing() is not None)
        )
        self.open_button.setEnabled(False)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self.again_button)
        row.addWidget(self.open_button)
        row.addWidget(self.filter_button)
        row.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 12, 0, 0)
        column.setSpacing(12)
        column.addLayout(row)
        column.addWidget(self.table, 1)

    def show_links(self, links: Sequence[Broken]) -> None:
        """Show these."""
        self.model.set_rows(list(links))

    def _try_again(self) -> None:
        self._context.spawn(self._context.workspace.image_fetching.retry_broken(), "Try broken links again")

    async def _open(self) -> None:
        link: Broken | None = self.table.thing()
        product = await self._context.workspace.products.by_sku(link[0]) if link else None
        if product is not None:
            self._context.window.show_page("products", product=product.id)


class PicturesPage(Page):
    """The fetching above; below what is broken, and what looks the same."""

    refresh_on: ClassVar[tuple[type[Event], ...]] = (ImagesFetched, ProductsChanged)

    def __init__(self, context: GuiContext) -> None:
        super().__init__(context)
        self.header = PageHeader("Pictures", " ")
        self.fetch = FetchCard(context)
        self.broken = BrokenLinks(context)
        self._stack = QStackedWidget()
        self._stack.addWidget(self.broken)
        self._stack.addWidget(
            EmptyState("image", "No broken links", "Links to pictures are looked at when they are fetched.")
        )
        self.body.addWidget(self.header)
        self.body.addWidget(self.fetch)
        self.similar = SimilarPicturesView(context)
        self.tabs = QTabWidget()
        self.tabs.setAccessibleName("Broken links and similar pictures")
        self.tabs.addTab(self._stack, "Broken links")
        self.tabs.addTab(self.similar, "Similar pictures")
        self.body.addWidget(self.tabs, 1)

    def show_what(self, *, similar: bool = False, **_: Any) -> None:
        """``similar``: the pictures that look the same."""
        self.tabs.setCurrentIndex(1 if similar else 0)

    async def refresh(self, events: Sequence[Event]) -> None:
        """How far it is; the links, when pictures or products changed."""
        told = next((each for each in reversed(events) if isinstance(each, ImagesFetched)), None)
        fetching = self.context.workspace.image_fetching
        self.fetch.show_progress(told.progress if told else fetching.progress)
        found = await self.context.workspace.images.store.broken(SHOWN)
        self.broken.show_links(found)
        self._stack.setCurrentIndex(0 if found else 1)
        self.tabs.setTabText(0, f"Broken links ({number(len(found))})" if found else "Broken links")
        few = "broken image link" if len(found) == 1 else "broken image links"
        more = "more than " if len(found) == SHOWN else ""
        self.header.set_subtitle(f"{more}{number(len(found))} {few}" if found else "All known image links work")
