"""Listings as a buyer would see them, drawn in HTML; one look for all practice marketplaces, with their own colour."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape
from urllib.parse import quote

_STYLE = """
*{box-sizing:border-box}body{margin:0;background:#ededed;color:#333;font:16px/1.5 system-ui,sans-serif}
header{padding:14px 24px;font-weight:600}header small{font-weight:400;margin-left:8px}
main{max-width:1080px;margin:24px auto;background:#fff;border-radius:6px;padding:32px;display:grid;gap:32px;
grid-template-columns:minmax(0,3fr) minmax(0,2fr)}
.photos{display:grid;gap:12px;grid-template-columns:repeat(auto-fill,minmax(110px,1fr))}
.photos img{width:100%;aspect-ratio:1;object-fit:contain;background:#fafafa;border-radius:4px}
.photos img:first-child{grid-column:1/-1;aspect-ratio:4/3}
h1{font-size:24px;line-height:1.25;margin:4px 0 12px}.price{font-size:36px;font-weight:300;margin:0}
.muted{color:#6b6b6b;font-size:14px;margin:0}.notice{background:#fff4d6;border-radius:4px;padding:8px 12px;
margin:16px 0}
button{width:100%;border:0;border-radius:6px;padding:14px;background:#3483fa;color:#fff;font:inherit;font-weight:600;
margin-top:20px}section{grid-column:1/-1;border-top:1px solid #eee;padding-top:20px}h2{font-size:20px;font-weight:400}
table{border-collapse:collapse;width:100%}td,th{padding:8px 12px;text-align:left}tr:nth-child(odd){background:#f5f5f5}
section td:first-child{font-weight:600;width:40%}.text{white-space:pre-wrap;color:#555}.wide{grid-column:1/-1}
iframe{width:100%;height:480px;border:0}
@media(max-width:720px){main{grid-template-columns:1fr;margin:0;border-radius:0}}
"""


@dataclass(frozen=True)
class Brand:
    """How a practice marketplace's pages look: its name, the header's colours, the language of its buyers."""

    label: str
    background: str = "#ffe600"
    ink: str = "#333333"
    language: str = "en"
    facts: str = "Details"
    description: str = "Description"
    stock: str = "In stock"
    buy: str = "Buy it now"


@dataclass(frozen=True)
class Entry:
    """One listing in a few words: what counts and lists need. ``relisted`` ones are no duplicates of their SKU."""

    id: str
    sku: str
    title: str
    price: str  # as the buyer reads it, with its currency
    quantity: int
    status: str  # the marketplace's own word
    live: bool
    seller: str = ""
    relisted: bool = False


@dataclass(frozen=True)
class Showcase:
    """One listing with everything a buyer sees. ``pictures`` are addresses; ``html`` a description that is HTML."""

    entry: Entry
    pictures: Sequence[str] = ()
    facts: Sequence[tuple[str, str]] = ()
    description: str = ""
    html: bool = False
    condition: str = ""
    sold: str = ""
    notice: str = ""  # why it is not shown to buyers, empty when it is


def draw_listing(showcase: Showcase, brand: Brand, place: str = "") -> str:
    """The whole HTML page of one listing; ``place`` names the site."""
    entry = showcase.entry
    photos = "".join(
        f'<img src="{escape(address)}" alt="Picture {number}">' for number, address in enumerate(showcase.pictures, 1)
    )
    rows = "".join(f"<tr><td>{escape(name)}</td><td>{escape(value)}</td></tr>" for name, value in showcase.facts)
    facts = f"<section><h2>{escape(brand.facts)}</h2><table>{rows}</table></section>" if rows else ""
    above = escape(" · ".join(word for word in (showcase.condition, showcase.sold) if word))
    notice = f'<p class="notice">{escape(showcase.notice)}</p>' if showcase.notice else ""
    body = f"""<div class="photos">{photos}</div>
<div><p class="muted">{above}</p><h1>{escape(entry.title)}</h1><p class="price">{escape(entry.price)}</p>{notice}
<p class="muted">{escape(brand.stock)}: {entry.quantity}</p><button type="button" disabled>{escape(brand.buy)}</button>
<p class="muted" style="margin-top:16px">{escape(entry.id)}</p></div>{facts}{_draw_text(showcase, brand)}"""
    return _page(entry.title, brand, place, body)


def draw_listings(entries: Iterable[Entry], brand: Brand, base: str = "") -> str:
    """The whole HTML page with all listings."""
    rows = "".join(
        f'<tr><td><a href="{base}/_practice/items/{quote(one.id, safe="")}">{escape(one.title or one.id)}</a></td>'
        f"<td>{escape(one.sku)}</td><td>{escape(one.price)}</td><td>{one.quantity}</td><td>{escape(one.status)}</td></tr>"
        for one in entries
    )
    head = "<tr><th>Title</th><th>SKU</th><th>Price</th><th>Stock</th><th>Status</th></tr>"
    body = f"<table>{head}{rows}</table>" if rows else "<p>Nothing is listed here yet.</p>"
    return _page(brand.label, brand, "", f'<div class="wide">{body}</div>')


def _draw_text(showcase: Showcase, brand: Brand) -> str:
    if not showcase.description:
        return ""
    if showcase.html:  # a frame without scripts: what sellers write is not trusted
        frame = f'<iframe sandbox srcdoc="{escape(showcase.description)}"></iframe>'
        return f"<section><h2>{escape(brand.description)}</h2>{frame}</section>"
    return f'<section><h2>{escape(brand.description)}</h2><p class="text">{escape(showcase.description)}</p></section>'


def _page(title: str, brand: Brand, place: str, body: str) -> str:
    where = f"{place or brand.label} · nothing here is for sale"
    return f"""<!doctype html><html lang="{brand.language}"><meta charset="utf-8">
<meta name="viewport" content="width=device-width"><title>{escape(title)}</title><style>{_STYLE}</style>
<header style="background:{brand.background};color:{brand.ink}">
Practice marketplace <small>{escape(where)}</small></header>
<main>{body}</main></html>
"""
