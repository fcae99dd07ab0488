"""The tables of the history of changes. They share the metadata of ``schema``.

An entry is one thing that was done. What it did stands in a few tables: cells that it changed, rows that it keeps out
of their tables, and ids of rows that it brought. Undoing and doing again are one movement: cells are swapped, rows that
are out come in, rows that are in go out. ``side`` says of what holds an entry's rows: 0 as it was done, 1 as it was
undone; 2 and 3 stand for those that could not be moved while an undo (2) or a redo (3) is under way.

Ids of products, listings and their log are never given twice (AUTOINCREMENT, by the migration), so what was deleted can
come back under its own.
"""

from sqlalchemy import Column, Index, Integer, Table, Text, text

from mmhub_desktop.store.schema import metadata, product

history_entry = Table(
    "history_entry",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("at", Integer, nullable=False),
    Column("actor", Text, nullable=False, server_default=""),
    Column("kind", Text, nullable=False),
    Column("label", Text, nullable=False),
    Column("joins", Text, nullable=False, server_default=""),  # what else belongs to this entry while it is the newest
    Column("products", Integer, nullable=False, server_default=text("0")),
    Column("state", Text, nullable=False, server_default="open"),
    Column("import_id", Integer),
    Column("bytes", Integer, nullable=False, server_default=text("0")),
    Column("refused", Integer, nullable=False, server_default=text("0")),  # cells and rows the last undo or redo left
    Column("redoable", Integer, nullable=False, server_default=text("0")),  # 1: undone, and nothing was done since
    Column("undone_at", Integer),
    Column("phase", Integer, nullable=False, server_default=text("0")),  # how far an undo or redo has come
    Column("cursor", Integer),
    sqlite_autoincrement=True,
)
Index("ix_history_entry_state", history_entry.c.state, history_entry.c.id)
Index("ix_history_entry_import_id", history_entry.c.import_id, sqlite_where=history_entry.c.import_id.is_not(None))

history_change = Table(
    "history_change",  # cells that an entry changed in a row: JSON of these alone, before and after
    metadata,
    Column("id", Integer, primary_key=True),
    Column("entry_id", Integer, nullable=False),
    Column("table_name", Text, nullable=False),
    Column("row_id", Integer, nullable=False),
    Column("before", Text, nullable=False),
    Column("after", Text, nullable=False),
)
Index("ix_history_change_entry", history_change.c.entry_id)
Index("ix_history_change_row", history_change.c.row_id, history_change.c.table_name)

history_product = Table(
    "history_product",  # whole products that are out of their table, column by column: twice as fast as text
    metadata,
    Column("place", Integer, primary_key=True),
    Column("entry_id", Integer, nullable=False),
    Column("side", Integer, nullable=False),
    Column("rank", Integer, nullable=False),  # 1: a variant, whose parent must be there first
    *(Column(column.name, column.type) for column in product.columns),
)
Index("ix_history_product_entry", history_product.c.entry_id, history_product.c.side, history_product.c.rank)
Index("ix_history_product_id", history_product.c.id)

history_layout = Table(
    "history_layout",  # the columns that the data of history_row stands for, in their order
    metadata,
    Column("id", Integer, primary_key=True),
    Column("table_name", Text, nullable=False),
    Column("columns", Text, nullable=False),
)

history_row = Table(
    "history_row",  # whole rows of other tables that are out of them
    metadata,
    Column("id", Integer, primary_key=True),
    Column("entry_id", Integer, nullable=False),
    Column("side", Integer, nullable=False),
    Column("rank", Integer, nullable=False),  # what must be there first has a smaller one
    Column("table_name", Text, nullable=False),
    Column("row_id", Integer, nullable=False),
    Column("alone", Integer, nullable=False),  # 1: removed by itself, not with the row it hangs on
    Column("layout_id", Integer, nullable=False),
    Column("data", Text, nullable=False),
)
Index("ix_history_row_entry", history_row.c.entry_id, history_row.c.side, history_row.c.rank)
Index("ix_history_row_row", history_row.c.row_id, history_row.c.table_name)

history_range = Table(
    "history_range",  # rows that are there because of an entry
    metadata,
    Column("id", Integer, primary_key=True),
    Column("entry_id", Integer, nullable=False),
    Column("side", Integer, nullable=False),
    Column("table_name", Text, nullable=False),
    Column("first", Integer, nullable=False),
    Column("last", Integer, nullable=False),
)
Index("ix_history_range_entry", history_range.c.entry_id, history_range.c.side)
Index("ix_history_range_first", history_range.c.table_name, history_range.c.first)

history_refusal = Table(
    "history_refusal",  # what the last undo or redo of an entry left as it was, and why
    metadata,
    Column("id", Integer, primary_key=True),
    Column("entry_id", Integer, nullable=False),
    Column("table_name", Text, nullable=False),
    Column("row_id", Integer, nullable=False),
    Column("field", Text, nullable=False, server_default=""),
    Column("reason", Text, nullable=False),
    Column("present", Text, nullable=False, server_default=""),
)
Index("ix_history_refusal_entry", history_refusal.c.entry_id, history_refusal.c.row_id)
