"""OAuth's device flow (RFC 8628): the seller agrees on the marketplace's page, nothing comes back from the browser."""

import base64
from collections.abc import Mapping
from typing import Any

import httpx

from mmhub_desktop.errors import UnexpectedReply, UserMistake
from mmhub_desktop.marketplaces.base import Connection, ConsentPage
from mmhub_desktop.marketplaces.http import read_json, send
from mmhub_desktop.marketplaces.oauth import TokenEndpoint, keep_grant, refusal

_GRANT = "urn:ietf:params:oauth:grant-type:device_code"
_WAITING = frozenset({"authorization_pending", "slow_down"})


async def start_device_flow(connection: Connection, endpoint: TokenEndpoint, url: str, scope: str = "") -> ConsentPage:
    """Ask for a code; the page on which the seller agrees to it. SignInNeeded when the application is refused."""
    fields = {"client_id": endpoint.client_id, **({"scope": scope} if scope else {})}
    response, answer = await _ask(connection, endpoint, url, fields)
    if not response.is_success:
        raise refusal(response, answer, endpoint)
    page = answer.get("verification_uri_complete") or answer.get("verification_uri")
    if not answer.get("device_code") or not isinstance(page, str):
        raise UnexpectedReply(f"{endpoint.label} gave no page to agree on.", original=f"fields: {sorted(answer)}")
    remembered = {"device_code": str(answer["device_code"])}
    return ConsentPage(page, remembered, code=str(answer.get("user_code") or ""), pastes=False)


async def finish_device_flow(connection: Connection, endpoint: TokenEndpoint, remembered: Mapping[str, str]) -> None:
    """Ask once whether the seller has agreed; the tokens are saved durably when this returns.

    UserMistake while they have not; SignInNeeded when they declined or the code has expired.
    """
    fields = {"grant_type": _GRANT, "device_code": remembered["device_code"]}
    response, answer = await _ask(connection, endpoint, endpoint.url, fields)
    if answer.get("error") in _WAITING:
        raise UserMistake(
            f"{endpoint.label} has not heard yet that you agree.",
            hint="Agree on the page in the browser, wait ten seconds, then go on here.",
        )
    if not response.is_success:
        raise refusal(response, answer, endpoint)
    if not isinstance(answer.get("access_token"), str):
        raise UnexpectedReply(f"{endpoint.label} gave no tokens.", original=f"fields: {sorted(answer)}")
    await keep_grant(connection, endpoint, answer)


async def _ask(
    connection: Connection, endpoint: TokenEndpoint, url: str, fields: Mapping[str, str]
) -> tuple[httpx.Response, Mapping[str, Any]]:
    secret = (await connection.secrets.load()).get("client_secret", "")
    proof = base64.b64encode(f"{endpoint.client_id}:{secret}".encode()).decode("ascii")
    headers = {**endpoint.headers(), "Authorization": f"Basic {proof}"}
    request = connection.http.build_request("POST", url, data=dict(fields), headers=headers)
    response = await send(connection, request, label=endpoint.label, signs_in=True)
    answer = read_json(response, label=endpoint.label)
    if not isinstance(answer, Mapping):
        raise UnexpectedReply(f"{endpoint.label} gave no answer to read.", original=f"status {response.status_code}")
    return response, answer
