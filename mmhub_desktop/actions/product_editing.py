"""What the product editor works with: a product with everything about it, read at once, and its edits, saved at once.

Kept first, told afterwards.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from mmhub_desktop.actions.categories import cached_rules
from mmhub_desktop.actions.composing import known_category
from mmhub_desktop.actions.parts import Parts
from mmhub_desktop.domain.edits import Edits
from mmhub_desktop.domain.ids import AccountId, ListingId, ProductId
from mmhub_desktop.domain.listing import Listing
from mmhub_desktop.domain.listing_rules import ListingRules
from mmhub_desktop.domain.marketplace import Account, TextLimits
from mmhub_desktop.domain.product_edit import OWN, split
from mmhub_desktop.errors import MmhubError
from mmhub_desktop.events import HistoryChanged, ListingsChanged, ProductsChanged, RulesChanged
from mmhub_desktop.marketplaces.base import CategoryRules
from mmhub_desktop.store.product_edits import Cells, Draft, Family, ProductEditStore


@dataclass(frozen=True, slots=True)
class AttributeHint:
    """An attribute that a marketplace asks for in the product's category, or that other products have."""

    name: str
    asked_by: str = ""  # the marketplace's label; empty: it occurs in the catalog
    required: bool = False
    value_type: str = ""
    units: tuple[str, ...] = ()
    values: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class AccountSide:
    """How the product stands on one account: its listing there, the account's rules, the marketplace's limits."""

    account: Account
    marketplace: str  # its label
    limits: TextLimits
    rules: ListingRules
    listing: Listing


@dataclass(frozen=True, slots=True)
class EditorContent:
    """Everything the editor shows at first; what only one part needs is read when that is opened."""

    family: Family
    draft: Draft | None
    sides: tuple[AccountSide, ...]


class ProductEditing:
    """Lives on the loop."""

    def __init__(self, parts: Parts, store: ProductEditStore) -> None:
        self.store = store
        self._parts = parts

    async def read(self, product_id: ProductId) -> EditorContent | None:
        """A product as it is now; None when it is gone."""
        found = await self.store.read(product_id)
        if found is None:
            return None
        family, draft = found
        listings = {listing.account_id: listing for listing in family.listings}
        sides = []
        for account in await self._parts.accounts.all():
            try:
                declared = self._parts.marketplace(account)
            except MmhubError:
                continue  # the package of its marketplace is not installed: there is nothing to say about it
            listing = listings.get(account.id) or Listing(ListingId(0), product_id, account.id)
            rules = await self._parts.listing_rules.of(account.id)
            sides.append(AccountSide(account, declared.label, declared.text_limits, rules, listing))
        return EditorContent(family, draft, tuple(sides))

    async def save(self, product_id: ProductId, cells: Cells) -> None:
        """Keep all edits in one step, then tell. ChangedElsewhere or UserMistake: nothing was written."""
        ids = await self.store.save(product_id, cells)
        self._parts.bus.publish(ProductsChanged(ids))
        self._parts.bus.publish(HistoryChanged())
        accounts = tuple({AccountId(int(ref)) for kind, ref, _ in map(split, cells) if kind == OWN})
        if accounts:
            self._parts.bus.publish(ListingsChanged((), (product_id,)))
            self._parts.bus.publish(RulesChanged(accounts))

    async def keep_draft(self, product_id: ProductId, edits: Edits) -> None:
        """Keep edits that are not saved yet; without any, forget the draft."""
        await self.store.keep_draft(product_id, edits)

    async def hints(self, family: Family, sides: Sequence[AccountSide]) -> list[AttributeHint]:
        """Attributes that the product could have: asked for by its categories (as far as they were read), required
        ones first, then those of other products, the most frequent first."""
        found: dict[str, AttributeHint] = {}
        for side in sides:
            rules = await self._rules(family, side)
            for rule in rules.attributes if rules else ():
                if not rule.read_only and not rule.hidden:
                    values = tuple(name for _, name in rule.values)
                    found.setdefault(
                        rule.name,
                        AttributeHint(rule.name, side.marketplace, rule.required, rule.value_type, rule.units, values),
                    )
        asked = sorted(found.values(), key=lambda hint: not hint.required)
        names = await self.store.attribute_names()
        return [*asked, *(AttributeHint(name) for name in names if name not in found)]

    async def limits(self, family: Family, sides: Sequence[AccountSide]) -> dict[AccountId, TextLimits]:
        """How long texts may be in the product's categories, where those were read and say it."""
        found = {}
        for side in sides:
            if (rules := await self._rules(family, side)) is not None:
                title = rules.title_max or side.limits.title
                description = rules.description_max or side.limits.description
                found[side.account.id] = replace(side.limits, title=title, description=description)
        return found

    async def _rules(self, family: Family, side: AccountSide) -> CategoryRules | None:
        """What the product's category on an account demands, as far as it is known on this machine."""
        account = side.account
        mappings = await self._parts.mappings.of(account.marketplace, account.site)
        category_id, _ = known_category(family.product, side.listing, mappings)
        if not category_id:
            return None
        return await cached_rules(self._parts, (account.marketplace, account.site, category_id))
