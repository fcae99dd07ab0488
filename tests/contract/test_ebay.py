"""The eBay adapter against the practice eBay."""

from collections.abc import AsyncIterator, Mapping
from dataclasses import replace
from typing import ClassVar

import pytest

from mmhub_desktop.conformance import PracticeStage, open_stage
from mmhub_desktop.domain.money import Money
from mmhub_desktop.domain.product import Condition, Text
from mmhub_desktop.marketplaces.base import ListingDraft, VariantDraft
from mmhub_desktop.marketplaces.contract import MarketplaceContract, Stage
from mmhub_desktop.marketplaces.ebay.adapter import MARKETPLACE
from mmhub_desktop.practice.server import find_practice


class EbayStage(PracticeStage):
    """A seller of mugs in the United States."""

    marketplace = MARKETPLACE
    settings: ClassVar[Mapping[str, str]] = {
        key: value for key, value in find_practice("ebay").values.items() if key not in ("client_secret", "site")
    }
    starting_secrets: ClassVar[Mapping[str, str]] = {"client_secret": find_practice("ebay").values["client_secret"]}
    site = "EBAY_US"
    create_call = ("POST", "/sell/inventory/v1/offer/*/publish")
    shipment_call = ("POST", "/sell/fulfillment/v1/order/*/shipping_fulfillment")

    def draft(self, sku: str) -> ListingDraft:
        currency = "EUR" if self.account.site == "EBAY_DE" else "USD"
        return ListingDraft(
            sku=sku,
            text=Text("Andina ceramic mug 350 ml blue", "A mug.\nDishwasher safe."),
            brand="Andina",
            category="Kitchen",
            gtin="7501031311309",
            condition=Condition.NEW,
            price=Money(1999, currency),
            quantity=7,
            attributes={"Color": "Blue", "Capacity": "350 ml", "Material": "ceramic; glass", "My own column": "x"},
            image_count=1,
            weight_g=350,
            size_mm=(95, 80, 100),
        )

    def family(self, sku: str) -> ListingDraft:
        variants = tuple(
            VariantDraft(f"{sku}-{color}", {"color": color}, quantity, gtin="", image=0)
            for color, quantity in (("Blue", 3), ("Red", 0), ("Green", 5))
        )
        return replace(self.draft(sku), gtin="", variants=variants)


class TestEbay(MarketplaceContract):
    """United States, in English and dollars."""

    @pytest.fixture
    async def stage(self) -> AsyncIterator[Stage]:
        async with open_stage(EbayStage) as stage:
            yield stage


class TestEbayGermany(MarketplaceContract):
    """Germany: another language, other names of item specifics, euros."""

    @pytest.fixture
    async def stage(self) -> AsyncIterator[Stage]:
        async with open_stage(EbayStage, "EBAY_DE") as stage:
            yield stage
