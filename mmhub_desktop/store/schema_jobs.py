"""Tables of work: batches, jobs, tasks, what was called, what is planned. They share the metadata of ``schema``."""

from sqlalchemy import Boolean, Column, ForeignKey, Index, Integer, LargeBinary, Table, Text, UniqueConstraint, text

from mmhub_desktop.store.schema import metadata, number_column, text_column

batch_job = Table(
    "batch_job",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("action", Text, nullable=False),
    text_column("title"),
    text_column("options", "{}"),
    number_column("priority"),
    text_column("state", "pending"),
    number_column("total"),
    number_column("completed"),
    number_column("failed"),
    number_column("cancelled"),
    Column("created_at", Integer, nullable=False),
    Column("started_at", Integer),
    Column("finished_at", Integer),
    number_column("cleared"),  # 1 when its old jobs and tasks were removed; the counts stay
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
    number_column("priority"),
    text_column("state", "pending"),
    number_column("attempts"),
    number_column("tasks_done"),
    number_column("tasks_total"),
    Column("ready_at", Integer, nullable=False),
    Column("problem", Text),
    text_column("cause"),  # of a failed job: what it has in common with others that failed for the same reason
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
    text_column("state", "pending"),
    number_column("attempts"),
    number_column("seen"),  # 1 when an attempt may have had its effect: look before acting again
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
    number_column("repeated"),
    text_column("message"),
)
Index("ix_task_attempt_task_id", task_attempt.c.task_id, task_attempt.c.id)

schedule = Table(
    "schedule",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", Text, nullable=False),
    Column("action", Text, nullable=False),
    Column("timing", Text, nullable=False),
    text_column("status"),  # of the products, and what to search for in them: found out anew at each run
    text_column("search"),
    text_column("account_ids", "[]"),
    text_column("options", "{}"),
    number_column("priority"),
    Column("active", Boolean, nullable=False, server_default=text("1")),
    Column("next_at", Integer),
    Column("due_at", Integer),
    Column("last_at", Integer),
    Column("last_batch_id", Integer),
    text_column("last_result"),
    Column("created_at", Integer, nullable=False),
)

lane_note = Table(
    "lane_note",  # lanes that are held up while the program runs; empty when it is closed
    metadata,
    Column("account_id", Integer, ForeignKey("account.id", ondelete="CASCADE"), primary_key=True),
    Column("breaker", Text, nullable=False),
    text_column("reason"),
    Column("since", Integer),
    Column("next_try_at", Integer),
)

call_record = Table(
    "call_record",  # calls to marketplaces without secrets; no foreign keys: they are pruned by age and number
    metadata,
    Column("id", Integer, primary_key=True),
    Column("at", Integer, nullable=False),
    Column("account_id", Integer, nullable=False),
    Column("job_id", Integer),
    Column("task_id", Integer),
    Column("operation", Text, nullable=False),
    number_column("attempt"),
    Column("method", Text, nullable=False),
    Column("path", Text, nullable=False),
    text_column("request"),
    text_column("reply"),
    Column("status", Integer),
    number_column("duration_ms"),
    text_column("error"),
)
Index("ix_call_record_job_id", call_record.c.job_id, sqlite_where=call_record.c.job_id.is_not(None))

call_hour = Table(
    "call_hour",  # what stays of calls: numbers by hour since 1970 (UTC), account and operation
    metadata,
    Column("hour", Integer, primary_key=True),
    Column("account_id", Integer, primary_key=True),
    Column("operation", Text, primary_key=True),
    number_column("calls"),
    number_column("failed"),
    number_column("retries"),
    number_column("limited"),
    number_column("throttled_ms"),
    number_column("total_ms"),
    text_column("times", "{}"),  # bound of the response time -> calls, see domain.call_stats
)

call_budget = Table(
    "call_budget",  # calls of accounts counted to parts of time (begin, seconds since 1970), see domain.budget
    metadata,
    Column("account_id", Integer, ForeignKey("account.id", ondelete="CASCADE"), primary_key=True),
    Column("budget", Text, primary_key=True),
    Column("slot", Integer, primary_key=True),
    number_column("used"),
)

preview = Table(
    "preview",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("action", Text, nullable=False),
    text_column("options", "{}"),
    text_column("state", "building"),
    number_column("total"),
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
    text_column("sku"),
    text_column("title"),
    text_column("reason"),
    number_column("changes"),
    number_column("outdated"),  # 1: a job found that it holds no more
    Column("detail", LargeBinary, nullable=False),  # JSON, deflated; last in the row, since lists do not read it
)
Index("ix_preview_row_outcome", preview_row.c.preview_id, preview_row.c.outcome, preview_row.c.account_id)
Index("ix_preview_row_listing", preview_row.c.product_id, preview_row.c.account_id, preview_row.c.preview_id)
