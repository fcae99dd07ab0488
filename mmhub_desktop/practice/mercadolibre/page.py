"""Draws the page of one listing as a buyer would see it."""

from html import escape

from mmhub_desktop.practice.mercadolibre.sites import SITES
from mmhub_desktop.practice.state import Json

_STYLE = """
*{box-sizing:border-box}body{margin:0;background:#ededed;color:#333;font:16px/1.5 system-ui,sans-serif}
header{background:#ffe600;padding:14px 24px;font-weight:600}header small{font-weight:400;margin-left:8px}
main{max-width:1080px;margin:24px auto;background:#fff;border-radius:6px;padding:32px;display:grid;gap:32px;
grid-template-columns:minmax(0,3fr) minmax(0,2fr)}
.photos{display:grid;gap:12px;grid-template-columns:repeat(auto-fill,minmax(110px,1fr))}
.photos img{width:100%;aspect-ratio:1;object-fit:contain;background:#fafafa;border-radius:4px}
.photos img:first-child{grid-column:1/-1;aspect-ratio:4/3}
h1{font-size:24px;line-height:1.25;margin:4px 0 12px}.price{font-size:36px;font-weight:300;margin:0}
.muted{color:#737373;font-size:14px;margin:0}.notice{background:#fff4d6;border-radius:4px;padding:8px 12px;
margin:16px 0}
button{width:100%;border:0;border-radius:6px;padding:14px;background:#3483fa;color:#fff;font:inherit;font-weight:600;
margin-top:20px}section{grid-column:1/-1;border-top:1px solid #eee;padding-top:20px}h2{font-size:20px;font-weight:400}
table{border-collapse:collapse;width:100%}td{padding:8px 12px}tr:nth-child(odd){background:#f5f5f5}
td:first-child{font-weight:600;width:40%}.text{white-space:pre-wrap;color:#555}
@media(max-width:720px){main{grid-template-columns:1fr;margin:0;border-radius:0}}
"""

_WORDS = {
    "active": "",
    "paused": "This listing is paused.",
    "closed": "This listing has ended.",
    "under_review": "This listing is being reviewed and is not shown to buyers yet.",
}
_HIDDEN = {"SELLER_SKU", "ITEM_CONDITION", "EMPTY_GTIN_REASON", "GTIN"}


def draw_item(item: Json, status: tuple[str, list[str]], description: str) -> str:
    """The whole HTML page."""
    site = SITES[item["site_id"]]
    price = f"{item['price']:,.{site.decimals}f}".replace(",", " ")
    photos = "".join(
        f'<img src="/_practice/pictures/{escape(row["id"])}" alt="Picture {number}">'
        for number, row in enumerate(item["pictures"], 1)
        if "id" in row
    )
    rows = "".join(
        f"<tr><td>{escape(str(row['name']))}</td><td>{escape(str(row['value_name']))}</td></tr>"
        for row in item["attributes"]
        if row["value_name"] and row["id"] not in _HIDDEN
    )
    words = _WORDS.get(status[0], f"Status: {status[0]}")
    detail = f" ({', '.join(status[1])})" if status[1] else ""
    notice = f'<p class="notice">{escape(words + detail)}</p>' if words else ""
    text = f'<section><h2>Descripción</h2><p class="text">{escape(description)}</p></section>' if description else ""
    condition = "Usado" if item["condition"] == "used" else "Nuevo"
    return f"""<!doctype html><html lang="{site.language}"><meta charset="utf-8">
<meta name="viewport" content="width=device-width"><title>{escape(str(item["title"]))}</title><style>{_STYLE}</style>
<header>Practice marketplace <small>{escape(site.name)} · nothing here is for sale</small></header>
<main><div class="photos">{photos}</div>
<div><p class="muted">{condition} · {item["sold_quantity"]} vendidos</p><h1>{escape(str(item["title"]))}</h1>
<p class="price">{escape(site.symbol)} {price}</p><p class="muted">{item["currency_id"]}</p>{notice}
<p class="muted">Stock disponible: {item["available_quantity"]}</p><button type="button" disabled>Comprar ahora</button>
<p class="muted" style="margin-top:16px">{escape(item["id"])}</p></div>
<section><h2>Características</h2><table>{rows}</table></section>{text}</main></html>
"""
