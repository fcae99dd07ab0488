"""Tables of workflows and their runs. They share the metadata of ``schema``."""

from sqlalchemy import Boolean, Column, ForeignKey, Index, Integer, Table, Text, UniqueConstraint, text

from mmhub_desktop.store.schema import metadata, number_column, text_column

workflow = Table(
    "workflow",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", Text, nullable=False),
    Column("form", Text, nullable=False),  # see domain.workflow.to_form
    text_column(
        "started_by", "by_hand"
    ),  # the kind of its trigger; also read by the database's own trigger on quantities
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
    text_column("state", "running"),
    text_column("cause"),
    number_column("products"),
    number_column("chain"),
    text_column("said"),
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
    text_column("state", "waiting"),
    Column("batch_id", Integer),
    number_column("products"),
    number_column("completed"),
    number_column("failed"),
    number_column("cancelled"),
    text_column("said"),
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
    text_column("outcomes", "{}"),
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
    number_column("during_run"),  # 1 while the product was in an open run of this workflow
)
