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
    LargeBinary,
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


def _text(name: str, default: str = "") -> Column[str]:
    return Column(name, Text, nullable=False, server_default=default)


def _number(name: str, default: int = 0) -> Column[int]:
    return Column(name, Integer, nullable=False, server_default=text(str(default)))


product = Table(
    "product",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("sku", Text, nullable=False),
    Column("sku_key", Text, nullable=False),
    _text("search_key"),  # folded shown title and SKU; early in the row, since searches scan it
    _text("source"),
    _text("source_id"),
    Column("parent_id", Integer, ForeignKey("product.id", ondelete="CASCADE")),
    _text("options", "{}"),
    Column("title", Text, nullable=False),
    _text("description"),
    _text("keywords", "[]"),
    Column("optimized_title", Text),
    Column("optimized_description", Text),
    Column("optimized_keywords", Text),
    _text("optimized_by"),
    _text("brand"),
    _text("category"),
    _text("gtin"),
    _text("condition", "new"),
    Column("price_minor", Integer),
    Column("cost_minor", Integer),
    _text("currency"),
    _number("quantity"),
    Column("weight_g", Integer),
    Column("length_mm", Integer),
    Column("width_mm", Integer),
    Column("height_mm", Integer),
    _text("images", "[]"),
    _text("image_base"),
    _text("attributes", "{}"),
    Column("active", Boolean, nullable=False, server_default=text("1")),
    _text("status", "imported"),
    _number("quality"),
    _number("version", 1),
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
    _text("kind", "live"),
    _text("site"),
    _text("settings", "{}"),
    _text("identity", "{}"),
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
    _text("state", "draft"),
    _text("remote_id"),
    _text("url"),
    _text("overrides", "{}"),
    _text("findings", "[]"),
    _text("last_sent", "{}"),
    _text("last_read", "{}"),
    Column("live_price_minor", Integer),  # live_*: of last_read, as columns to be compared with the product
    _text("live_currency"),
    Column("live_quantity", Integer),
    _text("live_title"),
    _text("sent_title"),  # the product's title when it was last sent, and what the marketplace made of it
    _text("shown_title"),
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
    _text("field"),
    _text("old"),
    _text("new"),
)
Index("ix_sync_log_listing_id_at", sync_log.c.listing_id, sync_log.c.at)

call_record = Table(
    "call_record",  # calls to marketplaces without secrets; no foreign keys: they are pruned by age and number
    metadata,
    Column("id", Integer, primary_key=True),
    Column("at", Integer, nullable=False),
    Column("account_id", Integer, nullable=False),
    Column("job_id", Integer),
    Column("task_id", Integer),
    Column("operation", Text, nullable=False),
    _number("attempt"),
    Column("method", Text, nullable=False),
    Column("path", Text, nullable=False),
    _text("request"),
    _text("reply"),
    Column("status", Integer),
    _number("duration_ms"),
    _text("error"),
)
Index("ix_call_record_job_id", call_record.c.job_id, sqlite_where=call_record.c.job_id.is_not(None))

call_hour = Table(
    "call_hour",  # what stays of calls: numbers by hour since 1970 (UTC), account and operation
    metadata,
    Column("hour", Integer, primary_key=True),
    Column("account_id", Integer, primary_key=True),
    Column("operation", Text, primary_key=True),
    _number("calls"),
    _number("failed"),
    _number("retries"),
    _number("limited"),
    _number("throttled_ms"),
    _number("total_ms"),
    _text("times", "{}"),  # bound of the response time -> calls, see domain.call_stats
)

found_listing = Table(  # listings at the marketplace that the seller may adopt, with the product proposed for each
    "found_listing",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("account_id", Integer, ForeignKey("account.id", ondelete="CASCADE"), nullable=False),
    Column("remote_id", Text, nullable=False),
    Column("state", Text, nullable=False),
    _text("url"),
    _text("sku"),
    _text("gtin"),
    _text("title"),
    Column("price_minor", Integer),
    _text("currency"),
    Column("quantity", Integer),
    _text("match"),  # empty until it was looked for
    _text("why"),
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
    _text("cursor"),
    _number("found"),
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

batch_job = Table(
    "batch_job",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("action", Text, nullable=False),
    _text("title"),
    _text("options", "{}"),
    _number("priority"),
    _text("state", "pending"),
    _number("total"),
    _number("completed"),
    _number("failed"),
    _number("cancelled"),
    Column("created_at", Integer, nullable=False),
    Column("started_at", Integer),
    Column("finished_at", Integer),
    _number("cleared"),  # 1 when its old jobs and tasks were removed; the counts stay
)
Index("ix_batch_job_state", batch_job.c.state)
Index("ix_batch_job_finished_at", batch_job.c.finished_at, sqlite_where=batch_job.c.cleared == 0)

marketplace_job = Table(
    "marketplace_job",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("batch_id", Integer, ForeignKey("batch_job.id", ondelete="CASCADE"), nullable=False),
    Column("action", Text, nullable=False),
    Column("product_id", Integer, nullable=False),
    Column("account_id", Integer),
    _number("priority"),
    _text("state", "pending"),
    _number("attempts"),
    _number("tasks_done"),
    _number("tasks_total"),
    Column("ready_at", Integer, nullable=False),
    Column("problem", Text),
    _text("cause"),  # of a failed job: what it has in common with others that failed for the same reason
    Column("updated_at", Integer, nullable=False),
)
Index(
    "ix_marketplace_job_cause", marketplace_job.c.cause, marketplace_job.c.action, marketplace_job.c.account_id,
    marketplace_job.c.state, marketplace_job.c.batch_id, sqlite_where=marketplace_job.c.state.in_(["failed"]),
)  # fmt: skip
Index("ix_marketplace_job_batch", marketplace_job.c.batch_id, marketplace_job.c.state, marketplace_job.c.account_id)
Index("ix_marketplace_job_product", marketplace_job.c.product_id, marketplace_job.c.batch_id)
Index(
    "ix_marketplace_job_ready", marketplace_job.c.account_id, marketplace_job.c.priority, marketplace_job.c.batch_id,
    marketplace_job.c.ready_at, marketplace_job.c.id, sqlite_where=marketplace_job.c.state.in_(["pending"]),
)  # fmt: skip

Index(
    "ix_marketplace_job_listing", marketplace_job.c.product_id, marketplace_job.c.account_id,
    sqlite_where=marketplace_job.c.state.in_(["pending", "running", "paused"]),
)  # fmt: skip

job_wish = Table(  # what the seller asked of a job in the middle of a task, so that a crash does not forget it
    "job_wish",
    metadata,
    Column("job_id", Integer, ForeignKey("marketplace_job.id", ondelete="CASCADE"), primary_key=True),
    Column("wish", Text, nullable=False),  # paused or cancelled
)

marketplace_task = Table(
    "marketplace_task",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("job_id", Integer, ForeignKey("marketplace_job.id", ondelete="CASCADE"), nullable=False),
    Column("position", Integer, nullable=False),
    Column("kind", Text, nullable=False),
    _text("state", "pending"),
    _number("attempts"),
    _number("seen"),  # 1 when an attempt may have had its effect: look before acting again
    Column("started_at", Integer),
    Column("finished_at", Integer),
    Column("result", Text),
    Column("problem", Text),
    UniqueConstraint("job_id", "position"),
)

task_attempt = Table(  # attempts that did not end well; those that did stand with the task
    "task_attempt",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("task_id", Integer, ForeignKey("marketplace_task.id", ondelete="CASCADE"), nullable=False),
    Column("attempt", Integer, nullable=False),
    Column("started_at", Integer, nullable=False),
    Column("ended_at", Integer, nullable=False),
    _number("repeated"),
    _text("message"),
)
Index("ix_task_attempt_task_id", task_attempt.c.task_id, task_attempt.c.id)

schedule = Table(
    "schedule",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", Text, nullable=False),
    Column("action", Text, nullable=False),
    Column("timing", Text, nullable=False),
    _text("status"),  # of the products, and what to search for in them: found out anew at each run
    _text("search"),
    _text("account_ids", "[]"),
    _text("options", "{}"),
    _number("priority"),
    Column("active", Boolean, nullable=False, server_default=text("1")),
    Column("next_at", Integer),
    Column("due_at", Integer),
    Column("last_at", Integer),
    Column("last_batch_id", Integer),
    _text("last_result"),
    Column("created_at", Integer, nullable=False),
)

import_job = Table(
    "import_job",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("file_name", Text, nullable=False),
    Column("file_path", Text, nullable=False),
    _number("file_size"),
    _text("file_hash"),
    _text("plan", "{}"),  # dialect, column mapping and number styles, to resume with
    _text("state", "running"),
    _number("rows_new"),
    _number("rows_changed"),
    _number("rows_same"),
    _number("rows_refused"),
    _number("resume_at"),
    _text("refused_file"),
    _text("message"),
    Column("started_at", Integer, nullable=False),
    Column("finished_at", Integer),
)

webhook_subscription = Table(
    "webhook_subscription",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("url", Text, nullable=False),
    _text("event_types", "[]"),
    _text("account_ids", "[]"),  # none: events of all accounts
    _text("tags", "[]"),  # none: events of all products
    Column("active", Boolean, nullable=False, server_default=text("1")),
    Column("paused", Boolean, nullable=False, server_default=text("0")),
    _text("disabled_because"),
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
    _text("state", "pending"),
    _number("attempts"),
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
    _number("duration_ms"),
    Column("url", Text, nullable=False),
    _number("status"),  # of HTTP; 0 when no answer came
    _text("reply"),
    _text("error"),
)
Index("ix_webhook_delivery_outbox_id", webhook_delivery.c.outbox_id)

lane_note = Table(
    "lane_note",  # lanes that are held up while the program runs; empty when it is closed
    metadata,
    Column("account_id", Integer, ForeignKey("account.id", ondelete="CASCADE"), primary_key=True),
    Column("breaker", Text, nullable=False),
    _text("reason"),
    Column("since", Integer),
    Column("next_try_at", Integer),
)

kept_image = Table(
    "kept_image",  # links to images: the copy that is kept (a file named by its hash), and what was wrong last time
    metadata,
    Column("url", Text, primary_key=True),
    _text("content"),
    _text("mime"),
    _number("size"),
    _number("width"),
    _number("height"),
    _text("etag"),
    _text("last_modified"),
    _text("rule"),
    _text("message"),
    _text("fix"),
    Column("fetched_at", Integer),
    Column("checked_at", Integer),
)
Index("ix_kept_image_content", kept_image.c.content)

call_budget = Table(
    "call_budget",  # calls of accounts counted to parts of time (begin, seconds since 1970), see domain.budget
    metadata,
    Column("account_id", Integer, ForeignKey("account.id", ondelete="CASCADE"), primary_key=True),
    Column("budget", Text, primary_key=True),
    Column("slot", Integer, primary_key=True),
    _number("used"),
)

workflow = Table(
    "workflow",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", Text, nullable=False),
    Column("form", Text, nullable=False),  # see domain.workflow.to_form
    _text("started_by", "by_hand"),  # the kind of its trigger; also read by the database's own trigger on quantities
    Column("active", Boolean, nullable=False, server_default=text("1")),
    Column("created_at", Integer, nullable=False),
    Column("updated_at", Integer, nullable=False),
)

workflow_run = Table(
    "workflow_run",  # stays when its workflow is removed
    metadata,
    Column("id", Integer, primary_key=True),
    Column("workflow_id", Integer, nullable=False),
    Column("form", Text, nullable=False),  # the workflow as it was then
    _text("state", "running"),
    _text("cause"),
    _number("products"),
    _number("chain"),
    _text("said"),
    Column("started_at", Integer, nullable=False),
    Column("finished_at", Integer),
)
Index("ix_workflow_run_workflow_id", workflow_run.c.workflow_id, workflow_run.c.id)
Index("ix_workflow_run_open", workflow_run.c.state, sqlite_where=workflow_run.c.state.in_(["running", "paused"]))

workflow_step_run = Table(
    "workflow_step_run",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("run_id", Integer, ForeignKey("workflow_run.id", ondelete="CASCADE"), nullable=False),
    Column("position", Integer, nullable=False),
    Column("key", Text, nullable=False),
    _text("state", "waiting"),
    Column("batch_id", Integer),
    _number("products"),
    _number("completed"),
    _number("failed"),
    _number("cancelled"),
    _text("said"),
    Column("ready_at", Integer),
    Column("started_at", Integer),
    Column("finished_at", Integer),
    UniqueConstraint("run_id", "key"),
)
Index(
    "ix_workflow_step_run_open", workflow_step_run.c.run_id,
    sqlite_where=workflow_step_run.c.state.in_(["waiting", "running"]),
)  # fmt: skip

workflow_run_product = Table(
    "workflow_run_product",  # the products of a run, with what became of each by step
    metadata,
    Column("run_id", Integer, ForeignKey("workflow_run.id", ondelete="CASCADE"), primary_key=True),
    Column("product_id", Integer, primary_key=True),
    _text("outcomes", "{}"),
)

workflow_event = Table(
    "workflow_event",  # imports that are to start a workflow, written in the transaction that ends the import
    metadata,
    Column("id", Integer, primary_key=True),
    Column("workflow_id", Integer, ForeignKey("workflow.id", ondelete="CASCADE"), nullable=False),
    Column("import_id", Integer, nullable=False),
)

workflow_quantity = Table(
    "workflow_quantity",  # products whose quantity changed, written by the database's trigger of that name
    metadata,
    Column("workflow_id", Integer, ForeignKey("workflow.id", ondelete="CASCADE"), primary_key=True),
    Column("product_id", Integer, primary_key=True),
    _number("during_run"),  # 1 while the product was in an open run of this workflow
)

preview = Table(
    "preview",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("action", Text, nullable=False),
    _text("options", "{}"),
    _text("state", "building"),
    _number("total"),
    Column("created_at", Integer, nullable=False),
)

preview_row = Table(
    "preview_row",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("preview_id", Integer, ForeignKey("preview.id", ondelete="CASCADE"), nullable=False),
    Column("product_id", Integer, nullable=False),
    Column("account_id", Integer, nullable=False),
    Column("outcome", Text, nullable=False),
    _text("sku"),
    _text("title"),
    _text("reason"),
    _number("changes"),
    _number("outdated"),  # 1: a job found that it holds no more
    Column("detail", LargeBinary, nullable=False),  # JSON, deflated; last in the row, since lists do not read it
)
Index("ix_preview_row_outcome", preview_row.c.preview_id, preview_row.c.outcome, preview_row.c.account_id)
Index("ix_preview_row_listing", preview_row.c.product_id, preview_row.c.account_id, preview_row.c.preview_id)

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
    _text("overrides", "{}"),
    _text("category_id"),
    _number("rules_at"),
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
    _text("field"),
    _number("blocks"),
    _text("message"),
    _text("fix"),
    _text("value"),
    _text("bound"),
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
