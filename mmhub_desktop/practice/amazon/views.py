"""A listing of the practice Amazon as the API shows it, with the data sets that were asked for."""

from collections.abc import Callable, Collection
from typing import Any

from mmhub_desktop.practice.amazon.books import Books, money, pictures_of, price_of, stamp, text_of
from mmhub_desktop.practice.state import Json

DATA_SETS = frozenset(
    {
        "summaries",
        "attributes",
        "issues",
        "offers",
        "fulfillmentAvailability",
        "procurement",
        "relationships",
        "productTypes",
    }
)


def show(books: Books, row: Json, wanted: Collection[str]) -> Json:
    """The item of one marketplace."""
    makers: dict[str, Callable[[Books, Json], Any]] = {
        "summaries": _summaries,
        "attributes": lambda _, row: row["attributes"],
        "issues": lambda books, row: books.issues(row),
        "offers": _offers,
        "fulfillmentAvailability": _stock,
        "relationships": _relationships,
        "productTypes": lambda _, row: [{"marketplaceId": row["marketplace"], "productType": row["product_type"]}],
    }
    return {"sku": row["sku"], **{name: make(books, row) for name, make in makers.items() if name in wanted}}


def _summaries(books: Books, row: Json) -> Any:
    summary: Json = {
        "marketplaceId": row["marketplace"],
        "productType": row["product_type"],
        "conditionType": text_of(row, "condition_type") or "new_new",
        "status": books.status(row),
        "itemName": text_of(row, "item_name"),
        "createdDate": stamp(row["created_at"]),
        "lastUpdatedDate": stamp(row["updated_at"]),
    }
    if books.status(row):
        summary["asin"] = row["asin"]
        picture = next(pictures_of(row), None)
        if picture is not None:
            summary["mainImage"] = {"link": picture[1], "width": 1000, "height": 1000}
    return [summary]


def _offers(books: Books, row: Json) -> Any:
    amount = price_of(row, books.market.now())
    if amount is None:
        return []
    offer = {
        "marketplaceId": row["marketplace"],
        "offerType": "B2C",
        "price": money(row, amount),
        "audience": {"value": "ALL", "displayName": "Sell on Amazon"},
    }
    return [offer]


def _stock(_: Books, row: Json) -> Any:
    return [
        {"fulfillmentChannelCode": entry["fulfillment_channel_code"], "quantity": int(entry.get("quantity") or 0)}
        for entry in row["attributes"].get("fulfillment_availability") or []
    ]


def _relationships(books: Books, row: Json) -> Any:
    children = books.children(row)
    parent = (row["attributes"].get("child_parent_sku_relationship") or [{}])[0].get("parent_sku")
    if not children and not parent:
        return []
    theme = (row["attributes"].get("variation_theme") or [{}])[0].get("name", "")
    relation: Json = {
        "type": "VARIATION",
        "variationTheme": {"theme": theme, "attributes": [part.lower() for part in theme.split("/")]},
    }
    relation |= {"childSkus": children} if children else {"parentSkus": [parent]}
    return [{"marketplaceId": row["marketplace"], "relationships": [relation]}]
