"""Composing with what the workspace knows: the rules of an account, the mappings of its marketplace, variants."""

from collections.abc import Sequence
from dataclasses import replace

from mmhub_desktop.actions.composing import ComposedDraft, compose, known_category, offer
from mmhub_desktop.actions.listing_state import is_there, listing_of, parts_of, product_of
from mmhub_desktop.actions.parts import Parts
from mmhub_desktop.domain.forbidden_words import word_findings
from mmhub_desktop.domain.ids import AccountId, ProductId
from mmhub_desktop.domain.listing import Listing, ListingState
from mmhub_desktop.domain.marketplace import Account, Capability
from mmhub_desktop.domain.offered import Own
from mmhub_desktop.domain.product import Product
from mmhub_desktop.errors import Finding, Rejected
from mmhub_desktop.jobs.action import TaskContext
from mmhub_desktop.marketplaces.base import Marketplace


async def offered_of(context: TaskContext, listing: Listing | None = None, product: Product | None = None) -> Product:
    """The job's product as its account offers it; what is known of the two already is not read again."""
    parts = parts_of(context)
    product = product or await product_of(context)
    listing = listing or await listing_of(context)
    rules = await parts.listing_rules.of(listing.account_id)
    return offer(product, listing, rules, parts.now().date()).product


async def chosen_category(parts: Parts, account: Account, product: Product, listing: Listing) -> tuple[str, str]:
    """The category (id, name) that the seller chose or confirmed for the product there; empty where they did not."""
    return known_category(product, listing, await parts.mappings.of(account.marketplace, account.site))


async def compose_for(
    parts: Parts, account: Account, product: Product, listing: Listing, category_id: str = ""
) -> ComposedDraft:
    """The draft of a product for an account, with its variants where the marketplace takes them.

    ``category_id`` is what the marketplace proposed, where the seller chose none.
    """
    rules = await parts.listing_rules.of(account.id)
    mappings = await parts.mappings.of(account.marketplace, account.site)
    variants = await parts.products.variants_of(product.id)
    together = variants if takes_families(parts.marketplace(account), account) else []
    own = await own_of_variants(parts, account, together)
    made = compose(
        product, listing, rules, mappings, parts.now().date(), category_id=category_id, variants=together, own=own
    )  # fmt: skip
    told = await misplaced(parts, account, product, listing, variants)
    return replace(made, offer=replace(made.offer, findings=(*made.offer.findings, *told))) if told else made


async def own_of_variants(parts: Parts, account: Account, variants: Sequence[Product]) -> dict[ProductId, Own]:
    """What was set on the account for single variants of a listing."""
    if not variants:
        return {}
    listings = await parts.listings.of_account(account.id, [one.id for one in variants])
    return {one.product_id: Own.of(one.overrides) for one in listings if one.overrides}


async def refuse_forbidden(parts: Parts, account_id: AccountId, product: Product, fields: Sequence[str]) -> None:
    """Rejected where one of these fields of an offered product holds a word that is forbidden on the account."""
    rules = await parts.listing_rules.of(account_id)
    texts = {"title": product.text.title, "description": product.text.description}
    changed = {field: text for field, text in texts.items() if field in fields}
    found = tuple(finding for finding in word_findings(changed, rules.forbidden) if finding.blocks)
    if found:
        raise Rejected(found[0].message, findings=found, hint=found[0].fix)


def takes_families(declared: Marketplace, account: Account) -> bool:
    """Whether a product's variants become one listing of this account."""
    return Capability.VARIANTS in declared.capabilities and declared.lists_families(account)


async def misplaced(
    parts: Parts, account: Account, product: Product, listing: Listing, variants: Sequence[Product]
) -> tuple[Finding, ...]:
    """Why a product with variants, or a variant, must not be listed so; nothing for one that is there already.

    A family is listed once: together, or each variant by itself where that is not possible.
    """
    declared = parts.marketplace(account)
    families = takes_families(declared, account)
    if variants and not families:
        return (each_variant_alone(declared.label, len(variants)),)
    if not families or is_there(listing) or listing.state is ListingState.SENT:
        return ()
    if variants:
        alone = sum(is_there(one) for one in await parts.listings.of_account(account.id, [one.id for one in variants]))
        message = f"{alone} of its {len(variants)} variants are listed at {declared.label} by themselves already."
        fix = "End those listings first to list all variants together, or leave them as they are."
        return (Finding("publish.variants_alone", "", message, fix, str(alone)),) if alone else ()
    if product.parent_id is None:
        return ()
    parent = await parts.listings.get(product.parent_id, account.id)
    if parent.state is ListingState.REJECTED and not parent.remote_id:
        return ()  # together was not possible
    message = f"This product is a variant: {declared.label} lists it together with the others, as one listing."
    fix = "Publish the product it is a variant of instead; when that is refused, this one can be published by itself."
    return (Finding("publish.variant", "", message, fix),)


def each_variant_alone(label: str, count: int) -> Finding:
    """Why a product with variants cannot be one listing at a marketplace without them."""
    return Finding(
        "publish.variants", "", f"{label} takes each variant as a listing of its own.",
        f"Publish the {count} variants of this product instead of it.",
    )  # fmt: skip
