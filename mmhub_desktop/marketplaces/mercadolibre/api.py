"""Calls to MercadoLibre's API in the name of one account: token, one repeat after a refused token, errors."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import httpx

from mmhub_desktop.errors import MarketplaceError, Unavailable
from mmhub_desktop.marketplaces.base import Connection
from mmhub_desktop.marketplaces.http import quote, read_json, send
from mmhub_desktop.marketplaces.mercadolibre.auth import api_url, token_endpoint
from mmhub_desktop.marketplaces.mercadolibre.problems import LABEL, error_for, is_token_refused
from mmhub_desktop.marketplaces.oauth import TokenSource


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer that was asked for: its status, JSON (None when empty) and headers."""

    status: int
    body: Any
    headers: Mapping[str, str]

    @property
    def fields(self) -> Mapping[str, Any]:
        """The body where it is an object, else nothing."""
        return self.body if isinstance(self.body, Mapping) else {}


class Api:
    """The account's door to the API; used on the loop by one adapter."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._url = api_url(connection)
        self.tokens = TokenSource(connection, token_endpoint(connection))

    async def call(
        self,
        method: str,
        path: str,
        *,
        params: Mapping[str, str | int] | None = None,
        json: Any = None,
        files: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
        once: bool = False,
        accept: tuple[int, ...] = (),
        refuse: Callable[[httpx.Response, Any, Connection], MarketplaceError] = error_for,
    ) -> Reply:
        """One call. A status of 4xx is raised as ``refuse`` says, unless it is in ``accept``.

        ``once``: the call must not happen twice (OutcomeUnknown instead of Unavailable). After a 401 for the access
        token it is renewed and the call, which had no effect, repeated once.
        """
        http = self._connection.http

        async def ask(token: str) -> tuple[httpx.Response, Any]:
            every = {**(headers or {}), "Authorization": f"Bearer {token}"}
            address = f"{self._url}{path}"
            request = http.build_request(method, address, params=params, json=json, files=files, headers=every)
            response = await send(self._connection, request, label=LABEL, once=once)
            return response, read_json(response, label=LABEL, once=once)

        token = await self.tokens.access_token()
        response, body = await ask(token)
        if is_token_refused(response, body):
            response, body = await ask(await self.tokens.renew(token))
            if is_token_refused(response, body):  # a dead grant would have refused the renewal: this is their trouble
                raise Unavailable(
                    f"{LABEL} does not accept its own new access token.",
                    hint="The program tries again by itself.",
                    original=quote(response),
                )
        if response.is_success or response.status_code in accept:
            return Reply(response.status_code, body, response.headers)
        raise refuse(response, body, self._connection)
