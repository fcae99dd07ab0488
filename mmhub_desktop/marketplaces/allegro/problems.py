"""Allegro's error bodies turned into findings and the program's errors.

The body is ``{"errors": [{code, message, details, path, userMessage, metadata}]}``; signing in has
``{error, error_description}`` of its own. ``userMessage`` is in the language asked for and meant for people.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

import httpx

from mmhub_desktop.errors import Finding, MarketplaceError, Rejected, SignInNeeded, Unavailable
from mmhub_desktop.marketplaces.base import Connection
from mmhub_desktop.marketplaces.http import quote, read_wait, unexpected
from mmhub_desktop.marketplaces.refusals import Refusals

LABEL = "Allegro"
_REFUSALS = Refusals("allegro", LABEL)
rejection = _REFUSALS.rejection
_EDIT_WAIT_S = 15.0  # an earlier edit of the same offer is still being worked on
_IMAGE_WAIT_S = 30.0  # the image service has trouble of its own

# the begin of an error's path → the product's field; the longest that fits counts
_FIELDS = {
    "name": "title", "category": "category", "external": "sku", "sellingMode": "price", "stock": "quantity",
    "images": "images", "description": "description", "parameters": "attributes", "productSet": "attributes",
    "productSet.product.id": "gtin", "productSet.product.idType": "gtin", "productSet.product.name": "title",
    "productSet.product.category": "category", "productSet.product.images": "images",
    "additionalMarketplaces": "price",
}  # fmt: skip
_NOT_OF_THE_PRODUCT = {
    "delivery": "Choose other shipping rates or another handling time in the account's settings.",
    "afterSalesServices": "Choose another return policy, implied warranty or warranty in the account's settings.",
    "location": "Correct the place of dispatch in the account's settings.",
    "productSet.responsibleProducer": "Choose another responsible producer in the account's settings.",
    "productSet.responsiblePerson": "Choose another responsible person on Allegro.",
    "productSet.safetyInformation": "Add the attribute “Safety information” to the product.",
    "payments": "Correct the kind of invoice in the account's settings.",
}
# code → (field, what to do); the words are Allegro's own
_CODES = {
    "PARAMETER_MISMATCH": (
        "attributes", "Allegro's catalogue has this product with other values ({productId}): use those.",
    ),
    "MultipleProductsFoundException": (
        "gtin", "Correct the barcode, or enter one of {foundProductsIds} as attribute “Allegro product id”.",
    ),
    "CATEGORY_MISMATCH": (
        "category", "Allegro has this product in the category {existingCategoryName} ({existingCategoryId}): use it.",
    ),
    "InvalidDictionaryParameter": ("attributes.{parameterName}", "Choose one of the values that Allegro offers."),
    "DictionaryParameterValueNotFound": ("attributes.{parameterName}", "Choose one of the values that Allegro offers."),
    "GallerySizeException": ("images", "Use at most {gallerySizeLimit} images."),
    "UploadImageRequestTimeoutException": ("images", "Publish again: the images are sent anew."),
    "DefaultImpliedWarrantyNotFoundException": (
        "", "Choose an implied warranty in the account's settings, or make one on Allegro.",
    ),
}  # fmt: skip


class _Blank(dict[str, str]):
    def __missing__(self, key: str) -> str:
        return "?"


def read_findings(errors: Any, *, blocks: bool = True) -> tuple[Finding, ...]:
    """The findings of a list of errors or warnings; nothing for anything else."""
    rows = errors if isinstance(errors, list) else []
    return tuple(_finding(row, blocks) for row in rows if isinstance(row, Mapping))


def body_findings(body: Any) -> tuple[Finding, ...]:
    """The findings of an error body."""
    return read_findings(body.get("errors")) if isinstance(body, Mapping) else ()


def error_for(response: httpx.Response, body: Any, connection: Connection) -> MarketplaceError:
    """The error that an answer with a 3xx or 4xx status (429 excepted) means."""
    status = response.status_code
    original = _with_trace(response)
    findings = body_findings(body)
    words = findings[0].original if findings else ""
    if status == 401:
        return SignInNeeded(
            f"{LABEL} no longer accepts this connection.",
            hint="Open Marketplaces and connect the account again.",
            original=original,
        )
    if status == 403:
        fix = (
            "Sign in to Allegro and see whether the account is blocked; check the application's rights and that its "
            "name stands in the account's settings as it was registered."
        )
        refused = Finding("allegro.forbidden", "", f"{LABEL} does not allow this.", fix, original=words)
        return Rejected(refused.message, findings=(refused,), hint=fix, original=original)
    if status == 404:
        return _REFUSALS.not_found(original, words)
    if status in (409, 423):
        return _REFUSALS.busy(original, read_wait(response.headers, connection.now()) or _EDIT_WAIT_S)
    if 400 <= status < 500:
        return rejection(findings, original=original)
    return unexpected(response, label=LABEL)


def image_error(response: httpx.Response, body: Any, connection: Connection) -> MarketplaceError:
    """Like ``error_for`` for an upload, where 422 is trouble of the image service."""
    status = response.status_code
    if status == 422:
        return Unavailable(
            f"{LABEL} could not take an image at the moment.",
            retry_after_s=_IMAGE_WAIT_S,
            hint="The program tries again by itself.",
            original=_with_trace(response),
        )
    reasons = {400: "is damaged", 413: "is too large", 415: "has a format that Allegro does not take"}
    if status in reasons:
        fix = "Replace it by a JPG, PNG or WebP of at most 10 MB."
        finding = Finding("allegro.image", "images", f"An image {reasons[status]}.", fix, original=quote(response))
        return Rejected(f"{LABEL} refused an image.", findings=(finding,), hint=fix, original=quote(response))
    return error_for(response, body, connection)


def is_token_refused(response: httpx.Response, _body: Any) -> bool:
    """Whether a fresh access token may help."""
    return response.status_code == 401


def field_of(path: str) -> str:
    """The product's field that an error's path (``productSet[0].product.images``) speaks of; empty where none."""
    for begin in _begins(path):
        if begin in _NOT_OF_THE_PRODUCT:
            return ""
        if begin in _FIELDS:
            return _FIELDS[begin]
    return ""


def _begins(path: str) -> Iterator[str]:
    """The path without its indexes, then shorter and shorter."""
    words = [word for word in re.sub(r"\[[^\]]*\]", "", path.strip("$./")).replace("/", ".").split(".") if word]
    for length in range(len(words), 0, -1):
        yield ".".join(words[:length])


def _finding(row: Mapping[str, Any], blocks: bool) -> Finding:
    code, path = str(row.get("code") or "refused"), str(row.get("path") or "")
    words = str(row.get("userMessage") or row.get("message") or row.get("details") or code)
    about = row.get("metadata")
    metadata = _Blank({str(key): str(value) for key, value in (about if isinstance(about, Mapping) else {}).items()})
    field, fix = _CODES.get(code, ("", ""))
    if field.startswith("attributes.") and "parameterName" not in metadata:
        field = "attributes"
    fix = fix or next((_NOT_OF_THE_PRODUCT[begin] for begin in _begins(path) if begin in _NOT_OF_THE_PRODUCT), "")
    technical = "; ".join(str(part) for part in (code, path, row.get("message"), row.get("details")) if part)
    return Finding(
        f"allegro.{code}",
        field.format_map(metadata) or field_of(path),
        words,
        fix.format_map(metadata),
        value=metadata.get("dictionaryValue", "") or metadata.get("requestedDictionaryValue", ""),
        limit=metadata.get("gallerySizeLimit", ""),
        blocks=blocks,
        original=technical[:300],
    )


def _with_trace(response: httpx.Response) -> str:
    """Allegro's words with the number its support asks for."""
    trace = response.headers.get("trace-id", "")
    return f"{quote(response)} trace-id: {trace}" if trace else quote(response)
