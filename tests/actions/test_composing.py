"""Composing a draft: which value wins for each field, and where it says it comes from."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

from mmhub_desktop.actions.composing import ComposedDraft, Source, compose
from mmhub_desktop.domain.ids import AccountId, ListingId, ProductId
from mmhub_desktop.domain.listing import Listing
from mmhub_desktop.domain.listing_rules import ListingRules, StockRule
from mmhub_desktop.domain.mapping import CategoryMapping, Mappings
from mmhub_desktop.domain.money import Money
from mmhub_desktop.domain.offered import Own
from mmhub_desktop.domain.price_rule import PriceRule, Rounding
from mmhub_desktop.domain.product import Condition, Product, Text
from mmhub_desktop.marketplaces.base import VariantDraft

TODAY = date(2026, 11, 20)
LAMP = Product(
    ProductId(7), "LAMP-7", Text("Desk lamp", "It glows.", ("lamp",)), brand="Lumea", category="Desk lamps",
    price=Money(24990, "CLP"), cost=Money(20000, "CLP"), quantity=12, attributes={"Colour": "azul marino"},
    images=("front.jpg", "blue.jpg"),
)  # fmt: skip
MAPPINGS = Mappings(
    {"desk lamps": CategoryMapping("Desk lamps", "MLC1", "Lámparas")},
    {"MLC1": {"colour": "COLOR"}},
    {("MLC1", "COLOR"): {"azul marino": "52049"}},
)
RULES = ListingRules(
    PriceRule(Decimal("1.15"), Decimal(500), Rounding.NINETY_NINE),
    StockRule(2, 5),
    "{title} by {brand}\n{description}",
    {"Warranty": "1 year", "colour": "red"},
)


def composed(
    product: Product = LAMP, rules: ListingRules | None = None, mappings: Mappings | None = None, **own: object
) -> ComposedDraft:
    listing = Listing(ListingId(1), product.id, AccountId(1), overrides=own)
    return compose(product, listing, rules or ListingRules(), mappings or Mappings(), TODAY, category_id="PROPOSED")


def sources(made: ComposedDraft) -> dict[str, Source]:
    return {name: found.source for name, found in made.sources.items()}


def test_without_rules_everything_is_the_products() -> None:
    made = composed()
    assert (made.draft.text, made.draft.price, made.draft.quantity) == (LAMP.text, LAMP.price, 12)
    assert (made.draft.category_id, sources(made)["category"]) == ("PROPOSED", Source.MARKETPLACE)
    assert {found for name, found in sources(made).items() if name != "category"} == {Source.PRODUCT}
    assert made.offer.product is LAMP


def test_optimised_text_is_named_as_such() -> None:
    made = composed(replace(LAMP, optimized=Text("Better lamp", "Better.")))
    assert (made.draft.text.title, sources(made)["title"]) == ("Better lamp", Source.OPTIMIZED)


def test_rules_and_mappings_say_where_each_value_comes_from() -> None:
    made = composed(rules=RULES, mappings=MAPPINGS)
    draft, found = made.draft, sources(made)
    assert draft.price == Money(29990, "CLP")
    assert made.sources["price"].words == "Price rule: 24,990 × 1.15 + 500 → 29,239 → rounded 29,990 CLP"
    assert (draft.quantity, found["quantity"]) == (5, Source.STOCK_BUFFER)
    assert (draft.text.description, found["description"]) == ("Desk lamp by Lumea\nIt glows.", Source.TEMPLATE)
    assert (draft.category_id, found["category"]) == ("MLC1", Source.CATEGORY_MAPPING)
    assert draft.attributes == {"COLOR": "52049", "Warranty": "1 year"}  # the default colour gives way to the product's
    assert (found["attributes.COLOR"], found["attributes.Warranty"]) == (
        Source.ATTRIBUTE_MAPPING,
        Source.ACCOUNT_DEFAULT,
    )
    assert made.offer.product.attributes == {"Colour": "azul marino", "Warranty": "1 year"}


def test_what_is_set_for_the_listing_wins() -> None:
    made = composed(
        rules=RULES, mappings=MAPPINGS, title="Blue lamp", description="Short.", price_minor=26000, currency="CLP",
        quantity=3, category_id="MLC2", condition="used", gtin="4006381333931", attributes={"COLOR": "Blue"},
    )  # fmt: skip
    draft = made.draft
    assert (draft.text.title, draft.text.description) == ("Blue lamp", "Short.")
    assert (draft.price, draft.quantity, draft.category_id) == (Money(26000, "CLP"), 3, "MLC2")
    assert (draft.condition, draft.gtin, draft.attributes["COLOR"]) == (Condition.USED, "4006381333931", "Blue")
    names = ("title", "description", "price", "quantity", "category", "condition", "gtin", "attributes.COLOR")
    assert {sources(made)[name] for name in names} == {Source.OVERRIDE}


def test_a_price_of_its_own_cannot_break_the_floor() -> None:
    rules = ListingRules(PriceRule(margin=Decimal(50)))
    made = composed(rules=rules, price_minor=25000, currency="CLP")
    assert made.draft.price == Money(30000, "CLP")
    assert [finding.rule for finding in made.offer.findings] == ["price.floor"]
    assert "raised to the floor" in made.sources["price"].words


def test_a_quantity_of_its_own_never_offers_more_than_there_is() -> None:
    made = composed(quantity=50)
    assert (made.draft.quantity, made.sources["quantity"].words) == (
        12,
        "Set for this account to 50, but only 12 are left",
    )


def test_children_become_variants() -> None:
    child = Product(
        ProductId(8), "LAMP-7-B", Text("Blue"), price=Money(26990, "CLP"), quantity=9, images=("blue.jpg",),
        options={"Colour": "Blue"}, gtin="1",
    )  # fmt: skip
    listing = Listing(ListingId(1), LAMP.id, AccountId(1))
    made = compose(LAMP, listing, ListingRules(stock=StockRule(2, 5)), Mappings(), TODAY, variants=[child])
    assert made.draft.variants == (
        VariantDraft("LAMP-7-B", {"Colour": "Blue"}, 5, Money(26990, "CLP"), gtin="1", image=1),
    )
    same = replace(child, price=LAMP.price)
    own = replace(listing, overrides={"price_minor": 19990, "currency": "CLP"})
    (variant,) = compose(LAMP, own, ListingRules(), Mappings(), TODAY, variants=[same]).draft.variants
    assert variant.price is None  # it follows the price set for the listing


def test_what_is_set_for_a_variant_on_the_account_counts_in_its_familys_listing() -> None:
    blue, red, green = (
        replace(LAMP, id=ProductId(number), sku=f"LAMP-{number}", parent_id=LAMP.id, quantity=9)
        for number in (8, 9, 10)
    )
    listing = Listing(ListingId(1), LAMP.id, AccountId(1), overrides={"price_minor": 22990, "currency": "CLP"})
    own = {ProductId(8): Own(Money(19990, "CLP"), 4), ProductId(9): Own(quantity=40)}
    rules = ListingRules(stock=StockRule(keep_back=2))
    made = compose(LAMP, listing, rules, Mappings(), TODAY, variants=(blue, red, green), own=own)
    assert made.draft.price == Money(22990, "CLP")
    assert [(one.price, one.quantity) for one in made.draft.variants] == [
        (Money(19990, "CLP"), 4), (None, 9), (None, 7),  # as the parent there; never more than there are; the buffer
    ]  # fmt: skip
