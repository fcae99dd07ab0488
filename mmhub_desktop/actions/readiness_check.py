"""What checking products before publishing works with: the account's side of it, and one product on its way."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from mmhub_desktop.actions.picture_looking import key_of
from mmhub_desktop.catalog.links import is_link
from mmhub_desktop.domain.kept_image import KeptImage
from mmhub_desktop.domain.listing_rules import ListingRules
from mmhub_desktop.domain.mapping import Mappings
from mmhub_desktop.domain.marketplace import Account
from mmhub_desktop.domain.picture_sight import PictureSight
from mmhub_desktop.domain.product import Product
from mmhub_desktop.domain.readiness import NO_CATEGORY, UNREAD, Checked, ReadyState
from mmhub_desktop.errors import Finding
from mmhub_desktop.marketplaces.base import Adapter, CategoryRules, ListingDraft
from mmhub_desktop.store.readiness import ToCheck


@dataclass(frozen=True, slots=True)
class PicturesSeen:
    """What is known of some products' pictures: of links by their address, and what was seen when looking at them."""

    kept: Mapping[str, KeptImage] = field(default_factory=dict)
    sights: Mapping[tuple[str, str], PictureSight] = field(default_factory=dict)

    def of(self, product: Product) -> tuple[dict[str, KeptImage], dict[str, int]]:
        """A product's pictures by source, and how white the edge of each is."""
        known: dict[str, KeptImage] = {}
        white: dict[str, int] = {}
        for source in product.images:
            key = key_of(source, product.image_base)
            sight, kept = self.sights.get(key), self.kept.get(source)
            if kept is not None:
                known[source] = kept
            elif sight is not None and not is_link(source):
                known[source] = sight.as_kept()
            if sight is not None and sight.white is not None and (kept is None or kept.content == sight.stamp):
                white[source] = sight.white
        return known, white

    def unseen(self, products: Iterable[Product]) -> set[tuple[str, str]]:
        """Pictures that can be looked at, and were not since they are what they are; files that changed come later."""
        found = set()
        for product in products:
            for source in product.images:
                key = key_of(source, product.image_base)
                sight, kept = self.sights.get(key), self.kept.get(source)
                if is_link(source):
                    is_new = kept is not None and bool(kept.content) and (sight is None or sight.stamp != kept.content)
                else:
                    is_new = sight is None
                if is_new:
                    found.add(key)
        return found


@dataclass
class Bench:
    """What checking one account's products needs, made once a run."""

    account: Account
    adapter: Adapter
    rules: ListingRules
    mappings: Mappings
    basis: str
    rules_read: dict[str, int]
    choices: tuple[Finding, ...]
    takes_variants: bool
    demands: dict[str, CategoryRules] = field(default_factory=dict)
    pictures: PicturesSeen = field(default_factory=PicturesSeen)  # of the products checked just now
    prepared: set[str] = field(default_factory=set)  # categories that were mapped to once


@dataclass(frozen=True, slots=True)
class Composed:
    """One product composed for the account; without a draft it is not for sale, without demands not mapped."""

    one: ToCheck
    draft: ListingDraft | None = None
    demands: CategoryRules | None = None
    findings: tuple[Finding, ...] = ()
    rules_at: int = 0

    def checked(self, mapped: tuple[Finding, ...]) -> Checked:
        """What is known of the product with what mapping it has found. What was said already is not said again."""
        product, overrides = self.one.product, self.one.overrides
        if self.draft is None:
            return Checked(product.id, product.version, ReadyState.INACTIVE, overrides)
        told = {
            (found.field, found.blocks)
            for found in self.findings
            if found.field in ("price", "title") and not found.rule.startswith("text.")
        }
        findings = (*self.findings, *(found for found in mapped if (found.field, found.blocks) not in told))
        state = ReadyState.BLOCKED if any(found.blocks for found in findings) else ReadyState.READY
        if self.demands is None:
            state = ReadyState.UNREAD
        return Checked(
            product.id, product.version, state, overrides, self.draft.category_id, self.rules_at, findings
        )  # fmt: skip


def unread(category_id: str, ours: str) -> Finding:
    """Why a product cannot be checked yet: its category is not known, or what that demands was not read."""
    if category_id:
        message, fix = "What its category demands was not read yet.", "Read the rules from the marketplace."
        return Finding(UNREAD, "category", message, fix, category_id)
    fix = "Confirm a category for your own one, or let the marketplace propose one for the title (Read rules)."
    return Finding(NO_CATEGORY, "category", "No category of the marketplace is known for it yet.", fix, ours)
