"""Paris' error bodies turned into findings and the program's errors.

The body is ``{message: text | [texts], …}``, sometimes plain text. Which field a text is about is guessed from its
words; the words themselves are always shown.
"""

import re
from collections.abc import Mapping
from typing import Any

import httpx

from mmhub_desktop.errors import Finding, MarketplaceError, Rejected, SignInNeeded
from mmhub_desktop.marketplaces.base import Connection
from mmhub_desktop.marketplaces.http import quote, unexpected

LABEL = "Paris"
_AGAIN = "Open Marketplaces and enter the account's API key again."

# words of an error text → the product's field; the first that fits counts
_FIELDS: tuple[tuple[str, str], ...] = (
    (r"sku", "sku"),
    (r"media|image|imagen|src\b|foto", "images"),
    (r"price|precio|value must", "price"),
    (r"stock|quantity|cantidad", "quantity"),
    (r"categor|famil", "category"),
    (r"product\.name|\bname\b|nombre", "title"),
    (r"attribute|atributo", "attributes"),
)


def read_messages(body: Any) -> tuple[str, ...]:
    """The texts of an error body."""
    told = body.get("message") if isinstance(body, Mapping) else body
    if isinstance(told, str):
        return (told,) if told.strip() else ()
    return tuple(str(one) for one in told if str(one).strip()) if isinstance(told, list) else ()


def read_findings(body: Any) -> tuple[Finding, ...]:
    """One finding for each text of an error body."""
    return tuple(
        Finding("paris.refused", field_of(words), words, "Correct this and send it again.", original=words)
        for words in read_messages(body)
    )


def field_of(words: str) -> str:
    """The product's field that an error text is about; empty when it does not say."""
    return next((field for pattern, field in _FIELDS if re.search(pattern, words, re.IGNORECASE)), "")


def error_for(response: httpx.Response, body: Any, _connection: Connection) -> MarketplaceError:
    """The error that an answer with a 4xx status (429 excepted) or an unexpected one means."""
    status = response.status_code
    if status == 401:
        return SignInNeeded(f"{LABEL} no longer accepts this connection.", hint=_AGAIN, original=quote(response))
    if status == 403:
        message = f"{LABEL} does not allow this to your account."
        fix = "Sign in to Paris' Seller Center as administrator and see whether your account is active."
        finding = Finding("paris.forbidden", "", message, fix, original=quote(response))
        return Rejected(message, findings=(finding,), hint=fix, original=quote(response))
    if status == 404:
        finding = Finding(
            "paris.gone", "", f"{LABEL} does not know this any more.", "Publish the product again.",
            original=quote(response),
        )  # fmt: skip
        return Rejected(finding.message, findings=(finding,), hint=finding.fix, original=quote(response))
    if status in (400, 409, 413, 422):
        findings = read_findings(body) or (
            Finding("paris.refused", "", f"{LABEL} refused this without a reason.", original=quote(response)),
        )
        return refusal(findings, quote(response))
    return unexpected(response, label=LABEL)


def refusal(findings: tuple[Finding, ...], original: str = "") -> Rejected:
    """The error for something that Paris does not take as it is."""
    count = len(findings)
    return Rejected(
        f"{LABEL} found {count} problem{'s' if count != 1 else ''}.",
        findings=findings,
        hint="Correct the product and send it again.",
        original=original,
    )


def refuse_field(field: str, message: str, fix: str, value: str = "", limit: str = "") -> Rejected:
    """A refusal of ours before anything is sent."""
    finding = Finding(f"paris.{field or 'refused'}", field, message, fix, value, limit)
    return Rejected(message, findings=(finding,), hint=fix)
