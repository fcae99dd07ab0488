"""The Amazon adapter against the practice Amazon, in both ways of ending a listing."""

from collections.abc import AsyncIterator, Mapping
from typing import ClassVar

import pytest

from mmhub_desktop.conformance import PracticeStage, open_stage
from mmhub_desktop.domain.listing import ListingState
from mmhub_desktop.domain.money import Money
from mmhub_desktop.domain.product import Condition, Text
from mmhub_desktop.marketplaces.amazon.marketplace import MARKETPLACE
from mmhub_desktop.marketplaces.base import ListingDraft, VariantDraft
from mmhub_desktop.marketplaces.contract import MarketplaceContract, Stage


class AmazonStage(PracticeStage):
    """A seller of cups in the United States."""

    marketplace = MARKETPLACE
    settings: ClassVar[Mapping[str, str]] = {
        "region": "na",
        "client_id": "amzn1.application-oa2-client.practice",
        "seller_id": "A2PRACTICESHOP",
        "marketplace_id": "ATVPDKIKX0DER",
        "end_way": "stock",
    }
    starting_secrets: ClassVar[Mapping[str, str]] = {
        "client_secret": "amzn1.oa2-cs.v1.practice",
        "refresh_token": "Atzr|practice",
    }
    create_call = ("PUT", "/listings/2021-08-01/items/*")
    shipment_call = ("POST", "*/shipmentConfirmation")
    token_header = "x-amz-access-token"
    ends_as = ListingState.PAUSED

    def draft(self, sku: str) -> ListingDraft:
        return ListingDraft(
            sku=sku,
            text=Text("Andina Blue Ceramic Mug 350 ml", "A ceramic mug.\nDishwasher safe."),
            brand="Andina",
            category="Kitchen",
            gtin="7501031311309",
            condition=Condition.NEW,
            price=Money(1299, "USD"),
            quantity=7,
            attributes={"Model": "T-350", "Color": "Blue", "Capacity": "350 ml", "My own column": "x"},
            image_count=1,
        )

    def family(self, sku: str) -> ListingDraft:
        return ListingDraft(
            sku=sku,
            text=Text("Andina Ceramic Mug", "A ceramic mug.\n- Stackable\n- Dishwasher safe"),
            brand="Andina",
            category="Kitchen",
            gtin="",
            condition=Condition.NEW,
            price=Money(1999, "USD"),
            quantity=0,
            attributes={"Material": "Ceramic", "Capacity": "350 ml"},
            image_count=1,
            variants=(
                VariantDraft(f"{sku}-B-S", {"Color": "Blue", "Size": "Small"}, 3, gtin="7501031311309", image=0),
                VariantDraft(f"{sku}-R-M", {"Color": "Red", "Size": "Medium"}, 2, Money(2199, "USD"), "036000291452"),
            ),
        )


class DeletingStage(AmazonStage):
    """A seller whose ended listings are deleted."""

    settings: ClassVar[Mapping[str, str]] = {**AmazonStage.settings, "end_way": "delete"}
    ends_as = ListingState.ENDED
    forgets_ended = True


class TestAmazon(MarketplaceContract):
    """Ended listings are out of stock."""

    @pytest.fixture
    async def stage(self) -> AsyncIterator[Stage]:
        async with open_stage(AmazonStage) as stage:
            yield stage


class TestAmazonDeleting(MarketplaceContract):
    """Ended listings are deleted; what changes shows later."""

    @pytest.fixture
    async def stage(self) -> AsyncIterator[Stage]:
        async with open_stage(DeletingStage) as stage:
            yield stage
