"""Kaufland's units, product data states and categories read into the program's words."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from mmhub_desktop.domain.listing import ListingState
from mmhub_desktop.domain.money import Money
from mmhub_desktop.errors import Finding
from mmhub_desktop.marketplaces.base import AttributeRule, CategoryRules, RemoteListing
from mmhub_desktop.marketplaces.kaufland.problems import product_field
from mmhub_desktop.marketplaces.kaufland.texts import DESCRIPTION_MAX

TITLE_MAX = 80
PICTURES_MAX = 10

_STATES = {
    "AVAILABLE": ListingState.LIVE,
    "ONHOLD": ListingState.ENDED,  # publishing it again brings it back
    "INCOMPLETE": ListingState.ACCEPTED,
}
_REASONS = {
    "ONHOLD": ("kaufland.on_hold", "", "The offer is taken out of the shop.", "Publish it again to sell it."),
    "INCOMPLETE": ("kaufland.incomplete", "", "Kaufland's product page is not ready yet.", ""),
}
WORKING = frozenset({"PENDING", "IN_PROGRESS"})
_FAILED = frozenset({"FAIL", "ABORTED"})
# why the product is not ready → (message, what to do)
_NOT_READY = {
    "BLACKLISTED": ("Kaufland does not allow this product.", "It cannot be sold there."),
    "PORN_FORBIDDEN": ("Kaufland does not allow this product.", "It cannot be sold there."),
    "MISSING_ATTRIBUTES": ("Attributes are missing.", "Fill them in and publish again."),
    "PROCESSING_FAILED": ("Kaufland could not work on the product's data.", "Publish it again."),
}
_STILL = frozenset({"NOT_YET_PROCESSED", ""})
# why the data was refused → (field, message, what to do)
_UPDATE_FAILED = {
    "NO_CATEGORY": ("category", "Kaufland found no category for the product.", "Choose another category."),
    "NOT_ENOUGH_DATA": ("attributes", "The product has too little data.", "Fill in more attributes."),
    "NOT_ENOUGH_TEXT": ("description", "The text is too short.", "Write a longer description."),
    "NO_ITEM": ("gtin", "Kaufland could not make a product of this EAN.", "Check the EAN."),
    "ITEM_FAIL": ("", "Kaufland could not make a product of this data.", "Check the product and publish it again."),
}
_DECLINED = frozenset({"DECLINED", "REFUSED", "MISSING", "MIN_ONE_MISSING", "DELETE_REJECTED"})


def read_unit(unit: Mapping[str, Any], more: Sequence[Finding] = ()) -> RemoteListing:
    """A unit as a listing, with the product where it is embedded. ``more``: why the product is not ready."""
    status, amount = str(unit.get("status") or ""), unit.get("amount")
    product: Mapping[str, Any] = unit["product"] if isinstance(unit.get("product"), Mapping) else {}
    state = _STATES.get(status, ListingState.ACCEPTED)
    reasons = list(_reasons(status))
    if state is ListingState.LIVE and amount == 0:
        state = ListingState.PAUSED
        reasons = [Finding("kaufland.sold_out", "quantity", "It is out of stock.", "Set a quantity above 0.")]
    if state is ListingState.ACCEPTED and any(one.blocks for one in more):
        state, reasons = ListingState.REJECTED, []
    eans = product.get("eans") or ()
    price = unit.get("listing_price")
    currency = str(unit.get("currency") or "")
    whole = isinstance(price, int) and not isinstance(price, bool)
    return RemoteListing(
        remote_id=str(unit.get("id_unit") or ""),
        state=state,
        url=str(product.get("url") or ""),
        sku=str(unit.get("id_offer") or ""),
        title=str(product.get("title") or ""),
        price=Money(int(price), currency) if whole and price is not None and currency else None,
        quantity=amount if isinstance(amount, int) else None,
        reasons=(*reasons, *more),
        raw=dict(unit),
        gtin=str(eans[0]) if eans else "",
    )


def _reasons(status: str) -> Iterator[Finding]:
    if status == "AVAILABLE":
        return
    known = _REASONS.get(status)
    if known:
        rule, field, message, fix = known
        yield Finding(rule, field, message, fix, blocks=status == "ONHOLD", original=status)
    else:
        message = f"Kaufland reports: {status or 'no status'}."
        yield Finding("kaufland.status", "", message, "Look at the offer in the Seller Portal.", original=status)


def is_working(status: Mapping[str, Any]) -> bool:
    """Whether Kaufland is still at work on product data; also for states that nobody knows yet."""
    update, ready = str(status.get("update_status") or ""), bool(status.get("product_ready"))
    if update in _FAILED:
        return False
    if update == "SUCCESS":
        return not ready and str(status.get("product_not_ready_reason") or "") in _STILL
    return True


def data_problems(status: Mapping[str, Any]) -> tuple[Finding, ...]:
    """Why product data did not become a product: all that Kaufland says of it. Empty where it did, or may still."""
    if is_working(status):
        return ()
    update, ready = str(status.get("update_status") or ""), bool(status.get("product_ready"))
    if update == "SUCCESS" and ready:
        return ()
    return tuple(_data_problems(status))


def _data_problems(status: Mapping[str, Any]) -> Iterator[Finding]:
    told = set()
    for key in ("missing_attributes", "min_one_missing_attributes"):
        for name in status.get(key) or ():
            told.add(str(name))
            some = " (one of several)" if key.startswith("min_one") else ""
            message = f"Kaufland asks for {name}{some}."
            yield Finding("kaufland.attribute_missing", product_field(str(name)), message, "Fill it in.")
    for row in status.get("attribute_values") or ():
        name = str(row.get("attribute") or "") if isinstance(row, Mapping) else ""
        if not name or name in told or str(row.get("state")) not in _DECLINED:
            continue
        words = str(row.get("message") or row.get("state"))
        value = str(row.get("original_value") or "")
        message = f"{name}: {words}"
        yield Finding("kaufland.attribute_value", product_field(name), message, "Correct it.", value, original=words)
    failed = str(status.get("update_fail_reason") or "")
    not_ready = str(status.get("product_not_ready_reason") or "")
    if failed:
        field, message, fix = _UPDATE_FAILED.get(failed, ("", f"Kaufland refused the product's data: {failed}.", ""))
        yield Finding("kaufland.data_refused", field, message, fix, original=failed)
    if not_ready in _NOT_READY and not (not_ready == "MISSING_ATTRIBUTES" and told):
        message, fix = _NOT_READY[not_ready]
        yield Finding("kaufland.not_ready", "", message, fix, original=not_ready)
    elif not failed and not told:
        words = not_ready or str(status.get("update_status") or "")
        fix = "Look at the product in the Seller Portal, then publish it again."
        yield Finding("kaufland.not_ready", "", f"Kaufland did not take the product's data: {words}.", fix)


def read_category_rules(
    category: Mapping[str, Any], values: Mapping[str, tuple[tuple[str, str], ...]], currency: str, title_max: int
) -> CategoryRules:
    """A category with its attributes; ``values`` are the closed lists that were read, by attribute name."""
    groups = ("required", "conditional", "optional")
    rows = [(group, row) for group in groups for row in attribute_rows(category, group)]
    rules: dict[str, AttributeRule] = {}
    for group, row in rows:
        name = str(row["name"])
        if name not in rules:
            rules[name] = AttributeRule(
                id=name,
                name=str(row.get("title") or name),
                value_type="list" if name in values else str(row.get("type") or "text"),
                required=group == "required",
                conditional=group == "conditional",
                values=values.get(name, ()),
            )
    title = str(category.get("title_singular") or category.get("title_plural") or "")
    return CategoryRules(
        id=str(category.get("id_category") or ""),
        name=title or str(category.get("name") or ""),
        listing_allowed=bool(category.get("is_leaf", True)),
        title_max=title_max,
        description_max=DESCRIPTION_MAX,
        pictures_max=PICTURES_MAX,
        currency=currency,
        attributes=tuple(rules.values()),
        schema={
            "name": str(category.get("name") or ""),
            "title": title,
            "multiple": [str(row["name"]) for _, row in rows if row.get("is_multiple")],
        },
    )


def attribute_rows(category: Mapping[str, Any], group: str) -> list[Mapping[str, Any]]:
    """The attributes of one group (required, conditional, optional) as Kaufland describes them."""
    rows = category.get(f"{group}_attributes") or ()
    return [row for row in rows if isinstance(row, Mapping) and row.get("name")]
