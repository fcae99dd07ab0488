"""Changes to a product that exists. Content must be sent whole: it is read first, and what changes is replaced."""

from collections.abc import Mapping, Sequence
from typing import Any

from mmhub_desktop.domain.listing import ListingChange
from mmhub_desktop.domain.money import Money
from mmhub_desktop.domain.outgoing import OutgoingRequest
from mmhub_desktop.domain.product import Text
from mmhub_desktop.errors import Finding, Rejected, UnexpectedReply
from mmhub_desktop.marketplaces.base import AttributeRule, RemoteListing
from mmhub_desktop.marketplaces.kept_values import kept_values, not_in_listing
from mmhub_desktop.marketplaces.outgoing import json_request
from mmhub_desktop.marketplaces.paris.attributes import LONG_DESCRIPTION, SHORT_DESCRIPTION
from mmhub_desktop.marketplaces.paris.mapping import QUANTITY_MAX, check_price_value
from mmhub_desktop.marketplaces.paris.paging import Row
from mmhub_desktop.marketplaces.paris.prices import Prices, path_of, price_request, price_rows, stock_request
from mmhub_desktop.marketplaces.paris.problems import LABEL, refusal, refuse_field
from mmhub_desktop.marketplaces.paris.reading import seller_sku, variants_of
from mmhub_desktop.marketplaces.paris.terms import Terms
from mmhub_desktop.marketplaces.paris.texts import clean_title, fold, long_description, short_description

_PRICE = "paris.price_shown"
_LATER = "Sync the listing later. If it stays so, change the form of prices in the account's settings."
Attributes = tuple[Sequence[AttributeRule], Sequence[AttributeRule]]


def wished_price(change: ListingChange) -> Money | None:
    """The price to be set: the listing's, or the one that the variants share. Rejected where they differ."""
    prices = {state.price for state in change.variants if state.price is not None}
    if len(prices) > 1:
        raise _one_price()
    return prices.pop() if prices else change.price


def check_shared(price: Money, change: ListingChange, variants: Sequence[Row], prices: Prices | None) -> None:
    """Rejected when the price of some variants is to be changed and that of the others is not."""
    named = {state.sku for state in change.variants if state.price is not None}
    others = {seller_sku(row) for row in variants} - named
    if named and others and (prices is None or prices.money != price):
        raise _one_price()


def _one_price() -> Rejected:
    message, fix = "Paris takes one price for all variants of a product.", "Give all the same price."
    return refuse_field("price", message, fix)


def plan_price(parent: str, variant: str, price: Money, prices: Prices | None, terms: Terms) -> OutgoingRequest:
    """The call that sets the price and keeps the running offer. Rejected beforehand where it cannot be sent."""
    if (wrong := check_price_value(price)) is not None:
        raise refusal((wrong,))
    if terms.needs_ids and not (terms.store_price and terms.price_type):
        fix = "Open Marketplaces, choose the store price of this account and test the connection."
        raise refuse_field("price", "It is not chosen for which store of Paris prices are set.", fix)
    offer = prices.offer if prices is not None else None
    return price_request(parent, variant, price_rows(terms, price.minor, offer), terms)


def plan_stock(variants: Sequence[Row], change: ListingChange, terms: Terms) -> list[OutgoingRequest]:
    """The call that sets the stock, where it is to be set; of a product with several variants only one by one."""
    wished = {state.sku: state.quantity for state in change.variants if state.quantity is not None}
    rows = [(str(row["sku"]), wished[sku]) for row in variants if (sku := seller_sku(row)) in wished]
    if change.quantity is not None:
        if len(variants) > 1:
            message = f"This product has {len(variants)} variants, each with a stock of its own."
            raise refuse_field("quantity", message, "Set their stock in Seller Center.", str(change.quantity))
        rows = [(str(row["sku"]), change.quantity) for row in variants]
    if any(not 0 <= quantity <= QUANTITY_MAX for _, quantity in rows):
        raise refuse_field("quantity", "The quantity cannot be set.", "Correct it.", "", f"0 to {QUANTITY_MAX:,}")
    return [stock_request(rows, terms)] if rows else []


def plan_content(
    product: Mapping[str, Any], change: ListingChange, attributes: Attributes, terms: Terms
) -> list[OutgoingRequest]:
    """The call that replaces the product's content, where a text changes. Rejected when it cannot be sent whole."""
    if change.title is None and change.description is None:
        return []
    rules, varying = attributes
    name = str(product.get("name") or "")
    findings: list[Finding] = []
    if change.title is not None:
        name, found = clean_title(change.title, terms.title_max)
        findings += found
    values = _values(product, rules)
    if change.description is not None:
        findings += _describe(values, change.description, rules)
    if any(finding.blocks for finding in findings):
        raise refusal(tuple(findings))
    content: dict[str, Any] = {
        "name": name,
        "sellerSku": seller_sku(product) or _only_sku(product),
        "familyId": family_of(product),
        "category": _id_within(product, ("category", "categoryId")),
        "attributes": [{"id": rule.id, "value": values.get(rule.id, "")} for rule in rules],
    }
    variants = [_whole_variant(row, varying) for row in variants_of(product)]
    if not all(content.values()) or not variants or not all(one["medias"] and one["skuSeller"] for one in variants):
        message = f"{LABEL} does not show the whole product, and takes changed texts only with everything else."
        raise refuse_field("", message, "Change the text in Seller Center.")
    body = {"product": content, "variants": variants}
    return [json_request("PATCH", f"/v2/products/{path_of(str(product.get('id') or ''))}", body)]


def family_of(product: Mapping[str, Any]) -> str:
    """The id of the product's family, empty where the answer does not say."""
    return _id_within(product, ("familyId", "family"))


def names_for(skus: list[str], product: Mapping[str, Any]) -> list[str]:
    """Paris' SKUs of the variants with these SKUs of the seller: by name where told, else in the order sent."""
    rows = variants_of(product)
    named = {seller_sku(row): str(row["sku"]) for row in rows if seller_sku(row)}
    if all(sku in named for sku in skus):
        return [named[sku] for sku in skus]
    if len(rows) != len(skus):
        raise UnexpectedReply(f"{LABEL} shows {len(rows)} variants of the {len(skus)} it was sent.")
    return [str(row["sku"]) for row in rows]


def not_shown(listing: RemoteListing, change: ListingChange) -> tuple[Finding, ...]:
    """What is shown otherwise than sent: perhaps only later, perhaps because Paris wants another form."""
    found = list(not_in_listing("paris", change.variants, listing, "Add them in Seller Center."))
    for one in kept_values(change, listing):
        if one.field == "price":
            found.append(one.finding(_PRICE, f"Paris shows the {one.name} {one.shown} so far.", _LATER, blocks=False))
            continue
        message = f"Paris shows the {one.name} {one.shown} so far; it takes off what it keeps as reserve."
        found.append(one.finding("paris.stock_shown", message, "", blocks=False))
    if (price := wished_price(change)) is not None and not _tells_prices(listing):
        found.append(Finding(_PRICE, "price", "Paris does not show the price.", _LATER, str(price), blocks=False))
    return tuple(found)


def _tells_prices(listing: RemoteListing) -> bool:
    return any(one.price is not None for one in listing.variants) or listing.price is not None


def _describe(values: dict[str, str], description: str, rules: Sequence[AttributeRule]) -> list[Finding]:
    text = Text("", description)
    findings: list[Finding] = []
    described = False
    for rule in rules:
        if fold(rule.name).startswith(LONG_DESCRIPTION):
            values[rule.id], found = long_description(text)
        elif fold(rule.name).startswith(SHORT_DESCRIPTION):
            values[rule.id], found = short_description(text)
        else:
            continue
        described = True
        findings += found
    if not described:
        fix = "Leave the description out of the update."
        raise refuse_field("description", "Paris has no description for products of this family.", fix)
    return findings


def _whole_variant(row: Row, rules: Sequence[AttributeRule]) -> Mapping[str, Any]:
    values = _values(row, rules)
    medias = [
        {"src": str(one["src"]), "position": one.get("position") or place}
        for place, one in enumerate(row.get("medias") or (), 1)
        if isinstance(one, Mapping) and one.get("src")
    ]
    return {
        "skuSeller": seller_sku(row),
        "medias": medias,
        "attributes": [{"id": rule.id, "value": values.get(rule.id, "")} for rule in rules],
    }


def _values(row: Mapping[str, Any], rules: Sequence[AttributeRule]) -> dict[str, str]:
    """Attribute id → value as Paris takes it: an option shown by its name is sent by its id."""
    options = {rule.id: {name: one for one, name in rule.values} for rule in rules}
    found: dict[str, str] = {}
    for one in row.get("attributes") or ():
        if not isinstance(one, Mapping) or not one.get("id"):
            continue
        value = one.get("value")
        value = value.get("id") if isinstance(value, Mapping) else value
        text = "" if value is None else str(value)
        found[str(one["id"])] = options.get(str(one["id"]), {}).get(text, text)
    return found


def _only_sku(product: Mapping[str, Any]) -> str:
    """The product's own SKU where it has one variant, whose SKU is the same."""
    skus = [seller_sku(row) for row in variants_of(product)]
    return skus[0] if len(skus) == 1 else ""


def _id_within(product: Mapping[str, Any], names: tuple[str, ...]) -> str:
    for name in names:
        value = product.get(name)
        told = value.get("id") if isinstance(value, Mapping) else value
        if told:
            return str(told)
    return ""
