"""OAuth 2 for adapters: consent with PKCE and a pasted redirect, and access tokens that renew themselves.

Secrets kept per account: ``client_secret``, ``access_token``, ``refresh_token``, ``token_expires_at`` and
``token_renew_at`` (ISO 8601, UTC).
"""

import asyncio
import base64
import hashlib
import hmac
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlencode
from weakref import WeakKeyDictionary, WeakValueDictionary

import httpx

from mmhub_desktop.errors import SignInNeeded, UnexpectedReply, UserMistake
from mmhub_desktop.marketplaces.base import Connection, SecretStore
from mmhub_desktop.marketplaces.http import read_json, send
from mmhub_desktop.marketplaces.redaction import redact

_MARGIN_S = 300.0  # renew this long before the end, or in the last tenth of a short life
_EARLY_S = 1_800.0  # renew unasked this long before the end, or in the last fifth of a short life
_TOKEN_KEYS = frozenset({"access_token", "refresh_token", "token_expires_at", "token_renew_at"})
_AGAIN = "Open Marketplaces and connect the account again."

_locks: WeakKeyDictionary[asyncio.AbstractEventLoop, WeakValueDictionary[tuple[str, int, str], asyncio.Lock]] = (
    WeakKeyDictionary()
)
_renewals: set[asyncio.Task[str]] = set()


@dataclass(frozen=True)
class TokenEndpoint:
    """Where and as whom tokens are asked for. ``refusals`` explains further OAuth error codes: (message, hint).

    ``basic``: client id and secret go into a Basic header instead of the form. ``keys_only``: the keys alone give
    access (client credentials), there is no refresh token. ``headers`` are those of each token call. ``ask`` builds the
    token call of a marketplace that has a form of its own, from the account's secrets.
    """

    label: str
    url: str
    client_id: str
    refusals: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    basic: bool = False
    keys_only: bool = False
    scope: str = ""
    headers: Callable[[], Mapping[str, str]] = dict
    ask: Callable[[httpx.AsyncClient, Mapping[str, str]], httpx.Request] | None = None


def make_challenge(verifier: str) -> str:
    """The S256 challenge of a PKCE verifier (RFC 7636)."""
    digest = hashlib.sha256(verifier.encode("ascii")).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode("ascii")


def start_consent(
    page: str, client_id: str, redirect_uri: str, *, scope: str = "", pkce: bool = True
) -> tuple[str, Mapping[str, str]]:
    """The address of the consent page, and what to remember until the redirect: state, verifier, redirect_uri.

    ``pkce`` False: for marketplaces that do not know it; there is no verifier then.
    """
    remembered = {"state": secrets.token_urlsafe(24), "redirect_uri": redirect_uri}
    query = {
        "response_type": "code",
        "client_id": client_id,
        "redirect_uri": redirect_uri,
        "state": remembered["state"],
    }
    if scope:
        query["scope"] = scope
    if pkce:
        remembered["verifier"] = secrets.token_urlsafe(48)
        query["code_challenge"] = make_challenge(remembered["verifier"])
        query["code_challenge_method"] = "S256"
    return f"{page}?{urlencode(query)}", remembered


def read_redirect(pasted: str, remembered: Mapping[str, str]) -> str:
    """The code in a pasted redirect address (or only its query part).

    UserMistake when it is something else or belongs to another attempt; SignInNeeded when the seller declined.
    """
    text = pasted.strip().strip("<>\"'").strip()
    query = text.partition("?")[2] if "?" in text else text
    values = {key: found[0].strip() for key, found in parse_qs(query.partition("#")[0]).items()}
    if values.get("error"):
        raise SignInNeeded(
            "Access was not granted.",
            hint="Connect again and choose Allow on the marketplace's page.",
            original=f"{values['error']} {values.get('error_description', '')}".strip()[:300],
        )
    if "client_id" in values and "code" not in values:
        raise UserMistake(
            "This is the address of the page that asks for access.",
            hint="Choose Allow there first; then copy the address of the page you are sent to.",
        )
    if not values.get("code") or "state" not in values:
        raise UserMistake(
            "This is not the address that the marketplace sent you to.",
            hint="After choosing Allow, copy the whole address from the browser, with everything after the “?”.",
        )
    if not hmac.compare_digest(values["state"].encode(), remembered.get("state", "").encode()):
        raise UserMistake(
            "This address belongs to another attempt to connect.",
            hint="Open the consent page again from here and paste the newest address.",
        )
    return values["code"]


async def exchange_code(
    connection: Connection, endpoint: TokenEndpoint, code: str, remembered: Mapping[str, str]
) -> None:
    """Turn a consent code into tokens; they are saved durably when this returns. SignInNeeded when refused."""
    async with _account_lock(connection):
        known = await connection.secrets.load()
        answer = await _ask(
            connection,
            endpoint,
            {
                "grant_type": "authorization_code",
                "client_id": endpoint.client_id,
                "client_secret": known.get("client_secret", ""),
                "code": code,
                "redirect_uri": remembered["redirect_uri"],
                "code_verifier": remembered.get("verifier", ""),
            },
            known,
        )
        await keep_grant(connection, endpoint, answer)


async def keep_grant(connection: Connection, endpoint: TokenEndpoint, answer: Mapping[str, Any]) -> None:
    """Save the tokens that a consent gave, durably. SignInNeeded where they would last for hours only."""
    if not answer.get("refresh_token"):
        raise SignInNeeded(
            f"{endpoint.label} gave access for a few hours only.",
            hint="Allow offline access (refresh tokens) in the application's settings there, then connect again.",
        )
    await connection.secrets.save(_changes(answer, connection.now()))


class TokenSource:
    """The access token of one account, renewed in time. Used on the loop; one renewal at a time per account.

    A refresh token works once: the new ones are saved before the new access token is handed out, and a renewal
    that has begun is carried through even when the call that needed it is cancelled.
    """

    def __init__(self, connection: Connection, endpoint: TokenEndpoint) -> None:
        self._connection = connection
        self._endpoint = endpoint
        self._token = ""
        self._renew_at: datetime | None = None

    async def access_token(self) -> str:
        """A token that is good for a while. SignInNeeded when the grant is dead, Unavailable when nobody answers."""
        if self._token and not self._is_due():
            return self._token
        return await self.renew("")

    async def renew(self, refused: str) -> str:
        """Another token than ``refused``: one renewed meanwhile by somebody else, or a fresh one."""
        task = asyncio.get_running_loop().create_task(self._renew(refused))
        _renewals.add(task)
        task.add_done_callback(_forget)
        return await asyncio.shield(task)

    async def renew_early(self) -> datetime | None:
        """Renew the token when the last part of its life has begun; when the present one ends (UTC).

        SignInNeeded when the grant is dead.
        """
        return await self.renew_now() if await self.renewal_due() else await self.expires_at()

    async def renewal_due(self) -> bool:
        """Whether the last part of the token's life has begun: half an hour, or a fifth of a shorter life."""
        known = await self._connection.secrets.load()
        end = _read_time(known.get("token_expires_at", ""))
        renew_at = _read_time(known.get("token_renew_at", ""))
        if end is None or renew_at is None:
            return False
        tenth = (end - renew_at).total_seconds()  # of its life, where that is shorter than the usual margin
        early_s = min(_EARLY_S, 2 * tenth if tenth < _MARGIN_S else _EARLY_S)
        return self._connection.now() >= end - timedelta(seconds=early_s)

    async def renew_now(self) -> datetime | None:
        """Renew the token however long it lasts; when the new one ends (UTC). SignInNeeded when the grant is dead."""
        await self.renew((await self._connection.secrets.load()).get("access_token", ""))
        return await self.expires_at()

    async def expires_at(self) -> datetime | None:
        """When the saved access token ends (UTC), None when there is none."""
        return _read_time((await self._connection.secrets.load()).get("token_expires_at", ""))

    async def _renew(self, refused: str) -> str:
        connection = self._connection
        async with _account_lock(connection):
            if self._token and self._token != refused and not self._is_due():
                return self._token
            known = await connection.secrets.load()
            self._keep(known)
            if self._token and self._token != refused and not self._is_due():
                return self._token
            answer = await _ask(connection, self._endpoint, self._form(known), known)
            changes = _changes(answer, connection.now())
            await connection.secrets.save(changes)
            self._keep(changes)
            return self._token

    def _form(self, known: Mapping[str, str]) -> Mapping[str, str]:
        """What is sent for a fresh token. SignInNeeded when the account has nothing to show."""
        endpoint = self._endpoint
        keys = {"client_id": endpoint.client_id, "client_secret": known.get("client_secret", "")}
        if endpoint.keys_only or endpoint.ask is not None:
            return {"grant_type": "client_credentials", **keys}
        if not known.get("refresh_token"):
            raise SignInNeeded(f"This account is not connected to {endpoint.label}.", hint=_AGAIN)
        return {"grant_type": "refresh_token", **keys, "refresh_token": known["refresh_token"]}

    def _keep(self, known: Mapping[str, str]) -> None:
        self._token = known.get("access_token", "")
        self._renew_at = _read_time(known.get("token_renew_at", ""))

    def _is_due(self) -> bool:
        return self._renew_at is not None and self._connection.now() >= self._renew_at


@dataclass(frozen=True)
class SecretSlot:
    """A second token of the same account, kept beside the first under names of its own (``app_access_token``).

    For marketplaces where some calls are made as the application: ``replace(connection, secrets=SecretSlot(...))``.
    """

    secrets: SecretStore
    prefix: str

    async def load(self) -> Mapping[str, str]:
        """The account's secrets, with this slot's tokens in place of the account's."""
        known = await self.secrets.load()
        own = {key.removeprefix(self.prefix): value for key, value in known.items() if key.startswith(self.prefix)}
        return {key: value for key, value in known.items() if key not in _TOKEN_KEYS} | own

    async def save(self, changes: Mapping[str, str]) -> None:
        """Keep this slot's tokens, durably."""
        await self.secrets.save({f"{self.prefix}{key}": value for key, value in changes.items()})


async def wait_for_renewals() -> None:
    """Let renewals that have begun come to their end. Call it before the shared client is closed."""
    while _renewals:
        await asyncio.wait(set(_renewals))


def _forget(task: asyncio.Task[str]) -> None:
    _renewals.discard(task)
    if not task.cancelled():
        task.exception()  # seen: a caller that was cancelled does not fetch it


def _account_lock(connection: Connection) -> asyncio.Lock:
    """The lock that all adapters of an account share on this loop."""
    account = connection.account
    locks = _locks.setdefault(asyncio.get_running_loop(), WeakValueDictionary())
    key = (account.marketplace, int(account.id), f"{connection.base_url} {getattr(connection.secrets, 'prefix', '')}")
    lock = locks.get(key)
    if lock is None:
        lock = locks[key] = asyncio.Lock()
    return lock


async def _ask(
    connection: Connection, endpoint: TokenEndpoint, form: Mapping[str, str], known: Mapping[str, str]
) -> Mapping[str, Any]:
    request = _token_request(connection, endpoint, form, known)
    response = await send(connection, request, label=endpoint.label, signs_in=True)
    answer = read_json(response, label=endpoint.label)
    if not isinstance(answer, Mapping):
        raise UnexpectedReply(f"{endpoint.label} gave no tokens.", original=f"status {response.status_code}")
    if not response.is_success:
        raise refusal(response, answer, endpoint)
    token = answer.get("access_token") or answer.get("accessToken")
    if not isinstance(token, str) or not token.isascii() or not token.isprintable() or not token:
        raise UnexpectedReply(f"{endpoint.label} gave no tokens.", original=f"fields: {', '.join(sorted(answer))}")
    return answer


def _token_request(
    connection: Connection, endpoint: TokenEndpoint, form: Mapping[str, str], known: Mapping[str, str]
) -> httpx.Request:
    if endpoint.ask is not None:
        return endpoint.ask(connection.http, known)
    fields = {key: value for key, value in form.items() if value}
    headers = dict(endpoint.headers())
    if endpoint.scope and endpoint.keys_only:
        fields["scope"] = endpoint.scope
    if endpoint.basic:
        pair = f"{fields.pop('client_id', '')}:{fields.pop('client_secret', '')}"
        headers["Authorization"] = f"Basic {base64.b64encode(pair.encode()).decode('ascii')}"
    return connection.http.build_request("POST", endpoint.url, data=fields, headers=headers)


def refusal(
    response: httpx.Response, answer: Mapping[str, Any], endpoint: TokenEndpoint
) -> SignInNeeded | UnexpectedReply:
    """The error that a token endpoint's refusal means, by its OAuth error code."""
    named = answer.get("error") or answer.get("errors") or answer.get("code") or ""
    if isinstance(named, list):  # Walmart's gateway tells OAuth errors in a list of its own
        named = named[0].get("code", "") if named and isinstance(named[0], Mapping) else ""
    code = str(named)
    message, hint = {**_REFUSALS, **endpoint.refusals}.get(code, ("", ""))
    original = f"{response.status_code} {code} {answer.get('message') or answer.get('error_description') or ''}"
    original = redact(original, response.request).strip()[:300]
    if message:
        return SignInNeeded(message.format(label=endpoint.label), hint=hint, original=original)
    return UnexpectedReply(f"{endpoint.label} refused to give tokens.", hint=_AGAIN, original=original)


_REFUSALS = {
    "invalid_grant": ("{label} no longer accepts this connection: it was used, has expired or was withdrawn.", _AGAIN),
    "invalid_client": (
        "{label} does not know this application id with this secret.",
        "Compare both with the application's page there, correct them and connect the account again.",
    ),
    "unauthorized_client": ("{label} does not let this application ask for access.", _AGAIN),
    "invalid_scope": ("{label} does not allow this application what it asks for.", _AGAIN),
    "access_denied": ("Access was not granted.", "Connect again and choose Allow."),
    "invalid_request": (
        "{label} did not accept the request for access.",
        "Compare the redirect address with the one registered there, letter by letter, and connect again.",
    ),
}


def _changes(answer: Mapping[str, Any], now: datetime) -> dict[str, str]:
    """What to save of a token answer. A provider that does not rotate sends no new refresh token."""
    token = answer.get("access_token") or answer["accessToken"]
    changes = {"access_token": str(token), "token_expires_at": "", "token_renew_at": ""}
    if answer.get("refresh_token"):
        changes["refresh_token"] = str(answer["refresh_token"])
    if answer.get("user_id"):
        changes["user_id"] = str(answer["user_id"])
    life = _seconds(answer.get("expires_in", answer.get("expiresIn")))
    if life > 0:
        changes["token_expires_at"] = (now + timedelta(seconds=life)).isoformat()
        changes["token_renew_at"] = (now + timedelta(seconds=life - min(_MARGIN_S, life / 10))).isoformat()
    return changes


def _seconds(value: Any) -> float:
    """A life in seconds as marketplaces write it: a number, or digits in a text; 0.0 for anything else."""
    if isinstance(value, str) and value.strip().isdigit():
        return float(value)
    return float(value) if isinstance(value, (int, float)) and not isinstance(value, bool) else 0.0


def _read_time(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None
