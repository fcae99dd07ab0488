"""Etsy's inventory: the document with price, stock and SKU, which is replaced as a whole.

Read it, change what is meant, write everything else back as it was: a product that is left out is deleted.
"""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from mmhub_desktop.domain.listing import VariantState
from mmhub_desktop.domain.money import Money, currency_decimals

Json = dict[str, Any]
_NONE: Mapping[str, VariantState] = {}


def json_number(money: Money) -> int | float:
    """An amount as a JSON number: whole where it can be, else the shortest float that prints as that amount."""
    amount = money.amount
    return int(amount) if amount == amount.to_integral_value() else float(amount)


def read_money(value: Any) -> Money | None:
    """Etsy's ``{amount, divisor, currency_code}``; None when it is something else."""
    if not isinstance(value, Mapping):
        return None
    amount, divisor, currency = value.get("amount"), value.get("divisor"), value.get("currency_code")
    if not isinstance(amount, int) or not isinstance(divisor, int) or divisor <= 0 or not isinstance(currency, str):
        return None
    return Money.of(Decimal(amount) / Decimal(divisor), currency)


def new_inventory(products: Sequence[Json], *, price_on: Sequence[int], quantity_on: Sequence[int]) -> Json:
    """The whole document; every product of a family has its own SKU."""
    families = sorted({value["property_id"] for one in products for value in one["property_values"]})
    return {
        "products": list(products),
        "price_on_property": list(price_on),
        "quantity_on_property": list(quantity_on),
        "sku_on_property": families,
    }


def new_product(
    sku: str, price: Money | None, quantity: int, readiness: int | None, properties: Sequence[Json] = ()
) -> Json:
    """One product with its one offering. Without a price it is a draft with findings, never sent."""
    offering = {
        "price": 0 if price is None else json_number(price),
        "quantity": quantity,
        "is_enabled": True,
        "readiness_state_id": readiness,
    }
    return {"sku": sku, "property_values": list(properties), "offerings": [offering]}


def products_of(inventory: Any) -> list[Mapping[str, Any]]:
    """The products of an inventory that was read, deleted ones left out."""
    return present(inventory.get("products")) if isinstance(inventory, Mapping) else []


def offerings_of(inventory: Any) -> Iterator[Mapping[str, Any]]:
    """All offerings of an inventory that was read, deleted ones left out."""
    for product in products_of(inventory):
        yield from present(product.get("offerings"))


def present(rows: Any) -> list[Mapping[str, Any]]:
    """The rows of a list that are there and not deleted."""
    found = rows if isinstance(rows, list) else []
    return [one for one in found if isinstance(one, Mapping) and not one.get("is_deleted")]


def rewrite(
    inventory: Mapping[str, Any],
    *,
    price: Money | None = None,
    quantity: int | None = None,
    variants: Mapping[str, VariantState] = _NONE,
) -> Json:
    """An inventory that was read in the form in which it is written: changed everywhere, or by the SKU of variants."""
    products = []
    for product in products_of(inventory):
        wish = variants.get(str(product.get("sku") or ""), VariantState("", price, quantity))
        products.append(_rewrite_product(product, wish))
    written: Json = {"products": products}
    ids = sorted({value["property_id"] for one in products for value in one["property_values"]})
    for key, told in (("price_on_property", "price"), ("quantity_on_property", "quantity"), ("sku_on_property", "")):
        kept = list(inventory.get(key) or ())
        written[key] = kept if not told or _is_told_by(products, kept, told) else ids
    if inventory.get("readiness_state_on_property"):
        written["readiness_state_on_property"] = list(inventory["readiness_state_on_property"])
    return written


def stock_of(written: Json) -> int:
    """Pieces that can be bought of an inventory in the form in which it is written."""
    return sum(one["quantity"] for product in written["products"] for one in product["offerings"] if one["is_enabled"])


def with_last_piece(written: Json, pieces: int) -> Json:
    """The same with so many pieces of its first offering that is enabled: an inventory must not be empty."""
    products: list[Json] = []
    left = pieces
    for product in written["products"]:
        offerings = []
        for one in product["offerings"]:
            offerings.append({**one, "quantity": left} if one["is_enabled"] else one)
            left = 0 if one["is_enabled"] else left
        products.append({**product, "offerings": offerings})
    return {**written, "products": products}


def _is_told_by(products: Sequence[Json], ids: Sequence[int], key: str) -> bool:
    """Whether products that are alike in these properties have the same price or quantity."""
    seen: dict[tuple[str, ...], Any] = {}
    for product in products:
        alike = tuple(str(one["values"]) for one in product["property_values"] if one["property_id"] in ids)
        for offering in product["offerings"]:
            if seen.setdefault(alike, offering[key]) != offering[key]:
                return False
    return True


def _rewrite_product(product: Mapping[str, Any], wish: VariantState) -> Json:
    values = []
    for one in product.get("property_values") or ():
        kept = {
            "property_id": one["property_id"],
            "scale_id": one.get("scale_id"),
            "value_ids": list(one.get("value_ids") or ()),
            "values": list(one.get("values") or ()),
        }
        values.append({**kept, "property_name": one["property_name"]} if one.get("property_name") else kept)
    offerings = []
    for one in present(product.get("offerings")):
        paid = wish.price or read_money(one.get("price"))
        offerings.append(
            {
                "price": 0 if paid is None else json_number(paid),
                "quantity": one.get("quantity", 0) if wish.quantity is None else wish.quantity,
                "is_enabled": bool(one.get("is_enabled", True)),
                "readiness_state_id": one.get("readiness_state_id"),
            }
        )
    return {"sku": product.get("sku") or "", "property_values": values, "offerings": offerings}


def price_text(money: Money) -> str:
    """An amount for a form: plain digits with the currency's decimals."""
    return f"{money.amount:.{currency_decimals(money.currency)}f}"
