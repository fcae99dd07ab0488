"""Which of the store's columns a plan fills, and from which cells: what row_code, rows and the writer agree on."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from mmhub_desktop.catalog.columns import BY_NAME
from mmhub_desktop.catalog.plan import ATTRIBUTE, NAMED_ATTRIBUTE, OPTION, EmptyCell, ImportPlan, PlanColumn
from mmhub_desktop.errors import UserMistake

PARENT_KEY = "parent_key"  # no column of the store: the key of the parent's SKU, resolved by the writer

# The store's columns that a row can fill, in order. An import fills only those its plan has columns for.
VALUES = (
    "sku", "sku_key", "search_key", "source", "source_id", "title", "description", "keywords", "optimized_title",
    "optimized_description", "optimized_keywords", "optimized_by", "brand", "category",
    "gtin", "condition", "price_minor", "cost_minor", "currency", "quantity", "weight_g", "length_mm", "width_mm",
    "height_mm", "images", "image_base", "options", "attributes", "active", "quality", PARENT_KEY,
)  # fmt: skip
_ALWAYS = {"sku", "sku_key", "search_key", "title", "quality"}
_STORED_AS = {
    "price": ("price_minor", "currency"), "cost": ("cost_minor", "currency"), "weight": ("weight_g",),
    "length": ("length_mm",), "width": ("width_mm",), "height": ("height_mm",), "images": ("images", "image_base"),
    "currency": (), "image_base": (), "parent_sku": (PARENT_KEY,), ATTRIBUTE: ("attributes",), OPTION: ("options",),
}  # fmt: skip
_NEVER_EMPTY = ("sku", "title", "currency", "source", "source_id")


@dataclass(frozen=True, slots=True)
class Cell:
    """One value of a row: the field it goes into (for attributes and options also a name), and how it is read.

    ``variable`` is what the row's code calls it: a cell of the file, or a constant of the plan.
    """

    field: str  # a name of ``columns.FIELDS``, ATTRIBUTE or OPTION
    variable: str
    column: PlanColumn
    name: str = ""

    @property
    def clears(self) -> bool:
        """Whether an empty cell takes away what the product has."""
        return self.column.empty is EmptyCell.CLEAR


def cells_of(plan: ImportPlan) -> tuple[Cell, ...]:
    """All values of a row that are imported, in the order of the columns, then the constants."""
    found = list(_cells(plan))
    names: dict[tuple[str, str], int] = {}
    numbered = []
    for cell in found:  # a name that occurs twice is numbered
        name, number = cell.name, 2
        while cell.name and (cell.field, name) in names:
            name, number = f"{cell.name} {number}", number + 1
        names[cell.field, name] = 1
        numbered.append(Cell(cell.field, cell.variable, cell.column, name))
    return tuple(numbered)


def _cells(plan: ImportPlan) -> Iterator[Cell]:
    for column in plan.columns:
        field, name = field_of(column.field, column.header or f"Column {column.index + 1}")
        if field:
            yield Cell(field, f"c{column.index}", column, name)
    taken = {column.field for column in plan.columns}
    for number, key in enumerate(plan.constants):
        field, name = field_of(key, "")
        if field and field != "sku" and (key not in taken or (key in BY_NAME and BY_NAME[key].many)):
            yield Cell(field, f"k{number}", PlanColumn(-1 - number, key, key), name)


def field_of(field: str, header: str) -> tuple[str, str]:
    """(field, name) of what a column is called: "option:Size" → OPTION, "Size"; "" for what is not imported."""
    for kind, prefix in ((OPTION, OPTION), (ATTRIBUTE, NAMED_ATTRIBUTE)):
        if field.startswith(prefix):
            return kind, field[len(prefix) :].strip() or header
    if field == ATTRIBUTE:
        return ATTRIBUTE, header.removeprefix(NAMED_ATTRIBUTE)
    return (field, "") if field in BY_NAME else ("", "")


def stored_columns(plan: ImportPlan) -> tuple[str, ...]:
    """The store's columns that this plan fills, in the order of VALUES; the others are never touched."""
    wanted = set(_ALWAYS)
    for cell in cells_of(plan):
        wanted.update(_STORED_AS.get(cell.field, (cell.field,)))
    return tuple(name for name in VALUES if name in wanted)


def cleared_columns(plan: ImportPlan) -> frozenset[str]:
    """Those of ``stored_columns`` in which an empty cell takes away what is there."""
    cells = [cell for cell in cells_of(plan) if cell.clears and cell.field not in _NEVER_EMPTY]
    return frozenset(_STORED_AS.get(cell.field, (cell.field,))[0] for cell in cells)


def refuse_clearing(columns: Sequence[PlanColumn]) -> None:
    """UserMistake when a field is to be cleared that no product can be without."""
    for column in columns:
        if column.empty is EmptyCell.CLEAR and column.field in _NEVER_EMPTY:
            label = BY_NAME[column.field].label
            raise UserMistake(
                f"Empty cells of “{column.header}” cannot clear the {label}: a product is not without one.",
                hint="Choose “keep” for the empty cells of this column.",
            )
