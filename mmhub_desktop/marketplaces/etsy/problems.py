"""Etsy's error bodies turned into findings and the program's errors.

A body is ``{"error": text}``, sometimes with ``error_description``, or a list of ``{path, type, message}``. The texts
are not stable: the status decides the class of the error, the words only which field a finding names.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

import httpx

from mmhub_desktop.errors import Finding, MarketplaceError, SignInNeeded, Unavailable
from mmhub_desktop.marketplaces.base import Connection
from mmhub_desktop.marketplaces.http import quote, read_wait, unexpected
from mmhub_desktop.marketplaces.refusals import Refusals

LABEL = "Etsy"
_REFUSALS = Refusals("etsy", LABEL)
rejection = _REFUSALS.rejection
_BUSY_WAIT_S = 5.0
_SHOP = "Complete it in Etsy's Shop Manager › Settings, then choose it again on the Marketplaces page."

# words → (field, what to do); the first that is found counts
_WORDS: tuple[tuple[str, str, str], ...] = (
    (r"array_too_short", "images", "Add at least one image; also check “Finished product or supply” of the account."),
    (r"shipping.?(profile|template)", "", f"The shipping profile is missing or not complete. {_SHOP}"),
    (r"return.?polic", "", f"The return policy is missing. {_SHOP}"),
    (r"readiness|processing.?(profile|state)", "", f"The processing profile is missing. {_SHOP}"),
    (r"when_?made", "attributes.when_made", "Choose again when it was made: Etsy changes the periods each January."),
    (r"who_?made", "attributes.who_made", "Choose again who made it."),
    (r"is_?supply", "attributes.is_supply", "Choose whether it is a finished product or a supply."),
    (r"taxonomy", "category", "Choose a category without subcategories."),
    (r"image|picture|photo", "images", "Use JPG or PNG images, at most 20."),
    (r"\btags?\b", "keywords", "At most 13 keywords of up to 20 characters each: letters, digits, blanks, - and '."),
    (r"material", "attributes.materials", "Letters, digits and blanks only."),
    (r"title", "title", "At most 140 characters; each of % : & + once."),
    (r"description", "description", "Write a description in plain text."),
    (r"price", "price", "At least 0.20 in your shop's currency."),
    (r"quantity", "quantity", "Enter 1 to 999."),
    (r"\bskus?\b", "sku", "Correct the SKU."),
    (r"weight|length|width|height|dimension", "weight", "Enter more than 0, or leave it empty."),
    (r"property|value_ids?|scale", "attributes", "Choose values that the category offers."),
    (
        r"payment|billing|onboard|credit card",
        "",
        "Finish your shop's set-up in Etsy's Shop Manager, then publish again.",
    ),
)
_KEY = re.compile(r"(?i)api.?key|shared.?secret|not (been )?approved|application")
_SCOPE = re.compile(r"(?i)scope")


def read_findings(body: Any) -> tuple[Finding, ...]:
    """What an error body complains about, one finding for each complaint."""
    return tuple(_finding(path, words) for path, words in _complaints(body))


def words_of(body: Any) -> str:
    """An error body's own words in one line."""
    return "; ".join(words for _, words in _complaints(body))[:300]


def _complaints(body: Any) -> Iterator[tuple[str, str]]:
    if isinstance(body, str) and body.strip():
        yield "", body.strip()
    elif isinstance(body, list):
        for one in body:
            yield from _complaints(one)
    elif isinstance(body, Mapping):
        if "message" in body or "path" in body:
            path = body.get("path")
            where = ".".join(str(part) for part in path) if isinstance(path, list) else str(path or "")
            yield where, " ".join(str(body[key]) for key in ("type", "message") if body.get(key))
            return
        description = str(body.get("error_description") or "")
        if isinstance(body.get("error"), str):
            yield "", f"{body['error']} {description}".strip()
        else:
            yield from _complaints(body.get("error") or body.get("errors"))


def _finding(path: str, words: str) -> Finding:
    for pattern, field, fix in _WORDS:
        if re.search(pattern, f"{path} {words}", re.IGNORECASE):
            return Finding("etsy.refused", field, f"{LABEL} says: {words}", fix, original=f"{path} {words}".strip())
    fix = "Read what Etsy says; check your shop's settings there."
    return Finding("etsy.refused", path, f"{LABEL} says: {words}", fix, original=words)


def error_for(
    response: httpx.Response,
    body: Any,
    connection: Connection,  # noqa: ARG001 - as Api.refuse is called
) -> MarketplaceError:
    """The error that an answer with a 4xx status (429 excepted) or an unexpected one means."""
    status, words, original = response.status_code, words_of(body), quote(response)
    if status == 401:
        return SignInNeeded(
            f"{LABEL} does not accept this connection.",
            hint="Open Marketplaces and connect the account again.",
            original=original,
        )
    if status == 403 and _SCOPE.search(words):
        return SignInNeeded(
            f"{LABEL} was not given all rights that this program needs.",
            hint="Connect the account again and allow everything that is asked for.",
            original=original,
        )
    if status == 403 and _KEY.search(words):
        return SignInNeeded(
            f"{LABEL} does not accept the keystring with its shared secret.",
            hint="Compare both with your app's page at etsy.com/developers; Etsy must have approved the app.",
            original=original,
        )
    if status == 404:
        return _REFUSALS.not_found(original, words)
    if 400 <= status < 500:
        return rejection(read_findings(body), words, original)
    return unexpected(response, label=LABEL)


def picture_error(response: httpx.Response, body: Any, connection: Connection) -> MarketplaceError:
    """Like ``error_for`` for a picture: a conflict is over when the one before has been processed."""
    if response.status_code == 409:
        return Unavailable(
            f"{LABEL} is still processing a picture of this listing.",
            retry_after_s=read_wait(response.headers, connection.now()) or _BUSY_WAIT_S,
            hint="The program tries again by itself.",
            original=quote(response),
        )
    return error_for(response, body, connection)


def is_token_refused(response: httpx.Response, body: Any) -> bool:
    """Whether a fresh access token may help."""
    return response.status_code == 401 and not re.search(r"(?i)api.?key|shared.?secret", words_of(body))
