"""What a listing is made from: the product with an account's overrides, rules and mappings applied, and for every
field where its value comes from. Pure: nothing is read, nothing is sent."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Any

from mmhub_desktop.domain import template
from mmhub_desktop.domain.fixed_picture import PICTURES, offered_images
from mmhub_desktop.domain.forbidden_words import word_findings
from mmhub_desktop.domain.ids import ProductId
from mmhub_desktop.domain.listing import Listing
from mmhub_desktop.domain.listing_rules import ListingRules
from mmhub_desktop.domain.mapping import Mappings, map_attributes, words_key
from mmhub_desktop.domain.money import Money
from mmhub_desktop.domain.offered import Own, offered_price, offered_quantity
from mmhub_desktop.domain.product import Condition, Product, Text
from mmhub_desktop.errors import Finding
from mmhub_desktop.marketplaces.base import ListingDraft, VariantDraft


class Source(StrEnum):
    """Where a value of a listing comes from."""

    PRODUCT = "product"
    OPTIMIZED = "optimized"
    CATEGORY_MAPPING = "category_mapping"
    ATTRIBUTE_MAPPING = "attribute_mapping"
    ACCOUNT_DEFAULT = "account_default"
    TEMPLATE = "template"
    PRICE_RULE = "price_rule"
    STOCK_BUFFER = "stock_buffer"
    OVERRIDE = "override"
    MARKETPLACE = "marketplace"


@dataclass(frozen=True, slots=True)
class Provenance:
    """Where one value comes from, with the words for people."""

    source: Source
    words: str


_PRODUCT = Provenance(Source.PRODUCT, "From the product")
_OPTIMIZED = Provenance(Source.OPTIMIZED, "The product's optimised text")
_OVERRIDE = Provenance(Source.OVERRIDE, "Set for this account")
_DEFAULT = Provenance(Source.ACCOUNT_DEFAULT, "The account's default")
_TEMPLATE = Provenance(Source.TEMPLATE, "The account's description template")
_PROPOSED = Provenance(Source.MARKETPLACE, "Proposed by the marketplace for this title")

_NO_OWN: Mapping[ProductId, Own] = {}
_TEXTS = ("title", "description", "keywords")
_PLAIN_FIELDS = ("brand", "gtin", "condition")


@dataclass(frozen=True, slots=True)
class Offer:
    """A product as an account offers it: price, quantity and words as they are to be shown there.

    ``product.attributes`` keep the seller's names; the draft has the marketplace's. ``sources`` by field name.
    """

    product: Product
    sources: Mapping[str, Provenance]
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True)
class ComposedDraft:
    """The draft that an adapter maps, and where each of its fields comes from (``attributes.COLOR`` too)."""

    draft: ListingDraft
    sources: Mapping[str, Provenance]
    offer: Offer


def offer(product: Product, listing: Listing, rules: ListingRules, today: date) -> Offer:
    """The product as the listing's account offers it."""
    overrides = listing.overrides
    sources: dict[str, Provenance] = dict.fromkeys(_TEXTS, _OPTIMIZED if product.optimized else _PRODUCT)
    for name in (*_PLAIN_FIELDS, "price", "quantity"):
        sources[name] = _PRODUCT
    if not overrides and rules.is_plain:
        return Offer(product, sources, _words(product, rules))
    changes: dict[str, Any] = {"attributes": _attributes(product, rules, overrides, sources)}
    if overrides.get(PICTURES):
        changes["images"] = offered_images(product.images, overrides)
    for name in _PLAIN_FIELDS:
        if name in overrides:
            changes[name] = Condition(overrides[name]) if name == "condition" else str(overrides[name])
            sources[name] = _OVERRIDE
    text = product.text
    if "title" in overrides:
        text = replace(text, title=str(overrides["title"]))
        sources["title"] = _OVERRIDE
    if "description" in overrides:
        text = replace(text, description=str(overrides["description"]))
        sources["description"] = _OVERRIDE
    own = Own.of(overrides)
    changes["price"], findings = _price(product, own, rules, today, sources)
    changes["quantity"] = _quantity(product, own, rules, sources)
    offered = replace(product, **changes, original=text, optimized=None)
    if rules.template and "description" not in overrides:
        words = template.fill(rules.template, offered)
        offered = replace(offered, original=Text(text.title, words, text.keywords))
        sources["description"] = _TEMPLATE
    return Offer(offered, sources, (*findings, *_words(offered, rules)))


def compose(
    product: Product,
    listing: Listing,
    rules: ListingRules,
    mappings: Mappings,
    today: date,
    *,
    category_id: str = "",
    variants: Sequence[Product] = (),
    own: Mapping[ProductId, Own] = _NO_OWN,
) -> ComposedDraft:
    """The draft for the listing's marketplace. ``category_id`` is what the marketplace proposed, where nothing else
    says the category; ``variants`` are the product's children where they go into one listing, ``own`` is what was set
    for single ones on this account."""
    made = offer(product, listing, rules, today)
    offered, sources = made.product, dict(made.sources)
    category_id = _category(product, listing, mappings, category_id, sources)
    attributes = {}
    for one in map_attributes(offered.attributes, category_id, mappings):
        attributes[one.name] = one.value
        key = f"attributes.{one.name}"
        source = made.sources.get(f"attributes.{one.ours}", _PRODUCT)
        if one.mapped and source is not _OVERRIDE:
            words = f"Mapped from {one.ours}: {offered.attributes[one.ours]}"
            source = Provenance(Source.ATTRIBUTE_MAPPING, words)
        sources[key] = source
    for name in listing.overrides.get("attributes", {}):  # what was set for this account is in their words already
        attributes[name] = offered.attributes[name]
    draft = ListingDraft(
        sku=offered.sku,
        text=offered.text,
        brand=offered.brand,
        category=offered.category,
        gtin=offered.gtin,
        condition=offered.condition,
        price=offered.price,
        quantity=offered.quantity,
        attributes=attributes,
        image_count=len(offered.images),
        category_id=category_id,
        weight_g=offered.weight_g,
        size_mm=offered.size_mm,
        variants=tuple(_variant(child, product, own.get(child.id, Own()), rules, today) for child in variants),
    )
    return ComposedDraft(draft, sources, made)


def known_category(product: Product, listing: Listing, mappings: Mappings) -> tuple[str, str]:
    """The marketplace's category (id, name) that the seller chose or confirmed; empty where they did not."""
    if chosen := str(listing.overrides.get("category_id", "")):
        return chosen, str(listing.overrides.get("category_name", ""))
    mapped = mappings.category(product.category)
    return (mapped.category_id, mapped.name) if mapped else ("", "")


def _category(
    product: Product, listing: Listing, mappings: Mappings, proposed: str, sources: dict[str, Provenance]
) -> str:
    known, name = known_category(product, listing, mappings)
    if not known:
        sources["category"] = _PROPOSED
        return proposed
    if listing.overrides.get("category_id"):
        sources["category"] = _OVERRIDE
    else:
        words = f"Your category “{product.category}” is mapped to {name or known}"
        sources["category"] = Provenance(Source.CATEGORY_MAPPING, words)
    return known


def _attributes(
    product: Product, rules: ListingRules, overrides: Mapping[str, Any], sources: dict[str, Provenance]
) -> dict[str, str]:
    found = dict(product.attributes)
    present = {words_key(name) for name, value in found.items() if value.strip()} if rules.defaults else set()
    for name, value in rules.defaults.items():
        if words_key(name) not in present:
            found[name] = value
            sources[f"attributes.{name}"] = _DEFAULT
    for name, value in overrides.get("attributes", {}).items():
        found[name] = str(value)
        sources[f"attributes.{name}"] = _OVERRIDE
    return found


def _words(offered: Product, rules: ListingRules) -> tuple[Finding, ...]:
    text = offered.text
    texts = {"title": text.title, "description": text.description, "keywords": ", ".join(text.keywords)}
    return tuple(word_findings(texts, rules.forbidden))


def _price(
    product: Product, own: Own, rules: ListingRules, today: date, sources: dict[str, Provenance]
) -> tuple[Money | None, tuple[Finding, ...]]:
    priced = offered_price(own, product.price, product.cost, rules, today)
    if own.price is not None:
        sources["price"] = Provenance(Source.OVERRIDE, priced.explanation) if priced.explanation else _OVERRIDE
    elif not rules.price.is_plain:
        sources["price"] = Provenance(Source.PRICE_RULE, f"Price rule: {priced.explanation}")
    return priced.price, priced.findings


def _quantity(product: Product, own: Own, rules: ListingRules, sources: dict[str, Provenance]) -> int:
    if own.quantity is not None:
        there = max(0, product.quantity)
        few = f"Set for this account to {own.quantity:,}, but only {there:,} are left"
        sources["quantity"] = Provenance(Source.OVERRIDE, few) if own.quantity > there else _OVERRIDE
    elif not rules.stock.is_plain:
        words = f"Stock buffer: {rules.stock.explain(product.quantity)}"
        sources["quantity"] = Provenance(Source.STOCK_BUFFER, words)
    return offered_quantity(own, product.quantity, rules)


def _variant(child: Product, parent: Product, own: Own, rules: ListingRules, today: date) -> VariantDraft:
    """A child as a variant of its parent's listing; its price only where it is not the parent's."""
    inherits = own.price is None and child.price == parent.price
    price = None if inherits else offered_price(own, child.price, child.cost, rules, today).price
    image = next((place for place, source in enumerate(parent.images) if source in child.images), None)
    return VariantDraft(
        sku=child.sku,
        options=child.options,
        quantity=max(0, offered_quantity(own, child.quantity, rules)),
        price=price,
        gtin=child.gtin,
        image=image,
    )
