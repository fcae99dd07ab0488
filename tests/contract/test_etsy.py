"""The Etsy adapter against the practice Etsy, with the two ways of ending and of sending lists."""

from collections.abc import AsyncIterator, Mapping
from typing import ClassVar

import pytest

from mmhub_desktop.conformance import open_stage
from mmhub_desktop.domain.listing import ListingState
from mmhub_desktop.domain.marketplace import Capability
from mmhub_desktop.marketplaces.contract import MarketplaceContract, Stage
from mmhub_desktop.marketplaces.etsy.adapter import MARKETPLACE
from tests.fakes.etsy_stage import EtsyStage


class DeletingStage(EtsyStage):
    """Ending deletes, lists are repeated, nothing is said of ``legacy``."""

    settings: ClassVar[Mapping[str, str]] = {
        **EtsyStage.settings, "ending": "delete", "lists": "repeat", "legacy": "none",
    }  # fmt: skip
    forgets_ended = True
    ends_as = ListingState.ENDED


class TestEtsy(MarketplaceContract):
    """Ending switches off; lists are joined by commas."""

    @pytest.fixture
    async def stage(self) -> AsyncIterator[Stage]:
        async with open_stage(EtsyStage) as stage:
            yield stage


class TestEtsyOtherwise(MarketplaceContract):
    """The account's other settings."""

    @pytest.fixture
    async def stage(self) -> AsyncIterator[Stage]:
        async with open_stage(DeletingStage) as stage:
            yield stage

    async def test_what_has_ended_is_listed_again(self, stage: Stage) -> None:
        """What was deleted cannot come back; the other setting is for that."""
        assert stage.ends_as is ListingState.ENDED


async def test_what_is_declared_fits_the_sheet():
    """Etsy has no check beforehand and no acknowledgement; its pictures go to a listing that is there."""
    assert not MARKETPLACE.capabilities & {Capability.VALIDATE, Capability.ACKNOWLEDGE}
    assert MARKETPLACE.creates_in_turn, "drafts without a SKU are told apart because one is created at a time"
    required = {choice.key for choice in MARKETPLACE.choices if choice.required}
    assert required == {"shipping_profile_id", "readiness_state_id", "who_made", "when_made"}
