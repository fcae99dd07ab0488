"""Found listings as they stand now, and how they become the listings of products."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime

from sqlalchemy import (
    Connection,
    and_,
    bindparam,
    case,
    delete,
    exists,
    func,
    insert,
    literal_column,
    select,
    text,
    update,
)

from mmhub_desktop.domain.adoption import FoundListing, Match
from mmhub_desktop.domain.history import EntryKind
from mmhub_desktop.domain.ids import AccountId, EntryId, ListingId, ProductId
from mmhub_desktop.domain.listing import Listing, ListingState, SyncLogEntry
from mmhub_desktop.domain.product import ProductStatus
from mmhub_desktop.store.database import now_ms
from mmhub_desktop.store.history_recording import begin_entry, note_status, recording
from mmhub_desktop.store.listings import save_in
from mmhub_desktop.store.product_rows import money
from mmhub_desktop.store.schema import account, found_listing, listing, product, sync_log

THERE = frozenset({"sent", "accepted", "live", "paused"})
_IDS = text("SELECT value FROM json_each(:ids)").bindparams(bindparam("ids"))

# What was adopted since is known as long as its listing is there: undone, it is what it was found to be.
_IS_HERE = exists(
    select(listing.c.id).where(
        listing.c.account_id == found_listing.c.account_id,
        listing.c.remote_id == found_listing.c.remote_id,
        listing.c.remote_id != "",
        listing.c.state.in_(sorted(THERE)),
    )
)
_ADOPTED = and_(found_listing.c.match != Match.KNOWN.value, _IS_HERE)
MATCH_NOW = case((_ADOPTED, literal_column(f"'{Match.KNOWN.value}'")), else_=found_listing.c.match)
_WHY_NOW = case((_ADOPTED, literal_column("'In this program already'")), else_=found_listing.c.why)


def begin_adoption(connection: Connection, found_id: int) -> EntryId:
    """An entry of the history for adopting a listing that was found, and others of its account."""
    name = select(account.c.label).join(found_listing).where(found_listing.c.id == found_id)
    return begin_entry(connection, EntryKind.ADOPT, f"Adopted listings of {connection.scalar(name) or 'an account'}")


def read_found(connection: Connection, ids: Sequence[int]) -> list[FoundListing]:
    """Found listings in the order of ``ids``; those that are gone, or not matched yet, are left out."""
    title = func.coalesce(product.c.optimized_title, product.c.title, "").label("product_title")
    query = (
        select(
            found_listing, MATCH_NOW.label("present_match"), _WHY_NOW.label("present_why"),
            func.coalesce(product.c.sku, "").label("product_sku"), title,
        )
        .select_from(found_listing.outerjoin(product, product.c.id == found_listing.c.product_id))
        .where(found_listing.c.id.in_(_IDS), found_listing.c.match != "")
    )  # fmt: skip
    found = {}
    for row in connection.execute(query, {"ids": json.dumps(list(ids))}):
        found[row.id] = FoundListing(
            id=row.id,
            account_id=AccountId(row.account_id),
            remote_id=row.remote_id,
            state=ListingState(row.state),
            url=row.url,
            sku=row.sku,
            title=row.title,
            price=money(row.price_minor, row.currency),
            quantity=row.quantity,
            match=Match(row.present_match),
            why=row.present_why,
            product_id=None if row.product_id is None else ProductId(row.product_id),
            product_sku=row.product_sku,
            product_title=row.product_title,
        )
    return [found[each] for each in ids if each in found]


def adopt_some(connection: Connection, ids: Sequence[int], entry: EntryId) -> list[ProductId]:
    """Write listings for the proposed products; those products."""
    adopted: list[ProductId] = []
    live: list[ProductId] = []
    with recording(connection, entry):
        for one in read_found(connection, ids):
            if one.product_id is None or one.match is Match.KNOWN or not _is_free(connection, one):
                continue
            _write(connection, one, one.product_id)
            adopted.append(one.product_id)
            if one.state is ListingState.LIVE:
                live.append(one.product_id)
    waiting = [status.value for status in (ProductStatus.IMPORTED, ProductStatus.OPTIMIZED, ProductStatus.FAILED)]
    of = {"ids": json.dumps(live)}
    for (status,) in connection.execute(
        select(product.c.status).where(product.c.id.in_(_IDS), product.c.status.in_(waiting)).distinct(), of
    ).all():
        note_status(connection, entry, live, status, ProductStatus.PUBLISHED.value)
    connection.execute(
        update(product)
        .where(product.c.id.in_(_IDS), product.c.status.in_(waiting))
        .values(status=ProductStatus.PUBLISHED.value, updated_at=now_ms(), version=product.c.version + 1),
        of,
    )
    return adopted


def _write(connection: Connection, one: FoundListing, product_id: ProductId) -> None:
    """The listing of a product as it was found, in place of one that is not there, whose own values and log it has."""
    now = datetime.now(UTC)
    read = {
        "state": one.state.value,
        "title": one.title,
        "price": "" if one.price is None else str(one.price),
        "price_minor": None if one.price is None else one.price.minor,
        "currency": "" if one.price is None else one.price.currency,
        "quantity": "" if one.quantity is None else str(one.quantity),
        "at": now.isoformat(),
    }
    mine = (listing.c.product_id == product_id, listing.c.account_id == one.account_id)
    before = connection.execute(select(listing.c.id, listing.c.overrides).where(*mine)).first()
    log = []
    if before is not None:  # goes as a whole, so that an undo brings it back as a whole
        kept = select(sync_log).where(sync_log.c.listing_id == before.id).order_by(sync_log.c.id)
        log = [{**row, "id": None} for row in connection.execute(kept).mappings()]
        connection.execute(delete(listing).where(listing.c.id == before.id))
    made = Listing(
        ListingId(0), product_id, one.account_id, one.state, one.remote_id, one.url, last_read=read,
        overrides=json.loads(before.overrides) if before is not None else {},
        live_at=now if one.state is ListingState.LIVE else None,
    )  # fmt: skip
    stored = save_in(connection, made, [SyncLogEntry(now, ListingId(0), "adopt", "remote_id", "", one.remote_id)])
    if log:
        connection.execute(insert(sync_log), [{**row, "listing_id": stored.id} for row in log])


def _is_free(connection: Connection, one: FoundListing) -> bool:
    """Whether neither the product has a listing there already nor another product this one."""
    taken = select(listing.c.id).where(
        listing.c.account_id == one.account_id,
        (listing.c.remote_id == one.remote_id)
        | ((listing.c.product_id == one.product_id) & (listing.c.remote_id != "") & listing.c.state.in_(sorted(THERE))),
    )
    return connection.execute(taken).first() is None
