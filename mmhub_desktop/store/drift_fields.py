"""What a listing should show and what it shows, as SQL: the columns that are compared field by field.

Where an account has rules, SQLite asks them through functions of ours, which ``teach`` gives to a connection.
"""

import json
from collections.abc import Mapping
from functools import lru_cache

from sqlalchemy import ColumnElement, Connection, and_, case, func, literal_column, not_, select

from mmhub_desktop.domain.drift import DriftField
from mmhub_desktop.domain.ids import AccountId
from mmhub_desktop.domain.listing_rules import ListingRules
from mmhub_desktop.domain.offered import Own, offered_amount, offered_quantity
from mmhub_desktop.store.outbox_rows import plain_connection
from mmhub_desktop.store.product_rows import money
from mmhub_desktop.store.rules import read_rules
from mmhub_desktop.store.schema import account_rule, listing, product

_NOTHING, _NO_RULES = Own(), ListingRules()

TITLE = func.coalesce(
    func.json_extract(listing.c.overrides, literal_column("'$.title'")), product.c.optimized_title, product.c.title
)
_HAS_RULES = listing.c.account_id.in_(select(account_rule.c.account_id))
_OWN = listing.c.overrides != "{}"
PRICE = case(
    (
        _HAS_RULES | _OWN,
        func.offered_price(
            listing.c.account_id, listing.c.overrides, product.c.price_minor, product.c.cost_minor, product.c.currency
        ),
    ),
    (product.c.price_minor.is_not(None), product.c.price_minor.concat(" ").concat(product.c.currency)),
)  # as “minor currency”, for both are decided together
QUANTITY = case(
    (_HAS_RULES | _OWN, func.offered_quantity(listing.c.account_id, listing.c.overrides, product.c.quantity)),
    else_=product.c.quantity,
)
DIFFERS: dict[DriftField, ColumnElement[bool]] = {
    DriftField.PRICE: and_(
        PRICE.is_not(None),
        listing.c.live_price_minor.is_not(None),
        listing.c.live_price_minor.concat(" ").concat(listing.c.live_currency) != PRICE,
    ),
    DriftField.QUANTITY: and_(listing.c.live_quantity.is_not(None), listing.c.live_quantity != QUANTITY),
    DriftField.TITLE: and_(
        listing.c.live_title != "",
        listing.c.live_title != TITLE,
        not_(and_(listing.c.sent_title == TITLE, listing.c.shown_title.in_(["", listing.c.live_title]))),
    ),
}


def teach(connection: Connection) -> None:
    """Give this connection the functions that the comparison asks, with the rules of now."""
    rules = read_rules(connection)

    @lru_cache(maxsize=4096)
    def price(account_id: int, overrides: str, minor: int | None, cost: int | None, currency: str) -> str | None:
        own = Own.of(json.loads(overrides)) if overrides != "{}" else _NOTHING
        offered = offered_amount(own, money(minor, currency), money(cost, currency), rules_of(rules, account_id))
        return None if offered is None else f"{offered.minor} {offered.currency}"

    @lru_cache(maxsize=4096)
    def quantity(account_id: int, overrides: str, stock: int) -> int:
        own = Own.of(json.loads(overrides)) if overrides != "{}" else _NOTHING
        return offered_quantity(own, stock, rules_of(rules, account_id))

    raw = plain_connection(connection)
    raw.create_function("offered_price", 5, price)
    raw.create_function("offered_quantity", 3, quantity)


def rules_of(rules: Mapping[AccountId, ListingRules], account_id: int) -> ListingRules:
    """The account's rules; plain ones where it has none."""
    return rules.get(AccountId(account_id)) or _NO_RULES
