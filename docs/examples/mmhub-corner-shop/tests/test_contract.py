"""The Corner Shop's adapter before the conformance suite of the program."""

from collections.abc import AsyncIterator
from typing import ClassVar

import pytest
from mmhub_corner_shop import PRACTICE
from mmhub_corner_shop.adapter import MARKETPLACE

from mmhub_desktop.conformance import PracticeStage, open_stage
from mmhub_desktop.domain.money import Money
from mmhub_desktop.domain.product import Condition, Text
from mmhub_desktop.marketplaces.base import ListingDraft
from mmhub_desktop.marketplaces.contract import MarketplaceContract


class CornerShopStage(PracticeStage):
    """One account at the practice Corner Shop."""

    marketplace = MARKETPLACE
    starting_secrets: ClassVar = {"api_key": PRACTICE.values["api_key"]}
    create_call = ("POST", "/items")
    renews_tokens = False

    def draft(self, sku: str) -> ListingDraft:
        return ListingDraft(
            sku=sku, text=Text("Blue cup", "A cup."), brand="Andina", category="Kitchen", gtin="",
            condition=Condition.NEW, price=Money(1299, "EUR"), quantity=7, attributes={}, image_count=1,
        )  # fmt: skip


class TestCornerShop(MarketplaceContract):
    """Everything that every adapter must do."""

    @pytest.fixture
    async def stage(self) -> AsyncIterator[CornerShopStage]:
        async with open_stage(CornerShopStage) as stage:
            yield stage
