"""What is suggested below the products page's search, and what taking it does: filters, views, words of titles."""

from functools import partial

from mmhub_desktop.domain.filter_suggestions import suggest_filters
from mmhub_desktop.domain.product import fold
from mmhub_desktop.domain.product_filter import Filter
from mmhub_desktop.domain.product_view import BUILT_IN, SavedView
from mmhub_desktop.gui.pages.page import GuiContext
from mmhub_desktop.gui.pages.product_chips import ProductChips
from mmhub_desktop.gui.pages.product_filters import ProductTools
from mmhub_desktop.gui.pages.product_search import Suggestion
from mmhub_desktop.gui.pages.product_viewing import ProductViewing

MOST_VIEWS = 2


class ProductSuggestions:
    """Feeds the search field of ``tools``."""

    def __init__(self, context: GuiContext, viewing: ProductViewing, tools: ProductTools, chips: ProductChips) -> None:
        self._context = context
        self._viewing = viewing
        self._tools = tools
        self._chips = chips
        tools.search.suggest = self.suggest

    async def suggest(self, text: str) -> list[Suggestion]:
        """What may be meant by these words: filters, then saved views, then words of titles."""
        found = [
            Suggestion(f"Filter: {self._chips.words_of(each)}", "funnel", partial(self._take_filter, each))
            for each in suggest_filters(text, self._viewing.account_labels)
        ]
        views = [each for each in (*BUILT_IN[1:], *self._tools.views.saved) if fold(text) in fold(each.name)]
        found += [
            Suggestion(f"View: {each.name}", "table", partial(self._take_view, each)) for each in views[:MOST_VIEWS]
        ]
        completed = await self._context.workspace.products.suggest(text)
        return found + [Suggestion(each, "search", partial(self._take_words, each)) for each in completed]

    def _take_filter(self, filter_: Filter) -> None:
        self._viewing.search("")
        self._viewing.change(filters=(*(each for each in self._viewing.query.filters if each != filter_), filter_))

    def _take_words(self, words: str) -> None:
        self._tools.search.set_words(words)
        self._viewing.search(words)

    def _take_view(self, view: SavedView) -> None:
        self._tools.search.set_words("")
        self._viewing.choose(view)
