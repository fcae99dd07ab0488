"""Paris' products, families and attributes read into the program's words; undocumented fields are optional."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from mmhub_desktop.domain.listing import ListingState, VariantState
from mmhub_desktop.domain.money import Money
from mmhub_desktop.errors import Finding
from mmhub_desktop.marketplaces.base import AttributeRule, CategoryRules, RemoteListing
from mmhub_desktop.marketplaces.paris.paging import Row
from mmhub_desktop.marketplaces.paris.prices import Prices
from mmhub_desktop.marketplaces.paris.terms import CURRENCY, Terms
from mmhub_desktop.marketplaces.paris.texts import fold

DESCRIPTION_MAX = 10_000
_SKU_NAMES = ("sellerSku", "skuSeller", "sku_seller")
_REASON_WORDS = ("reason", "reject", "motiv", "observ", "comment")


def join_id(parent: str, variant: str) -> str:
    """The listing's id: of the product and of its first variant."""
    return f"{parent}:{variant}"


def split_id(remote_id: str) -> tuple[str, str]:
    """Product and first variant of a listing's id; a variant that was never told is the product's first."""
    parent, _, variant = remote_id.partition(":")
    return parent, variant or f"{parent}-1"


def variants_of(product: Mapping[str, Any]) -> list[Row]:
    """The variants of a product's answer that have a marketplace SKU."""
    return [row for row in product.get("variants") or () if isinstance(row, Mapping) and row.get("sku")]


def seller_sku(row: Mapping[str, Any]) -> str:
    """The seller's SKU where a product, variant or stock row carries it; ``sku`` alone is always Paris' own."""
    return next((str(row[name]) for name in _SKU_NAMES if row.get(name)), "")


def product_within(body: Any) -> Mapping[str, Any]:
    """The product of an answer, whether it stands alone or under ``product``."""
    if not isinstance(body, Mapping):
        return {}
    inner = body.get("product")
    return (
        {**inner, **{key: value for key, value in body.items() if key != "product"}}
        if isinstance(inner, Mapping)
        else body
    )


def read_listing(
    product: Mapping[str, Any],
    stock: Sequence[Row] | None,
    prices: Prices | None,
    page_address: str,
) -> RemoteListing:
    """A product as a listing. ``stock`` and ``prices`` None: not asked, or Paris did not tell."""
    parent = str(product.get("id") or "")
    variants = variants_of(product)
    quantity = None if stock is None else sum(_whole(row.get("availableStock")) for row in stock)
    sku = seller_sku(product)
    if not sku and len(variants) <= 1:
        sku = next((told for row in (*variants, *(stock or ())) if (told := seller_sku(row))), "")
    approval = str(product.get("statusApproval") or "").casefold()
    state, reasons = _state(approval, quantity, prices, product)
    price = prices.money if prices is not None else None
    family = _states_of(variants, stock, price) if len(variants) > 1 else ()
    return RemoteListing(
        remote_id=join_id(parent, str(variants[0]["sku"]) if variants else f"{parent}-1"),
        state=state,
        url=page_address.replace("{id}", parent),
        sku=sku,
        title=str(product.get("name") or ""),
        price=None if family else price,
        quantity=None if family else quantity,
        reasons=reasons,
        raw={**product, "stock": list(stock or ())},
        variants=family,
    )


def sku_of_variant(row: Row, stock: Sequence[Row]) -> str:
    """The seller's SKU of a variant: its own answer tells it, else its stock row."""
    return seller_sku(row) or next((seller_sku(one) for one in stock if one.get("sku") == row["sku"]), "")


def _states_of(variants: Sequence[Row], stock: Sequence[Row] | None, price: Money | None) -> tuple[VariantState, ...]:
    """Price and stock of each variant; nothing when the SKU of one is not told."""
    rows = stock or ()
    left = {str(row.get("sku")): row.get("availableStock") for row in rows}
    states = [
        VariantState(sku_of_variant(row, rows), price, _whole_or_none(left.get(str(row["sku"])))) for row in variants
    ]
    return tuple(states) if all(state.sku for state in states) else ()


def _state(
    approval: str, quantity: int | None, prices: Prices | None, product: Mapping[str, Any]
) -> tuple[ListingState, tuple[Finding, ...]]:
    if approval == "rejected":
        return ListingState.REJECTED, tuple(_refusals(product))
    if approval != "approved":
        words = "Paris is checking the product; people do this, in hours to days."
        original = approval or "statusApproval is missing"
        return ListingState.ACCEPTED, (
            Finding(
                "paris.pending", "", words, "Nothing to do: it is looked at again.", blocks=False, original=original
            ),
        )
    if prices is not None and prices.listed is None:
        words = "Paris shows no price of this product yet."
        fix = "If it stays so, compare the account's settings about prices with Paris' documentation."
        return ListingState.ACCEPTED, (Finding("paris.no_price", "price", words, fix, blocks=False),)
    if quantity is not None and quantity <= 0:
        return ListingState.PAUSED, (
            Finding("paris.no_stock", "quantity", "It is out of stock.", "Set a quantity above 0."),
        )
    return ListingState.LIVE, ()


def _refusals(product: Mapping[str, Any]) -> Iterator[Finding]:
    """Why the people at Paris refused it: every field that is named like a reason."""
    fix = "Correct the product, then update the listing."
    told = [
        words
        for key, value in product.items()
        if any(word in key.casefold() for word in _REASON_WORDS)
        for words in _texts(value)
    ]
    for words in dict.fromkeys(told):
        yield Finding("paris.rejected", _field_of_reason(words), words, fix, original=words)
    if not told:
        message = "Paris refused the product and gave no reason."
        yield Finding("paris.rejected", "", message, "Read the reason in Seller Center.", original="rejected")


def _field_of_reason(words: str) -> str:
    from mmhub_desktop.marketplaces.paris.problems import field_of

    return "description" if "descripci" in fold(words) else field_of(words)


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str) and value.strip():
        yield value.strip()
    elif isinstance(value, list):
        for one in value:
            yield from _texts(one)
    elif isinstance(value, Mapping):
        for key in ("message", "reason", "description", "name", "comment"):
            if isinstance(value.get(key), str):
                yield from _texts(value[key])
                return


def read_rules(
    category_id: str, name: str, *, allow_variant: bool, terms: Terms,
    product: Sequence[AttributeRule], variant: Sequence[AttributeRule],
) -> CategoryRules:  # fmt: skip
    """A category of a family, with the family's attributes for product and variants."""
    own = {rule.id for rule in product}
    return CategoryRules(
        id=category_id,
        name=name,
        listing_allowed=True,
        title_max=terms.title_max,
        description_max=DESCRIPTION_MAX,
        pictures_max=terms.pictures_max,
        currency=CURRENCY,
        attributes=(*product, *(rule for rule in variant if rule.id not in own)),
        schema={
            "allow_variant": allow_variant,
            "product": [rule.id for rule in product],
            "variant": [rule.id for rule in variant],
        },
    )


def read_attribute(row: Row, options: Sequence[Row]) -> AttributeRule:
    """One attribute; ``options`` are all that it offers."""
    return AttributeRule(
        id=str(row.get("id") or ""),
        name=str(row.get("name") or row.get("id") or ""),
        value_type=type_of(row),
        required=bool(_validation(row).get("isRequired")),
        values=tuple((str(one.get("id") or ""), str(one.get("name") or "")) for one in options if one.get("id")),
    )


def options_of(row: Row) -> list[Row]:
    """The options that an attribute's answer carries itself."""
    return [one for one in row.get("attributeOptions") or () if isinstance(one, Mapping)]


def type_of(row: Row) -> str:
    """The attribute's type, wherever the answer has it; text where it has none."""
    families = row.get("familyAttributes")
    family = families[0] if isinstance(families, list) and families and isinstance(families[0], Mapping) else {}
    for place in (_validation(row), family, row):
        told = place.get("attributeType")
        code = told.get("code") if isinstance(told, Mapping) else told
        if code:
            return str(code).casefold()
    return "string"


def _validation(row: Row) -> Mapping[str, Any]:
    families = row.get("familyAttributes")
    first = families[0] if isinstance(families, list) and families else None
    found = first.get("attributeValidation") if isinstance(first, Mapping) else None
    return found if isinstance(found, Mapping) else {}


def _whole_or_none(value: Any) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _whole(value: Any) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) else 0
