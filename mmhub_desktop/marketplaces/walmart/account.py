"""Who the keys belong to, what they may do, and where the account ships from."""

from collections.abc import Mapping

from mmhub_desktop.errors import UnexpectedReply
from mmhub_desktop.marketplaces.api import Api
from mmhub_desktop.marketplaces.base import AccountIdentity
from mmhub_desktop.marketplaces.oauth import TokenSource
from mmhub_desktop.marketplaces.walmart.auth import CURRENCY, account_warnings
from mmhub_desktop.marketplaces.walmart.problems import LABEL


async def read_identity(api: Api, tokens: TokenSource) -> AccountIdentity:
    """The seller, with warnings about rights, state and shipping."""
    # The document demands a media type although there is no body.
    token = (await api.call("GET", "/v3/token/detail", headers={"Content-Type": "application/json"})).fields
    profile = (await api.call("GET", "/v3/settings/partnerprofile")).fields
    partner = profile.get("partner")
    partner = partner if isinstance(partner, Mapping) else {}
    partner_id = str(partner.get("partnerId") or "")
    if not partner_id:
        raise UnexpectedReply(f"{LABEL} did not say whose account this is.", original=f"fields: {sorted(profile)}")
    nodes = await api.call("GET", "/v3/settings/shipping/shipnodes", accept=(403, 404))
    return AccountIdentity(
        remote_id=partner_id,
        name=str(partner.get("partnerDisplayName") or partner.get("partnerName") or partner_id),
        site="US",
        currency=CURRENCY,
        settings={"partner_id": partner_id, "currency": CURRENCY, "site": "US"},
        warnings=account_warnings(token, profile, nodes.body if nodes.status != 403 else None),
        token_expires_at=await tokens.expires_at(),
    )


async def read_ship_nodes(api: Api) -> tuple[tuple[str, str], ...]:
    """The account's warehouses: id and name."""
    reply = await api.call("GET", "/v3/settings/shipping/shipnodes")
    rows = reply.body if isinstance(reply.body, list) else []
    return tuple(
        (str(row["shipNode"]), str(row.get("shipNodeName") or row["shipNode"]))
        for row in rows
        if isinstance(row, Mapping) and row.get("shipNode")
    )
