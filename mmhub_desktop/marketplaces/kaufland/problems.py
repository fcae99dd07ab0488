"""Kaufland's error bodies turned into findings and the program's errors.

The body is ``{type, message, errors: [{field, message}]}``; ``type`` may be missing or new.
"""

from collections.abc import Iterator, Mapping
from typing import Any

import httpx

from mmhub_desktop.errors import Finding, MarketplaceError, OutcomeUnknown, Rejected, SignInNeeded, Unavailable
from mmhub_desktop.marketplaces.base import Connection
from mmhub_desktop.marketplaces.http import quote, read_wait, unexpected
from mmhub_desktop.marketplaces.kaufland.auth import clock_ahead_s
from mmhub_desktop.marketplaces.refusals import Refusals

LABEL = "Kaufland"
_REFUSALS = Refusals("kaufland", LABEL)
rejection = _REFUSALS.rejection
_CLOCK_TOLERANCE_S = 240.0  # Kaufland allows about five minutes
_IMPORT_WAIT_S = 300.0

# field of a request → the product's field
_FIELDS = {
    "listing_price": "price", "minimum_price": "price", "price": "price", "amount": "quantity", "ean": "gtin",
    "id_product": "gtin", "id_offer": "sku", "condition": "condition", "title": "title", "description": "description",
    "picture": "images", "category": "category", "manufacturer": "brand", "note": "attributes.note",
}  # fmt: skip
_FIXES = {
    "price": "Correct the price.", "quantity": "Correct the quantity.", "gtin": "Check the EAN.",
    "sku": "Check the SKU: the same one may stand for one product and condition only.", "images": "Check the pictures.",
}  # fmt: skip
_SETTINGS = {
    "handling_time": "Handling time", "id_shipping_group": "Shipping group", "id_warehouse": "Warehouse",
    "vat_indicator": "VAT rate", "storefront": "Storefront",
}  # fmt: skip
# type → (message, what to do)
_FORBIDDEN = {
    "/problems/inactive-account": (
        "Kaufland has not activated your account, or has paused it.",
        "Sign in to the Seller Portal and see what it asks of you.",
    ),
    "/problems/storefront-not-configured": (
        "You have not opened this storefront at Kaufland.",
        "Open it in the Seller Portal, or choose another storefront for the account.",
    ),
    "/problems/action-not-allowed": (
        "Kaufland does not allow this for your account.",
        "Ask Kaufland's seller support.",
    ),
    "/problems/forbidden": ("Kaufland does not allow this for your account.", "Ask Kaufland's seller support."),
}
_ALREADY_THERE = frozenset({"/problems/already-exists", "/problems/duplicate-action"})


def product_field(name: str) -> str:
    """The product's field that a field or attribute of Kaufland's comes from; empty for a setting of the account."""
    name = name.rpartition(".")[2].partition("[")[0] or name
    return "" if name in _SETTINGS else _FIELDS.get(name, f"attributes.{name}")


def read_findings(body: Any) -> tuple[Finding, ...]:
    """One finding for each of ``errors``."""
    errors = body.get("errors") if isinstance(body, Mapping) else None
    return tuple(_findings(errors)) if isinstance(errors, list) else ()


def _findings(errors: list[Any]) -> Iterator[Finding]:
    for one in errors:
        if not isinstance(one, Mapping):
            continue
        name, words = str(one.get("field") or ""), str(one.get("message") or "It was refused.")
        field = product_field(name) if name else ""
        setting = _SETTINGS.get(name)
        fix = f"Change “{setting}” of the account." if setting else _FIXES.get(field, "Correct it and try again.")
        yield Finding("kaufland.refused", field, f"{name}: {words}" if name else words, fix, original=words)


def error_for(response: httpx.Response, body: Any, connection: Connection) -> MarketplaceError:
    """The error that an answer with a 4xx status (429 excepted) or an unexpected one means."""
    status, kind, words = response.status_code, problem_type(body), _message(body)
    original = quote(response)
    if status == 401:
        return _sign_in(response, connection, original)
    if status == 423:
        return Unavailable(
            f"{LABEL} is busy with an import of your products.",
            retry_after_s=read_wait(response.headers, connection.now()) or _IMPORT_WAIT_S,
            hint="The program tries again by itself.",
            original=original,
        )
    if kind in _FORBIDDEN or status == 403:
        message, fix = _FORBIDDEN.get(kind, _FORBIDDEN["/problems/forbidden"])
        finding = Finding(f"kaufland.{kind.rpartition('/')[2] or 'forbidden'}", "", message, fix, original=words)
        return Rejected(message, findings=(finding,), hint=fix, original=original)
    if status == 404:
        return _REFUSALS.not_found(original, words)
    if 400 <= status < 500:
        return rejection(read_findings(body), words, original)
    return unexpected(response, label=LABEL)


def create_error(response: httpx.Response, body: Any, connection: Connection) -> MarketplaceError:
    """``error_for`` of a new unit: one that is there already was created before, so it is looked for."""
    if problem_type(body) in _ALREADY_THERE:
        return OutcomeUnknown(
            f"{LABEL} has an offer with this SKU already.",
            hint="The program looks for it before it tries again.",
            original=quote(response),
        )
    return error_for(response, body, connection)


def no_token(response: httpx.Response, body: Any) -> bool:  # noqa: ARG001 - as Api wants it
    """Calls are signed: there is no token to be refused."""
    return False


def clock_finding(headers: Mapping[str, str], connection: Connection) -> Finding | None:
    """A warning when this computer's clock is so wrong that Kaufland will soon refuse every call."""
    ahead = clock_ahead_s(headers, connection.now())
    if abs(ahead) < _CLOCK_TOLERANCE_S / 4:
        return None
    return Finding("kaufland.clock", "", f"{_clock_words(ahead)}.", "Set the clock by the internet.", blocks=False)


def _clock_words(ahead_s: float) -> str:
    minutes = abs(ahead_s) / 60
    size = f"{minutes:.0f} minutes" if minutes >= 2 else f"{abs(ahead_s):.0f} seconds"
    return f"This computer's clock is {size} {'fast' if ahead_s > 0 else 'slow'}"


def _sign_in(response: httpx.Response, connection: Connection, original: str) -> SignInNeeded:
    ahead = clock_ahead_s(response.headers, connection.now())
    if abs(ahead) >= _CLOCK_TOLERANCE_S:
        return SignInNeeded(
            f"{_clock_words(ahead)}, so {LABEL} refuses every call.",
            hint="Set the computer's clock by the internet, then test the connection on the Marketplaces page.",
            original=original,
        )
    return SignInNeeded(
        f"{LABEL} does not accept the account's keys.",
        hint="Check client key and secret key (and real shop or playground) on the Marketplaces page. "
        "A new pair is made in Seller Portal › Settings › API.",
        original=original,
    )


def problem_type(body: Any) -> str:
    """What kind of problem it is, in Kaufland's words; empty where it does not say."""
    return str(body.get("type") or "") if isinstance(body, Mapping) else ""


def _message(body: Any) -> str:
    return str(body.get("message") or "") if isinstance(body, Mapping) else ""
