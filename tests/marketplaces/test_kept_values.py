"""What a listing shows otherwise than it was sent: its own values and those of each variant."""

from mmhub_desktop.domain.listing import ListingChange, ListingState, VariantState
from mmhub_desktop.domain.money import Money
from mmhub_desktop.marketplaces.base import RemoteListing
from mmhub_desktop.marketplaces.kept_values import kept_values, not_in_listing

OLD, NEW = Money(500, "EUR"), Money(700, "EUR")
FAMILY = RemoteListing(
    "1", ListingState.LIVE, variants=(VariantState("A", OLD, 1), VariantState("B", NEW, 2), VariantState("C", None, 3))
)


def names(change: ListingChange, shown: RemoteListing) -> list[tuple[str, object, object]]:
    return [(one.name, one.sent, one.shown) for one in kept_values(change, shown)]


def test_a_listings_own_values_are_compared_where_both_are_told() -> None:
    shown = RemoteListing("1", ListingState.LIVE, price=OLD, quantity=4)
    change = ListingChange(price=NEW, quantity=4, title="x")
    assert names(change, shown) == [("price", NEW, OLD)]
    assert names(ListingChange(quantity=0), shown) == [("quantity", 0, 4)]
    assert names(change, RemoteListing("1", ListingState.LIVE)) == []


def test_each_variant_is_compared_with_its_own() -> None:
    change = ListingChange(variants=(VariantState("A", NEW, 1), VariantState("B", NEW, 9), VariantState("X", NEW)))
    assert names(change, FAMILY) == [("price of “A”", NEW, OLD), ("quantity of “B”", 9, 2)]


def test_one_price_for_a_family_is_compared_with_every_variants() -> None:
    assert names(ListingChange(price=NEW), FAMILY) == [("price of “A”", NEW, OLD)]


def test_a_finding_holds_both_values() -> None:
    (one,) = kept_values(ListingChange(price=NEW), FAMILY)
    found = one.finding("shop.kept", "It is kept.", "Look.", blocks=False)
    assert (found.field, found.value, found.limit, found.blocks) == ("price", "7.00 EUR", "5.00 EUR", False)


def test_variants_that_came_later_are_named() -> None:
    (found,) = not_in_listing("shop", (VariantState("A"), VariantState("X")), FAMILY, "Add it.")
    assert (found.rule, found.blocks) == ("shop.variant_new", False)
    assert found.message.endswith(": X.")
    assert not_in_listing("shop", (VariantState("A"),), FAMILY, "") == ()
