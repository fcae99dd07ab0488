"""The tables of a workspace, as SQLAlchemy Core sees them.

Times are whole milliseconds since 1970 in UTC, money is whole minor units beside a currency, lists and
mappings are JSON text. The tables are created by ``migrations``; a test holds the two together.
"""

from sqlalchemy import (
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
    text,
)  # fmt: skip

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def text_column(name: str, default: str = "") -> Column[str]:
    """Text that is never null."""
    return Column(name, Text, nullable=False, server_default=default)


def number_column(name: str, default: int = 0) -> Column[int]:
    """A whole number that is never null."""
    return Column(name, Integer, nullable=False, server_default=text(str(default)))


product = Table(
    "product",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("sku", Text, nullable=False),
    Column("sku_key", Text, nullable=False),
    text_column("search_key"),  # folded shown title and SKU; early in the row, since searches scan it
    text_column("source"),
    text_column("source_id"),
    Column("parent_id", Integer, ForeignKey("product.id", ondelete="CASCADE")),
    text_column("options", "{}"),
    Column("title", Text, nullable=False),
    text_column("description"),
    text_column("keywords", "[]"),
    Column("optimized_title", Text),
    Column("optimized_description", Text),
    Column("optimized_keywords", Text),
    text_column("optimized_by"),
    text_column("brand"),
    text_column("category"),
    text_column("gtin"),
    text_column("condition", "new"),
    Column("price_minor", Integer),
    Column("cost_minor", Integer),
    text_column("currency"),
    number_column("quantity"),
    Column("weight_g", Integer),
    Column("length_mm", Integer),
    Column("width_mm", Integer),
    Column("height_mm", Integer),
    text_column("images", "[]"),
    text_column("image_base"),
    text_column("attributes", "{}"),
    Column("active", Boolean, nullable=False, server_default=text("1")),
    text_column("status", "imported"),
    number_column("quality"),
    number_column("version", 1),
    Column("import_id", Integer),  # the import that gave the present values; NULL once they were changed otherwise
    Column("created_at", Integer, nullable=False),
    Column("updated_at", Integer, nullable=False),
)
Index("uq_product_sku_key", product.c.sku_key, unique=True)
Index(
    "uq_product_source_id", product.c.source, product.c.source_id, unique=True,
    sqlite_where=product.c.source_id != "",
)  # fmt: skip
Index("ix_product_status", product.c.status)
Index("ix_product_updated_at", product.c.updated_at)
Index("ix_product_parent_id", product.c.parent_id, sqlite_where=product.c.parent_id.is_not(None))

account = Table(
    "account",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("marketplace", Text, nullable=False),
    Column("label", Text, nullable=False),
    text_column("kind", "live"),
    text_column("site"),
    text_column("settings", "{}"),
    text_column("identity", "{}"),
    Column("paused", Boolean, nullable=False, server_default=text("0")),
    Column("connected_at", Integer),
    Column("token_expires_at", Integer),
    Column("created_at", Integer, nullable=False),
)

listing = Table(
    "listing",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("product_id", Integer, ForeignKey("product.id", ondelete="CASCADE"), nullable=False),
    Column("account_id", Integer, ForeignKey("account.id", ondelete="CASCADE"), nullable=False),
    text_column("state", "draft"),
    text_column("remote_id"),
    text_column("url"),
    text_column("overrides", "{}"),
    text_column("findings", "[]"),
    text_column("last_sent", "{}"),
    text_column("last_read", "{}"),
    Column("live_price_minor", Integer),  # live_*: of last_read, as columns to be compared with the product
    text_column("live_currency"),
    Column("live_quantity", Integer),
    text_column("live_title"),
    text_column("sent_title"),  # the product's title when it was last sent, and what the marketplace made of it
    text_column("shown_title"),
    Column("live_at", Integer),
    Column("created_at", Integer, nullable=False),
    Column("updated_at", Integer, nullable=False),
    UniqueConstraint("product_id", "account_id"),
)
Index("ix_listing_account_id_state", listing.c.account_id, listing.c.state)
Index(
    "ix_listing_account_id_remote_id", listing.c.account_id, listing.c.remote_id,
    sqlite_where=listing.c.remote_id != "",
)  # fmt: skip

sync_log = Table(
    "sync_log",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("at", Integer, nullable=False),
    Column("listing_id", Integer, ForeignKey("listing.id", ondelete="CASCADE"), nullable=False),
    Column("job_id", Integer),
    Column("operation", Text, nullable=False),
    text_column("field"),
    text_column("old"),
    text_column("new"),
)
Index("ix_sync_log_listing_id_at", sync_log.c.listing_id, sync_log.c.at)

found_listing = Table(  # listings at the marketplace that the seller may adopt, with the product proposed for each
    "found_listing",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("account_id", Integer, ForeignKey("account.id", ondelete="CASCADE"), nullable=False),
    Column("remote_id", Text, nullable=False),
    Column("state", Text, nullable=False),
    text_column("url"),
    text_column("sku"),
    text_column("gtin"),
    text_column("title"),
    Column("price_minor", Integer),
    text_column("currency"),
    Column("quantity", Integer),
    text_column("match"),  # empty until it was looked for
    text_column("why"),
    Column("product_id", Integer, ForeignKey("product.id", ondelete="SET NULL")),
    Column("read_at", Integer, nullable=False),
    UniqueConstraint("account_id", "remote_id"),
)
Index("ix_found_listing_account_id_match", found_listing.c.account_id, found_listing.c.match)
Index("ix_found_listing_product_id", found_listing.c.product_id)

listing_scan = Table(
    "listing_scan",
    metadata,
    Column("account_id", Integer, ForeignKey("account.id", ondelete="CASCADE"), primary_key=True),
    Column("job_id", Integer, nullable=False),
    text_column("cursor"),
    number_column("found"),
    Column("total", Integer),
    Column("started_at", Integer, nullable=False),
    Column("finished_at", Integer),
)

category_cache = Table(
    "category_cache",
    metadata,
    Column("marketplace", Text, primary_key=True),
    Column("site", Text, primary_key=True),
    Column("category_id", Text, primary_key=True),
    Column("rules", Text, nullable=False),
    Column("fetched_at", Integer, nullable=False),
)
Index(  # the times alone: beside rules of some megabytes they are slow to read
    "ix_category_cache_age", category_cache.c.marketplace, category_cache.c.site, category_cache.c.category_id,
    category_cache.c.fetched_at,
)  # fmt: skip

import_job = Table(
    "import_job",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("file_name", Text, nullable=False),
    Column("file_path", Text, nullable=False),
    number_column("file_size"),
    text_column("file_hash"),
    text_column("plan", "{}"),  # dialect, column mapping and number styles, to resume with
    text_column("state", "running"),
    number_column("rows_new"),
    number_column("rows_changed"),
    number_column("rows_same"),
    number_column("rows_refused"),
    number_column("resume_at"),
    text_column("refused_file"),
    text_column("message"),
    Column("started_at", Integer, nullable=False),
    Column("finished_at", Integer),
)

webhook_subscription = Table(
    "webhook_subscription",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("url", Text, nullable=False),
    text_column("event_types", "[]"),
    text_column("account_ids", "[]"),  # none: events of all accounts
    text_column("tags", "[]"),  # none: events of all products
    Column("active", Boolean, nullable=False, server_default=text("1")),
    Column("paused", Boolean, nullable=False, server_default=text("0")),
    text_column("disabled_because"),
    Column("created_at", Integer, nullable=False),
)

outbox = Table(
    "outbox",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("subscription_id", Integer, ForeignKey("webhook_subscription.id", ondelete="CASCADE"), nullable=False),
    Column("event_id", Text, nullable=False),
    Column("event_type", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("payload", Text, nullable=False),
    text_column("state", "pending"),
    number_column("attempts"),
    Column("ready_at", Integer, nullable=False),
    Column("created_at", Integer, nullable=False),
    Column("delivered_at", Integer),
)
Index(
    "ix_outbox_ready", outbox.c.subscription_id, outbox.c.ready_at, outbox.c.id,
    sqlite_where=outbox.c.state.in_(["pending"]),
)  # fmt: skip
Index(
    "ix_outbox_subject", outbox.c.subscription_id, outbox.c.subject, outbox.c.id,
    sqlite_where=outbox.c.state.in_(["pending"]),
)  # fmt: skip
Index("ix_outbox_subscription_id", outbox.c.subscription_id, outbox.c.id)

webhook_delivery = Table(
    "webhook_delivery",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("outbox_id", Integer, ForeignKey("outbox.id", ondelete="CASCADE"), nullable=False),
    Column("at", Integer, nullable=False),
    number_column("duration_ms"),
    Column("url", Text, nullable=False),
    number_column("status"),  # of HTTP; 0 when no answer came
    text_column("reply"),
    text_column("error"),
)
Index("ix_webhook_delivery_outbox_id", webhook_delivery.c.outbox_id)

kept_image = Table(
    "kept_image",  # links to images: the copy that is kept (a file named by its hash), and what was wrong last time
    metadata,
    Column("url", Text, primary_key=True),
    text_column("content"),
    text_column("mime"),
    number_column("size"),
    number_column("width"),
    number_column("height"),
    text_column("etag"),
    text_column("last_modified"),
    text_column("rule"),
    text_column("message"),
    text_column("fix"),
    Column("fetched_at", Integer),
    Column("checked_at", Integer),
)
Index("ix_kept_image_content", kept_image.c.content)

account_rule = Table(
    "account_rule",  # price, stock, description and defaults of an account's listings, see domain.listing_rules
    metadata,
    Column("account_id", Integer, ForeignKey("account.id", ondelete="CASCADE"), primary_key=True),
    Column("form", Text, nullable=False),
    Column("changed_at", Integer, nullable=False),
)


def _mapping(name: str, *keys: str) -> Table:
    """What the seller confirmed once for a marketplace and site; ``ours_key`` is how our words are compared."""
    return Table(
        name,
        metadata,
        *(Column(key, Text, primary_key=True) for key in ("marketplace", "site", *keys, "ours_key")),
        Column("ours", Text, nullable=False),
        *(
            (Column("category_id", Text, nullable=False), Column("name", Text, nullable=False))
            if not keys
            else (Column("theirs", Text, nullable=False),)
        ),
        Column("confirmed_at", Integer, nullable=False),
    )


category_mapping = _mapping("category_mapping")
attribute_mapping = _mapping("attribute_mapping", "category_id")
value_mapping = _mapping("value_mapping", "category_id", "attribute")

readiness = Table(
    "readiness",  # whether a product could be listed on an account, and what that was found out from
    metadata,
    Column("account_id", Integer, ForeignKey("account.id", ondelete="CASCADE"), primary_key=True),
    Column("product_id", Integer, ForeignKey("product.id", ondelete="CASCADE"), primary_key=True),
    Column("state", Text, nullable=False),
    Column("product_version", Integer, nullable=False),
    Column("basis", Text, nullable=False),
    text_column("overrides", "{}"),
    text_column("category_id"),
    number_column("rules_at"),
    Column("checked_at", Integer, nullable=False),
)
Index("ix_readiness_product_id", readiness.c.product_id)
Index("ix_readiness_state", readiness.c.account_id, readiness.c.state)

readiness_finding = Table(
    "readiness_finding",
    metadata,
    Column("account_id", Integer, ForeignKey("account.id", ondelete="CASCADE"), primary_key=True),
    Column("product_id", Integer, ForeignKey("product.id", ondelete="CASCADE"), primary_key=True),
    Column("place", Integer, primary_key=True),
    Column("rule", Text, nullable=False),
    text_column("field"),
    number_column("blocks"),
    text_column("message"),
    text_column("fix"),
    text_column("value"),
    text_column("bound"),
)
Index("ix_readiness_finding_product_id", readiness_finding.c.product_id)
Index(
    "ix_readiness_finding_problem", readiness_finding.c.account_id, readiness_finding.c.rule, readiness_finding.c.field,
)  # fmt: skip

preference = Table(
    "preference",
    metadata,
    Column("key", Text, primary_key=True),
    Column("value", Text, nullable=False),
)
