"""Alembic's entry point: runs the revisions on the connection that ``upgrade`` hands over."""

from alembic import context

from mmhub_desktop.store.schema import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata, render_as_batch=True)
with context.begin_transaction():
    context.run_migrations()
