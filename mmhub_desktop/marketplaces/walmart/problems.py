"""Walmart's error bodies turned into findings and the program's errors.

The body is ``{"errors": [...]}`` or ``{"error": [...]}``, or one such object by itself, or XML or HTML from a
gateway in spite of ``Accept``. Entries carry code, field, description, info, severity, category.
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

LABEL = "Walmart"
_REFUSALS = Refusals("walmart", LABEL)
rejection = _REFUSALS.rejection
not_there = _REFUSALS.not_found
LOCK_WAIT_S = 300.0  # a locked resource is free again after minutes

# code → (field, message, what to do); an empty field is taken from theirs, an empty message keeps theirs
_CODES: dict[str, tuple[str, str, str]] = {
    "ERR_EXT_DATA_0101119": (
        "gtin",
        "Another item of your account has this barcode already.",
        "Use the SKU that has it, or correct the barcode.",
    ),
    "ERR_EXT_DATA_0101211": ("sku", "An earlier feed still works on this SKU.", "Try again when it is done."),
    "ERR_INT_DATA_01010092": ("", "The head of the feed was refused.", "Look for a newer version of the program."),
    "ERR_INT_SYS_0801003": (
        "",
        "The version of the item specification is not accepted.",
        "Enter the full version text that Walmart publishes in the account's settings.",
    ),
    "ERR_EXT_DATA_0503009": ("quantity", "The stock feed was refused.", "Look for a newer version of the program."),
}
LOCKED = "ERR_EXT_DATA_0101211"

# the name of an attribute or field of theirs → the product's field
_FIELDS = {
    "sku": "sku", "productName": "title", "brand": "brand", "shortDescription": "description", "price": "price",
    "productId": "gtin", "productIdType": "gtin", "productIdentifiers": "gtin", "mainImageUrl": "images",
    "productSecondaryImageURL": "images", "quantity": "quantity", "amount": "quantity", "condition": "condition",
    "productTypes": "category", "Visible": "category", "gtin": "gtin", "upc": "gtin",
    "ShippingWeight": "weight", "currentPrice": "price",
}  # fmt: skip
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]*")


def field_for(name: str) -> str:
    """The product's field behind a name or path of Walmart's (``Visible.Lamps.productName``)."""
    for word in reversed(_NAME.findall(name)):
        if word in _FIELDS:
            return _FIELDS[word]
    words = _NAME.findall(name)
    return f"attributes.{words[-1]}" if words else ""


def read_findings(body: Any) -> tuple[Finding, ...]:
    """The findings of an error body, or of a success body that carries errors."""
    return tuple(_finding(entry) for entry in _entries(body))


def ingestion_findings(errors: Any) -> tuple[Finding, ...]:
    """The findings of ``ingestionErrors`` of one item of a feed, or of a whole feed."""
    rows = errors.get("ingestionError") if isinstance(errors, Mapping) else None
    return tuple(_finding(entry) for entry in rows or () if isinstance(entry, Mapping))


def codes_of(body: Any) -> tuple[str, ...]:
    """The codes in an error body."""
    return tuple(str(entry.get("code") or "") for entry in _entries(body))


def error_for(response: httpx.Response, body: Any, connection: Connection) -> MarketplaceError:
    """The error that an answer with a 4xx status (429 excepted) or an unexpected one means."""
    status, findings = response.status_code, read_findings(body)
    wait = read_wait(response.headers, connection.now())
    words = next((one.original for one in findings), "")
    if any("THRESHOLD_VIOLATED" in code for code in codes_of(body)):
        return RateLimited(f"{LABEL} asks for fewer calls.", retry_after_s=wait, original=quote(response))
    if status == 401:
        return SignInNeeded(
            f"{LABEL} no longer accepts this connection.",
            hint="Open Marketplaces and connect the account again with the keys of the developer portal.",
            original=quote(response),
        )
    if status == 403:
        message = f"{LABEL} does not allow this."
        fix = "Check the rights of the keys in the developer portal, and whether your seller account is active."
        finding = Finding("walmart.forbidden", "", message, fix, original=words)
        return Rejected(message, findings=(finding,), hint=fix, original=quote(response))
    if status == 404:
        return not_there(quote(response))
    if status in (409, 423):
        return _REFUSALS.busy(quote(response), wait or LOCK_WAIT_S)
    if status == 413:
        message = "What was to be sent is too large for one call."
        finding = Finding("walmart.too_large", "", message, "Send fewer products together.", original=words)
        return Rejected(message, findings=(finding,), hint=finding.fix, original=quote(response))
    if 400 <= status < 500:
        return rejection(findings, words, quote(response))
    return unexpected(response, label=LABEL)


def is_token_refused(response: httpx.Response, body: Any) -> bool:
    """Whether a fresh access token may help: 401, and 400 in an older form of the same answer."""
    if response.status_code == 401:
        return True
    return response.status_code == 400 and any(code.startswith("UNAUTHORIZED") for code in codes_of(body))


def _entries(body: Any) -> Iterator[Mapping[str, Any]]:
    if not isinstance(body, Mapping):
        return
    for key in ("errors", "error"):
        rows = body.get(key)
        if isinstance(rows, Mapping):
            rows = rows.get("error", [rows])
        if isinstance(rows, list):
            yield from (row for row in rows if isinstance(row, Mapping))
            return
    if body.get("code") and (body.get("description") or body.get("message") or body.get("info")):
        yield body


def _finding(entry: Mapping[str, Any]) -> Finding:
    code = str(entry.get("code") or "")
    words = str(entry.get("description") or entry.get("message") or entry.get("info") or code)
    field, message, fix = _CODES.get(code, ("", "", ""))
    named = str(entry.get("field") or "")
    blocks = str(entry.get("severity") or "ERROR").upper() not in ("INFO", "WARN", "WARNING")
    return Finding(
        f"walmart.{code}" if code else "walmart.refused",
        field or field_for(named) or _field_in(words),
        message or words,
        fix or "Correct it and send it again.",
        blocks=blocks,
        original=f"{code} {words}".strip(),
    )


def _field_in(words: str) -> str:
    """The field that an error's words name, when there is just one word of theirs in it."""
    named = {_FIELDS[word] for word in _NAME.findall(words) if word in _FIELDS and (word not in ("price", "quantity"))}
    if len(named) == 1:
        return named.pop()
    lower = words.lower()
    hits = {field for word, field in (("price", "price"), ("image", "images"), ("brand", "brand")) if word in lower}
    return hits.pop() if len(hits) == 1 else ""
