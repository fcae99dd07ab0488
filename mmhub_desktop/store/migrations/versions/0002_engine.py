"""Workflows, previews and budgets: what the engine keeps beside its jobs."""

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the tables."""
