"""Mercado Libre's sheets to publish and to change listings in bulk, Spanish or Portuguese, below rows of headings."""

import re
from collections.abc import Iterator, Sequence

from mmhub_desktop.catalog.columns import ORIGIN
from mmhub_desktop.catalog.dialects.dialect import KG_AND_CM, LIST_SEPARATOR, Columns, Dialect, Joined, Record
from mmhub_desktop.catalog.dialects.families import MADE, products, unique
from mmhub_desktop.catalog.dialects.spool import grouped, table_of
from mmhub_desktop.catalog.plan import IGNORE, OPTION
from mmhub_desktop.catalog.slug import short_hash
from mmhub_desktop.domain.product import fold

_HINTS = ("obligatorio", "opcional", "obrigatorio", "seleccionar", "selecione", "escribe o elige", "escreva ou",
          "elige un valor", "completa", "preencha")  # fmt: skip
_ACTIVE = {"activa": "yes", "activo": "yes", "ativo": "yes", "ativa": "yes", "active": "yes"}


def join(header: Sequence[str], rows: Iterator[Sequence[str]]) -> Joined:
    """One record for each listing and each variation; rows with hints for the seller are no listings."""
    columns = Columns.of(MERCADO_LIBRE, header)

    def records() -> Iterator[tuple[str, Record]]:
        for record in map(columns.record, rows):
            if (record.get("title") or record.get(".number") or record.get("sku")) and not _is_hint(record):
                chosen = any(name.startswith(OPTION) for name in record)
                key = record.get(".number") or (record.get("title", "") if chosen else "")
                yield key, _product(record)

    return table_of(made for group in grouped(records()) for made in _listing(group))


def _is_hint(record: Record) -> bool:
    cells = [value for name, value in record.items() if name != ORIGIN]
    return sum(fold(value).startswith(_HINTS) for value in cells) * 2 > len(cells)


def _listing(rows: list[Record]) -> Iterator[Record]:
    head = rows[0]
    key = head.get(".number", "")
    if len(rows) == 1 and not any(name.startswith(OPTION) for name in head):
        yield from products(MERCADO_LIBRE.name, key or head.get("sku", ""), head, [])
        return
    parent = {
        name: value for name, value in head.items() if name not in ("sku", "gtin") and not name.startswith(OPTION)
    }
    parent |= {"sku": f"ml-{key or short_hash(head.get('title', ''))}", MADE: "yes"}
    shown = unique(image for row in rows for image in row.get("images", "").split(LIST_SEPARATOR))
    parent["images"] = LIST_SEPARATOR.join(shown)
    variants = [dict(row) for row in rows]
    if len(variants) > 1:
        for number, one in enumerate(variants, 1):
            one["title"] = ""  # the listing's, and what it is
            if not any(name.startswith(OPTION) for name in one):
                one[f"{OPTION}Variación"] = str(number)
    yield from products(MERCADO_LIBRE.name, key or parent["sku"], parent, variants)


def _product(record: Record) -> Record:
    made = dict(record)
    currency = record.get("currency", "")
    if currency and not currency.strip().isalpha():
        made.pop("currency")  # “$” says which country's only to those who live there
    if not record.get("gtin", "").strip().isdigit():
        made.pop("gtin", None)  # “El producto no tiene código registrado”
    made["images"] = LIST_SEPARATOR.join(unique(re.split(r"[,;|\s]+(?=https?:)|[,;|]\s*", record.get("images", ""))))
    state = fold(record.get(".state", "")).strip()
    if state:
        made["active"] = _ACTIVE.get(state, "no")
    return {name: value for name, value in made.items() if value}


MERCADO_LIBRE = Dialect(
    name="mercadolibre",
    label="Mercado Libre sheet",
    needs=(),
    marks=("codigo de catalogo ml", "codigo universal de producto", "codigo universal de produto", "fotos",
           "cargo por vender", "forma de envio", "tipo de garantia", "tiempo de garantia", "tempo de garantia",
           "numero de publicacion", "numero do anuncio", "codigo de variacion", "codigo da variacao",
           "tipo de publicacion", "cantidad de caracteres", "codigo do anuncio", "tipo de anuncio", "retiro en persona",
           "canal de venta", "retirar pessoalmente", "canal de venda", "codigo do catalogo ml"),
    enough=3,
    join=join,
    units=KG_AND_CM,
    columns={
        "titulo": "title", "condicion": "condition", "condicao": "condition", "fotos": "images", "sku": "sku",
        "stock": "quantity", "estoque": "quantity", "cantidad": "quantity", "precio": "price", "preco": "price",
        "moneda": "currency", "moeda": "currency", "descripcion": "description", "descricao": "description",
        "codigo universal de producto": "gtin", "codigo universal de produto": "gtin", "isbn": "gtin",
        "marca": "brand", "numero de publicacion": ".number", "numero do anuncio": ".number",
        "codigo do anuncio": ".number", "estado": ".state", "status": ".state", "categoria": "category",
        "peso": "weight", "peso fisico": "weight", "ancho": "width", "largura": "width", "alto": "height",
        "altura": "height", "profundidad": "length", "comprimento": "length",
        "codigo de catalogo ml": "attribute:Código de catálogo ML",
        "codigo do catalogo ml": "attribute:Código de catálogo ML",
        **dict.fromkeys(
            ("cantidad de caracteres", "quantidade de caracteres", "cargo por vender", "tarifa de venda",
             "forma de envio",
             "costo de envio", "custo de envio", "retiro en persona", "retirar pessoalmente", "canal de venta",
             "canal de venda", "tipo de publicacion", "tipo de anuncio", "cuotas", "costo por ofrecer cuotas",
             "codigo de variacion", "codigo da variacao", "buybox formula", "hidden pictures", "link de youtube",
             "variaciones", "variacoes"),
            IGNORE,
        ),
    },
    patterns=(
        (r"Var[ií]a por:?\s*(.+)", r"option:\1"),
        (r"T[ií]tulo\b.*", "title"),
        (r"Pre(?:cio|ço)\b.*", "price"),
        (r"Descri(?:pción|ção)\b.*", "description"),
        (r"Fotos?\b.*", "images"),
    ),
)  # fmt: skip
