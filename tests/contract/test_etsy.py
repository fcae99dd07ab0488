"""The Etsy adapter against the practice Etsy."""

from collections.abc import AsyncIterator, Mapping
from typing import ClassVar

import pytest

from mmhub_desktop.domain.listing import ListingState
from mmhub_desktop.domain.marketplace import Capability
from mmhub_desktop.marketplaces.contract import MarketplaceContract, Stage
from mmhub_desktop.marketplaces.etsy.adapter import MARKETPLACE
from tests.fakes.etsy_stage import EtsyStage
from tests.fakes.practice_stage import open_stage


class TestEtsy(MarketplaceContract):
    """A shop that publishes at once and renews."""

    @pytest.fixture
    async def stage(self) -> AsyncIterator[Stage]:
        async with open_stage(EtsyStage) as stage:
            yield stage


class DeletingStage(EtsyStage):
    """Ending deletes."""

    settings: ClassVar[Mapping[str, str]] = {**EtsyStage.settings, "ending": "delete", "lists": "repeat"}
    forgets_ended = True
    ends_as = ListingState.ENDED


async def test_what_is_declared_fits_the_sheet():
    """Etsy has no check beforehand and no acknowledgement; its pictures go to a listing that is there."""
    assert Capability.VALIDATE not in MARKETPLACE.capabilities
    assert Capability.ACKNOWLEDGE not in MARKETPLACE.capabilities
    assert MARKETPLACE.concurrency == 1, "drafts without a SKU are told apart because one is created at a time"
    assert {choice.key for choice in MARKETPLACE.choices if choice.required} == {
        "shipping_profile_id", "readiness_state_id", "who_made", "when_made",
    }  # fmt: skip
