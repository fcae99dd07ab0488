"""What marketplaces can do, in words, for whoever shows it: one table for the window and for the documents."""

from collections.abc import Callable
from dataclasses import dataclass

from mmhub_desktop.domain.marketplace import Capability
from mmhub_desktop.marketplaces.base import CREATE_MANY, FOLLOW_MANY, READ_MANY, UPDATE_MANY, Marketplace, PictureSource

YES, NO = "✓", "–"

CAPABILITY_WORDS: dict[Capability, str] = {
    Capability.CATEGORIES: "Categories proposed and described",
    Capability.VALIDATE: "Checked there without creating",
    Capability.IMAGES: "Pictures",
    Capability.CREATE: "Create",
    Capability.VARIANTS: "Variants as one family",
    Capability.READ_BACK: "Read back, why it is not live",
    Capability.FIND_BY_SKU: "Found by SKU",
    Capability.UPDATE: "Price, stock, text",
    Capability.END: "End",
    Capability.RELIST: "List again",
    Capability.LIST: "Everything on the account",
    Capability.ORDERS: "Orders",
    Capability.ACKNOWLEDGE: "Orders acknowledged",
    Capability.SHIP: "Shipments confirmed",
}
_PICTURES = {PictureSource.URL: "fetched", PictureSource.BYTES: "uploaded", PictureSource.TO_LISTING: "afterwards"}
_MANY = (CREATE_MANY, READ_MANY, UPDATE_MANY, FOLLOW_MANY)


@dataclass(frozen=True, slots=True)
class Ability:
    """One row: what it is, and what a marketplace says to it (``YES``, ``NO`` or words). ``help`` for a tip."""

    label: str
    says: Callable[[Marketplace], str]
    help: str = ""


def _declares(capability: Capability) -> Callable[[Marketplace], str]:
    return lambda shop: YES if capability in shop.capabilities else NO


ABILITIES: tuple[Ability, ...] = (
    *(Ability(words, _declares(capability)) for capability, words in CAPABILITY_WORDS.items()),
    Ability(
        "Pictures are",
        lambda shop: _PICTURES[shop.pictures],
        "Uploaded, uploaded once the listing is there, or fetched from a public address (Settings).",
    ),
    Ability("Many in one call", lambda shop: ", ".join(each for each in _MANY if each in shop.gathered) or NO),
    Ability("Works on it later", lambda shop: YES if shop.follow_s else NO, "What was sent takes minutes or hours."),
    Ability("Signs in by", lambda shop: "consent" if shop.consent else "keys"),
    Ability("Calls a second", lambda shop: f"{shop.rate_limits[0].per_second:g}"),
)
