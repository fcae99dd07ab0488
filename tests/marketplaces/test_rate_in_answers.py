"""A 429 that names a rate instead of a wait, as Amazon's do, is waited out."""

import pytest
from aiohttp import web

from mmhub_desktop.errors import RateLimited
from mmhub_desktop.marketplaces.http import send


@pytest.mark.parametrize(
    ("headers", "wait_s"),
    [
        ({"x-amzn-RateLimit-Limit": "0.0056"}, 1 / 0.0056),
        ({"x-amzn-RateLimit-Limit": "0.001"}, 180.0),
        ({"x-amzn-RateLimit-Limit": "5.0"}, 1.0),
        ({"x-amzn-RateLimit-Limit": "5.0", "Retry-After": "7"}, 7.0),
        ({"x-amzn-RateLimit-Limit": "soon"}, None),
        ({"x-amzn-RateLimit-Limit": "0"}, None),
    ],
)
async def test_the_wait_follows_from_the_rate(serve, connect, headers, wait_s):
    async def handler(_: web.Request) -> web.Response:
        return web.json_response({"errors": []}, status=429, headers=headers)

    connection = connect(await serve(handler))
    with pytest.raises(RateLimited) as caught:
        await send(connection, connection.http.build_request("GET", connection.base_url), label="Shop")
    assert caught.value.retry_after_s == (None if wait_s is None else pytest.approx(min(wait_s, 180.0)))
