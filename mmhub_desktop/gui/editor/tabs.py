"""The editor's tabs, as a table: a further one is a line here and a file of its own."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QWidget

from mmhub_desktop.gui.editor.facts_tab import FactsTab
from mmhub_desktop.gui.editor.sheet import EditedProduct
from mmhub_desktop.gui.editor.text_tab import TextTab

if TYPE_CHECKING:
    from mmhub_desktop.gui.editor.editor import ProductEditor


@dataclass(frozen=True, slots=True)
class TabEntry:
    """One tab. ``cells``: beginnings of the keys that are edited there."""

    label: str
    hint: str
    make: Callable[[EditedProduct, "ProductEditor"], QWidget]
    cells: tuple[str, ...] = ()


TABS: tuple[TabEntry, ...] = (
    TabEntry(
        "Text", "Original, optimised and per account, side by side", lambda sheet, _: TextTab(sheet),
        ("original.", "optimized.", "own."),
    ),
    TabEntry("Fields", "Price, stock, codes and measures", lambda sheet, _: FactsTab(sheet)),
)  # fmt: skip
_FIELDS = 1


def tab_of(key: str) -> int:
    """The place of the tab where a cell is edited."""
    return next((place for place, entry in enumerate(TABS) if key.startswith(entry.cells)), _FIELDS)
