"""A seller of lamps on the practice Walmart."""

from collections.abc import Mapping
from dataclasses import replace
from typing import ClassVar

from mmhub_desktop.conformance import PracticeStage
from mmhub_desktop.domain.listing import ListingState
from mmhub_desktop.domain.money import Money
from mmhub_desktop.domain.product import Condition, Text
from mmhub_desktop.marketplaces.base import ListingDraft, VariantDraft
from mmhub_desktop.marketplaces.walmart.declaration import MARKETPLACE
from tests.fakes.barcodes import barcode


class WalmartStage(PracticeStage):
    """A seller of lamps. Ending is setting the stock to 0."""

    marketplace = MARKETPLACE
    settings: ClassVar[Mapping[str, str]] = {"client_id": "practice-client"}
    starting_secrets: ClassVar[Mapping[str, str]] = {"client_secret": "practice-secret"}
    site = "US"
    create_call = ("POST", "/v3/feeds")
    shipment_call = ("POST", "/v3/orders/*/shipping")
    token_header = "WM_SEC.ACCESS_TOKEN"
    ends_as = ListingState.PAUSED

    def draft(self, sku: str) -> ListingDraft:
        return ListingDraft(
            sku=sku,
            text=Text("Lumea Flex Table Lamp with Articulated Arm, White", "A desk lamp with an articulated arm."),
            brand="Lumea",
            category="Lighting",
            gtin=barcode(sku),
            condition=Condition.NEW,
            price=Money(2499, "USD"),
            quantity=7,
            attributes={
                "Key Features": "Articulated arm; Warm light; Small foot",
                "Color": "White",
                "bulb type": "LED",
                "My own column": "x",
            },
            image_count=1,
            weight_g=1_250,
        )

    def family(self, sku: str) -> ListingDraft:
        draft = self.draft(sku)
        variants = tuple(
            VariantDraft(f"{sku}-{color}", {"Colour": color}, 3, gtin=barcode(f"{sku}-{color}"))
            for color in ("White", "Black")
        )
        return replace(draft, variants=variants)


class RetiringStage(WalmartStage):
    """The same with items that are retired for good, and the other wrapper."""

    settings: ClassVar[Mapping[str, str]] = {**WalmartStage.settings, "ending": "retire", "price_call": "post"}
    ends_as = ListingState.ENDED


class LaterStage(WalmartStage):
    """The same where feeds are worked on for a while."""

    later_s = 3_700
