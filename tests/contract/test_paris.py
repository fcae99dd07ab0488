"""The Paris adapter against the practice Paris."""

from collections.abc import AsyncIterator, Mapping
from typing import Any, ClassVar

import pytest

from mmhub_desktop.conformance import open_stage
from mmhub_desktop.marketplaces.contract import MarketplaceContract, Stage
from tests.fakes.paris_stage import ParisStage


class TestParis(MarketplaceContract):
    """As the facts say first: prices by the product's id, search pages by number."""

    @pytest.fixture
    async def stage(self) -> AsyncIterator[Stage]:
        async with open_stage(ParisStage) as stage:
            yield stage


class OtherFormsStage(ParisStage):
    """An account whose settings follow the other reports of how Paris takes prices."""

    settings: ClassVar[Mapping[str, str]] = {
        "price_id": "variant",
        "price_row": "store",
        "price_change": "PATCH",
        "offer_row": "running",
        "warehouse": "ffparis",
    }


class TestParisOtherForms(MarketplaceContract):
    """The other reports: prices by the variant, rows counted by the search, short pages, nothing found as 404."""

    @pytest.fixture
    async def stage(self) -> AsyncIterator[Stage]:
        switches: dict[str, Any] = {
            "price_id": "variant",
            "price_row": "store",
            "search_offset_rows": True,
            "search_shows_sku": True,
            "product_shows_skus": False,
            "most_rows": 7,
            "empty_is_404": True,
            "expires_as_text": True,
            "forbids_expired": True,
        }
        async with open_stage(OtherFormsStage, **switches) as stage:
            yield stage
