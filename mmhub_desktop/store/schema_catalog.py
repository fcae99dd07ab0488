"""More tables of a workspace: what belongs to editing the catalog. They share the metadata of ``schema``."""

from sqlalchemy import Column, ForeignKey, Index, Integer, Table, Text

from mmhub_desktop.store.schema import metadata

product_draft = Table(
    "product_draft",
    metadata,
    Column("product_id", Integer, ForeignKey("product.id", ondelete="CASCADE"), primary_key=True),
    Column("cells", Text, nullable=False),  # JSON: cell → [what it was when the edit began, what it is to be]
    Column("saved_at", Integer, nullable=False),
)

product_view = Table(  # what the product table can be set to show, by name; see ``domain.product_view``
    "product_view",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", Text, nullable=False),
    Column("name_key", Text, nullable=False),  # folded: names are compared without case
    Column("place", Integer, nullable=False),
    Column("body", Text, nullable=False),  # JSON
)
Index("uq_product_view_name_key", product_view.c.name_key, unique=True)
