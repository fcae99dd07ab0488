"""The form of a product for an account: drawn from the cached rules, kept for the account alone or with the product."""

from pathlib import Path

import pytest

from mmhub_desktop.actions.listing_sheet import FieldKind, Group, Sheet, SheetField
from mmhub_desktop.domain.ids import ProductId
from mmhub_desktop.domain.money import Money
from mmhub_desktop.errors import UserMistake
from tests.fakes.shop import Shop, lamp, open_shop


async def sheet_of(shop: Shop, product_id: ProductId) -> Sheet:
    return await shop.workspace.listing_sheets.read(product_id, shop.account.id)


def field_of(sheet: Sheet, key: str) -> SheetField:
    return next(each for each in sheet.fields if each.key == key)


async def test_the_form_is_drawn_from_the_cached_rules(tmp_path: Path) -> None:
    async with open_shop(tmp_path) as shop:
        (lamp_id,) = await shop.add(lamp(attributes={"Model": "Flex", "Colour of cable": "Red"}))
        before = await sheet_of(shop, lamp_id)
        assert not before.rules_known
        assert [each.key for each in before.fields][-1] == "attributes.Colour of cable"
        assert before.others == ()
        category = next(each for each in before.fields if each.key == "category")
        assert [found.rule for found in category.findings] == ["readiness.no_category"]
        await shop.workspace.readiness.read_rules(shop.account.id)
        sheet = await sheet_of(shop, lamp_id)
        assert sheet.rules_known
        assert {each.group for each in sheet.fields} >= {Group.LISTING, Group.REQUIRED, Group.OTHER}
        groups = [list(Group).index(each.group) for each in sheet.fields]
        assert groups == sorted(groups)
        kinds = {each.kind for each in sheet.fields}
        assert {FieldKind.CHOICE, FieldKind.MEASURE, FieldKind.TEXT} <= kinds
        assert all(each.units for each in sheet.fields if each.kind is FieldKind.MEASURE)
        model = next(each for each in sheet.fields if each.key == "attributes.MODEL")
        assert (model.value, model.ours, model.source) == ("Flex", "Model", "From the product")
        assert field_of(sheet, "attributes.Colour of cable").group is Group.OTHER


async def test_a_finding_stands_beside_its_field_and_goes_when_it_is_mended(tmp_path: Path) -> None:
    async with open_shop(tmp_path) as shop:
        (lamp_id,) = await shop.add(lamp(attributes={}))
        await shop.workspace.readiness.read_rules(shop.account.id)
        sheet = await sheet_of(shop, lamp_id)
        model = field_of(sheet, "attributes.MODEL")
        assert [found.rule for found in model.findings] == ["mercadolibre.attribute_missing"]
        await shop.workspace.listing_sheets.save(sheet, {"attributes.MODEL": "Flex 2"}, for_all=False)
        mended = field_of(await sheet_of(shop, lamp_id), "attributes.MODEL")
        assert (mended.value, mended.source, mended.is_own, mended.findings) == (
            "Flex 2", "Set for this account", True, (),
        )  # fmt: skip
        product = await shop.workspace.products.get(lamp_id)
        assert product is not None
        assert product.attributes == {}


async def test_values_for_all_accounts_go_into_the_product(tmp_path: Path) -> None:
    async with open_shop(tmp_path) as shop:
        (lamp_id,) = await shop.add(lamp())
        sheets = shop.workspace.listing_sheets
        await shop.workspace.readiness.read_rules(shop.account.id)
        own = {"title": "Only here", "attributes.MODEL": "Here"}
        await sheets.save(await sheet_of(shop, lamp_id), own, for_all=False)
        changed = {
            "title": "Lámpara nueva", "price": "19990", "quantity": "7", "brand": "Otra", "condition": "used",
            "attributes.MODEL": "Flex 3",
        }  # fmt: skip
        await sheets.save(await sheet_of(shop, lamp_id), changed, for_all=True)
        product = await shop.workspace.products.get(lamp_id)
        assert product is not None
        assert (product.text.title, product.price, product.quantity) == ("Lámpara nueva", Money(19990, "CLP"), 7)
        assert (product.brand, product.condition.value, product.attributes) == ("Otra", "used", {"Model": "Flex 3"})
        assert (await shop.listing(lamp_id)).overrides == {}  # nothing of its own hides the product any more


async def test_an_emptied_field_takes_back_what_was_set(tmp_path: Path) -> None:
    async with open_shop(tmp_path) as shop:
        (lamp_id,) = await shop.add(lamp())
        sheets = shop.workspace.listing_sheets
        values = {"price": "26990", "quantity": "2", "description": "Short."}
        await sheets.save(await sheet_of(shop, lamp_id), values, for_all=False)
        sheet = await sheet_of(shop, lamp_id)
        assert (field_of(sheet, "price").value, field_of(sheet, "price").is_own) == ("26990", True)
        await sheets.save(sheet, dict.fromkeys(values, ""), for_all=False)
        assert (await shop.listing(lamp_id)).overrides == {}
        assert field_of(await sheet_of(shop, lamp_id), "price").value == "24990"


@pytest.mark.parametrize(
    ("key", "text"), [("price", "12.50"), ("price", "cheap"), ("quantity", "-1"), ("quantity", "x")]
)
async def test_values_that_cannot_be_are_refused(tmp_path: Path, key: str, text: str) -> None:
    async with open_shop(tmp_path, run=False) as shop:
        (lamp_id,) = await shop.add(lamp())
        sheet = await sheet_of(shop, lamp_id)
        for for_all in (True, False):
            with pytest.raises(UserMistake):
                await shop.workspace.listing_sheets.save(sheet, {key: text}, for_all=for_all)
        assert (await shop.listing(lamp_id)).overrides == {}


async def test_a_price_is_entered_in_the_currency_that_the_account_sells_in(tmp_path: Path) -> None:
    async with open_shop(tmp_path, run=False, marketplace="amazon") as shop:
        (lamp_id,) = await shop.add(lamp())  # in CLP
        sheets, listings = shop.workspace.listing_sheets, shop.workspace.listings
        price = field_of(await sheet_of(shop, lamp_id), "price")
        assert (price.label, price.value) == ("Price in USD", "")
        assert price.source == "From the product: 24,990 CLP"
        await sheets.save(await sheet_of(shop, lamp_id), {"price": "29.90"}, for_all=False)
        assert (await listings.get(lamp_id, shop.account.id)).overrides == {"price_minor": 2990, "currency": "USD"}
        price = field_of(await sheet_of(shop, lamp_id), "price")
        assert (price.value, price.source, price.is_own) == ("29.90", "Set for this account", True)
        assert not [found for found in price.findings if "sells in" in found.message]
        with pytest.raises(UserMistake, match=r"in USD, the product's in CLP"):
            await sheets.save(await sheet_of(shop, lamp_id), {"price": "29.90"}, for_all=True)


async def test_recommended_attributes_come_before_the_others(tmp_path: Path) -> None:
    async with open_shop(tmp_path, marketplace="ebay") as shop:
        (lamp_id,) = await shop.add(lamp(price=Money(1999, "USD")))
        await shop.workspace.readiness.read_rules(shop.account.id)
        fields = [each for each in (await sheet_of(shop, lamp_id)).fields if each.group is not Group.LISTING]
        assert {Group.CONDITIONAL, Group.RECOMMENDED} <= {each.group for each in fields}
        places = [list(Group).index(each.group) for each in fields]
        assert places == sorted(places)
