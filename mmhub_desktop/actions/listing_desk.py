"""What the seller decides about listings: an account's rules, mappings, and what is set for one listing alone.

Kept first, told afterwards. Nothing is sent from here.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from mmhub_desktop.actions.composing import Offer, offer
from mmhub_desktop.actions.parts import Parts
from mmhub_desktop.domain import template
from mmhub_desktop.domain.ids import AccountId, ListingId, ProductId
from mmhub_desktop.domain.listing import Listing
from mmhub_desktop.domain.listing_rules import ListingRules
from mmhub_desktop.domain.mapping import CategoryMapping, alike
from mmhub_desktop.domain.marketplace import Account, Capability
from mmhub_desktop.domain.product import Product
from mmhub_desktop.errors import UserMistake
from mmhub_desktop.events import ListingsChanged, RulesChanged
from mmhub_desktop.store.mappings import OwnCategory

OWN_FIELDS = (
    "title", "description", "price_minor", "currency", "quantity", "category_id", "category_name", "condition",
    "brand", "gtin", "attributes",
)  # fmt: skip
"""What can be set for a listing alone; ``attributes`` is a mapping in the marketplace's words."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """A category of the marketplace proposed for one of ours, and why."""

    category_id: str
    name: str
    why: str


class ListingDesk:
    """Lives on the loop."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self.mappings = parts.mappings

    async def rules(self, account_id: AccountId) -> ListingRules:
        """The account's rules."""
        return await self._parts.listing_rules.of(account_id)

    async def save_rules(self, account_id: AccountId, rules: ListingRules) -> None:
        """Check and keep an account's rules. UserMistake when they make no sense."""
        rules.price.check()
        rules.stock.check()
        template.check(rules.template)
        await self._parts.accounts.get(account_id)
        await self._parts.listing_rules.save(account_id, rules)
        self._changed(account_id)

    def example(self, account_id: AccountId, rules: ListingRules, product: Product) -> Offer:
        """What these rules would make of a product that has nothing of its own there."""
        return offer(product, Listing(ListingId(0), product.id, account_id), rules, self._parts.now().date())

    async def set_own(self, product_id: ProductId, account_id: AccountId, changes: Mapping[str, Any]) -> Listing:
        """Set values for one listing alone; None takes one back. ``attributes`` are changed one by one likewise."""
        unknown = set(changes) - set(OWN_FIELDS)
        if unknown:
            raise UserMistake(f"“{min(unknown)}” cannot be set for one listing.", hint="Change the product.")
        listing = await self._parts.listings.get(product_id, account_id)
        attributes = {**listing.overrides.get("attributes", {}), **(changes.get("attributes") or {})}
        own = {**listing.overrides, **changes, "attributes": {k: v for k, v in attributes.items() if v is not None}}
        own = {name: value for name, value in own.items() if value is not None and value != {}}
        account = await self._parts.accounts.get(account_id)
        label = f"Values of its own for a listing on {account.label}"
        saved = await self._parts.listings.save_own(replace(listing, overrides=own), label)
        self._parts.bus.publish(ListingsChanged((saved.id,), (product_id,)))
        self._parts.bus.publish(RulesChanged((account_id,)))
        return saved

    async def map_category(self, account: Account, ours: str, category_id: str, name: str = "") -> None:
        """Confirm which of the marketplace's categories one of ours is; an empty one forgets it."""
        if not ours.strip():
            raise UserMistake("The products have no category.", hint="Give the products a category first.")
        mapping = CategoryMapping(ours, category_id, name or category_id) if category_id else None
        await self.mappings.confirm_category(account.marketplace, account.site, mapping, ours)
        self._changed(account.id)

    async def map_attribute(self, account: Account, category_id: str, ours: str, theirs: str) -> None:
        """Confirm what an attribute of ours is called there; empty forgets it."""
        await self.mappings.confirm_attribute(account.marketplace, account.site, category_id, ours, theirs)
        self._changed(account.id)

    async def map_value(self, account: Account, category_id: str, attribute: str, ours: str, theirs: str) -> None:
        """Confirm which allowed value a value of ours is; empty forgets it."""
        await self.mappings.confirm_value(account.marketplace, account.site, category_id, attribute, ours, theirs)
        self._changed(account.id)

    async def find_categories(self, account: Account, words: str) -> list[Proposal]:
        """Categories that the marketplace finds for any words. Unsupported where it cannot be asked."""
        adapter = await self._parts.adapter(account.id)
        label = self._parts.marketplace(account).label
        return [Proposal(one.id, one.name, f"Found by {label}") for one in await adapter.find_categories(words)]

    async def propose_categories(self, account: Account, own: OwnCategory) -> list[Proposal]:
        """What one of our categories may be there: like one confirmed before, then what the marketplace says of it.

        Asks the marketplace (by the category's words with a product's title), where it can be asked.
        """
        known = await self.mappings.of(account.marketplace, account.site)
        found: dict[str, Proposal] = {}
        near = alike(own.words, (one for one in known.categories.values() if one.ours != own.words))
        if near is not None:
            found[near.category_id] = Proposal(near.category_id, near.name, f"As “{near.ours}”")
        declared = self._parts.marketplace(account)
        if Capability.CATEGORIES in declared.capabilities:
            adapter = await self._parts.adapter(account.id)
            for one in await adapter.find_categories(own.title or own.words):
                found.setdefault(one.id, Proposal(one.id, one.name, f"Proposed by {declared.label}"))
        return list(found.values())

    def _changed(self, account_id: AccountId) -> None:
        self._parts.bus.publish(RulesChanged((account_id,)))
