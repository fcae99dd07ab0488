"""Tiendanube and Nuvemshop: rows that share a URL identifier are one product with its variants."""

from collections.abc import Iterator, Sequence

from mmhub_desktop.catalog.dialects.dialect import KG_AND_CM, Columns, Dialect, Joined, Record
from mmhub_desktop.catalog.dialects.families import not_below_zero, products, yes_or_no
from mmhub_desktop.catalog.dialects.spool import grouped, table_of
from mmhub_desktop.catalog.plan import IGNORE, OPTION

_OPTIONS = (1, 2, 3)
_OF_VARIANTS = ("sku", "price", "quantity", "weight", "length", "width", "height", "gtin", "cost",
                "attribute:Precio promocional", "attribute:MPN")  # fmt: skip


def join(header: Sequence[str], rows: Iterator[Sequence[str]]) -> Joined:
    """One record for each product and each of its variants."""
    columns = Columns.of(TIENDANUBE, header)
    keyed = ((record.get(".url", ""), record) for record in map(columns.record, rows) if record)
    return table_of(made for group in grouped(keyed) for made in _product(group))


def _product(rows: list[Record]) -> Iterator[Record]:
    head = next((row for row in rows if row.get("title")), rows[0])
    parent = {name: value for name, value in head.items() if not name.startswith(".") and name not in _OF_VARIANTS}
    parent["active"] = yes_or_no(head.get(".shown", ""))
    variants = []
    for row in rows:
        one = {name: row[name] for name in _OF_VARIANTS if name in row}
        if "quantity" in one:
            one["quantity"] = not_below_zero(one["quantity"])
        for place in _OPTIONS:
            if row.get(f".value {place}"):
                name = next((each[f".name {place}"] for each in (row, *rows) if each.get(f".name {place}")), "")
                one[OPTION + (name or f"Propiedad {place}")] = row[f".value {place}"]
        variants.append(one)
    yield from products(TIENDANUBE.name, head.get(".url", ""), parent, variants)


TIENDANUBE = Dialect(
    name="tiendanube",
    label="Tiendanube / Nuvemshop products",
    needs=(),
    marks=("identificador de url", "identificador url", "nombre de propiedad 1", "nome da variacao 1",
           "mostrar en tienda", "exibir na loja", "envio sin cargo", "frete gratis", "titulo para seo",
           "producto fisico", "produto fisico"),
    enough=3,
    join=join,
    units=KG_AND_CM,
    columns={
        "identificador de url": ".url", "identificador url": ".url", "nombre": "title", "nome": "title",
        "categorias": "category", "precio": "price", "preco": "price",
        "precio promocional": "attribute:Precio promocional", "preco promocional": "attribute:Precio promocional",
        "peso": "weight", "alto": "height", "altura": "height", "ancho": "width", "largura": "width",
        "profundidad": "length", "comprimento": "length", "stock": "quantity", "estoque": "quantity", "sku": "sku",
        "codigo de barras": "gtin", "mostrar en tienda": ".shown", "exibir na loja": ".shown",
        "descripcion": "description", "descricao": "description", "tags": "keywords", "marca": "brand",
        "mpn": "attribute:MPN", "sexo": "attribute:Sexo", "rango de edad": "attribute:Rango de edad",
        "faixa etaria": "attribute:Rango de edad", "costo": "cost", "custo": "cost", "imagenes": "images",
        "imagens": "images", "url de imagen": "images",
        **{f"nombre de propiedad {place}": f".name {place}" for place in _OPTIONS},
        **{f"valor de propiedad {place}": f".value {place}" for place in _OPTIONS},
        **{f"nome da variacao {place}": f".name {place}" for place in _OPTIONS},
        **{f"valor da variacao {place}": f".value {place}" for place in _OPTIONS},
        **dict.fromkeys(
            ("envio sin cargo", "frete gratis", "titulo para seo", "descripcion para seo", "descricao para seo",
             "producto fisico", "produto fisico", "visibilidade"),
            IGNORE,
        ),
    },
)  # fmt: skip
