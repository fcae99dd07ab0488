"""A connected account on a practice Walmart of its own."""

from collections.abc import AsyncIterator

import pytest

from mmhub_desktop.conformance import open_stage
from mmhub_desktop.marketplaces.walmart.adapter import Walmart
from tests.fakes.walmart_stage import WalmartStage


@pytest.fixture
async def stage() -> AsyncIterator[WalmartStage]:
    async with open_stage(WalmartStage) as opened:
        yield opened


@pytest.fixture
def walmart(stage: WalmartStage) -> Walmart:
    adapter = stage.adapter()
    assert isinstance(adapter, Walmart)
    return adapter
