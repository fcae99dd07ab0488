"""The MercadoLibre adapter against the practice MercadoLibre, both listing models."""

import re
from collections.abc import AsyncIterator, Mapping
from dataclasses import replace
from typing import ClassVar

import pytest

from mmhub_desktop.conformance import PracticeStage, open_stage, png
from mmhub_desktop.domain.money import Money
from mmhub_desktop.domain.product import Condition, Text
from mmhub_desktop.marketplaces.base import ImageFile, ListingDraft, VariantDraft
from mmhub_desktop.marketplaces.contract import MarketplaceContract, Stage
from mmhub_desktop.marketplaces.mercadolibre.adapter import MARKETPLACE


class MercadoLibreStage(PracticeStage):
    """A seller of cups."""

    marketplace = MARKETPLACE
    settings: ClassVar[Mapping[str, str]] = {
        "client_id": "practice-app",
        "redirect_uri": "https://practice.invalid/callback",
    }
    starting_secrets: ClassVar[Mapping[str, str]] = {"client_secret": "practice-secret"}
    site = "MLC"
    create_call = ("POST", "/items")
    shipment_call = ("POST", "/shipments/*/seller_notifications")

    def draft(self, sku: str) -> ListingDraft:
        return ListingDraft(
            sku=sku,
            text=Text("Taza de cerámica azul 350 ml Andina", "Taza de cerámica.\nApta para lavavajillas."),
            brand="Andina",
            category="Cocina",
            gtin="7501031311309",
            condition=Condition.NEW,
            price=Money(12990, "CLP") if self.account.site == "MLC" else Money(1299, "BRL"),
            quantity=7,
            attributes={"Modelo": "T-350", "Color": "Azul", "Capacity": "350 ml", "My own column": "x"},
            image_count=1,
        )

    def family(self, sku: str) -> ListingDraft:
        colors = (("Azul", 3), ("Rojo", 0), ("Verde", 4))
        variants = tuple(VariantDraft(f"{sku}-{color}", {"Color": color}, quantity) for color, quantity in colors)
        return replace(self.draft(sku), gtin="", quantity=0, variants=variants)

    def image(self) -> ImageFile:
        return ImageFile("cup.png", "image/png", png(600, 600), 600, 600)


class UserProductsStage(MercadoLibreStage):
    """A seller whose variants are items of their own, which MercadoLibre joins by itself."""

    takes_families = False


class TestMercadoLibre(MarketplaceContract):
    """Items with titles of their own, in a currency without decimals."""

    @pytest.fixture
    async def stage(self) -> AsyncIterator[Stage]:
        async with open_stage(MercadoLibreStage, shipping_mode="me1") as stage:
            yield stage


class TestMercadoLibreUserProducts(MarketplaceContract):
    """Items of the User Products model, in a currency with decimals."""

    @pytest.fixture
    async def stage(self) -> AsyncIterator[Stage]:
        async with open_stage(UserProductsStage, "MLB", user_products=True, shipping_mode="me1") as stage:
            yield stage


async def test_descriptions_arrive_as_plain_text():
    """What a seller wrote in HTML is stored as words with line breaks."""
    async with open_stage(MercadoLibreStage) as stage:
        adapter = stage.adapter()
        await adapter.check_credentials()
        draft = stage.draft("HTML-1")
        category = (await adapter.find_categories(draft.text.title))[0]
        rules = await adapter.read_category(category.id)
        html = "<h2>Taza 🎉</h2><ul><li>350&nbsp;ml</li><li>5 &lt; 6</li></ul><script>alert(1)</script>"
        mapped = adapter.map(
            ListingDraft(**{**_fields(draft), "text": Text(draft.text.title, html)}),
            rules,
        )
        images = (await adapter.upload_image(stage.image()),)
        created = await adapter.create(mapped, images)
        await adapter.finish_create(created.remote_id, mapped)
        items = (await stage.state())["items"]
        assert isinstance(items, dict)
        text = items[created.remote_id]["description"]
        assert re.fullmatch(r"Taza\n+- 350 ml\n+- 5 < 6", text), text


def _fields(draft: ListingDraft) -> dict[str, object]:
    return {name: getattr(draft, name) for name in draft.__dataclass_fields__}
