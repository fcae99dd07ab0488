"""A stage on the practice Allegro, and the rules of its categories."""

from collections.abc import AsyncIterator

import pytest

from mmhub_desktop.conformance import open_stage
from mmhub_desktop.marketplaces.base import CategoryRules
from tests.contract.test_allegro import AllegroStage


@pytest.fixture
async def stage() -> AsyncIterator[AllegroStage]:
    async with open_stage(AllegroStage) as found:
        yield found


@pytest.fixture
async def mugs(stage: AllegroStage) -> CategoryRules:
    """Mugs: condition of the offer; brand, capacity and colours of the product."""
    return await stage.adapter().read_category("67415")


@pytest.fixture
async def lamps(stage: AllegroStage) -> CategoryRules:
    """Lamps: ranges, conditions between parameters, values that depend on others."""
    return await stage.adapter().read_category("67416")
