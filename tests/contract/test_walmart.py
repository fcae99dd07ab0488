"""The Walmart adapter against the practice Walmart."""

from collections.abc import AsyncIterator

import pytest

from mmhub_desktop.conformance import open_stage
from mmhub_desktop.marketplaces.contract import MarketplaceContract, Stage
from tests.fakes.walmart_stage import LaterStage, RetiringStage, WalmartStage


class TestWalmart(MarketplaceContract):
    """Items of one account; ended by stock 0."""

    @pytest.fixture
    async def stage(self) -> AsyncIterator[Stage]:
        async with open_stage(WalmartStage) as stage:
            yield stage


class TestWalmartLater(MarketplaceContract):
    """Feeds take an hour."""

    @pytest.fixture
    async def stage(self) -> AsyncIterator[Stage]:
        async with open_stage(LaterStage, ready_after_s=3_600) as stage:
            yield stage


class TestWalmartRetiring(MarketplaceContract):
    """Ending retires, prices go by the newer call, single items come as ``responseRecord``."""

    @pytest.fixture
    async def stage(self) -> AsyncIterator[Stage]:
        async with open_stage(RetiringStage, wrapper="responseRecord") as stage:
            yield stage
