"""Tables of imports beside their history: how files are to be read again, and families that are not complete yet."""

from sqlalchemy import Column, Integer, Table, Text

from mmhub_desktop.store.schema import metadata

import_template = Table(
    "import_template",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", Text, nullable=False, unique=True),
    Column("header", Text, nullable=False),  # JSON list: the files it is for
    Column("settings", Text, nullable=False),  # JSON: what becomes of the columns, and the answers
    Column("saved_at", Integer, nullable=False),
    Column("used_at", Integer),
)

import_parent = Table(  # variants whose parent has not come yet; empty when no import is open
    "import_parent",
    metadata,
    Column("import_id", Integer, primary_key=True),
    Column("child_key", Text, primary_key=True),
    Column("parent_key", Text, nullable=False),
    sqlite_with_rowid=False,
)
