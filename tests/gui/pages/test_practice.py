"""The practice shop in the window: what is listed is seen as a buyer sees it, and a sale can be made happen."""

import pytest

from mmhub_desktop.domain.job import WorkRequest
from mmhub_desktop.domain.marketplace import AccountKind
from mmhub_desktop.gui.main_window import MainWindow
from mmhub_desktop.gui.pages.practice import PracticePage
from mmhub_desktop.gui.screenshots import settle
from mmhub_desktop.practice.buyer import Entry, Showcase
from tests.fakes.shop import lamp
from tests.gui.conftest import Until


@pytest.fixture
async def page(shop: MainWindow) -> PracticePage:
    shop.show_page("practice")
    await settle()
    found = shop.page("practice")
    assert isinstance(found, PracticePage)
    return found


async def test_without_listings_the_page_says_where_to_begin(page: PracticePage) -> None:
    await settle()
    assert page._stack.currentIndex() == 1


async def test_a_listing_is_seen_and_bought_until_none_is_left(
    shop: MainWindow, page: PracticePage, until: Until
) -> None:
    workspace = shop.context.workspace
    account = await workspace.connect("mercadolibre", "Shop", AccountKind.PRACTICE, {})
    ids = [await workspace.products.save(lamp(number)) for number in (1, 2)]
    await workspace.engine.wait_batch(await workspace.submit(WorkRequest("publish", tuple(ids), (account.id,))))
    shop.show_page("practice", account_id=account.id)
    await until(lambda: len(page.model.rows) == 2 and bool(page.listing.price.text()))
    assert "2 listings for sale" in page.header._subtitle.text()
    entry = page.view.thing()
    product = await workspace.products.by_sku(entry.sku)
    assert product is not None
    assert page.listing.title.text() == product.text.title
    assert page.listing.stock.text() == f"{product.quantity} in stock"
    assert page.listing.description.text().strip() == product.text.description
    assert page.listing._pictures.count() > 1  # the picture and the stretch behind it
    page.listing.count.setValue(2)
    page.listing.buy_button.click()
    await until(lambda: page.listing.stock.text() == f"{product.quantity - 2} in stock")
    page.listing.count.setValue(product.quantity - 2)
    page.listing.buy_button.click()
    await until(lambda: page.listing.stock.text() == "0 in stock")
    assert not page.listing.buy_button.isEnabled()
    assert page.view.thing().id == entry.id  # what was chosen stays chosen
    await until(lambda: "1 listing for sale" in page.header._subtitle.text())


def test_a_description_is_never_drawn_as_html(page: PracticePage) -> None:
    entry = Entry("1", "S", "T", "5 €", 1, "active", True)
    html = '<p>Hello <b>you</b></p><script>alert(1)</script><img src="https://elsewhere.example/x.png">'
    page.listing.show_listing(
        Showcase(entry, description=html, html=True, notice="Not shown to buyers."), [b"no image"]
    )
    assert page.listing.description.text().strip().startswith("Hello you")
    assert "alert" not in page.listing.description.text()
    assert page.listing.notice.text() == "Not shown to buyers."
