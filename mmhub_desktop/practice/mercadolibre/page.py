"""What a buyer of the practice MercadoLibre sees of an item."""

from mmhub_desktop.practice.buyer import Brand, Entry, Showcase
from mmhub_desktop.practice.mercadolibre.market import Market, sku_of
from mmhub_desktop.practice.mercadolibre.sites import SITES
from mmhub_desktop.practice.mercadolibre.views import live_status
from mmhub_desktop.practice.state import Json

BRAND = Brand(
    "MercadoLibre",
    background="#ffe600",
    ink="#333333",
    language="es",
    facts="Características",
    description="Descripción",
    stock="Stock disponible",
    buy="Comprar ahora",
)

_WORDS = {
    "active": "",
    "paused": "This listing is paused.",
    "closed": "This listing has ended.",
    "under_review": "This listing is being reviewed and is not shown to buyers yet.",
}
_HIDDEN = {"SELLER_SKU", "ITEM_CONDITION", "EMPTY_GTIN_REASON", "GTIN"}


def entry_of(market: Market, item: Json) -> Entry:
    """The item in a few words."""
    site = SITES[item["site_id"]]
    status = live_status(market, item)[0]
    price = f"{item['price']:,.{site.decimals}f}".replace(",", " ")
    return Entry(
        item["id"],
        sku_of(item),
        str(item["title"]),
        f"{site.symbol} {price}",
        item["available_quantity"],
        status,
        status == "active",
        str(item["seller_id"]),
        bool(item.get("parent_item_id")),  # listing a closed item again is no duplicate
    )


def show(market: Market, item: Json) -> Showcase:
    """Everything a buyer sees."""
    status, sub_status = live_status(market, item)
    words = _WORDS.get(status, f"Status: {status}")
    return Showcase(
        entry_of(market, item),
        [f"/_practice/pictures/{row['id']}" for row in item["pictures"] if "id" in row],
        [
            (str(row["name"]), str(row["value_name"]))
            for row in item["attributes"]
            if row["value_name"] and row["id"] not in _HIDDEN
        ],
        market.state.table("descriptions").get(item["id"], {}).get("plain_text", ""),
        condition="Usado" if item["condition"] == "used" else "Nuevo",
        sold=f"{item['sold_quantity']} vendidos",
        notice=words + (f" ({', '.join(sub_status)})" if sub_status else ""),
    )
