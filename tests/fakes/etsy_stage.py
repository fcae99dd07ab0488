"""The conformance suite's stage on the practice Etsy."""

from collections.abc import Mapping
from dataclasses import replace
from typing import ClassVar

from mmhub_desktop.conformance import PracticeStage
from mmhub_desktop.domain.listing import ListingState
from mmhub_desktop.domain.money import Money
from mmhub_desktop.domain.product import Condition, Text
from mmhub_desktop.marketplaces.base import ListingDraft, VariantDraft
from mmhub_desktop.marketplaces.etsy.adapter import MARKETPLACE
from mmhub_desktop.practice.server import find_practice

_SECRET = "shared_secret"


class EtsyStage(PracticeStage):
    """A seller of mugs who publishes at once and renews; ending switches a listing off."""

    marketplace = MARKETPLACE
    settings: ClassVar[Mapping[str, str]] = {
        **{key: value for key, value in find_practice("etsy").values.items() if key != _SECRET},
        "publish": "active",
        "renew": "yes",
    }
    starting_secrets: ClassVar[Mapping[str, str]] = {_SECRET: find_practice("etsy").values[_SECRET]}
    create_call = ("POST", "/v3/application/shops/*/listings")
    shipment_call = ("POST", "/v3/application/shops/*/receipts/*/tracking")
    ends_as = ListingState.PAUSED

    def draft(self, sku: str) -> ListingDraft:
        return ListingDraft(
            sku=sku,
            text=Text(
                f"Blue ceramic mug {sku.encode().hex()[:24]}",
                "A mug of blue stoneware.\nDishwasher safe.",
                ("ceramic mug", "blue mug", "a keyword that is much too long for Etsy"),
            ),
            brand="Andina",
            category="Kitchen",
            gtin="7501031311309",
            condition=Condition.NEW,
            price=Money(1999, "USD"),
            quantity=7,
            attributes={"Color": "Blue", "Materials": "Stoneware, glaze", "My own column": "x"},
            image_count=1,
            weight_g=350,
            size_mm=(120, 90, 100),
        )

    def family(self, sku: str) -> ListingDraft:
        draft = self.draft(sku)
        variants = tuple(
            VariantDraft(f"{sku}-{color}-{size}", {"Color": color, "Handle": size}, 2, Money(1999 + 100 * n, "USD"))
            for n, (color, size) in enumerate((("Blue", "left"), ("Blue", "right"), ("Red", "left")))
        )
        return replace(draft, attributes={}, variants=variants)
