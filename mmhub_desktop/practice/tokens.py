"""Consent codes and tokens: PKCE, expiry, rotation, scopes. The words of refusals are each marketplace's own."""

import base64
import hashlib
import secrets
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from mmhub_desktop.practice.faults import Switches
from mmhub_desktop.practice.state import Json, State


def _plain_token(kind: str, _seller: str) -> str:
    return f"{kind}-{secrets.token_hex(16)}"


@dataclass(frozen=True)
class TokenRules:
    """What differs between marketplaces; the life of access tokens is the switch ``expires_in``."""

    code_life_s: float = 600
    refresh_life_s: float = 182 * 24 * 3600
    rotates: bool = True  # a refresh hands out a new refresh token and uses the old one up
    newest_only: bool = True  # a new refresh token uses up every other of the same seller
    make: Callable[[str, str], str] = _plain_token  # (access, refresh or code; seller) → the token's text


@dataclass(frozen=True)
class Grant:
    """What a token stands for."""

    seller: str
    scopes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Issued:
    """New tokens; ``refresh`` is empty where none is handed out."""

    access: str
    refresh: str
    expires_in: int
    grant: Grant


class TokenProblem(Exception):
    """A code or token that is not taken. ``reason`` is one of: unknown, expired, used, redirect, verifier_missing,
    verifier_wrong, scope.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Tokens:
    """The codes and tokens of one practice marketplace, kept in its state."""

    def __init__(
        self, state: State, now: Callable[[], float], settings: Callable[[], Switches], rules: TokenRules
    ) -> None:
        self._state = state
        self._now = now
        self._settings = settings
        self._rules = rules

    def new_code(
        self, seller: str, redirect_uri: str, *, challenge: str = "", method: str = "plain", scopes: Iterable[str] = ()
    ) -> str:
        """A consent code for the browser's redirect; ``challenge`` and ``method`` (plain or S256) are PKCE's."""
        code = self._rules.make("code", seller)
        row = {
            "seller": seller,
            "redirect_uri": redirect_uri,
            "challenge": challenge,
            "method": method,
            "scopes": list(scopes),
            "expires_at": self._now() + self._rules.code_life_s,
        }
        self._state.put("codes", code, row)
        return code

    def take_code(self, code: str, redirect_uri: str, verifier: str = "") -> Grant:
        """What was consented to; a code works once. TokenProblem."""
        row = self._state.table("codes").get(code)
        if row is None:
            raise TokenProblem("unknown")
        if row["expires_at"] <= self._now():
            raise TokenProblem("expired")
        if redirect_uri != row["redirect_uri"]:
            raise TokenProblem("redirect")
        if row["challenge"]:
            if not verifier:
                raise TokenProblem("verifier_missing")
            if pkce_challenge(verifier, row["method"]) != row["challenge"]:
                raise TokenProblem("verifier_wrong")
        self._state.remove("codes", code)
        return _grant_of(row)

    def issue(self, grant: Grant, *, refreshable: bool = True) -> Issued:
        """A new access token and, where ``refreshable``, a new refresh token."""
        expires_in = self._settings().expires_in
        access = self._rules.make("access", grant.seller)
        self._put("access_tokens", access, grant, expires_in)
        refresh = ""
        if refreshable:
            refresh = self._rules.make("refresh", grant.seller)
            if self._rules.newest_only:
                self._use_up(grant.seller)
            self._put("refresh_tokens", refresh, grant, self._rules.refresh_life_s)
        return Issued(access, refresh, expires_in, grant)

    def refresh(self, token: str, scopes: Iterable[str] = ()) -> Issued:
        """New tokens for a refresh token, with fewer ``scopes`` when some are named. TokenProblem."""
        row = self._state.table("refresh_tokens").get(token)
        now = self._now()
        if row is None:
            raise TokenProblem("unknown")
        if row["expires_at"] <= now:
            raise TokenProblem("expired")
        used_at = row.get("used_at")
        if used_at is not None and now - used_at > self._settings().refresh_grace_s:
            self._state.count("refreshes refused")
            raise TokenProblem("used")
        grant = _grant_of(row)
        if wanted := tuple(scopes):
            if set(wanted) - set(grant.scopes):
                raise TokenProblem("scope")
            grant = Grant(grant.seller, wanted)
        self._state.count("refreshes")
        if self._rules.rotates and used_at is None:
            self._state.put("refresh_tokens", token, {**row, "used_at": now})
        return self.issue(grant, refreshable=self._rules.rotates)

    def who(self, access: str, *scopes: str) -> Grant:
        """Who calls with this access token, which must carry the scopes. TokenProblem."""
        row = self._state.table("access_tokens").get(access)
        if row is None:
            raise TokenProblem("unknown")
        if row["expires_at"] <= self._now():
            raise TokenProblem("expired")
        grant = _grant_of(row)
        if set(scopes) - set(grant.scopes):
            raise TokenProblem("scope")
        return grant

    def expire(self, access: str = "") -> None:
        """End the life of one access token, or of all; refresh tokens stay good."""
        for token in [access] if access else list(self._state.table("access_tokens")):
            self._state.remove("access_tokens", token)

    def revoke(self) -> None:
        """As if every seller had taken the permission back: no code and no token works any more."""
        for table in ("access_tokens", "refresh_tokens", "codes"):
            for token in list(self._state.table(table)):
                self._state.remove(table, token)

    def _put(self, table: str, token: str, grant: Grant, life_s: float) -> None:
        row = {"seller": grant.seller, "scopes": list(grant.scopes), "expires_at": self._now() + life_s}
        self._state.put(table, token, row)

    def _use_up(self, seller: str) -> None:
        for token, row in list(self._state.table("refresh_tokens").items()):
            if _grant_of(row).seller == seller and row.get("used_at") is None:
                self._state.put("refresh_tokens", token, {**row, "used_at": self._now()})


def pkce_challenge(verifier: str, method: str) -> str:
    """The challenge that belongs to a verifier (RFC 7636)."""
    if method == "plain":
        return verifier
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()


def _grant_of(row: Json) -> Grant:
    seller: Any = row.get("seller", row.get("seller_id"))  # seller_id: written before marketplaces shared this
    return Grant(str(seller), tuple(row.get("scopes", ())))
