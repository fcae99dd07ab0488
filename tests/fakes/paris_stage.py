"""The conformance suite's stage on the practice Paris."""

from collections.abc import Mapping
from dataclasses import replace
from typing import ClassVar

from mmhub_desktop.conformance import PracticeStage
from mmhub_desktop.domain.listing import ListingState
from mmhub_desktop.domain.money import Money
from mmhub_desktop.domain.product import Condition, Text
from mmhub_desktop.marketplaces.base import ListingDraft, VariantDraft
from mmhub_desktop.marketplaces.paris.adapter import MARKETPLACE


class ParisStage(PracticeStage):
    """A seller of lamps and shoes."""

    marketplace = MARKETPLACE
    starting_secrets: ClassVar[Mapping[str, str]] = {"api_key": "practice-api-key"}
    site = "CL"
    create_call = ("POST", "/v2/products")
    ends_as = ListingState.PAUSED  # there is no call that takes a product off

    def draft(self, sku: str) -> ListingDraft:
        title = "Zapatillas urbanas Andes" if sku == "FAMILY" else "Lámpara de escritorio Lumea Flex"
        return ListingDraft(
            sku=sku,
            text=Text(title, "Con brazo articulado & luz cálida.\nTres tonos < 5 W."),
            brand="Lumea",
            category="Hogar",
            gtin="7501031311309",
            condition=Condition.NEW,
            price=Money(24990, "CLP"),
            quantity=5,
            attributes={"Model": "Flex", "Color": "Azul", "My own column": "x"},
            image_count=1,
        )

    def family(self, sku: str) -> ListingDraft:
        sizes = (("38", 3), ("39", 0), ("40", 4))
        variants = tuple(
            VariantDraft(f"{sku}-{size}", {"Color": "Negro", "Size": size}, quantity) for size, quantity in sizes
        )
        return replace(self.draft(sku), quantity=0, gtin="", variants=variants)
