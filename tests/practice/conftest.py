"""A practice MercadoLibre on a free port and a signed-in caller."""

from collections.abc import AsyncIterator

import httpx
import pytest

from mmhub_desktop.practice.server import PracticeServer
from tests.fakes.practice_caller import Caller


@pytest.fixture
async def server() -> AsyncIterator[PracticeServer]:
    practice = PracticeServer("mercadolibre")
    await practice.start()
    yield practice
    await practice.stop()


@pytest.fixture
async def http(server: PracticeServer) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=server.base_url, timeout=10) as client:
        yield client


@pytest.fixture
def stranger(http: httpx.AsyncClient) -> Caller:
    """Not signed in."""
    return Caller(http)


@pytest.fixture
async def caller(stranger: Caller) -> Caller:
    """Signed in as the demo seller of the old model in Chile."""
    await stranger.sign_in()
    return stranger
