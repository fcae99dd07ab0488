"""The seller: who they are, what they may do, their business policies."""

from collections.abc import Mapping

from aiohttp import web

from mmhub_desktop.practice.ebay.auth import ACCOUNT, IDENTITY, caller
from mmhub_desktop.practice.ebay.categories import SITES
from mmhub_desktop.practice.ebay.errors import refuse
from mmhub_desktop.practice.ebay.web import answer, books_of
from mmhub_desktop.practice.state import Json

routes = web.RouteTableDef()

# the error of a publication that lacks it → (the field, the policy's id)
POLICIES: Mapping[int, tuple[str, str]] = {
    25007: ("fulfillmentPolicyId", "6197932000"),
    25008: ("paymentPolicyId", "6197933000"),
    25009: ("returnPolicyId", "6197934000"),
}
_ACCOUNT = "/sell/account/v1"
_FOR_ALL = [{"name": "ALL_EXCLUDING_MOTORS_VEHICLES"}]


@routes.get("/commerce/identity/v1/user/")
async def who(request: web.Request) -> web.Response:
    """The seller behind the token."""
    caller(request, IDENTITY)
    return answer(
        {
            "userId": "practice-user-1",
            "username": "practice_seller",
            "accountType": "BUSINESS",
            "registrationMarketplaceId": "EBAY_DE",
            "status": books_of(request).settings.account_status,
        }
    )


@routes.get(_ACCOUNT + "/privilege")
async def privilege(request: web.Request) -> web.Response:
    """Whether and how much they may sell."""
    caller(request, ACCOUNT)
    settings = books_of(request).settings
    told: Json = {"sellerRegistrationCompleted": settings.registered}
    if settings.selling_limit:
        amount = {"value": "25000.00", "currency": "USD"}
        told["sellingLimit"] = {"amount": amount, "quantity": settings.selling_limit}
    return answer(told)


@routes.get(_ACCOUNT + "/program/get_opted_in_programs")
async def programs(request: web.Request) -> web.Response:
    """What they have turned on."""
    caller(request, ACCOUNT)
    settings = books_of(request).settings
    turned_on = {"SELLING_POLICY_MANAGEMENT": settings.policies, "OUT_OF_STOCK_CONTROL": settings.out_of_stock_control}
    return answer({"programs": [{"programType": name} for name, is_on in turned_on.items() if is_on]})


def _site(request: web.Request) -> str:
    caller(request, ACCOUNT)
    site = request.query.get("marketplace_id", "")
    if site not in SITES:
        raise refuse(25709, "Invalid marketplace.", fieldName="marketplace_id")
    return site


def _listed(request: web.Request, key: str, policy: Json) -> web.Response:
    rows = [policy] if books_of(request).settings.policies else []
    return answer({"total": len(rows), "href": request.path_qs, "limit": 20, "offset": 0, key: rows})


@routes.get(_ACCOUNT + "/fulfillment_policy")
async def shipping_policies(request: web.Request) -> web.Response:
    """How goods are sent."""
    off = dict.fromkeys(("freightShipping", "globalShipping", "localPickup", "pickupDropOff"), False)
    policy = {"fulfillmentPolicyId": POLICIES[25007][1], "name": "Parcel, 2 days", "categoryTypes": _FOR_ALL, **off}
    return _listed(request, "fulfillmentPolicies", {**policy, "marketplaceId": _site(request)})


@routes.get(_ACCOUNT + "/payment_policy")
async def payment_policies(request: web.Request) -> web.Response:
    """How buyers pay."""
    more = {"categoryTypes": _FOR_ALL, "immediatePay": True, "paymentMethods": [], "marketplaceId": _site(request)}
    return _listed(request, "paymentPolicies", {"paymentPolicyId": POLICIES[25008][1], "name": "At once", **more})


@routes.get(_ACCOUNT + "/return_policy")
async def return_policies(request: web.Request) -> web.Response:
    """Whether goods may be sent back."""
    more = {"categoryTypes": _FOR_ALL, "returnsAccepted": True, "refundMethod": "MONEY_BACK"}
    policy = {"returnPolicyId": POLICIES[25009][1], "name": "30 days", **more, "marketplaceId": _site(request)}
    return _listed(request, "returnPolicies", policy)
