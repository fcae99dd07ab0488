"""One cell of the product table as it was typed: read against what is stored, and saved."""

import re
from collections.abc import Mapping

from mmhub_desktop.actions.product_editing import ProductEditing
from mmhub_desktop.domain.bulk_edit import BulkEdit
from mmhub_desktop.domain.ids import ProductId
from mmhub_desktop.domain.product_cells import ATTRIBUTE, YES
from mmhub_desktop.errors import UserMistake

TITLE, BETTER_TITLE = "original.title", "optimized.title"
_WITH_CURRENCY = re.compile(r"(.*\d)\s*([A-Za-z]{3})")
_BULK_NAMES = {TITLE: "title", "weight": "weight_g"}  # fields that bulk edits name otherwise
_NOT_IN_BULK = frozenset({"sku", "size"})


async def save_cell(editing: ProductEditing, product_id: ProductId, field: str, shown: str, wanted: str) -> None:
    """Save a cell that showed ``shown``; the title is that of the text in use. An amount may name its currency.

    UserMistake for what means nothing, and where the cell holds something else by now: then nothing is written.
    """
    found = await editing.store.read(product_id)
    if found is None:
        raise UserMistake("The product is no longer in the catalog.", hint="It was deleted meanwhile. Press Esc.")
    cells = found[0].cells()
    key = title_key(field, cells)
    stored = cells.get(key, "")
    if stored != shown:
        now = f"It is “{stored}” now." if stored else "It is empty now."
        raise UserMistake(f"This cell was changed meanwhile. {now}", hint="Press Esc, look at it, and edit it again.")
    changed = split_amount(key, wanted, cells)
    await editing.save(product_id, {each: (cells.get(each, ""), words) for each, words in changed.items()})


def title_key(field: str, cells: Mapping[str, str]) -> str:
    """The cell behind a column: the table's title is that of the better text, where there is one."""
    return BETTER_TITLE if field == TITLE and cells[BETTER_TITLE] else field


def split_amount(key: str, words: str, cells: Mapping[str, str]) -> dict[str, str]:
    """The cells that these words are meant for: an amount with a currency behind it is meant for both."""
    named = _WITH_CURRENCY.fullmatch(words) if key in ("price", "cost") else None
    if named is None:
        return {key: words}
    currency = named[2].upper()
    return {key: named[1].strip(), **({} if currency == cells["currency"] else {"currency": currency})}


def fill_edit(field: str, text: str, currency: str) -> BulkEdit:
    """The bulk edit that gives many products what one cell holds. UserMistake where every product needs its own."""
    if field in _NOT_IN_BULK or not field:
        raise UserMistake("This column cannot be filled down.", hint="Each product has a value of its own there.")
    name = _BULK_NAMES.get(field, field)
    if field.startswith(ATTRIBUTE):
        name = f"attribute:{field.removeprefix(ATTRIBUTE)}"
    if field == "active":
        text = "yes" if text == YES else "no"
    elif field in ("price", "cost") and text:
        text = f"{text} {currency}"
    if not text:
        return BulkEdit(name, "clear")
    return BulkEdit(name, "set", (("value", text),))
