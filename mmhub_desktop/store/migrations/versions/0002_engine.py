"""Workflows, previews and budgets: what the engine keeps beside its jobs."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the tables."""
    op.create_table(
        "task_attempt",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("task_id", sa.Integer, sa.ForeignKey("marketplace_task.id", ondelete="CASCADE"), nullable=False),
        sa.Column("attempt", sa.Integer, nullable=False),
        sa.Column("started_at", sa.Integer, nullable=False),
        sa.Column("ended_at", sa.Integer, nullable=False),
        sa.Column("repeated", sa.Integer, nullable=False, server_default=sa.text("0")),
        sa.Column("message", sa.Text, nullable=False, server_default=""),
    )
    op.create_index("ix_task_attempt_task_id", "task_attempt", ["task_id", "id"])
    op.create_table(
        "preview",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("action", sa.Text, nullable=False),
        sa.Column("options", sa.Text, nullable=False, server_default="{}"),
        sa.Column("state", sa.Text, nullable=False, server_default="building"),
        sa.Column("total", sa.Integer, nullable=False, server_default=sa.text("0")),
        sa.Column("created_at", sa.Integer, nullable=False),
    )
    op.create_table(
        "preview_row",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("preview_id", sa.Integer, sa.ForeignKey("preview.id", ondelete="CASCADE"), nullable=False),
        sa.Column("product_id", sa.Integer, nullable=False),
        sa.Column("account_id", sa.Integer, nullable=False),
        sa.Column("outcome", sa.Text, nullable=False),
        sa.Column("sku", sa.Text, nullable=False, server_default=""),
        sa.Column("title", sa.Text, nullable=False, server_default=""),
        sa.Column("reason", sa.Text, nullable=False, server_default=""),
        sa.Column("changes", sa.Integer, nullable=False, server_default=sa.text("0")),
        sa.Column("outdated", sa.Integer, nullable=False, server_default=sa.text("0")),
        sa.Column("detail", sa.LargeBinary, nullable=False),
    )
    op.create_index("ix_preview_row_outcome", "preview_row", ["preview_id", "outcome", "account_id"])
    op.create_index("ix_preview_row_listing", "preview_row", ["product_id", "account_id", "preview_id"])
    op.drop_index("ix_marketplace_job_cause", "marketplace_job")
    op.create_index(
        "ix_marketplace_job_cause", "marketplace_job", ["cause", "action", "account_id", "state", "batch_id"],
        sqlite_where=sa.text("state IN ('failed')"),
    )  # fmt: skip
    op.drop_index("ix_marketplace_job_batch_id_state", "marketplace_job")
    op.create_index("ix_marketplace_job_batch", "marketplace_job", ["batch_id", "state", "account_id"])
    op.create_index("ix_marketplace_job_product", "marketplace_job", ["product_id", "batch_id"])
    op.create_table(
        "lane_note",
        sa.Column("account_id", sa.Integer, sa.ForeignKey("account.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("breaker", sa.Text, nullable=False),
        sa.Column("reason", sa.Text, nullable=False, server_default=""),
        sa.Column("since", sa.Integer),
        sa.Column("next_try_at", sa.Integer),
    )
    op.create_table(
        "kept_image",
        sa.Column("url", sa.Text, primary_key=True),
        *(
            sa.Column(name, sa.Text, nullable=False, server_default="")
            for name in ("content", "mime", "etag", "last_modified", "rule", "message", "fix")
        ),
        *(
            sa.Column(name, sa.Integer, nullable=False, server_default=sa.text("0"))
            for name in ("size", "width", "height")
        ),
        sa.Column("fetched_at", sa.Integer),
        sa.Column("checked_at", sa.Integer),
    )
    op.create_index("ix_kept_image_content", "kept_image", ["content"])
    op.create_table(
        "call_budget",
        sa.Column("account_id", sa.Integer, sa.ForeignKey("account.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("budget", sa.Text, primary_key=True),
        sa.Column("slot", sa.Integer, primary_key=True),
        sa.Column("used", sa.Integer, nullable=False, server_default=sa.text("0")),
    )
    _add_workflows()
    _add_listing_rules()


def _add_listing_rules() -> None:
    op.create_index("ix_category_cache_age", "category_cache", ["marketplace", "site", "category_id", "fetched_at"])
    op.create_table(
        "account_rule",
        sa.Column("account_id", sa.Integer, sa.ForeignKey("account.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("form", sa.Text, nullable=False),
        sa.Column("changed_at", sa.Integer, nullable=False),
    )
    for name, keys, values in (
        ("category_mapping", (), ("ours", "category_id", "name")),
        ("attribute_mapping", ("category_id",), ("ours", "theirs")),
        ("value_mapping", ("category_id", "attribute"), ("ours", "theirs")),
    ):
        op.create_table(
            name,
            *(sa.Column(key, sa.Text, primary_key=True) for key in ("marketplace", "site", *keys, "ours_key")),
            *(sa.Column(value, sa.Text, nullable=False) for value in values),
            sa.Column("confirmed_at", sa.Integer, nullable=False),
        )
    op.create_table(
        "readiness",
        sa.Column("account_id", sa.Integer, sa.ForeignKey("account.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("product_id", sa.Integer, sa.ForeignKey("product.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("product_version", sa.Integer, nullable=False),
        sa.Column("basis", sa.Text, nullable=False),
        sa.Column("overrides", sa.Text, nullable=False, server_default="{}"),
        sa.Column("category_id", sa.Text, nullable=False, server_default=""),
        sa.Column("rules_at", sa.Integer, nullable=False, server_default=sa.text("0")),
        sa.Column("checked_at", sa.Integer, nullable=False),
    )
    op.create_index("ix_readiness_product_id", "readiness", ["product_id"])
    op.create_index("ix_readiness_state", "readiness", ["account_id", "state"])
    op.create_table(
        "readiness_finding",
        sa.Column("account_id", sa.Integer, sa.ForeignKey("account.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("product_id", sa.Integer, sa.ForeignKey("product.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("place", sa.Integer, primary_key=True),
        sa.Column("rule", sa.Text, nullable=False),
        sa.Column("field", sa.Text, nullable=False, server_default=""),
        sa.Column("blocks", sa.Integer, nullable=False, server_default=sa.text("0")),
        *(sa.Column(name, sa.Text, nullable=False, server_default="") for name in ("message", "fix", "value", "bound")),
    )
    op.create_index("ix_readiness_finding_product_id", "readiness_finding", ["product_id"])
    op.create_index("ix_readiness_finding_problem", "readiness_finding", ["account_id", "rule", "field"])


def _add_workflows() -> None:
    op.create_table(
        "workflow",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("form", sa.Text, nullable=False),
        sa.Column("started_by", sa.Text, nullable=False, server_default="by_hand"),
        sa.Column("active", sa.Boolean, nullable=False, server_default=sa.text("1")),
        sa.Column("created_at", sa.Integer, nullable=False),
        sa.Column("updated_at", sa.Integer, nullable=False),
    )
    op.create_table(
        "workflow_run",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("workflow_id", sa.Integer, nullable=False),
        sa.Column("form", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False, server_default="running"),
        sa.Column("cause", sa.Text, nullable=False, server_default=""),
        sa.Column("products", sa.Integer, nullable=False, server_default=sa.text("0")),
        sa.Column("chain", sa.Integer, nullable=False, server_default=sa.text("0")),
        sa.Column("said", sa.Text, nullable=False, server_default=""),
        sa.Column("started_at", sa.Integer, nullable=False),
        sa.Column("finished_at", sa.Integer),
    )
    op.create_index("ix_workflow_run_workflow_id", "workflow_run", ["workflow_id", "id"])
    op.create_index(
        "ix_workflow_run_open", "workflow_run", ["state"], sqlite_where=sa.text("state IN ('running', 'paused')")
    )
    op.create_table(
        "workflow_step_run",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("run_id", sa.Integer, sa.ForeignKey("workflow_run.id", ondelete="CASCADE"), nullable=False),
        sa.Column("position", sa.Integer, nullable=False),
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False, server_default="waiting"),
        sa.Column("batch_id", sa.Integer),
        sa.Column("products", sa.Integer, nullable=False, server_default=sa.text("0")),
        sa.Column("completed", sa.Integer, nullable=False, server_default=sa.text("0")),
        sa.Column("failed", sa.Integer, nullable=False, server_default=sa.text("0")),
        sa.Column("cancelled", sa.Integer, nullable=False, server_default=sa.text("0")),
        sa.Column("said", sa.Text, nullable=False, server_default=""),
        sa.Column("ready_at", sa.Integer),
        sa.Column("started_at", sa.Integer),
        sa.Column("finished_at", sa.Integer),
        sa.UniqueConstraint("run_id", "key"),
    )
    op.create_index(
        "ix_workflow_step_run_open", "workflow_step_run", ["run_id"],
        sqlite_where=sa.text("state IN ('waiting', 'running')"),
    )  # fmt: skip
    op.create_table(
        "workflow_run_product",
        sa.Column("run_id", sa.Integer, sa.ForeignKey("workflow_run.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("product_id", sa.Integer, primary_key=True),
        sa.Column("outcomes", sa.Text, nullable=False, server_default="{}"),
    )
    op.create_table(
        "workflow_event",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("workflow_id", sa.Integer, sa.ForeignKey("workflow.id", ondelete="CASCADE"), nullable=False),
        sa.Column("import_id", sa.Integer, nullable=False),
    )
    op.create_table(
        "workflow_quantity",
        sa.Column("workflow_id", sa.Integer, sa.ForeignKey("workflow.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("product_id", sa.Integer, primary_key=True),
        sa.Column("during_run", sa.Integer, nullable=False, server_default=sa.text("0")),
    )
    op.execute(_QUANTITY_CHANGED)
    op.add_column("webhook_subscription", sa.Column("tags", sa.Text, nullable=False, server_default="[]"))


# In the transaction of whatever changes a quantity: the window, an import, another program.
_QUANTITY_CHANGED = """
CREATE TRIGGER workflow_quantity_changed AFTER UPDATE OF quantity ON product WHEN NEW.quantity <> OLD.quantity
BEGIN
  INSERT INTO workflow_quantity (workflow_id, product_id, during_run)
  SELECT w.id, NEW.id, EXISTS (
    SELECT 1 FROM workflow_run r JOIN workflow_run_product p ON p.run_id = r.id AND p.product_id = NEW.id
    WHERE r.workflow_id = w.id AND r.state IN ('running', 'paused'))
  FROM workflow w WHERE w.active AND w.started_by = 'quantity_changed'
  ON CONFLICT DO UPDATE SET during_run = min(during_run, excluded.during_run);
END
"""
