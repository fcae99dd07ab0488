"""What a listing shows after a change other than it was sent, value by value: its own or a variant's.

Marketplaces answer 200 and keep a price that a rule of theirs sets, or a stock that lies elsewhere. What to do about it
each adapter says in its own words.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from mmhub_desktop.domain.listing import ListingChange, VariantState
from mmhub_desktop.domain.money import Money
from mmhub_desktop.errors import Finding
from mmhub_desktop.marketplaces.base import RemoteListing

VALUES = ("price", "quantity")


@dataclass(frozen=True, slots=True)
class KeptValue:
    """A price or quantity that was sent, and the other one that is shown; ``sku`` of the variant, empty for none."""

    field: str
    sku: str
    sent: Money | int
    shown: Money | int

    @property
    def name(self) -> str:
        """The value in words: ``price of “LAMP-B”``."""
        return f"{self.field} of “{self.sku}”" if self.sku else self.field

    def finding(self, rule: str, message: str, fix: str, *, blocks: bool = True, original: str = "") -> Finding:
        """A finding about it, with both values."""
        return Finding(rule, self.field, message, fix, str(self.sent), str(self.shown), blocks, original)


def kept_values(change: ListingChange, shown: RemoteListing) -> list[KeptValue]:
    """What of a change a listing shows otherwise; what it does not show at all is not told.

    One price for a family is compared with that of each variant.
    """
    there = {state.sku: state for state in shown.variants}
    wanted = change.variants
    if there and not wanted and change.price is not None:
        wanted = tuple(VariantState(sku, change.price) for sku in there)
    pairs = [(state, there[state.sku]) for state in wanted if state.sku in there]
    if not there:
        own = VariantState("", change.price, change.quantity)
        pairs.append((own, VariantState("", shown.price, shown.quantity)))
    return [
        KeptValue(field, sent.sku, wish, told)
        for sent, seen in pairs
        for field in VALUES
        if (wish := getattr(sent, field)) is not None and (told := getattr(seen, field)) is not None and wish != told
    ]


def not_in_listing(
    marketplace: str, variants: Iterable[VariantState], shown: RemoteListing, fix: str
) -> tuple[Finding, ...]:
    """Variants that are to be changed and are not in the listing, since they came after it."""
    listed = {state.sku for state in shown.variants}
    new = [state.sku for state in variants if state.sku not in listed]
    message = f"Variants that came later are not in the listing: {', '.join(new[:8])}."
    return (Finding(f"{marketplace}.variant_new", "variants", message, fix, blocks=False),) if new else ()
