"""Changes of an item's variations: all of them are sent, those left out are deleted, and all have one price."""

from typing import Any

from mmhub_desktop.practice.mercadolibre.errors import Cause, cause
from mmhub_desktop.practice.mercadolibre.user_products import set_quantity
from mmhub_desktop.practice.state import Json

_CHANGEABLE = ("price", "available_quantity", "picture_ids", "attributes", "attribute_combinations")


def change_variations(item: Json, rows: Any) -> list[Cause]:
    """Put the rows into the item, which may be changed in place; what is wrong with them."""
    place = "item.variations"
    if not isinstance(rows, list) or not rows or not all(isinstance(row, dict) and row.get("id") for row in rows):
        return [cause("wrong_type", "invalid property type: [variations] expected Array with ids", place)]
    known = {row["id"]: row for row in item["variations"]}
    if unknown := [row["id"] for row in rows if row["id"] not in known]:
        return [cause("not_modifiable", f"The variations {unknown} do not belong to the item", place)]
    kept = [{**known[row["id"]], **{name: row[name] for name in _CHANGEABLE if name in row}} for row in rows]
    if len({row["price"] for row in kept}) > 1:
        return [cause("price_low", "All variations must have the same price", f"{place}.price")]
    quantities = [row["available_quantity"] for row in kept]
    if not all(isinstance(one, int) and 0 <= one <= 99_999 for one in quantities):
        return [cause("quantity", "The available_quantity of a variation is invalid", f"{place}.available_quantity")]
    item["variations"], item["price"] = kept, kept[0]["price"]
    set_quantity(item, sum(quantities))
    return []


def without_prices(changes: Json) -> Json:
    """Changes of an item whose price is automated: the others. Nothing is left of what names prices alone."""
    rest = {name: value for name, value in changes.items() if name not in ("price", "variations")}
    rows = changes.get("variations")
    if not isinstance(rows, list):
        return rest
    kept = [{name: value for name, value in row.items() if name != "price"} for row in rows if isinstance(row, dict)]
    return {**rest, "variations": kept} if any(set(row) > {"id"} for row in kept) else rest
