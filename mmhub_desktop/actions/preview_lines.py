"""The lines of a preview: what publishing, updating or ending would do to each listing. Reads, and changes nothing."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from mmhub_desktop.actions.differences import FIELDS, change_of, differing, marks_of
from mmhub_desktop.actions.families import pairs_of, to_change, variants_offered
from mmhub_desktop.actions.forms import check_product, make_form, placeholder_images, publish_requests
from mmhub_desktop.actions.listing_state import is_complete, price_text
from mmhub_desktop.actions.offers import refuse_forbidden
from mmhub_desktop.actions.parts import Parts
from mmhub_desktop.actions.restocking import SENT, is_sold_out, paused, restocking
from mmhub_desktop.domain.ids import AccountId
from mmhub_desktop.domain.listing import Listing, ListingState, VariantState
from mmhub_desktop.domain.preview import PreviewDetail, PreviewField, PreviewOutcome, PreviewRow
from mmhub_desktop.domain.product import Product
from mmhub_desktop.errors import MarketplaceError, Rejected
from mmhub_desktop.marketplaces.base import Adapter, RemoteListing


@dataclass(frozen=True, slots=True)
class Asked:
    """One listing a preview is about. ``product`` is as the account offers it, ``raw`` as the catalog has it.

    ``live`` is the listing as just read, or why not, where that was needed.
    """

    parts: Parts
    adapter: Adapter
    product: Product
    raw: Product
    listing: Listing
    options: Mapping[str, object]
    live: RemoteListing | MarketplaceError | None = None


Explain = Callable[[Asked], Awaitable[PreviewDetail]]


async def explain_publish(asked: Asked) -> PreviewDetail:
    """A new listing: what it would show, the findings, and the requests with placeholders for pictures."""
    product, adapter = asked.product, asked.adapter
    if is_complete(asked.listing):
        return await _explain_there(asked)
    findings = check_product(product)
    if any(finding.blocks for finding in findings):
        return _blocked(asked, PreviewDetail(_row(asked), _new_fields(asked, ""), findings))
    form = await make_form(asked.parts, adapter, asked.raw, asked.listing)
    detail = PreviewDetail(_row(asked), _new_fields(asked, form.category), form.mapped.findings)
    if form.mapped.blocked:
        return _blocked(asked, detail)
    requests = await publish_requests(adapter, asked.listing, form.mapped, placeholder_images(product))
    marks = marks_of(product)
    return replace(detail, requests=requests, marks=marks, category_id=form.category_id)


async def _explain_there(asked: Asked) -> PreviewDetail:
    """Publishing what is listed already: it gets its stock again where it is sold out, else nothing is sent."""
    listing, live, product = asked.listing, asked.live, asked.product
    if isinstance(live, MarketplaceError):
        return failed(asked, live)
    account = asked.adapter.connection.account
    found = live and await restocking(asked.parts, account, product, asked.raw, listing, live)
    if live and found:
        change, variants = found
        fields = _changed_fields(asked, live, SENT, variants)
        row = _row(asked, PreviewOutcome.CHANGED, sum(one.differs for one in fields))
        try:
            requests = await asked.adapter.update_requests(listing.remote_id, change)
        except Rejected as error:
            return _blocked(asked, PreviewDetail(row, fields, error.findings), error.message)
        return PreviewDetail(row, fields, requests=requests, marks=marks_of(product, SENT), limited=SENT)
    if live and live.state is ListingState.PAUSED and not is_sold_out(live):
        return skipped(asked, f"{paused(live).message} {paused(live).hint}")
    return skipped(asked, "It is listed already; use Update.")


async def explain_update(asked: Asked) -> PreviewDetail:
    """The fields in which the listing, as it is now, differs from the product."""
    listing, live, product = asked.listing, asked.live, asked.product
    if not listing.remote_id:
        return skipped(asked, "Not listed there yet; publish it first.")
    if isinstance(live, MarketplaceError):
        return failed(asked, live)
    if listing.state is ListingState.ENDED or (live is not None and live.state is ListingState.ENDED):
        return skipped(asked, "It has ended; publish the product again.")
    if live is None:
        return failed(asked, "The marketplace does not show this listing. Sync it to see its state.")
    limited = asked.options.get("fields") or FIELDS
    variants: tuple[VariantState, ...] = ()
    if live.variants:
        account = asked.adapter.connection.account
        variants = to_change(await variants_offered(asked.parts, account, asked.raw, listing), live)
    differs = differing(product, live, listing.last_sent, variants)
    names = tuple(name for name in differs if name in _names(limited))
    fields = _changed_fields(asked, live, names, variants)
    detail = PreviewDetail(_row(asked, PreviewOutcome.CHANGED, len(names)), fields, limited=names)
    if not names:
        return replace(detail, row=replace(detail.row, outcome=PreviewOutcome.SAME, reason="Nothing differs."))
    try:
        await refuse_forbidden(asked.parts, listing.account_id, product, names)
        requests = await asked.adapter.update_requests(listing.remote_id, change_of(product, names, variants))
    except Rejected as error:
        return _blocked(asked, replace(detail, findings=error.findings), error.message)
    return replace(detail, requests=requests, marks=marks_of(product, FIELDS))


async def explain_end(asked: Asked) -> PreviewDetail:
    """The listing ends, whatever it shows."""
    listing = asked.listing
    if not listing.remote_id:
        return skipped(asked, "Not listed there.")
    if listing.state is ListingState.ENDED:
        return skipped(asked, "It has ended already.")
    fields = (PreviewField("state", listing.state.value, ListingState.ENDED.value),)
    requests = await asked.adapter.end_requests(listing.remote_id)
    return PreviewDetail(_row(asked, PreviewOutcome.ENDS, 1), fields, requests=requests)


EXPLAIN: Mapping[str, Explain] = {"publish": explain_publish, "update": explain_update, "end": explain_end}


def skipped(asked: Asked, reason: str) -> PreviewDetail:
    """A line that says why nothing is sent."""
    return PreviewDetail(_row(asked, PreviewOutcome.SKIPPED, reason=reason))


def failed(asked: Asked, error: MarketplaceError | str) -> PreviewDetail:
    """A line that says why it could not be found out."""
    return PreviewDetail(_row(asked, PreviewOutcome.FAILED, reason=str(error)))


def gone(product_id: int, account_id: AccountId) -> PreviewDetail:
    """The line of a product that was deleted meanwhile."""
    reason = "The product was deleted."
    return PreviewDetail(
        PreviewRow(0, product_id, account_id, PreviewOutcome.SKIPPED, f"#{product_id}", "", reason)  # type: ignore[arg-type]
    )


def _row(asked: Asked, outcome: PreviewOutcome = PreviewOutcome.NEW, changes: int = 0, reason: str = "") -> PreviewRow:
    product = asked.product
    account_id = asked.adapter.connection.account.id
    return PreviewRow(0, product.id, account_id, outcome, product.sku, product.text.title, reason, changes)


def _blocked(asked: Asked, detail: PreviewDetail, words: str = "") -> PreviewDetail:
    blocking = [finding for finding in detail.findings if finding.blocks]
    reason = blocking[0].message if blocking else words
    return replace(detail, row=_row(asked, PreviewOutcome.BLOCKED, detail.row.changes, reason))


def _new_fields(asked: Asked, category: str) -> tuple[PreviewField, ...]:
    """What a new listing shows, beside what was last sent or read of an older one."""
    product, read = asked.product, asked.listing.last_read
    text = asked.listing.last_sent.get("text") or {}
    fields = [
        PreviewField("title", str(text.get("title") or read.get("title") or ""), product.text.title),
        PreviewField("price", str(read.get("price") or ""), price_text(product.price)),
        PreviewField("quantity", str(read.get("quantity") or ""), str(product.quantity)),
        PreviewField("category", "", category),
        PreviewField("condition", "", product.condition.value),
        PreviewField("brand", "", product.brand),
        PreviewField("gtin", "", product.gtin),
        PreviewField("images", "", str(len(product.images))),
        *(PreviewField(f"attributes.{name}", "", value) for name, value in product.attributes.items()),
        PreviewField("description", str(text.get("description") or ""), product.text.description),
    ]
    return tuple(field for field in fields if field.old or field.new)


def _changed_fields(
    asked: Asked, live: RemoteListing, names: Sequence[str], variants: Sequence[VariantState]
) -> tuple[PreviewField, ...]:
    product, sent = asked.product, asked.listing.last_sent.get("text") or {}
    values = {
        "title": (live.title, product.text.title),
        "price": (price_text(live.price), price_text(product.price)),
        "quantity": ("" if live.quantity is None else str(live.quantity), str(product.quantity)),
        "description": (str(sent.get("description") or ""), product.text.description),
    }
    if live.variants:
        values |= {field: pairs_of(variants, live, field) for field in ("price", "quantity")}
    return tuple(PreviewField(name, *values[name]) for name in names)


def _names(limited: object) -> tuple[str, ...]:
    return tuple(str(name) for name in limited) if isinstance(limited, list | tuple) else FIELDS
