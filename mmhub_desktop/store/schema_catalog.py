"""More tables of a workspace: what belongs to editing the catalog. They share the metadata of ``schema``."""

from sqlalchemy import Column, ForeignKey, Integer, Table, Text

from mmhub_desktop.store.schema import metadata

product_draft = Table(
    "product_draft",
    metadata,
    Column("product_id", Integer, ForeignKey("product.id", ondelete="CASCADE"), primary_key=True),
    Column("cells", Text, nullable=False),  # JSON: cell → [what it was when the edit began, what it is to be]
    Column("saved_at", Integer, nullable=False),
)
