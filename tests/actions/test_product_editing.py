"""What the product editor is told about a product beside its own fields."""

from dataclasses import asdict
from pathlib import Path

from mmhub_desktop.events import Event, HistoryChanged, ListingsChanged, ProductsChanged, RulesChanged
from mmhub_desktop.marketplaces.base import AttributeRule, CategoryRules
from tests.fakes.shop import lamp, open_shop

RULES = CategoryRules(
    "MLC1", "Lamps", listing_allowed=True, title_max=30, description_max=0, pictures_max=6,
    attributes=(
        AttributeRule("WIDTH", "Width", "number_unit", units=("cm", "in")),
        AttributeRule("COLOR", "Colour", "list", required=True, values=(("1", "White"), ("2", "Red"))),
        AttributeRule("SECRET", "Secret", "string", hidden=True),
    ),
)  # fmt: skip


async def test_what_the_products_category_asks_for_is_told_where_it_was_read(tmp_path: Path) -> None:
    async with open_shop(tmp_path, run=False) as shop:
        editing = shop.workspace.product_editing
        (product_id,) = await shop.add(lamp())
        content = await editing.read(product_id)
        assert content is not None
        assert await editing.limits(content.family, content.sides) == {}
        assert [hint.name for hint in await editing.hints(content.family, content.sides)] == ["Model"]
        account = shop.account
        kept = {**asdict(RULES), "price_min": None, "price_max": None}
        await shop.workspace.listings.keep_rules(account.marketplace, account.site, RULES.id, kept)
        await shop.workspace.listing_desk.set_own(product_id, account.id, {"category_id": RULES.id})
        content = await editing.read(product_id)
        assert content is not None
        limits = await editing.limits(content.family, content.sides)
        general = content.sides[0].limits
        assert (limits[account.id].title, limits[account.id].description) == (30, general.description)
        hints = await editing.hints(content.family, content.sides)
        assert [(hint.name, hint.asked_by, hint.required) for hint in hints] == [
            ("Colour", "MercadoLibre", True), ("Width", "MercadoLibre", False), ("Model", "", False),
        ]  # fmt: skip
        assert hints[0].values == ("White", "Red")


async def test_saving_tells_what_changed(tmp_path: Path) -> None:
    async with open_shop(tmp_path, run=False) as shop:
        (product_id,) = await shop.add(lamp())
        heard: list[Event] = []
        for kind in (ProductsChanged, HistoryChanged, ListingsChanged, RulesChanged):
            shop.workspace.bus.subscribe(kind, heard.append)
        title = f"own.{shop.account.id}.title"
        cells = {"brand": ("Lumea", "Nord"), title: ("", "Words of its own")}
        await shop.workspace.product_editing.save(product_id, cells)
        assert heard[0] == ProductsChanged((product_id,))
        assert {type(event) for event in heard} == {ProductsChanged, HistoryChanged, ListingsChanged, RulesChanged}
        listing = await shop.listing(product_id)
        assert listing.overrides == {"title": "Words of its own"}
        entry = await shop.workspace.history.next_undo()
        assert entry is not None
        await shop.workspace.history.undo(entry.id)
        product = await shop.workspace.products.get(product_id)
        assert product is not None
        assert product.brand == "Lumea"
