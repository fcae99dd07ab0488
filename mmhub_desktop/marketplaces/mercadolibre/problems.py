"""MercadoLibre's error bodies turned into findings and the program's errors.

The body is ``{message, error, status, cause}``; ``cause`` is a list of objects with ``type`` error or warning, or
strings, or one object, or empty; some services answer ``{status, error, code}``. Only causes of type error forbid.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

import httpx

from mmhub_desktop.errors import (
    Finding,
    MarketplaceError,
    RateLimited,
    Rejected,
    SignInNeeded,
)
from mmhub_desktop.marketplaces.base import Connection
from mmhub_desktop.marketplaces.http import quote, read_wait, unexpected
from mmhub_desktop.marketplaces.refusals import Refusals

LABEL = "MercadoLibre"
_REFUSALS = Refusals("mercadolibre", LABEL)
rejection = _REFUSALS.rejection
_LOCK_WAIT_S = 5.0  # a concurrent change is over after seconds

# cause id → (field, message, what to do); the field "" is taken from the references. A message "" keeps theirs.
_CAUSES: dict[int, tuple[str, str, str]] = {
    101: ("", "A field has the wrong kind of value.", "Correct the value."),
    109: ("price", "The price is not accepted.", "Check amount, decimals and the category's limits."),
    129: ("price", "The price is not accepted.", "Check amount, decimals and the category's limits."),
    126: ("category", "The category is too general to list in.", "Choose one of its subcategories."),
    147: ("attributes", "A required attribute is missing.", "Fill it in."),
    154: ("", "A text is too long.", "Shorten it."),
    173: ("images", "The listing needs a picture.", "Add at least one image."),
    201: ("images", "There are too many pictures.", "Remove some images."),
    204: ("images", "A picture is not known there any more.", "Publish again: the images are sent anew."),
    394: ("", "A text is too long.", "Shorten it."),
    398: ("description", "The description holds characters that are not allowed.", "Remove emoji, symbols and HTML."),
    508: ("images", "A picture could not be used.", "Replace the image."),
    509: ("images", "A picture is too small.", "Use images of at least 500 × 500 pixels, better 1200 × 1200."),
    3250: ("brand", "You are not allowed to sell this brand.", "Ask the brand for permission on MercadoLibre."),
    3701: ("gtin", "The barcode is not accepted.", "Check the GTIN/EAN."),
    3703: ("images", "A picture is too small.", "Use images of at least 500 × 500 pixels, better 1200 × 1200."),
    3704: ("attributes", "A required attribute is missing.", "Fill it in."),
    3705: ("title", "The title is too short.", "Name product, brand and model."),
    3707: ("description", "The description is too long.", "Shorten it."),
    3711: ("gtin", "The barcode is not accepted.", "Check the GTIN/EAN."),
    3712: ("gtin", "The barcode is not accepted.", "Check the GTIN/EAN."),
    4210: ("title", "The title says another gender than the attribute.", "Make title and gender agree."),
    7810: ("attributes", "A required attribute is missing.", "Fill it in."),
}
_CAUSES |= dict.fromkeys(range(7710, 7720), ("gtin", "The barcode is not accepted.", "Check the GTIN/EAN."))
_WARNING_CAUSES = frozenset({382, 1212, 2511, 4029})

# the last word of a reference → the product's field
_FIELDS = {
    "title": "title", "family_name": "title", "price": "price", "currency_id": "price",
    "available_quantity": "quantity", "category_id": "category", "pictures": "images", "picture": "images",
    "description": "description", "plain_text": "description", "condition": "condition",
    "attributes": "attributes", "listing_type_id": "listing_type", "sale_terms": "attributes",
    "seller_custom_field": "sku",
}  # fmt: skip
_ATTRIBUTE_FIELDS = {"BRAND": "brand", "GTIN": "gtin", "ITEM_CONDITION": "condition", "SELLER_SKU": "sku"}
_BRACKETS = re.compile(r"\[([A-Z][A-Z0-9_]*(?:\s*,\s*[A-Z][A-Z0-9_]*)*)\]")
_AUTOMATED = re.compile(r"(?i)dynamic.?pric|price.?automat|automat\w* pric|price\.not_modifiable")
PRICE_AUTOMATED = (
    "The listing's price is set automatically there.",
    "Turn off the automatic price of this listing on MercadoLibre, then update again.",
)
_QUOTA = re.compile(r"(?i)quota|rate.?limit|limit (?:was |is |has been )?(?:exceeded|reached)|too many|throttl")


def attribute_field(attribute_id: str) -> str:
    """The product's field that an attribute of MercadoLibre comes from."""
    return _ATTRIBUTE_FIELDS.get(attribute_id, f"attributes.{attribute_id}")


def read_findings(body: Any) -> tuple[Finding, ...]:
    """The findings of an error or success body: ``cause`` and ``warnings`` in every form they come in."""
    if not isinstance(body, Mapping):
        return ()
    found = [finding for cause in _causes(body.get("cause")) for finding in _findings_of(cause)]
    found += [finding for cause in _causes(body.get("warnings")) for finding in _findings_of(cause, warning=True)]
    return tuple(found)


def error_for(response: httpx.Response, body: Any, connection: Connection) -> MarketplaceError:
    """The error that an answer with a 4xx status (429 excepted) or an unexpected one means."""
    status, code, words = response.status_code, _code(body), _message(body)
    wait = read_wait(response.headers, connection.now())
    if code == "local_rate_limited":
        return RateLimited(f"{LABEL} asks for fewer calls.", retry_after_s=wait, original=quote(response))
    if status == 401:
        return _sign_in(code, words, quote(response))
    if status in (409, 423):
        return _REFUSALS.busy(quote(response), wait or _LOCK_WAIT_S)
    if status == 403:
        return _forbidden(code, words, quote(response))
    if status == 404:
        return _REFUSALS.not_found(quote(response), words or code)
    if 400 <= status < 500:
        findings = read_findings(body)
        if not findings and _AUTOMATED.search(f"{code} {words}"):
            findings = (Finding("mercadolibre.price_automated", "price", *PRICE_AUTOMATED, original=words or code),)
        return rejection(findings, words or code, quote(response))
    return unexpected(response, label=LABEL)


def picture_error(response: httpx.Response, body: Any, connection: Connection) -> MarketplaceError:
    """Like ``error_for`` for an upload, whose own quota is answered with a 400 instead of a 429."""
    if response.status_code == 400 and not read_findings(body) and _QUOTA.search(f"{_code(body)} {_message(body)}"):
        return RateLimited(
            f"{LABEL} asks for fewer picture uploads.",
            retry_after_s=read_wait(response.headers, connection.now()) or 30.0,
            hint="The program sends them more slowly.",
            original=quote(response),
        )
    error = error_for(response, body, connection)
    if isinstance(error, Rejected):
        findings = error.findings or (Finding("mercadolibre.picture", "images", "The image was refused."),)
        return Rejected(
            f"{LABEL} refused an image.",
            findings=findings,
            hint="Replace it by a JPG or PNG of at least 500 × 500 pixels.",
            original=error.original,
        )
    return error


def is_token_refused(response: httpx.Response, body: Any) -> bool:
    """Whether a fresh access token may help."""
    return response.status_code == 401 and "unauthorized_scopes" not in (_code(body), _message(body))


def _sign_in(code: str, words: str, original: str) -> SignInNeeded:
    if "unauthorized_scopes" in (code, words):
        return SignInNeeded(
            f"{LABEL} has blocked your application.",
            hint="Look at the application's page in DevCenter. Nothing can be sent until it is free again.",
            original=original,
        )
    return SignInNeeded(
        f"{LABEL} no longer accepts this connection.",
        hint="Open Marketplaces and connect the account again.",
        original=original,
    )


def _forbidden(code: str, words: str, original: str) -> Rejected:
    blocked = "unable_to_list" in f"{code} {words}"
    message = f"{LABEL} does not let your account list products." if blocked else f"{LABEL} does not allow this."
    fix = (
        "Sign in to MercadoLibre and see what it asks of you."
        if blocked
        else "Check the application's permissions and allowed addresses in DevCenter."
    )
    finding = Finding("mercadolibre.forbidden", "", message, fix, original=words or code)
    return Rejected(message, findings=(finding,), hint=fix, original=original)


def _code(body: Any) -> str:
    if not isinstance(body, Mapping):
        return ""
    return next((str(body[key]) for key in ("error", "code") if isinstance(body.get(key), str)), "")


def _message(body: Any) -> str:
    return str(body.get("message") or "") if isinstance(body, Mapping) else ""


def _causes(cause: Any) -> Iterator[Mapping[str, Any]]:
    for one in cause if isinstance(cause, list) else [cause]:
        if isinstance(one, Mapping) and one:
            yield one
        elif isinstance(one, (str, int)) and not isinstance(one, bool) and one != "":
            yield {"message": str(one)}


def _findings_of(cause: Mapping[str, Any], *, warning: bool = False) -> Iterator[Finding]:
    """One finding, or one per attribute where the words name several in brackets."""
    number = _number(cause.get("cause_id"))
    words = str(cause.get("message") or cause.get("code") or cause.get("cause_id") or "")
    references = [str(one) for one in cause.get("references") or () if isinstance(one, str)]
    kind = str(cause.get("type", "")).lower()
    blocks = not (warning or kind == "warning" or (number in _WARNING_CAUSES and kind != "error"))
    field, message, fix = _CAUSES.get(number, ("", "", ""))
    rule = f"mercadolibre.{number or cause.get('code') or 'refused'}"
    attributes = _attributes_named(references, words) if field in ("", "attributes") else []
    for attribute in attributes:
        yield Finding(
            rule, attribute_field(attribute), f"{attribute}: {message or words}", fix, blocks=blocks, original=words
        )
    if not attributes:
        field = field or _field_of(references)
        yield Finding(rule, field, message or words, fix, blocks=blocks, original=words)


def _attributes_named(references: list[str], words: str) -> list[str]:
    named = [match for one in references if (match := one.rpartition("attributes.")[2]) != one and match.isupper()]
    if not named and (not references or any("attributes" in one for one in references)):
        named = [name.strip() for group in _BRACKETS.findall(words) for name in group.split(",")]
    return list(dict.fromkeys(named))


def _field_of(references: list[str]) -> str:
    for reference in references:
        for word in reversed(re.split(r"[.\[\]]+", reference)):
            if word in _FIELDS:
                return _FIELDS[word]
    return ""


def _number(value: Any) -> int:
    return int(value) if str(value).isdigit() else 0
