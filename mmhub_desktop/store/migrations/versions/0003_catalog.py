"""The catalog at scale: history, search, views and import templates."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the tables."""
    op.create_table(
        "product_draft",
        sa.Column("product_id", sa.Integer, sa.ForeignKey("product.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("cells", sa.Text, nullable=False),
        sa.Column("saved_at", sa.Integer, nullable=False),
    )
