"""Tables of imports beside their history: how files are to be read again, and families that are not complete yet."""

from sqlalchemy import Column, Index, Integer, Table, Text

from mmhub_desktop.store.schema import metadata

import_template = Table(
    "import_template",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", Text, nullable=False, unique=True),
    Column("header_key", Text, nullable=False),  # a hash of the header: the files it is for
    Column("header", Text, nullable=False),  # JSON list
    Column("plan", Text, nullable=False),  # JSON: what becomes of the columns, and the answers
    Column("saved_at", Integer, nullable=False),
    Column("used_at", Integer),
)
Index("ix_import_template_header_key", import_template.c.header_key)

import_parent = Table(  # variants whose parent has not come yet; empty when no import is open
    "import_parent",
    metadata,
    Column("import_id", Integer, primary_key=True),
    Column("child_key", Text, primary_key=True),
    Column("parent_key", Text, nullable=False),
    sqlite_with_rowid=False,
)
