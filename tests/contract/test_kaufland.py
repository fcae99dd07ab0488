"""The Kaufland adapter against the practice Kaufland."""

import zlib
from collections.abc import AsyncIterator, Mapping
from typing import ClassVar

import pytest

from mmhub_desktop.conformance import PracticeStage, open_stage
from mmhub_desktop.domain.money import Money
from mmhub_desktop.domain.product import Condition, Text
from mmhub_desktop.errors import Rejected
from mmhub_desktop.marketplaces.base import ListingDraft
from mmhub_desktop.marketplaces.contract import MarketplaceContract, Stage, live_listing, prepare, raised
from mmhub_desktop.marketplaces.kaufland.adapter import MARKETPLACE
from mmhub_desktop.practice.server import find_practice

CURRENCIES = {"cz": "CZK", "pl": "PLN"}


def ean_of(sku: str) -> str:
    """An EAN of its own for each SKU."""
    digits = f"20{zlib.crc32(sku.encode()):010d}"
    total = sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(reversed(f"{digits}0")))
    return f"{digits}{-total % 10}"


class KauflandStage(PracticeStage):
    """A seller of cups."""

    marketplace = MARKETPLACE
    renews_tokens = False
    settings: ClassVar[Mapping[str, str]] = {
        key: value for key, value in find_practice("kaufland").values.items() if key not in ("secret_key", "site")
    }
    starting_secrets: ClassVar[Mapping[str, str]] = {"secret_key": find_practice("kaufland").values["secret_key"]}
    site = "de"
    create_call = ("POST", "/v2/units")
    shipment_call = ("PATCH", "/v2/order-units/*/send")
    token_header = "Shop-Client-Key"
    later_s = 90

    def draft(self, sku: str) -> ListingDraft:
        return ListingDraft(
            sku=sku,
            text=Text("Andina Tasse aus Keramik blau 350 ml", "Eine Tasse aus Keramik.\nSpülmaschinenfest."),
            brand="Andina",
            category="Küche",
            gtin=ean_of(sku),
            condition=Condition.NEW,
            price=Money(1299, CURRENCIES.get(self.account.site, "EUR")),
            quantity=7,
            attributes={"Farbe": "Blau", "Material": "Keramik", "My own column": "x"},
            image_count=1,
        )


class DeletingStage(KauflandStage):
    """One who has ended offers deleted."""

    forgets_ended = True
    settings: ClassVar[Mapping[str, str]] = {**KauflandStage.settings, "end_by": "delete"}


class TestKaufland(MarketplaceContract):
    """New products: their data is worked on for a minute before the offer is seen."""

    @pytest.fixture
    async def stage(self) -> AsyncIterator[Stage]:
        async with open_stage(KauflandStage, ready_after_s=60) as stage:
            yield stage


class TestKauflandKnownProducts(MarketplaceContract):
    """Products that Kaufland has pages for, in a currency of its own; a new offer is answered with 201."""

    @pytest.fixture
    async def stage(self) -> AsyncIterator[Stage]:
        async with open_stage(KauflandStage, "cz", knows_all=True, create_status=201) as stage:
            yield stage


class TestKauflandDeleting(MarketplaceContract):
    """Ended offers are deleted for good."""

    @pytest.fixture
    async def stage(self) -> AsyncIterator[Stage]:
        async with open_stage(DeletingStage) as stage:
            yield stage

    async def test_what_has_ended_is_listed_again(self, stage: Stage) -> None:
        """Not what was deleted: it is refused, with what to do instead."""
        adapter = stage.adapter()
        mapped, images = await prepare(stage, adapter, "AGAIN-1")
        created = await live_listing(stage, adapter, mapped, images)
        await adapter.end(created.remote_id)
        async with raised(Rejected) as caught:
            await adapter.relist(created.remote_id)
        assert "Publish the product again" in caught[0].hint
