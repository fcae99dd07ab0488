"""One cell of the product table as it was typed: read against what is stored, and saved."""

import re

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
    key = BETTER_TITLE if field == TITLE and cells[BETTER_TITLE] else field
    stored = cells.get(key, "")
    if stored != shown:
        now = f"It is “{stored}” now." if stored else "It is empty now."
        raise UserMistake(f"This cell was changed meanwhile. {now}", hint="Press Esc, look at it, and edit it again.")
    changed = {key: (stored, wanted)}
    named = _WITH_CURRENCY.fullmatch(wanted) if field in ("price", "cost") else None
    if named is not None:
        changed[key] = (stored, named[1].strip())
        if named[2].upper() != cells["currency"]:
            changed["currency"] = (cells["currency"], named[2].upper())
    await editing.save(product_id, changed)


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
