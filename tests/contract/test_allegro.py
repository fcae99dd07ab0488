"""The Allegro adapter against the practice Allegro: at once, and with everything done later."""

from collections.abc import AsyncIterator, Mapping
from typing import ClassVar

import pytest

from mmhub_desktop.conformance import PracticeStage, open_stage
from mmhub_desktop.domain.money import Money
from mmhub_desktop.domain.product import Condition, Text
from mmhub_desktop.marketplaces.allegro.adapter import MARKETPLACE
from mmhub_desktop.marketplaces.base import ListingDraft
from mmhub_desktop.marketplaces.contract import MarketplaceContract, Stage

SETTINGS = {
    "client_id": "practice-app",
    "app_name": "MultiMarketHub",
    "app_page": "https://practice.invalid/about",
    "location_city": "Warszawa",
    "location_postcode": "00-950",
    "location_country": "PL",
    "location_province": "MAZOWIECKIE",
    "shipping_rates": "11111111-1111-4111-8111-111111111111",
    "return_policy": "22222222-2222-4222-8222-222222222222",
    "implied_warranty": "33333333-3333-4333-8333-333333333333",
}


class AllegroStage(PracticeStage):
    """A seller of cups who signs in by a code on Allegro's page."""

    marketplace = MARKETPLACE
    settings: ClassVar[Mapping[str, str]] = SETTINGS
    starting_secrets: ClassVar[Mapping[str, str]] = {"client_secret": "practice-secret"}
    create_call = ("POST", "/sale/product-offers")
    shipment_call = ("POST", "/order/checkout-forms/*/shipments")

    def draft(self, sku: str) -> ListingDraft:
        return ListingDraft(
            sku=sku,
            text=Text("Kubek ceramiczny niebieski 350 ml", "Kubek ceramiczny.\n- do zmywarki\n- 350 ml"),
            brand="Andina",
            category="Kuchnia",
            gtin="7501031311309",
            condition=Condition.NEW,
            price=Money(4990, "PLN"),
            quantity=7,
            attributes={"Kolor": "niebieski", "Capacity": "350 ml", "My own column": "x"},
            image_count=1,
        )


class LaterStage(AllegroStage):
    """Commands take two minutes, as does showing an offer."""

    later_s = 120


class CodeStage(AllegroStage):
    """An application that was registered with a redirect address."""

    settings: ClassVar[Mapping[str, str]] = {
        **SETTINGS,
        "consent": "code",
        "redirect_uri": "https://practice.invalid/callback",
    }


class TestAllegro(MarketplaceContract):
    """Everything is done at once."""

    @pytest.fixture
    async def stage(self) -> AsyncIterator[Stage]:
        async with open_stage(AllegroStage) as stage:
            yield stage


class TestAllegroLater(MarketplaceContract):
    """Commands are worked on for a minute, then offers take a minute to be shown."""

    @pytest.fixture
    async def stage(self) -> AsyncIterator[Stage]:
        async with open_stage(LaterStage, ready_after_s=50, live_after_s=50) as stage:
            yield stage


class TestAllegroByRedirect(MarketplaceContract):
    """Consent by a redirect address that is pasted."""

    @pytest.fixture
    async def stage(self) -> AsyncIterator[Stage]:
        async with open_stage(CodeStage) as stage:
            yield stage
