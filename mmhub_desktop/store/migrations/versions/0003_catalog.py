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
    _imports()
    _views()
    _history()
    _search()


def _imports() -> None:
    op.create_table(
        "import_template",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("name", sa.Text, nullable=False, unique=True),
        sa.Column("header", sa.Text, nullable=False),
        sa.Column("settings", sa.Text, nullable=False),
        sa.Column("saved_at", sa.Integer, nullable=False),
        sa.Column("used_at", sa.Integer),
    )
    op.create_table(
        "import_parent",
        sa.Column("import_id", sa.Integer, primary_key=True),
        sa.Column("child_key", sa.Text, primary_key=True),
        sa.Column("parent_key", sa.Text, nullable=False),
        sqlite_with_rowid=False,
    )


def _views() -> None:
    op.create_table(
        "product_view",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("name_key", sa.Text, nullable=False),
        sa.Column("place", sa.Integer, nullable=False),
        sa.Column("body", sa.Text, nullable=False),
    )
    op.create_index("uq_product_view_name_key", "product_view", ["name_key"], unique=True)


# The columns of products, as they are kept while a product is deleted.
_NUMBERS = (
    "id parent_id price_minor cost_minor quantity weight_g length_mm width_mm height_mm quality version import_id"
    " created_at updated_at"
)
_TEXTS = (
    "sku sku_key search_key source source_id options title description keywords optimized_title optimized_description"
    " optimized_keywords optimized_by brand category gtin condition currency images image_base attributes status"
)


def _history() -> None:
    def number(name: str, default: str | None = None) -> "sa.Column[int]":
        return sa.Column(name, sa.Integer, nullable=False, server_default=None if default is None else sa.text(default))

    def words(name: str, default: str | None = None) -> "sa.Column[str]":
        return sa.Column(name, sa.Text, nullable=False, server_default=default)

    def key() -> "sa.Column[int]":
        return sa.Column("id", sa.Integer, primary_key=True)

    op.create_table(
        "history_entry", key(), number("at"), words("actor", ""), words("kind"), words("label"),
        words("joins", ""), number("products", "0"), words("state", "open"), sa.Column("import_id", sa.Integer),
        number("bytes", "0"), number("refused", "0"), number("redoable", "0"), sa.Column("undone_at", sa.Integer),
        number("phase", "0"), sa.Column("cursor", sa.Integer), sqlite_autoincrement=True,
    )  # fmt: skip
    op.create_index("ix_history_entry_state", "history_entry", ["state", "id"])
    op.create_index(
        "ix_history_entry_import_id", "history_entry", ["import_id"], sqlite_where=sa.text("import_id IS NOT NULL")
    )
    op.create_table(
        "history_change", key(), number("entry_id"), words("table_name"), number("row_id"), words("before"),
        words("after"),
    )  # fmt: skip
    op.create_index("ix_history_change_entry", "history_change", ["entry_id"])
    op.create_index("ix_history_change_row", "history_change", ["row_id", "table_name"])
    op.create_table(
        "history_product", sa.Column("place", sa.Integer, primary_key=True), number("entry_id"), number("side"),
        number("rank"), *(sa.Column(name, sa.Integer) for name in _NUMBERS.split()), sa.Column("active", sa.Boolean),
        *(sa.Column(name, sa.Text) for name in _TEXTS.split()),
    )  # fmt: skip
    op.create_index("ix_history_product_entry", "history_product", ["entry_id", "side", "rank"])
    op.create_index("ix_history_product_id", "history_product", ["id"])
    op.create_table("history_layout", key(), words("table_name"), words("columns"))
    op.create_table(
        "history_row", key(), number("entry_id"), number("side"), number("rank"), words("table_name"),
        number("row_id"), number("alone"), number("layout_id"), words("data"),
    )  # fmt: skip
    op.create_index("ix_history_row_entry", "history_row", ["entry_id", "side", "rank"])
    op.create_index("ix_history_row_row", "history_row", ["row_id", "table_name"])
    op.create_table(
        "history_range", key(), number("entry_id"), number("side"), words("table_name"), number("first"),
        number("last"),
    )  # fmt: skip
    op.create_index("ix_history_range_entry", "history_range", ["entry_id", "side"])
    op.create_index("ix_history_range_first", "history_range", ["table_name", "first"])
    op.create_table(
        "history_refusal", key(), number("entry_id"), words("table_name"), number("row_id"), words("field", ""),
        words("reason"), words("present", ""),
    )  # fmt: skip
    op.create_index("ix_history_refusal_entry", "history_refusal", ["entry_id", "row_id"])
    _never_give_ids_twice("product", "listing", "sync_log")


def _never_give_ids_twice(*tables: str) -> None:
    """AUTOINCREMENT for tables that are there: what was deleted can come back under its own id.

    Only the text of the table changes, not what lies on disk, so it is written where SQLite reads it from: copying a
    million products into a new table would take long, and would drop what hangs on them.
    """
    op.execute("PRAGMA writable_schema=ON")
    for table in tables:
        op.execute(
            "UPDATE sqlite_master SET sql=replace(sql, 'PRIMARY KEY (id)', 'PRIMARY KEY (id AUTOINCREMENT)')"  # noqa: S608
            f" WHERE type='table' AND name='{table}'"
        )
    op.execute("PRAGMA writable_schema=RESET")
    for table in tables:
        op.execute(f"INSERT INTO sqlite_sequence SELECT '{table}', coalesce(max(id), 0) FROM {table}")  # noqa: S608


def _search() -> None:
    """What the table sorts and filters by, in one narrow index that grows at its end; and what search has to look up.

    ``search_note`` names products whose words changed since they were indexed, by a trigger: whatever changes them, the
    window, an import, an undo or another program. New products need no note: their ids are above all that were given.
    Only those that come back under their old ids do, and who brings them back writes it (``note_again``).
    """
    op.create_index("ix_product_facts", "product", _FACTS)
    op.create_index("ix_product_attributes", "product", ["id", "attributes"])
    op.create_index("ix_product_without_images", "product", ["id"], sqlite_where=sa.text("images = '[]'"))
    op.create_index("ix_product_optimized", "product", ["id"], sqlite_where=sa.text("optimized_title IS NOT NULL"))
    op.create_table(
        "search_mark",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("token", sa.Integer, nullable=False),
        sa.Column("before", sa.Integer, nullable=False),
    )
    op.execute("INSERT INTO search_mark (id, token, before) VALUES (1, 0, 0)")
    op.create_table(
        "search_note",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("product_id", sa.Integer, nullable=False),
    )
    op.execute(_WORDS_CHANGED)


# In the transaction of whatever changes the words: the window, an import, an undo, another program.
_WORDS_CHANGED = """
CREATE TRIGGER search_words_changed AFTER UPDATE OF search_key, brand, gtin, source_id ON product
WHEN NEW.search_key <> OLD.search_key OR NEW.brand <> OLD.brand OR NEW.gtin <> OLD.gtin
  OR NEW.source_id <> OLD.source_id
BEGIN INSERT INTO search_note (product_id) VALUES (NEW.id); END
"""
_FACTS = [
    "id", "search_key", "price_minor", "cost_minor", "currency", "quantity", "quality", "weight_g", "status",
    "condition", "active", "import_id", "parent_id", "created_at", "updated_at", "brand", "category", "gtin", "source",
    "source_id",
]  # fmt: skip
