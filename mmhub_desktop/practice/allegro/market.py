"""The practice Allegro's books: offers, commands, images, orders, and whether a request may pass its door."""

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from aiohttp import web

from mmhub_desktop.practice.allegro.errors import body_of, refuse
from mmhub_desktop.practice.allegro.switches import AllegroSwitches
from mmhub_desktop.practice.answers import Refusal, read_bearer
from mmhub_desktop.practice.marketplace import PracticeMarketplace, practice_of
from mmhub_desktop.practice.state import Json
from mmhub_desktop.practice.tokens import TokenProblem

MEDIA = "application/vnd.allegro.public.v1+json"
SELLER, LOGIN = "44300000", "practice_seller"
MARKETPLACES = {"allegro-pl": "PLN", "allegro-cz": "CZK", "allegro-sk": "EUR", "allegro-hu": "HUF"}
_AGENT = re.compile(r"[^\s/]+/\S+ \(\+https?://\S+\)")


class AllegroMarket(PracticeMarketplace):
    """What handlers work with; used on the loop's thread only."""

    switches = AllegroSwitches
    content_type = MEDIA

    def __init__(self, state_file: Path | None = None) -> None:
        super().__init__(state_file)
        self.offers = self.shelf("offers", sku=lambda offer: [str((offer.get("external") or {}).get("id") or "")])

    def error_body(self, status: int) -> Json:
        """``errors`` with one entry, or what signing in answers."""
        return body_of(status)

    def malformed(self, why: str) -> Refusal:
        """400 with the reason."""
        refusal = refuse(400)
        refusal.body["errors"][0]["details"] = why
        return refusal

    @property
    def currency(self) -> str:
        """The currency of the seller's marketplace."""
        return MARKETPLACES[self.settings().marketplace]

    def stamp(self, at: float | None = None) -> str:
        """A moment as Allegro writes it."""
        moment = datetime.fromtimestamp(self.now() if at is None else at, UTC)
        return f"{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond // 1000:03d}Z"

    def status_of(self, offer: Mapping[str, Any]) -> str:
        """INACTIVE, ACTIVATING, ACTIVE or ENDED by now."""
        publication = offer["publication"]
        if publication["status"] == "ACTIVATING":
            after_s = self.settings().live_after_s
            if after_s is not None and after_s >= 0 and self.now() >= offer["_activated"] + after_s:
                return "ACTIVE"
        return str(publication["status"])

    def commands(self) -> Iterator[tuple[str, Json]]:
        """Every command that was taken, by id."""
        yield from list(self.state.table("commands").items())


def market_of(request: web.Request, *scopes: str) -> AllegroMarket:
    """The market, for a caller whose token has these rights. Refusal."""
    market = practice_of(request, AllegroMarket)
    try:
        market.tokens.who(read_bearer(request), *(f"allegro:api:{scope}" for scope in scopes))
    except TokenProblem as problem:
        if problem.reason == "scope":
            raise refuse(403) from None
        raise Refusal(401, body_of(401), {"WWW-Authenticate": "Bearer"}) from None
    return market


def check_headers(request: web.Request, *, image: bool = False) -> None:
    """Refusal for a call that does not name its program, its media type or its body's as Allegro demands."""
    if not _AGENT.fullmatch(request.headers.get("User-Agent", "")):
        raise refuse(403)
    if MEDIA not in request.headers.get("Accept", ""):
        raise refuse(406)
    if request.can_read_body and not image and request.content_type != MEDIA:
        raise refuse(415)
