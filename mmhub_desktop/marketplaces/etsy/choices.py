"""What the shop offers to choose from: profiles, policies, sections, and values that Etsy changes each January."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from mmhub_desktop.errors import MarketplaceError, RateLimited, Rejected, SignInNeeded, UnexpectedReply
from mmhub_desktop.marketplaces.api import Api
from mmhub_desktop.marketplaces.etsy.auth import NoAccess
from mmhub_desktop.marketplaces.etsy.problems import LABEL

DOCUMENT = "/openapi/generated/oas/3.0.0.json"  # Etsy's own description of its API, which lists the values of today
_CREATE = "/v3/application/shops/{shop_id}/listings"
ENUMERATIONS = ("who_made", "when_made")
_LABELS = {
    "i_did": "I did", "someone_else": "Another company or person", "collective": "A member of my shop",
    "made_to_order": "Made to order", "ready_to_ship": "Ready to ship",
}  # fmt: skip


async def read_enumerations(api: Api) -> dict[str, list[str]]:
    """Today's values of ``who_made`` and ``when_made``; nothing where Etsy's document cannot be had."""
    try:
        return await load_enumerations(api)
    except RateLimited:
        raise
    except MarketplaceError:
        return {}  # then Etsy itself judges what is sent


async def load_enumerations(api: Api) -> dict[str, list[str]]:
    """The same, or the error that says why not."""
    document = (await api.call("GET", DOCUMENT, host="pages", access=NoAccess())).fields
    try:
        content = document["paths"][_CREATE]["post"]["requestBody"]["content"]
        fields = content["application/x-www-form-urlencoded"]["schema"]["properties"]
        return {key: [str(one) for one in fields[key]["enum"]] for key in ENUMERATIONS}
    except (KeyError, TypeError):
        raise UnexpectedReply(
            f"{LABEL}'s description of its API does not list these values any more.",
            hint="Look for a newer version of this program.",
        ) from None


def lasting_values(now: datetime) -> dict[str, list[str]]:
    """What can be chosen without Etsy's document: the values that no January changes, and the present period."""
    decades = [f"{year}s" for year in range(1990, 1890, -10)]
    periods = ["made_to_order", f"2020_{now.year}", "2010_2019", *decades, "1800s", "1700s", "before_1700"]
    return {"who_made": ["i_did", "someone_else", "collective"], "when_made": periods}


async def read_shop_choices(api: Api, shop_id: str, key: str, now: datetime) -> tuple[tuple[str, str], ...] | None:
    """(value, label) of what the shop has set up for a choice; None for a choice that is not the shop's."""
    if key in ENUMERATIONS:
        try:
            values = await load_enumerations(api)
        except (Rejected, SignInNeeded, UnexpectedReply):  # it may be kept from programs: nobody could confirm
            values = lasting_values(now)
        return tuple((value, label_of(value)) for value in values[key])
    if key not in _SOURCES:
        return None
    path, params, id_key, label = _SOURCES[key]
    reply = await api.call("GET", f"/v3/application/shops/{shop_id}/{path}", params=params)
    rows = [row for row in reply.fields.get("results") or () if isinstance(row, Mapping) and row.get(id_key)]
    return tuple((str(row[id_key]), label(row)) for row in rows if not row.get("is_deleted"))


def label_of(value: str) -> str:
    """``2010_2019`` as 2010–2019, ``before_2007`` as Before 2007."""
    if value in _LABELS:
        return _LABELS[value]
    first, _, second = value.partition("_")
    return f"{first}–{second}" if first.isdigit() and second else value.replace("_", " ").capitalize()


def _profile(row: Mapping[str, Any]) -> str:
    words = str(row.get("processing_days_display_label") or "")
    if not words:
        words = f"{row.get('min_processing_days')}–{row.get('max_processing_days')} days"
    return f"{label_of(str(row.get('readiness_state') or ''))}, {words}"


def _policy(row: Mapping[str, Any]) -> str:
    taken = [word for key, word in (("accepts_returns", "returns"), ("accepts_exchanges", "exchanges")) if row.get(key)]
    if not taken:
        return "No returns or exchanges"
    days = row.get("return_deadline")
    within = f" within {days} days" if days else ""
    return f"{' and '.join(taken).capitalize()}{within}"


def _title(row: Mapping[str, Any]) -> str:
    return str(row.get("title") or "Without a name")


_SOURCES = {
    "shipping_profile_id": ("shipping-profiles", None, "shipping_profile_id", _title),
    "return_policy_id": ("policies/return", None, "return_policy_id", _policy),
    "readiness_state_id": ("readiness-state-definitions", {"limit": 100}, "readiness_state_id", _profile),
    "shop_section_id": ("sections", None, "shop_section_id", _title),
}
