"""The editor's tabs, as a table: a further one is a line here and a file of its own."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QWidget

from mmhub_desktop.domain.product_edit import OWN, split
from mmhub_desktop.gui.editor.account_tab import AccountTab
from mmhub_desktop.gui.editor.attributes_tab import AttributesTab
from mmhub_desktop.gui.editor.facts_tab import FactsTab
from mmhub_desktop.gui.editor.history_tab import HistoryTab
from mmhub_desktop.gui.editor.images_tab import ImagesTab
from mmhub_desktop.gui.editor.sheet import EditedProduct
from mmhub_desktop.gui.editor.text_tab import TextTab
from mmhub_desktop.gui.editor.variants_tab import VariantsTab

if TYPE_CHECKING:
    from mmhub_desktop.gui.editor.editor import ProductEditor


@dataclass(frozen=True, slots=True)
class TabEntry:
    """One tab. ``cells``: beginnings of the keys that are edited there, those of accounts without the account."""

    label: str
    hint: str
    make: Callable[[EditedProduct, "ProductEditor"], QWidget]
    cells: tuple[str, ...] = ()


def _make_variants(sheet: EditedProduct, editor: "ProductEditor") -> QWidget:
    tab = VariantsTab(sheet)
    tab.open_parent.clicked.connect(editor.open_parent)
    return tab


TABS: tuple[TabEntry, ...] = (
    TabEntry(
        "Text", "Original, optimised and per account, side by side", lambda sheet, _: TextTab(sheet),
        ("original.", "optimized.", "own.title", "own.description"),
    ),
    TabEntry("Fields", "Price, stock, codes and measures", lambda sheet, editor: FactsTab(sheet, editor.context)),
    TabEntry(
        "Attributes", "What else it is: with kinds and units, and what marketplaces ask for",
        lambda sheet, editor: AttributesTab(sheet, editor.context), ("attributes.",),
    ),
    TabEntry(
        "Variants", "Options, and price, stock, SKU and barcode of each variant", _make_variants, ("variant.",),
    ),
    TabEntry(
        "Images", "The images in order", lambda sheet, editor: ImagesTab(sheet, editor.context, editor.thumbnails),
        ("images",),
    ),
    TabEntry(
        "Listings", "Quality, and for each account what is listed and what is missing",
        lambda sheet, editor: AccountTab(sheet, editor.context), ("own.price", "own.quantity"),
    ),
    TabEntry(
        "History", "What changed, with undo, and what was sent",
        lambda sheet, editor: HistoryTab(sheet, editor.context),
    ),
)  # fmt: skip
_FIELDS = 1  # the place of the tab for all other cells


def tab_of(key: str) -> int:
    """The place of the tab where a cell is edited."""
    kind, _, cell = split(key)
    name = f"{OWN}{cell}" if kind == OWN else key
    return next((place for place, entry in enumerate(TABS) if entry.cells and name.startswith(entry.cells)), _FIELDS)
