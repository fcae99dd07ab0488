"""What of the account decides the form of requests: its choices, and settings for facts that nobody confirmed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from mmhub_desktop.domain.marketplace import Account
from mmhub_desktop.marketplaces.paris.texts import fold

TITLE_MAX, PICTURES_MAX = 120, 10
CURRENCY = "CLP"
LIST_PRICE, OFFER_PRICE = "precio", "precio oferta"


@dataclass(frozen=True, slots=True)
class Terms:
    """Ids are empty where they are not known."""

    store_price: str
    price_type: str
    offer_type: str
    warehouse: str
    title_max: int
    pictures_max: int
    price_id: str
    price_row: str
    price_change: str
    offers_always: bool

    @property
    def needs_ids(self) -> bool:
        """Whether a price row names store price and price types by their ids."""
        return self.price_row in ("storePrice", "store")


def terms_of(account: Account, identity: Mapping[str, str]) -> Terms:
    """The account's terms; what the seller chose goes before what was found."""
    settings = account.settings

    def chosen(key: str) -> str:
        return settings.get(key, "").strip() or identity.get(key, "")

    return Terms(
        store_price=chosen("store_price"),
        price_type=chosen("price_type"),
        offer_type=chosen("offer_type"),
        warehouse=settings.get("warehouse", "").strip(),
        title_max=_whole(settings.get("title_max", ""), TITLE_MAX),
        pictures_max=_whole(settings.get("pictures_max", ""), PICTURES_MAX),
        price_id=settings.get("price_id") or "parent",
        price_row=settings.get("price_row") or "storePrice",
        price_change=settings.get("price_change") or "POST",
        offers_always=settings.get("offer_row") != "running",
    )


def pick_store(rows: Sequence[Mapping[str, Any]]) -> str:
    """The id of the store price of Paris itself, or of the only one; empty when that is not clear."""
    if len(rows) == 1:
        return str(rows[0].get("id") or "")
    named = [row for row in rows if "paris" in fold(store_label(row))]
    return str(named[0].get("id") or "") if len(named) == 1 else ""


def pick_type(rows: Sequence[Mapping[str, Any]], name: str) -> str:
    """The id of the price type with this name, empty when there is none."""
    return next((str(row.get("id") or "") for row in rows if fold(str(row.get("name") or "")) == name), "")


def store_label(row: Mapping[str, Any]) -> str:
    """A store price as the seller reads it."""
    channel = row.get("channel")
    shop = str(channel.get("name") or "") if isinstance(channel, Mapping) else ""
    name = str(row.get("name") or row.get("id") or "")
    return f"{name} ({shop})" if shop and shop != name else name


def _whole(text: str, default: int) -> int:
    return int(text) if text.strip().isdigit() and int(text) > 0 else default
