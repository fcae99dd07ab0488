"""A block of cells from a spreadsheet, put into products: which cells change, and which cannot and why."""

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from mmhub_desktop.actions.cell_edits import split_amount, title_key
from mmhub_desktop.domain.ids import ProductId
from mmhub_desktop.domain.product import Condition, Product
from mmhub_desktop.domain.product_cells import YES, cells_of, faults_of, label_of, sound_cells, with_cells
from mmhub_desktop.errors import UserMistake
from mmhub_desktop.store.bulk_edits import EditLine
from mmhub_desktop.store.products import ProductStore

MOST_ROWS = 5_000
AT_ONCE = 200
_CHOICES: Mapping[str, Mapping[str, str]] = {
    "condition": {each.value: each.value for each in Condition},
    "active": {"yes": YES, "no": ""},
}


@dataclass(frozen=True, slots=True)
class Pasting:
    """What a block would make of products: the changed ones, a line for each cell that changes or is left out."""

    products: tuple[Product, ...]
    lines: tuple[EditLine, ...]
    refused: tuple[EditLine, ...]


def read_block(text: str) -> list[list[str]]:
    """Rows of cells, as spreadsheets put them onto the clipboard. UserMistake where there are too many, or none."""
    try:
        rows = list(csv.reader(io.StringIO(text.rstrip("\r\n"), newline=""), delimiter="\t"))
    except csv.Error as error:
        raise UserMistake("The block cannot be read.", hint="Copy the cells again.", original=str(error)) from error
    if not any(any(cell.strip() for cell in row) for row in rows):
        raise UserMistake("There are no cells to paste.", hint="Copy cells in a spreadsheet first.")
    if len(rows) > MOST_ROWS:
        raise UserMistake(f"The block has {len(rows):,} rows.", hint=f"Paste at most {MOST_ROWS:,}, or import them.")
    return rows


async def plan_pasting(
    store: ProductStore, ids: Sequence[int], fields: Sequence[str], block: Sequence[Sequence[str]]
) -> Pasting:
    """Put the block's rows into these products and its columns into these fields ("" leaves a column out)."""
    changed: list[Product] = []
    lines: list[EditLine] = []
    refused: list[EditLine] = []
    ids = ids[: len(block)]
    for start in range(0, len(ids), AT_ONCE):
        rows = {each: block[start + place] for place, each in enumerate(ids[start : start + AT_ONCE])}
        for product in await store.get_many(list(rows)):
            after = _put(product, fields, rows[product.id], lines, refused)
            if after is not product:
                changed.append(after)
    return Pasting(tuple(changed), tuple(lines), tuple(refused))


def _put(
    product: Product, fields: Sequence[str], row: Sequence[str], lines: list[EditLine], refused: list[EditLine]
) -> Product:
    present = cells_of(product)
    wanted: dict[str, str] = {}
    for field, words in zip(fields, row, strict=False):
        if field:
            wanted |= split_amount(title_key(field, present), _meant(field, words.strip()), present)
    wanted = {key: words for key, words in wanted.items() if words != present.get(key, "")}
    unknown = {key: words for key, words in wanted.items() if key in _CHOICES and words not in _CHOICES[key].values()}
    readable = {key: words for key, words in wanted.items() if key not in unknown}
    faults = faults_of(product, readable) | {key: _no_choice(key, words) for key, words in unknown.items()}
    sound = sound_cells(product, readable)
    for key, words in wanted.items():
        name = label_of(key)
        line = EditLine(ProductId(product.id), product.sku, product.text.title, _named(name, present.get(key, "")))
        if key in sound:
            lines.append(replace(line, new=_named(name, words)))
        else:
            fault = faults.get(key)
            why = f"{fault.message} {fault.hint}".strip() if fault else "What it belongs to is wrong."
            refused.append(replace(line, refused=why))
    return with_cells(product, sound) if sound else product


def _meant(field: str, words: str) -> str:
    """A choice may be pasted as it is shown, in any case."""
    return _CHOICES.get(field, {}).get(words.casefold(), words)


def _no_choice(key: str, words: str) -> UserMistake:
    return UserMistake(f"“{words}” is not one of {', '.join(_CHOICES[key])}.", hint="Use one of these words.")


def _named(name: str, value: str) -> str:
    return f"{name}: {value}" if value else f"{name}: nothing"
