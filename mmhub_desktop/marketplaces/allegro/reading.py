"""Allegro's offers read into the program's words."""

from collections.abc import Iterator, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from mmhub_desktop.domain.listing import ListingState
from mmhub_desktop.domain.money import Money
from mmhub_desktop.errors import Finding
from mmhub_desktop.marketplaces.allegro.parameters import key_of
from mmhub_desktop.marketplaces.allegro.problems import read_findings
from mmhub_desktop.marketplaces.base import RemoteListing

_SOLD_OUT = Finding("allegro.EMPTY_STOCK", "quantity", "It is out of stock.", "Set a quantity above 0.", blocks=False)
# why an offer has ended → (message, what to do)
_ENDS = {
    "USER": ("It was ended by you.", "List it again if it should be sold."),
    "ADMIN": ("Allegro has ended the offer.", "Read the reason on Allegro before you list it again."),
    "EXPIRATION": ("The offer's time is over.", "List it again if it should be sold."),
    "PRODUCT_DETACHMENT": (
        "Allegro has ended the offer because its product was taken out of the catalogue.", "Publish it anew.",
    ),
    "ERROR": ("Allegro has ended the offer because of an error.", "List it again; ask Allegro if it ends again."),
}  # fmt: skip
_DRAFT = Finding("allegro.INACTIVE", "", "It is a draft that no buyer sees.", "Publish it.", blocks=False)
_ACTIVATING = Finding("allegro.ACTIVATING", "", "Allegro is about to show it.", blocks=False)


def read_offer(offer: Mapping[str, Any], shop: str, failed: tuple[Finding, ...] = ()) -> RemoteListing:
    """An offer or a row of a list; what a row lacks stays None or empty.

    ``shop`` is the address that buyers use; ``failed`` says why the last attempt to publish it came to nothing.
    """
    publication = _part(offer, "publication")
    status = str(publication.get("status") or "")
    available = _part(offer, "stock").get("available")
    quantity = available if isinstance(available, int) else None
    validation = _part(offer, "validation")
    errors = read_findings(validation.get("errors"))
    sold_out = status == "ENDED" and (publication.get("endedBy") == "EMPTY_STOCK" or quantity == 0)
    state = _state(status, broken=bool(errors or failed), sold_out=sold_out)
    offer_id = str(offer.get("id") or "")
    return RemoteListing(
        remote_id=offer_id,
        state=state,
        url=f"{shop}/oferta/{offer_id}" if offer_id else "",
        sku=str(_part(offer, "external").get("id") or ""),
        title=str(offer.get("name") or ""),
        price=read_money(_part(offer, "sellingMode").get("price")),
        quantity=quantity,
        reasons=tuple(_reasons(status, publication, state, errors, failed)),
        raw=dict(offer),
        gtin=_gtin(offer),
    )


def read_money(price: Any) -> Money | None:
    """``{"amount": "123.45", "currency": "PLN"}`` as money; None for anything else."""
    if not isinstance(price, Mapping) or not price.get("currency"):
        return None
    try:
        return Money.of(Decimal(str(price.get("amount"))), str(price["currency"]))
    except (InvalidOperation, ArithmeticError):
        return None


def is_ended(listing: RemoteListing) -> bool:
    """Whether Allegro has taken the offer off, for whatever reason."""
    return _part(listing.raw, "publication").get("status") == "ENDED"


def status_of(offer: Mapping[str, Any]) -> str:
    """Allegro's own word for where the offer stands."""
    return str(_part(offer, "publication").get("status") or "")


def _state(status: str, *, broken: bool, sold_out: bool) -> ListingState:
    if status == "ACTIVE":
        return ListingState.LIVE
    if status == "ENDED":
        return ListingState.PAUSED if sold_out else ListingState.ENDED
    if status == "INACTIVE" and broken:
        return ListingState.REJECTED
    return ListingState.ACCEPTED


def _reasons(
    status: str,
    publication: Mapping[str, Any],
    state: ListingState,
    errors: tuple[Finding, ...],
    failed: tuple[Finding, ...],
) -> Iterator[Finding]:
    """Why it is not shown; of a live offer, what Allegro finds wrong with it meanwhile."""
    if state is ListingState.LIVE:
        for error in errors:
            yield Finding(error.rule, error.field, error.message, error.fix, blocks=False, original=error.original)
        return
    yield from (*errors, *failed)
    if status == "ACTIVATING":
        yield _ACTIVATING
    elif status == "INACTIVE" and state is not ListingState.REJECTED:
        yield _DRAFT
    elif status == "ENDED" and state is ListingState.PAUSED:
        yield _SOLD_OUT
    elif status == "ENDED":
        word = str(publication.get("endedBy") or "USER")
        message, fix = _ENDS.get(word, (f"The offer has ended ({word}).", "List it again if it should be sold."))
        yield Finding(f"allegro.{word}", "", message, fix, blocks=word == "ADMIN", original=word)
    elif status not in ("INACTIVE", "ACTIVATING"):
        yield Finding("allegro.status", "", f"Allegro reports: {status or 'nothing'}.", blocks=False, original=status)


def _gtin(offer: Mapping[str, Any]) -> str:
    rows = offer.get("productSet")
    for one in rows if isinstance(rows, list) else ():
        for parameter in _part(one, "product").get("parameters") or ():
            if isinstance(parameter, Mapping) and key_of(str(parameter.get("name") or "")) == "ean gtin":
                return next((str(value) for value in parameter.get("values") or ()), "")
    return ""


def _part(whole: Any, name: str) -> Mapping[str, Any]:
    """An object inside an object; empty where it is missing or null."""
    part = whole.get(name) if isinstance(whole, Mapping) else None
    return part if isinstance(part, Mapping) else {}
