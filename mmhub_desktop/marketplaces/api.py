"""Calls in the name of one account: authorised, repeated once after a refused token, 4xx turned into errors."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

import httpx

from mmhub_desktop.domain.outgoing import OutgoingRequest
from mmhub_desktop.errors import MarketplaceError, Unavailable
from mmhub_desktop.marketplaces.base import Connection
from mmhub_desktop.marketplaces.http import quote, read_json, send
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


class Access(Protocol):
    """How a request is made the account's own."""

    async def authorise(self, request: httpx.Request) -> str:
        """Put what proves the account into the built request; the token used, empty where there is none."""

    async def renew(self, refused: str) -> bool:
        """Get another token than the refused one. False where there is none to get: the refusal is final."""


@dataclass(frozen=True)
class BearerToken:
    """Access by an OAuth token in a header: ``header: prefix + token``, beside what every call carries."""

    tokens: TokenSource
    header: str = "Authorization"
    prefix: str = "Bearer "
    beside: Callable[[], Mapping[str, str]] = field(default=dict)

    async def authorise(self, request: httpx.Request) -> str:
        """Put the token, renewed in time."""
        token = await self.tokens.access_token()
        request.headers[self.header] = f"{self.prefix}{token}"
        request.headers.update(self.beside())
        return token

    async def renew(self, refused: str) -> bool:
        """A token that was not refused yet."""
        await self.tokens.renew(refused)
        return True


class Api:
    """The account's door to one marketplace's API; used on the loop by one adapter.

    ``hosts`` names the marketplace's own hosts ("" is the usual one); in practice mode all are the one on this machine,
    and paths stay the official ones. ``refuse`` makes the error of a 4xx answer, ``is_token_refused`` tells whether a
    refusal is only about the access token.
    """

    def __init__(
        self,
        connection: Connection,
        *,
        label: str,
        hosts: Mapping[str, str],
        access: Access,
        refuse: Callable[[httpx.Response, Any, Connection], MarketplaceError],
        is_token_refused: Callable[[httpx.Response, Any], bool],
    ) -> None:
        self.connection = connection
        self.label = label
        self._hosts = hosts
        self._access = access
        self._refuse = refuse
        self._is_token_refused = is_token_refused

    def address(self, path: str, host: str = "") -> str:
        """The full address of a path."""
        return f"{(self.connection.base_url or self._hosts[host]).rstrip('/')}{path}"

    async def submit(
        self,
        request: OutgoingRequest,
        *,
        host: str = "",
        once: bool = False,
        accept: tuple[int, ...] = (),
        refuse: Callable[[httpx.Response, Any, Connection], MarketplaceError] | None = None,
    ) -> Reply:
        """``call`` with a request that was shown beforehand, byte for byte."""
        headers = dict(request.headers)
        if request.content_type:
            headers["Content-Type"] = request.content_type
        content = request.body if request.body or request.content_type else None
        return await self.call(
            request.method, request.path, host=host, content=content, headers=headers, once=once, accept=accept,
            refuse=refuse,
        )  # fmt: skip

    async def call(
        self,
        method: str,
        path: str,
        *,
        host: str = "",
        params: Mapping[str, Any] | None = None,
        json: Any = None,
        data: Mapping[str, Any] | None = None,
        content: bytes | None = None,
        files: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
        once: bool = False,
        accept: tuple[int, ...] = (),
        access: Access | None = None,
        refuse: Callable[[httpx.Response, Any, Connection], MarketplaceError] | None = None,
    ) -> Reply:
        """One call. A status of 3xx or 4xx is raised as ``refuse`` says, unless it is in ``accept``.

        ``once``: the call must not happen twice (OutcomeUnknown instead of Unavailable). After a refused access token
        another one is fetched and the call, which had no effect, repeated once. The parts of ``path`` are encoded by
        the caller. ``access``: as whom, where it is not the account (an application token).
        """
        proof = access or self._access

        async def ask() -> tuple[httpx.Response, Any, str]:
            request = self.connection.http.build_request(
                method, self.address(path, host), params=params, json=json, data=data, content=content, files=files,
                headers=headers,
            )  # fmt: skip
            token = await proof.authorise(request)
            response = await send(self.connection, request, label=self.label, once=once)
            return response, read_json(response, label=self.label, once=once), token

        response, body, token = await ask()
        if self._is_token_refused(response, body) and await proof.renew(token):
            response, body, _ = await ask()
            # A dead grant would have refused the renewal, so it is them; a 403 now means a right that was never given.
            if response.status_code != 403 and self._is_token_refused(response, body):
                raise Unavailable(
                    f"{self.label} does not accept its own new access token.",
                    hint="The program tries again by itself.",
                    original=quote(response),
                )
        if response.is_success or response.status_code in accept:
            return Reply(response.status_code, body, response.headers)
        raise (refuse or self._refuse)(response, body, self.connection)
