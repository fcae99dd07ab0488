"""Our own table: every field of a product under the names that the import knows, so that nothing is lost."""

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from mmhub_desktop.catalog.columns import STATUS
from mmhub_desktop.catalog.export.formats import Cell, ExportFormat, Table
from mmhub_desktop.catalog.plan import NAMED_ATTRIBUTE, OPTION
from mmhub_desktop.domain.money import Money
from mmhub_desktop.domain.product import Product
from mmhub_desktop.store.export_reader import Exported, ExportNames

ALL_OPTIONS = f"{OPTION}*"
_THOUSANDS = 3  # digits
_RISKY_IN_WORDS = re.compile(r"""[,;|\r\n\t"]|^\[|^\s|\s$|^$""").search  # cut in two, or changed, when it is read
_RISKY = re.compile(r"""[,;|\s"']|^\[|^$""").search  # among images a space separates, too


@dataclass(frozen=True, slots=True)
class ExportColumn:
    """One column: its header, which the import understands, what people read of it, and its cell."""

    name: str
    label: str
    cell: Callable[[Product], Cell]


def listed(things: Sequence[str], *, spaces: bool = False) -> str:
    """A list in one cell: with | between, or as JSON where a member holds what could be taken for a separator."""
    risky = _RISKY_IN_WORDS if spaces else _RISKY
    if any(risky(each) for each in things):
        return json.dumps(list(things), ensure_ascii=False)
    return "|".join(things)


def _amount(money: Money | None) -> Cell:
    if money is None:
        return None
    amount = money.amount
    # 1.234 would be asked about, when it is imported: it could be a thousand and more
    return amount.quantize(Decimal("0.0001")) if amount.as_tuple().exponent == -_THOUSANDS else amount


def _side(place: int) -> Callable[[Product], Cell]:
    return lambda product: product.size_mm[place] if product.size_mm else None


def _optimized(product: Product, part: str) -> Cell:
    text = product.optimized
    if text is None:
        return ""
    return {"title": text.title, "description": text.description, "keywords": listed(text.keywords, spaces=True)}[part]


COLUMNS: tuple[ExportColumn, ...] = (
    ExportColumn("sku", "SKU", lambda p: p.sku),
    ExportColumn("parent_sku", "SKU of the parent", lambda _: ""),  # known beside the product
    ExportColumn("source", "Source", lambda p: p.source),
    ExportColumn("source_id", "Source id", lambda p: p.source_id),
    ExportColumn("title", "Title", lambda p: p.original.title),
    ExportColumn("description", "Description", lambda p: p.original.description),
    ExportColumn("keywords", "Keywords", lambda p: listed(p.original.keywords, spaces=True)),
    ExportColumn("optimized_title", "Optimised title", lambda p: _optimized(p, "title")),
    ExportColumn("optimized_description", "Optimised description", lambda p: _optimized(p, "description")),
    ExportColumn("optimized_keywords", "Optimised keywords", lambda p: _optimized(p, "keywords")),
    ExportColumn("optimized_by", "Optimised by", lambda p: p.optimized_by if p.optimized else ""),
    ExportColumn("brand", "Brand", lambda p: p.brand),
    ExportColumn("category", "Category", lambda p: p.category),
    ExportColumn("gtin", "GTIN (EAN, UPC)", lambda p: p.gtin),
    ExportColumn("condition", "Condition", lambda p: p.condition.value),
    ExportColumn("price", "Price", lambda p: _amount(p.price)),
    ExportColumn("cost", "Cost", lambda p: _amount(p.cost)),
    ExportColumn("currency", "Currency", lambda p: money.currency if (money := p.price or p.cost) else ""),
    ExportColumn("quantity", "Quantity", lambda p: p.quantity),
    ExportColumn("weight (g)", "Weight in grams", lambda p: p.weight_g),
    ExportColumn("length (mm)", "Length in mm", _side(0)),
    ExportColumn("width (mm)", "Width in mm", _side(1)),
    ExportColumn("height (mm)", "Height in mm", _side(2)),
    ExportColumn("images", "Images", lambda p: listed(p.images)),
    ExportColumn("image_base", "Folder of the images", lambda p: p.image_base),
    ExportColumn("active", "Active", lambda p: "yes" if p.active else "no"),
    ExportColumn(STATUS, STATUS, lambda p: p.status.value),
)
_BY_NAME = {column.name: column for column in COLUMNS}


def table(names: ExportNames, chosen: Sequence[str]) -> Table:
    """``chosen`` holds names of COLUMNS, option:…, attribute:…, or option:* and attribute:*; empty: all there are."""
    every = (
        *_BY_NAME,
        *(OPTION + name for name in names.options),
        *(NAMED_ATTRIBUTE + name for name in names.attributes),
    )
    header = tuple(name for name in every if not chosen or name in chosen or _all_of(name) in chosen)
    cells = [_cell_of(name) for name in header]

    def rows(one: Exported) -> Iterator[list[Cell]]:
        yield [cell(one) for cell in cells]

    return Table(header, rows)


def _all_of(name: str) -> str:
    """What stands for all options, or all attributes, among chosen columns."""
    return f"{name.partition(':')[0]}:*"


def _cell_of(name: str) -> Callable[[Exported], Cell]:
    if name == "parent_sku":
        return lambda one: one.parent_sku
    if name.startswith(OPTION):
        return _named(name[len(OPTION) :], lambda product: product.options)
    if name.startswith(NAMED_ATTRIBUTE):
        return _named(name[len(NAMED_ATTRIBUTE) :], lambda product: product.attributes)
    cell = _BY_NAME[name].cell
    return lambda one: cell(one.product)


def _named(name: str, of: Callable[[Product], Mapping[str, str]]) -> Callable[[Exported], Cell]:
    return lambda one: of(one.product).get(name, "")


OURS = ExportFormat(
    name="csv",
    label="CSV",
    about="Every field; it can be imported again without any loss.",
    suffix="csv",
    families=False,
    table=table,
    has_columns=True,
    mark=True,
)
XLSX = ExportFormat(
    name="xlsx",
    label="Excel workbook",
    about="Every field; texts that look like formulas stay texts.",
    suffix="xlsx",
    families=False,
    table=table,
    has_columns=True,
)
