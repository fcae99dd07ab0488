"""A product put into a marketplace's form, with everything that can be checked before it is sent."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

from mmhub_desktop.actions.categories import propose_category, read_rules
from mmhub_desktop.actions.differences import marks_of
from mmhub_desktop.actions.listing_state import is_there, keep, listing_of
from mmhub_desktop.actions.offers import chosen_category, compose_for
from mmhub_desktop.actions.parts import Parts
from mmhub_desktop.domain.listing import Listing, ListingState
from mmhub_desktop.domain.marketplace import Account
from mmhub_desktop.domain.outgoing import OutgoingRequest, picture_placeholder
from mmhub_desktop.domain.product import Product
from mmhub_desktop.errors import Finding, Rejected
from mmhub_desktop.jobs.action import TaskContext
from mmhub_desktop.marketplaces.base import Adapter, Mapped, Marketplace, RemoteImage, missing_choices


@dataclass(frozen=True, slots=True)
class Form:
    """What a listing is created from. Without a category nothing is mapped and a finding says so."""

    category_id: str
    category: str
    mapped: Mapped
    offered: Product  # as the account offers it

    def result(self) -> Mapping[str, Any]:
        """As the task that made it leaves it for the next ones (plain JSON)."""
        return {
            "version": self.offered.version,
            "marks": marks_of(self.offered),
            "category_id": self.category_id,
            "category": self.category,
            "body": dict(self.mapped.body),
            "after": dict(self.mapped.after),
            "findings": [asdict(finding) for finding in self.mapped.findings],
        }


async def make_form(parts: Parts, adapter: Adapter, product: Product, listing: Listing, category_id: str = "") -> Form:
    """Compose and map the product, in the category that is chosen, confirmed, named or proposed. Only reads."""
    account = adapter.connection.account
    chosen, _ = await chosen_category(parts, account, product, listing)
    composed = await compose_for(parts, account, product, listing, chosen or category_id)
    title = composed.draft.text.title
    if not composed.draft.category_id and (proposed := await propose_category(parts, adapter, title)):
        composed = replace(composed, draft=replace(composed.draft, category_id=proposed))
    category_id, offer = composed.draft.category_id, composed.offer
    if not category_id:
        finding = Finding(
            "publish.no_category", "category", "The marketplace proposes no category for this title.",
            "Make the title say what the product is, or choose a category.", title,
        )  # fmt: skip
        return Form("", "", Mapped({}, findings=(finding,)), offer.product)
    rules = await read_rules(parts, adapter, category_id)
    mapped = adapter.map(await adapter.look_up(composed.draft), rules)
    missing = choices_missing(parts.marketplace(account), account)
    return Form(
        category_id, rules.name, replace(mapped, findings=(*missing, *offer.findings, *mapped.findings)), offer.product
    )


def choices_missing(marketplace: Marketplace, account: Account) -> tuple[Finding, ...]:
    """What the seller has not chosen for the account yet, and nothing can be listed without."""
    return tuple(
        Finding(
            "publish.account_choice", "", f"“{label}” is not chosen for {account.label} yet.",
            "Open Marketplaces and complete the account.",
        )
        for label in missing_choices(marketplace, account)
    )  # fmt: skip


def check_product(product: Product) -> tuple[Finding, ...]:
    """What can be checked without the marketplace."""
    found = []
    if not product.active:
        found.append(Finding("publish.inactive", "active", "The product is set to inactive.", "Set it to active."))
    if not product.text.title.strip():
        found.append(Finding("publish.no_title", "title", "The title is empty.", "Write a title or use Enhance."))
    if product.price is None:
        found.append(Finding("publish.no_price", "price", "There is no price.", "Enter a price and its currency."))
    elif product.price.minor <= 0:
        found.append(
            Finding("publish.zero_price", "price", "The price is zero.", "Enter a price.", str(product.price), "> 0")
        )
    if product.quantity < 0:
        found.append(Finding("publish.quantity", "quantity", "The quantity is negative.", "Enter 0 or more."))
    return tuple(found)


def placeholder_images(product: Product) -> tuple[RemoteImage, ...]:
    """What stands for the product's pictures before the marketplace has named them."""
    return tuple(RemoteImage(*picture_placeholder(place)) for place in range(1, len(product.images) + 1))


async def publish_requests(
    adapter: Adapter, listing: Listing, mapped: Mapped, images: tuple[RemoteImage, ...]
) -> tuple[OutgoingRequest, ...]:
    """What publishing sends; a listing that is there and not finished gets only what follows its create."""
    requests = await adapter.create_requests(mapped, images)
    if not is_there(listing):
        return requests
    return tuple(
        one for one in requests if one.completes or "{{listing_id}}" in one.path or b"{{listing_id}}" in one.body
    )


async def refuse_blocked(context: TaskContext, findings: tuple[Finding, ...]) -> None:
    """Keep the findings with the listing and stop when one of them forbids sending."""
    blocking = [finding for finding in findings if finding.blocks]
    if blocking:
        await keep(context, replace(await listing_of(context), state=ListingState.REJECTED, findings=findings))
        raise Rejected(blocking[0].message, findings=findings, hint=blocking[0].fix)
