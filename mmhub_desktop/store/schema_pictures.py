"""Tables about products' pictures. They share the metadata of ``schema``."""

from sqlalchemy import Column, Index, Integer, Table, Text, text

from mmhub_desktop.store.schema import metadata

picture_sight = Table(
    "picture_sight",  # what was seen of a picture: a file below a folder (base), or the copy of a link
    metadata,
    Column("source", Text, primary_key=True),
    Column("base", Text, primary_key=True),
    *(Column(name, Text, nullable=False, server_default="") for name in ("stamp", "mime", "rule", "message", "fix")),
    *(Column(name, Integer, nullable=False, server_default=text("0")) for name in ("size", "width", "height")),
    *(Column(name, Integer) for name in ("white", "across", "down", "colour")),
    Column("seen_at", Integer, nullable=False),
    sqlite_with_rowid=False,
)
Index("ix_picture_sight_seen_at", picture_sight.c.seen_at)
