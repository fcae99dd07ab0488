"""Changes to an Etsy listing: what is sent to create, update, end and show it again, in order. All safe to repeat.

``state=active`` costs a fee for what is a draft, sold out or expired, so it is only sent where the seller has said so,
or where Etsy charges nothing: a listing that was switched off and has not expired.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from mmhub_desktop.domain.listing import ListingChange
from mmhub_desktop.domain.outgoing import OutgoingRequest
from mmhub_desktop.errors import Finding, Rejected
from mmhub_desktop.marketplaces.base import Mapped, RemoteListing
from mmhub_desktop.marketplaces.etsy.inventory import rewrite, stock_of, with_last_piece
from mmhub_desktop.marketplaces.etsy.mapping import Seller, check_price, check_quantity
from mmhub_desktop.marketplaces.etsy.problems import rejection
from mmhub_desktop.marketplaces.etsy.reading import SOLD_OUT_STOCK, has_expired, is_off_for_stock
from mmhub_desktop.marketplaces.etsy.texts import clean_description, clean_title
from mmhub_desktop.marketplaces.kept_values import kept_values, not_in_listing
from mmhub_desktop.marketplaces.outgoing import form_request, json_request

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Paths:
    """The addresses of one shop. ``legacy`` is the query parameter of that name; ``repeats`` how lists are sent."""

    shop_id: str
    legacy: Mapping[str, str]
    repeats: bool = False

    def create(self, body: Mapping[str, Any]) -> OutgoingRequest:
        """The draft."""
        return form_request(
            "POST", f"/v3/application/shops/{self.shop_id}/listings", self.form(body), params=self.legacy
        )

    def patch(self, listing_id: str, fields: Mapping[str, Any]) -> OutgoingRequest:
        """Some fields of a listing."""
        path = f"/v3/application/shops/{self.shop_id}/listings/{listing_id}"
        return form_request("PATCH", path, self.form(fields), params=self.legacy)

    def put_inventory(self, listing_id: str, inventory: Mapping[str, Any]) -> OutgoingRequest:
        """Price, stock and SKU, as a whole."""
        path = f"/v3/application/listings/{listing_id}/inventory"
        return json_request("PUT", path, dict(inventory), params=self.legacy)

    def put_property(self, listing_id: str, filled: Mapping[str, Any]) -> OutgoingRequest:
        """One property of a category."""
        path = f"/v3/application/shops/{self.shop_id}/listings/{listing_id}/properties/{filled['property_id']}"
        return form_request("PUT", path, self.form({k: v for k, v in filled.items() if k != "property_id"}))

    def delete(self, listing_id: str) -> OutgoingRequest:
        """For good."""
        return json_request("DELETE", f"/v3/application/listings/{listing_id}")

    def form(self, fields: Mapping[str, Any]) -> dict[str, str | list[str]]:
        """Values as a form has them: true and false, lists joined by commas or repeated as ``name[]``."""
        form: dict[str, str | list[str]] = {}
        for key, value in fields.items():
            if isinstance(value, bool):
                form[key] = "true" if value else "false"
            elif isinstance(value, list):
                if self.repeats:
                    form[f"{key}[]"] = [str(one) for one in value]
                else:
                    form[key] = ",".join(str(one) for one in value)
            else:
                form[key] = str(value)
        return form


def plan_create(paths: Paths, mapped: Mapped) -> tuple[OutgoingRequest, ...]:
    """The draft, then what ``plan_completion`` sends."""
    return (paths.create(mapped.body), *plan_completion(paths, "{{listing_id}}", mapped))


def plan_completion(paths: Paths, listing_id: str, mapped: Mapped) -> tuple[OutgoingRequest, ...]:
    """The inventory with the SKU first, since by it the draft is found; the properties; and, by wish, publishing."""
    requests = [paths.put_inventory(listing_id, mapped.after["inventory"])]
    requests += [paths.put_property(listing_id, one) for one in mapped.after["properties"]]
    if mapped.after.get("publish"):
        requests.append(paths.patch(listing_id, {"state": "active"}))
    return tuple(requests)


def plan_change(
    paths: Paths, row: Row, change: ListingChange, seller: Seller, now: datetime
) -> tuple[OutgoingRequest, ...]:
    """The requests that make the change to a listing as it was read. Rejected where Etsy would not take it."""
    listing_id = str(row["listing_id"])
    fields: dict[str, Any] = _texts(change)
    for price in (change.price, *(one.price for one in change.variants)):
        if price is not None and (found := check_price(price, seller)):
            raise rejection(tuple(found))
    if change.price is None and change.quantity is None and not change.variants:
        return (paths.patch(listing_id, fields),) if fields else ()
    inventory = row.get("inventory")
    inventory = inventory if isinstance(inventory, Mapping) and inventory.get("products") else _first_inventory(row)
    if change.price is not None and inventory.get("price_on_property"):
        raise _by_variant("price", "prices")
    if change.quantity and inventory.get("quantity_on_property"):
        raise _by_variant("quantity", "quantities")
    variants = {one.sku: one for one in change.variants}
    wanted = rewrite(inventory, price=change.price, quantity=change.quantity, variants=variants)
    put = () if wanted == rewrite(inventory) else (paths.put_inventory(listing_id, wanted),)
    quantities = [one for one in (change.quantity, *(each.quantity for each in change.variants)) if one is not None]
    if not quantities:
        return (*put, paths.patch(listing_id, fields)) if fields else put
    for quantity in quantities:
        if quantity and (found := check_quantity(quantity, seller)):
            raise rejection(tuple(found))
    if stock_of(wanted) == 0:
        return _plan_sold_out(paths, row, fields, wanted)
    if row.get("state") == "sold_out" or (is_off_for_stock(row) and has_expired(row, now)):
        _allow_renewal(seller)  # renewing makes the quantity 1, so it comes before the inventory
        return (paths.patch(listing_id, {**fields, "state": "active"}), paths.put_inventory(listing_id, wanted))
    if is_off_for_stock(row):
        fields["state"] = "active"
    return (*put, paths.patch(listing_id, fields)) if fields else put


def not_shown(change: ListingChange, shown: RemoteListing) -> tuple[Finding, ...]:
    """What Etsy answered with 200 and does not show: values, and variants that are not in the listing."""
    found = []
    for one in kept_values(change, shown):
        message = f"Etsy took the {one.name} {one.sent} and shows {one.shown}."
        fix = "Sync the listing later; if it stays so, look at it in Etsy's Shop Manager."
        found.append(one.finding(f"etsy.{one.field}_kept", message, fix, blocks=False))
    fix = "Add them on Etsy, or end the listing and publish the product again."
    return (*found, *not_in_listing("etsy", change.variants, shown, fix))


def plan_end(paths: Paths, row: Row, *, deletes: bool) -> tuple[OutgoingRequest, ...]:
    """Switching a listing off, or deleting it; a draft can only be deleted."""
    listing_id = str(row["listing_id"])
    if deletes or row.get("state") == "draft":
        return (paths.delete(listing_id),)
    return (paths.patch(listing_id, {"state": "inactive"}),) if row.get("state") in ("active", "edit") else ()


def plan_relist(paths: Paths, row: Row, seller: Seller, now: datetime) -> tuple[OutgoingRequest, ...]:
    """Showing a listing again. Rejected where that costs a fee and the seller has not allowed it."""
    if row.get("state") == "active":
        return ()
    if row.get("state") == "draft" and not seller.says("publish", "active"):
        raise _fee("It is a draft; publishing it costs Etsy's listing fee (USD 0.20).", "New listings: Publish at once")
    if row.get("state") != "draft" and has_expired(row, now):
        _allow_renewal(seller)
    return (paths.patch(str(row["listing_id"]), {"state": "active"}),)


def _texts(change: ListingChange) -> dict[str, str]:
    fields = {}
    if change.title is not None:
        fields["title"], found = clean_title(change.title)
        if any(one.blocks for one in found):
            raise rejection(tuple(found))
    if change.description is not None:
        fields["description"], found = clean_description(change.description)
        if any(one.blocks for one in found):
            raise rejection(tuple(found))
    return fields


def _plan_sold_out(
    paths: Paths, row: Row, fields: Mapping[str, str], wanted: dict[str, Any]
) -> tuple[OutgoingRequest, ...]:
    """Off first, so that nothing is sold; the inventory must keep a piece, by which it is known why it is off."""
    if row.get("state") == "draft":
        message = "It is a draft on Etsy, which must have at least one piece; nobody can buy it."
        finding = Finding("etsy.quantity", "quantity", message, "Nothing needs to be done.", "0", "at least 1")
        raise Rejected(message, findings=(finding,), hint=finding.fix)
    listing_id = str(row["listing_id"])
    off = {**fields, "state": "inactive"} if row.get("state") in ("active", "edit") else dict(fields)
    requests = [paths.patch(listing_id, off)] if off else []
    kept = with_last_piece(wanted, SOLD_OUT_STOCK)
    inventory = row.get("inventory")
    same = isinstance(inventory, Mapping) and kept == rewrite(inventory)
    if row.get("state") != "sold_out" and not same:
        requests.append(paths.put_inventory(listing_id, kept))
    return tuple(requests)


def _first_inventory(row: Row) -> Mapping[str, Any]:
    """For listings that never had an inventory: what the listing itself says."""
    offering = {
        "price": row.get("price"),
        "quantity": row.get("quantity", 0),
        "is_enabled": True,
        "readiness_state_id": row.get("readiness_state_id"),
    }
    return {"products": [{"sku": "", "property_values": [], "offerings": [offering]}]}


def _allow_renewal(seller: Seller) -> None:
    if not seller.says("renew"):
        raise _fee(
            "It is sold out or has expired; showing it again costs Etsy's fee (USD 0.20).",
            "Renew what is sold out or has expired: Yes",
        )


def _fee(message: str, setting: str) -> Rejected:
    fix = f"Allow it in the account's settings (“{setting}”), or do it in Etsy's Shop Manager."
    return Rejected(message, findings=(Finding("etsy.fee", "", message, fix),), hint=fix)


def _by_variant(field: str, words: str) -> Rejected:
    message = f"The {words} of this listing differ by variant, so one {field} for all would destroy them."
    fix = "Change them in Etsy's Shop Manager."
    return Rejected(message, findings=(Finding(f"etsy.{field}_by_variant", field, message, fix),), hint=fix)
