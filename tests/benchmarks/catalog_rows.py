"""A workspace of generated products with titles as sellers write them: brands, nouns, colours, sizes, model numbers.

The same number always gives the same products. Rows are about a kilobyte, as real ones are.
"""

import json
import random
import sqlite3
import sys
from collections.abc import Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from mmhub_desktop.domain.product import search_key, sku_key
from mmhub_desktop.store.database import Database

ACCOUNTS = 3


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


_NOUNS = _words("""
Lámpara Cámara Silla Mesa Teclado Ratón Auriculares Altavoz Cargador Cable Adaptador Batería Taladro Sierra
Martillo Destornillador Llave Mochila Bolso Cartera Reloj Pulsera Collar Anillo Camiseta Pantalón Chaqueta
Zapatillas Botas Sandalias Gorra Bufanda Guantes Calcetines Toalla Sábana Almohada Manta Cortina Alfombra
Estantería Armario Sartén Cazuela Cuchillo Tenedor Plato Vaso Jarra Cafetera Tostadora Batidora Aspiradora
Plancha Ventilador Calefactor Bicicleta Casco Patinete Pelota Raqueta Esterilla Mancuerna Tienda Saco Linterna
Brújula Termo Botella Fiambrera Cuaderno Bolígrafo Rotulador Tijeras Grapadora Impresora Cartucho Tóner Monitor
Portátil Tableta Funda Protector Trípode Objetivo Filtro Memoria Disco Router Antena Enchufe Interruptor
Bombilla Foco Detector Cerradura Candado Wasserkocher Schreibtisch Bürostuhl Kopfhörer Ladegerät Bohrmaschine
Akkuschrauber Rucksack Handtasche Armbanduhr Suitcase Umbrella Notebook Wrench Screwdriver Blender Kettle
Toaster Vacuum Blanket Pillow Curtain Bookshelf
""")
_KINDS = _words("""
plegable inalámbrico portátil recargable profesional infantil ajustable impermeable ultraligero magnético
giratorio extensible doble triple compacto silencioso térmico solar eléctrico manual digital inteligente clásico
moderno vintage industrial deportivo elegante ergonómico reforzado acolchado transparente metálico sumergible
wasserdicht kabellos verstellbar faltbar waterproof wireless foldable adjustable rechargeable heavy-duty
""")
_STUFF = _words("""
acero aluminio madera bambú algodón lino cuero plástico vidrio cerámica silicona nailon poliéster
""")
_COLOURS = _words("""
negro blanco rojo azul verde amarillo gris plata dorado rosa marrón beige morado naranja turquesa
""")
_PLACES = _words("""
cocina jardín oficina baño garaje dormitorio camping viaje gimnasio coche terraza taller escuela
""")
_SYLLABLES = _words("""
ba be bo bra ca ce co cra da de do dra fa fe fi flo ga ge go gra ka ke ki kro la le lo lu ma me mi mo na ne no
nu pa pe pi pla ra re ri ro sa se si sta ta te ti tro va ve vi vo za zen zo nix tek lux max dor lin mar
""")
_LOREM = (
    "Fabricado con materiales de primera calidad y pensado para durar. Incluye instrucciones, dos años de garantía y "
    "envío en 24 horas. Fácil de montar y de limpiar; su diseño encaja en cualquier espacio. "
)
_COLUMNS = (
    "id", "sku", "sku_key", "search_key", "title", "description", "brand", "category", "gtin", "condition",
    "price_minor", "cost_minor", "currency", "quantity", "weight_g", "images", "attributes", "active", "status",
    "quality", "import_id", "parent_id", "options", "created_at", "updated_at",
)  # fmt: skip
_BEGIN = 1_700_000_000_000


def rows(count: int, first: int = 1) -> Iterator[tuple[object, ...]]:
    """So many products as rows of the product table, from this id on."""
    chance = random.Random(7)
    brands = sorted({"".join(chance.choices(_SYLLABLES, k=chance.choice((2, 2, 3)))).capitalize() for _ in range(4000)})
    categories = [f"{place.capitalize()} > {noun}" for place in _PLACES for noun in _NOUNS[:40]]
    for number in range(first, first + count):
        chance.seed(number)
        pick, roll = chance.choice, chance.random
        brand, stuff, colour = pick(brands), pick(_STUFF), pick(_COLOURS)
        model = f"{pick('ABCDEFGHKLMNPRSTVX')}{pick('ABCDEFGHKLMNPRSTVX')}{int(roll() * 9000) + 100}"
        title = f"{pick(_NOUNS)} {pick(_KINDS)} {brand} {model} de {stuff} {colour}"
        if roll() < 0.5:
            title += f" para {pick(_PLACES)} {int(roll() * 90) + 10} cm"
        sku = f"{brand[:3].upper()}-{number:07d}"
        variant = number % 10 == 0 and number > first
        price = int(10 ** (2.3 + 3 * roll()))
        attributes = {"Color": colour, "Material": stuff, "Modelo": model}
        if roll() < 0.3:
            attributes["Talla"] = pick(("XS", "S", "M", "L", "XL"))
        yield (
            number, sku, sku_key(sku), search_key(title, sku), title, f"{title}. {_LOREM * (1 + number % 4)}", brand,
            pick(categories), f"84{int(roll() * 10**11):011d}" if roll() < 0.9 else "",
            "new" if roll() < 0.9 else "used", price, price * 6 // 10 if roll() < 0.7 else None, "EUR",
            int(roll() ** 3 * 500), int(roll() * 20_000) if roll() < 0.8 else None,
            json.dumps([f"https://img.example/{number}/{n}.jpg" for n in range(int(roll() * 5))]),
            json.dumps(attributes, ensure_ascii=False, separators=(",", ":")), roll() < 0.97,
            "imported" if roll() < 0.6 else pick(("optimized", "published", "failed")), int(roll() * 101),
            1 + number * 10 // count, number - 1 if variant else None,
            json.dumps({"Color": colour}) if variant else "{}", _BEGIN + number * 1000,
            _BEGIN + (number * 7919 % count) * 60_000,
        )  # fmt: skip


def make_workspace(path: Path, count: int) -> None:
    """A workspace with so many products, a tenth of them listed on each of some accounts. Takes a minute a million."""
    Database.open(path).close()
    raw = sqlite3.connect(path, isolation_level=None)
    raw.execute("PRAGMA synchronous=OFF")
    raw.execute("BEGIN IMMEDIATE")
    raw.executemany(
        f"INSERT INTO product ({', '.join(_COLUMNS)}) VALUES ({', '.join('?' * len(_COLUMNS))})",
        rows(count),
    )
    for account in range(1, ACCOUNTS + 1):
        raw.execute(
            "INSERT INTO account (id, marketplace, label, created_at) VALUES (?, 'ebay', ?, 0)",
            (account, f"Shop {account}"),
        )
        raw.execute(
            "INSERT INTO listing (product_id, account_id, state, created_at, updated_at) SELECT id, ?, "
            "CASE WHEN id % 1000 = 7 THEN 'rejected' WHEN id % 3 = 0 THEN 'draft' ELSE 'live' END, 0, 0 FROM product "
            "WHERE id % 10 = ? OR id % 1000 = 7",
            (account, account),
        )
        raw.execute(
            "INSERT INTO readiness (account_id, product_id, state, product_version, basis, checked_at) SELECT ?, id, "
            "CASE WHEN id % 5 = 0 THEN 'blocked' ELSE 'ready' END, 1, '', 0 FROM product WHERE id % 10 = ?",
            (account, account),
        )
    raw.execute("COMMIT")
    raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    raw.close()
