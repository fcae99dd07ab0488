"""More tables of a workspace: what belongs to editing the catalog. They share the metadata of ``schema``."""

from sqlalchemy import Column, ForeignKey, Index, Integer, Table, Text

from mmhub_desktop.store.schema import metadata, product

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

_facts = (
    "id", "search_key", "price_minor", "cost_minor", "currency", "quantity", "quality", "weight_g", "status",
    "condition", "active", "import_id", "parent_id", "created_at", "updated_at", "brand", "category", "gtin", "source",
    "source_id",
)  # fmt: skip
# A narrow copy of what products are sorted and filtered by. The id comes first: new rows go to its end, which costs an
# import hardly anything, and reading all of it takes a fifth of the time that reading the products does.
Index("ix_product_facts", *(product.c[name] for name in _facts))
Index("ix_product_attributes", product.c.id, product.c.attributes)
Index("ix_product_without_images", product.c.id, sqlite_where=product.c.images == "[]")
Index("ix_product_optimized", product.c.id, sqlite_where=product.c.optimized_title.is_not(None))

search_mark = Table(
    "search_mark",  # one row: by which token the search index knows this file
    metadata,
    Column("id", Integer, primary_key=True),
    Column("token", Integer, nullable=False),
    Column("before", Integer, nullable=False),
)

search_note = Table(
    "search_note",  # products whose words changed since they were indexed, written by a trigger of the database
    metadata,
    Column("id", Integer, primary_key=True),
    Column("product_id", Integer, nullable=False),
)
