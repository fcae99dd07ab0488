"""Amazon's issues and error bodies turned into findings and the program's errors.

An error body is ``{"errors": [{code, message, details}]}``, by one document a bare list. A submission is answered with
200 also when it was refused: then its ``status`` is ``INVALID`` and its ``issues`` say why.
"""

from collections.abc import Iterator, Mapping
from typing import Any

import httpx

from mmhub_desktop.errors import Finding, MarketplaceError, Rejected
from mmhub_desktop.marketplaces.base import Connection
from mmhub_desktop.marketplaces.http import quote, unexpected
from mmhub_desktop.marketplaces.redaction import redact
from mmhub_desktop.marketplaces.refusals import Refusals

LABEL = "Amazon"
_REFUSALS = Refusals("amazon", LABEL)
rejection = _REFUSALS.rejection

_FIELDS = {
    "item_name": "title", "product_description": "description", "brand": "brand", "condition_type": "condition",
    "purchasable_offer": "price", "list_price": "price", "fulfillment_availability": "quantity",
    "externally_assigned_product_identifier": "gtin", "product_type": "category",
    "supplier_declared_has_product_identifier_exemption": "gtin", "generic_keyword": "keywords",
}  # fmt: skip

# category of an issue → (field where no attribute is named, what to do)
_CATEGORIES = {
    "INVALID_ATTRIBUTE": ("attributes", "Correct the value."),
    "MISSING_ATTRIBUTE": ("attributes", "Fill it in."),
    "INVALID_IMAGE": ("images", "Replace the image; give the new one another address."),
    "MISSING_IMAGE": ("images", "Add an image with a public address."),
    "INVALID_PRICE": ("price", "Check the price, and the minimum and maximum price in Seller Central."),
    "MISSING_PRICE": ("price", "Enter a price."),
    "DUPLICATE": ("gtin", "Offer the product under the ASIN that is there already (attribute “ASIN”)."),
    "QUALIFICATION_REQUIRED": ("", "Ask for approval in Seller Central, then publish again."),
}

_ACTIONS = {
    "LISTING_SUPPRESSED": "It cannot be bought until this is mended.",
    "SEARCH_SUPPRESSED": "It is hidden from search until this is mended.",
    "ATTRIBUTE_SUPPRESSED": "The value is left out until it is mended.",
    "CATALOG_ITEM_REMOVED": "The product page was taken down.",
}
_EXEMPT = frozenset({"EXEMPT", "EXEMPT_UNTIL_EXPIRY_DATE"})


def attribute_field(name: str) -> str:
    """The product's field that an attribute of Amazon comes from."""
    top = name.partition(".")[0]
    if "image_locator" in top:
        return "images"
    return _FIELDS.get(top, f"attributes.{name}")


def read_issues(issues: Any, marketplace_id: str = "") -> tuple[Finding, ...]:
    """The findings of ``issues``, one for each attribute named; those of other marketplaces are left out."""
    return tuple(
        finding
        for issue in (issues if isinstance(issues, list) else ())
        if isinstance(issue, Mapping) and _is_here(issue, marketplace_id)
        for finding in _findings_of(issue)
    )


def _is_here(issue: Mapping[str, Any], marketplace_id: str) -> bool:
    places = issue.get("marketplaceIds") or ()
    return not places or not marketplace_id or marketplace_id in places


def _findings_of(issue: Mapping[str, Any]) -> Iterator[Finding]:
    words = str(issue.get("message") or issue.get("code") or "")
    kinds = [str(kind) for kind in issue.get("categories") or ()]
    field, fix = next((_CATEGORIES[kind] for kind in kinds if kind in _CATEGORIES), ("", "Read it in Seller Central."))
    message = " ".join([words, *_enforced(issue.get("enforcements"))])
    blocks = str(issue.get("severity", "ERROR")) not in ("WARNING", "INFO")
    rule = f"amazon.{issue.get('code') or 'issue'}"
    names = [str(name) for name in issue.get("attributeNames") or ()]
    for place in [attribute_field(name) for name in names] or [field]:
        yield Finding(rule, place, message, fix, blocks=blocks, original=words)


def _enforced(enforcements: Any) -> Iterator[str]:
    """What Amazon has done because of an issue, in words; nothing where the listing is exempt."""
    if not isinstance(enforcements, Mapping):
        return
    exemption = enforcements.get("exemption")
    if isinstance(exemption, Mapping) and exemption.get("status") in _EXEMPT:
        until = str(exemption.get("expiryDate") or "")[:10]
        yield f"Amazon puts up with it until {until}." if until else "Amazon puts up with it."
        return
    for action in enforcements.get("actions") or ():
        name = str(action.get("action") or "") if isinstance(action, Mapping) else ""
        if name:
            yield _ACTIONS.get(name, f"Amazon's measure: {name}.")


def refused_submission(body: Mapping[str, Any], marketplace_id: str = "") -> Rejected | None:
    """The refusal that an answer of 200 holds, None where the submission was taken."""
    status = str(body.get("status") or "")
    if status in ("ACCEPTED", "VALID"):
        return None
    findings = read_issues(body.get("issues"), marketplace_id)
    return rejection(findings, f"{LABEL} answered {status or 'nothing'}.", str(body)[:600])


def error_for(response: httpx.Response, body: Any, _connection: Connection) -> MarketplaceError:
    """The error that an answer with a 4xx status (429 excepted) or an unexpected one means."""
    status, errors = response.status_code, list(_errors(body))
    told = [redact(_words(one), response.request) for one in errors]
    words = "; ".join(told)
    if status in (401, 403):
        return _forbidden(words, quote(response))
    if status == 404:
        return _REFUSALS.not_found(quote(response), words)
    if 400 <= status < 500:
        findings = tuple(
            Finding(f"amazon.{one.get('code') or status}", "", said or "It was refused.", original=words)
            for one, said in zip(errors, told, strict=True)
        )
        return rejection(findings, words or f"Status {status}.", quote(response))
    return unexpected(response, label=LABEL)


def words_of(body: Any) -> str:
    """What an error body says, with its codes."""
    return "; ".join(f"{_words(one)} ({one.get('code')})" for one in _errors(body))


def is_token_refused(response: httpx.Response, _body: Any) -> bool:
    """Whether a fresh access token may help: an expired one is answered with 403, as a missing role is."""
    return response.status_code in (401, 403)


def _forbidden(words: str, original: str) -> Rejected:
    message = f"{LABEL} does not allow this application to do that."
    fix = (
        "Check seller id and region, and the roles of your application in Seller Central (Product Listing, Inventory "
        "and Order Tracking). After adding a role, authorise the application again and enter the new refresh token."
    )
    return Rejected(
        message, findings=(Finding("amazon.forbidden", "", message, fix, original=words),), hint=fix, original=original
    )


def _errors(body: Any) -> Iterator[Mapping[str, Any]]:
    found = body.get("errors") if isinstance(body, Mapping) else body
    for one in found if isinstance(found, list) else ():
        if isinstance(one, Mapping):
            yield one


def _words(error: Mapping[str, Any]) -> str:
    message, details = str(error.get("message") or error.get("code") or ""), str(error.get("details") or "")
    return f"{message} {details}".strip() if details and details != message else message
