"""Whatever stands in the cells of an export, it is read: no crash, whole rows, nobody its own parent."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mmhub_desktop.catalog.columns import BY_NAME as FIELDS
from mmhub_desktop.catalog.dialects import DIALECTS, Dialect
from mmhub_desktop.catalog.plan import NAMED_ATTRIBUTE, OPTION

# The declared columns, and some of those that are known by a pattern.
_MORE = {
    "shopify": ("Fabric (product.metafields.custom.fabric)", "Price / EU"),
    "woocommerce": (
        "Attribute 1 name",
        "Attribute 1 value(s)",
        "Attribute 2 name",
        "Attribute 2 value(s)",
        "Meta: care",
    ),
    "woocommerce_suite": ("attribute:pa_color", "meta:attribute_pa_color", "meta:care"),
    "etsy": ("IMAGE1", "IMAGE2"),
    "wix": ("productOptionName1", "productOptionDescription1", "additionalInfoTitle1", "additionalInfoDescription1"),
    "ebay": ("C:Brand", "C:Colour"),
    "amazon": ("color_name", "size_name", "main_image_url", "generic_keywords"),
    "mercadolibre": ("Varía por: Color", "Varía por: Talle", "Precio [$]"),
}
_CELLS = st.sampled_from(
    ("", "", "", "1", "2", "-3", "1.250", "19,90", "a|b;c,d", "id:1", "id: 2", "0", "Product", "Variant", "MEDIA",
     "variation", "variable", "parent", "child", "Variation", '{"DEFAULT": {"gross": 1}}', "{broken", "[1]",
     "[Colour:Red,Size:M]", "Colour=Red|Size=M", "Size:select:0, Colour:color:1", "S:0, Blue:1", "Size", "Colour",
     "https://x.example/1.jpg", "https://x.example/1.jpg, https://x.example/2.jpg", "b.jpg", "Default Title", "InStock",
     "áé ñ", "'0012", "line\nline", '"', "=1+1", "true", "Obligatorio")
)  # fmt: skip


def _header(dialect: Dialect) -> list[str]:
    return [*dialect.columns, *_MORE.get(dialect.name, ()), "Never heard of", ""]


@pytest.mark.parametrize("dialect", DIALECTS, ids=lambda each: each.name)
def test_any_cells_are_read(dialect: Dialect) -> None:
    header = _header(dialect)

    @settings(max_examples=60, deadline=None)
    @given(st.lists(st.lists(_CELLS, min_size=len(header), max_size=len(header)), max_size=6))
    def check(table: list[list[str]]) -> None:
        names, rows = dialect.join(header, iter(table))
        found = [dict(zip(names, row, strict=True)) for row in rows]
        assert all(name in FIELDS or name.startswith((OPTION, NAMED_ATTRIBUTE)) for name in names)
        assert not [row for row in found if row.get("parent_sku") and row["parent_sku"] == row.get("sku")]
        assert not [row for row in found if row.get("source") and not row.get("source_id")]
        assert not [row for row in found if not any(row.values())]

    check()


def test_any_products_and_combinations_are_joined() -> None:
    products = next(each for each in DIALECTS if each.name == "prestashop")
    others = next(each for each in DIALECTS if each.name == products.partner)
    first, second = _header(products), _header(others)
    join = products.join_with
    assert join is not None

    @settings(max_examples=60, deadline=None)
    @given(
        st.lists(st.lists(_CELLS, min_size=len(first), max_size=len(first)), max_size=4),
        st.lists(st.lists(_CELLS, min_size=len(second), max_size=len(second)), max_size=4),
    )
    def check(table: list[list[str]], combinations: list[list[str]]) -> None:
        names, rows = join(first, iter(table), second, iter(combinations))
        assert all(len(row) == len(names) for row in rows)

    check()
