"""What the product table shows and how: filters, search, order, columns, widths, row height; saved by name."""

import contextlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from mmhub_desktop.domain.ids import AccountId
from mmhub_desktop.domain.product_filter import Filter, Operator, check
from mmhub_desktop.domain.product_query import ProductQuery, ProductSort
from mmhub_desktop.errors import UserMistake


class Density(StrEnum):
    """How high the table's rows are."""

    COMPACT = "compact"
    NORMAL = "normal"
    PICTURES = "pictures"


@dataclass(frozen=True, slots=True)
class ProductView:
    """``columns`` by name from left to right, none: the usual ones. ``widths`` in pixels, where the seller set them."""

    query: ProductQuery = field(default_factory=ProductQuery)
    columns: tuple[str, ...] = ()
    widths: Mapping[str, int] = field(default_factory=dict)
    density: Density = Density.NORMAL


@dataclass(frozen=True, slots=True)
class SavedView:
    """A view under its name. ``id`` is 0 for those that are part of the program."""

    id: int
    name: str
    view: ProductView


def _filtered(*filters: Filter) -> ProductView:
    return ProductView(ProductQuery(filters=filters))


BUILT_IN: tuple[SavedView, ...] = (
    SavedView(0, "All products", ProductView()),
    SavedView(0, "Without images", _filtered(Filter("has_images", Operator.IS, "no"))),
    SavedView(0, "Broken images", _filtered(Filter("image_state", Operator.ONE_OF, "broken,missing"))),
    SavedView(0, "Without GTIN", _filtered(Filter("gtin", Operator.EMPTY))),
    SavedView(0, "Low stock", _filtered(Filter("quantity", Operator.AT_MOST, "5"))),
    SavedView(0, "Not listed anywhere", _filtered(Filter("listed", Operator.IS, "no"))),
    SavedView(0, "Changed today", _filtered(Filter("updated", Operator.LAST_DAYS, "1"))),
    SavedView(0, "Has findings", _filtered(Filter("has_finding", Operator.IS, "yes"))),
)


def to_plain(view: ProductView) -> dict[str, Any]:
    """What JSON can hold of a view. Which problem is looked at is of the moment and left out."""
    query = view.query
    return {
        "text": query.text,
        "filters": [[each.field, each.operator.value, each.value] for each in query.filters],
        "sort": query.sort.value,
        "descending": query.descending,
        "sort_account": query.sort_account,
        "sort_ready": query.sort_ready,
        "sort_attribute": query.sort_attribute,
        "families": query.families,
        "columns": list(view.columns),
        "widths": dict(view.widths),
        "density": view.density.value,
    }


def from_plain(plain: Mapping[str, Any]) -> ProductView:
    """The view again. What this version does not know, as another one may have written it, is left out."""
    query = ProductQuery(
        text=_of(str, plain.get("text"), ""),
        filters=tuple(found for each in _of(list, plain.get("filters"), []) if (found := _filter(each)) is not None),
        sort=_choice(ProductSort, plain.get("sort"), ProductSort.UPDATED),
        descending=_of(bool, plain.get("descending"), True),
        sort_account=_account(plain.get("sort_account")),
        sort_ready=_account(plain.get("sort_ready")),
        sort_attribute=_of(str, plain.get("sort_attribute"), ""),
        families=_of(bool, plain.get("families"), False),
    )
    widths = _of(dict, plain.get("widths"), {})
    return ProductView(
        query,
        tuple(each for each in _of(list, plain.get("columns"), []) if isinstance(each, str)),
        {str(name): width for name, width in widths.items() if isinstance(width, int) and 0 < width < 10_000},
        _choice(Density, plain.get("density"), Density.NORMAL),
    )


def _of(kind: type[Any], value: Any, otherwise: Any) -> Any:
    return value if isinstance(value, kind) else otherwise


def _choice(kind: type[Any], value: Any, otherwise: Any) -> Any:
    return kind(value) if value in [each.value for each in kind] else otherwise


def _account(value: Any) -> AccountId | None:
    return AccountId(value) if isinstance(value, int) else None


def _filter(plain: Any) -> Filter | None:
    with contextlib.suppress(ValueError, TypeError, UserMistake):
        field_, operator, value = plain
        found = Filter(str(field_), Operator(operator), str(value))
        check(found)
        return found
    return None
