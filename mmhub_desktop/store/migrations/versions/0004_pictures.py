"""What was seen of products' pictures."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the tables."""
    op.create_table(
        "picture_sight",
        sa.Column("source", sa.Text, primary_key=True),
        sa.Column("base", sa.Text, primary_key=True),
        *(
            sa.Column(name, sa.Text, nullable=False, server_default="")
            for name in ("stamp", "mime", "rule", "message", "fix")
        ),
        *(
            sa.Column(name, sa.Integer, nullable=False, server_default=sa.text("0"))
            for name in ("size", "width", "height")
        ),
        *(sa.Column(name, sa.Integer) for name in ("white", "across", "down", "colour")),
        sa.Column("seen_at", sa.Integer, nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_picture_sight_seen_at", "picture_sight", ["seen_at"])
