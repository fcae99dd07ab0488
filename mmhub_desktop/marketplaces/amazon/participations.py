"""Which marketplaces a seller takes part in, and which one an account of ours stands for."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from mmhub_desktop.errors import Finding, Rejected
from mmhub_desktop.marketplaces.amazon.problems import LABEL
from mmhub_desktop.marketplaces.base import AccountIdentity

Row = Mapping[str, Any]


def choose_marketplace(rows: Sequence[Row]) -> tuple[tuple[str, str], ...]:
    """The marketplaces to choose from: id, and name with country and currency."""
    return tuple((_of(row)["id"], _label(_of(row))) for row in rows if _takes_part(row) and _of(row).get("id"))


def identity_of(rows: Sequence[Row], wanted: str, seller_id: str, token_expires_at: datetime | None) -> AccountIdentity:
    """Who the account is in its marketplace. Rejected where the wanted one is not among them, or there is none."""
    shops = [row for row in rows if _of(row).get("id")]
    active = [row for row in shops if _takes_part(row)]
    row = (
        next((one for one in shops if _of(one)["id"] == wanted), None) if wanted else next(iter(active or shops), None)
    )
    if row is None:
        ids = "; ".join(f"{_of(one)['id']} ({_of(one).get('name')})" for one in active) or "none"
        message = f"{LABEL} does not know marketplace “{wanted}” for this account." if wanted else "It sells nowhere."
        hint = f"Choose one of these: {ids}."
        raise Rejected(
            message, findings=(Finding("amazon.marketplace", "marketplace_id", message, hint, wanted),), hint=hint
        )
    shop = _of(row)
    settings = {
        "seller_id": seller_id,
        "marketplace_id": str(shop["id"]),
        "domain": str(shop.get("domainName") or ""),
        "currency": str(shop.get("defaultCurrencyCode") or ""),
        "language": str(shop.get("defaultLanguageCode") or ""),
        "country": str(shop.get("countryCode") or ""),
        "undecided": "yes" if not wanted and len(active) > 1 else "",
    }
    store = str(row.get("storeName") or seller_id)
    return AccountIdentity(
        remote_id=seller_id,
        name=f"{store} · {shop.get('name') or shop['id']}",
        site=settings["marketplace_id"],
        currency=settings["currency"],
        settings=settings,
        warnings=tuple(_warnings(row, active, wanted)),
        token_expires_at=token_expires_at,
    )


def _warnings(row: Row, active: Sequence[Row], wanted: str) -> list[Finding]:
    found = []
    name = _of(row).get("name") or _of(row)["id"]
    if not wanted and len(active) > 1:
        message = f"The account sells in {len(active)} marketplaces; this one stands for {name}."
        fix = "Choose the marketplace in the account's settings; connect another account for another one."
        found.append(Finding("amazon.several_marketplaces", "marketplace_id", message, fix, blocks=False))
    if not _takes_part(row):
        message = f"The account does not take part in {name}."
        fix = "Choose another marketplace, or begin to sell there in Seller Central."
        found.append(Finding("amazon.not_participating", "marketplace_id", message, fix, blocks=False))
    participation = row.get("participation")
    if isinstance(participation, Mapping) and participation.get("hasSuspendedListings") is True:
        message = f"{LABEL} has suspended listings of this account in {name}."
        fix = "Look at Account health in Seller Central."
        found.append(Finding("amazon.suspended", "", message, fix, blocks=False))
    return found


def _takes_part(row: Row) -> bool:
    participation = row.get("participation")
    return not isinstance(participation, Mapping) or participation.get("isParticipating") is not False


def _of(row: Row) -> Mapping[str, Any]:
    shop = row.get("marketplace")
    return shop if isinstance(shop, Mapping) else {}


def _label(shop: Mapping[str, Any]) -> str:
    about = ", ".join(str(shop[key]) for key in ("countryCode", "defaultCurrencyCode") if shop.get(key))
    return f"{shop.get('name') or shop['id']} ({about})" if about else str(shop.get("name") or shop["id"])
