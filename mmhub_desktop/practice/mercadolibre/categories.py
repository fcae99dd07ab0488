"""The practice category tree, the same on every site, and the guess of a category from a title."""

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from mmhub_desktop.practice.mercadolibre.attributes import ATTRIBUTES, MARKS, values_of, word
from mmhub_desktop.practice.mercadolibre.sites import SITES, Site


@dataclass(frozen=True, slots=True)
class Category:
    """One category. A leaf has attributes; ``nouns`` name the thing (weight 3), ``hints`` go with it (weight 1).

    ``attributes`` lists ids with marks after them, see ``attributes.MARKS``.
    """

    number: int
    parent: int
    name: str
    domain: str = ""
    nouns: str = ""
    hints: str = ""
    attributes: str = ""
    max_title_length: int = 60
    used_single: bool = False  # used goods: one piece per item

    @property
    def is_leaf(self) -> bool:
        """Whether items can be listed here."""
        return bool(self.domain)


_COMMON = "GTIN?~ EMPTY_GTIN_REASON? SELLER_SKU~ ITEM_CONDITION~"
_GOODS = "BRAND! MODEL!"

_TREE = (
    Category(1000, 0, "Electrónica y Celulares|Eletrônica e Celulares"),
    Category(1001, 1000, "Celulares y Smartphones|Celulares e Smartphones", "CELLPHONES",
             "celular smartphone cellphone mobile", "iphone galaxy phone telefono telefone movil redmi motorola 5g",
             f"{_GOODS} COLOR+ INTERNAL_MEMORY+ RAM DISPLAY_SIZE OPERATING_SYSTEM_NAME IS_DUAL_SIM"),
    Category(1002, 1000, "Accesorios para Celulares|Acessórios para Celulares", "CELLPHONE_ACCESSORIES",
             "funda carcasa capinha case cargador carregador charger cable cabo protector pelicula holder powerbank",
             "iphone galaxy phone celular usb capa cover soporte suporte stand",
             f"{_GOODS} COLOR+ MATERIAL COMPATIBLE_MODELS UNITS_PER_PACK"),
    Category(1003, 1000, "Audio y Parlantes|Áudio e Caixas de Som", "HEADPHONES",
             "auricular headphone earbud earphone fone headset speaker parlante altavoz bocina soundbar",
             "audio audifono bluetooth inalambrico wireless caixa som microphone microfono microfone radio",
             f"{_GOODS} COLOR+ IS_WIRELESS WITH_BLUETOOTH WITH_MICROPHONE"),
    Category(1004, 1000, "Computación|Informática", "COMPUTERS",
             "laptop portatil computador computadora tablet keyboard teclado mouse monitor webcam impresora printer "
             "ssd router notebook", "pc usb hub gaming gamer hdmi wifi adapter adaptador disco disk memory memoria",
             f"{_GOODS} COLOR+ CONNECTION_TYPE RAM DISPLAY_SIZE IS_WIRELESS"),
    Category(1005, 1000, "Relojes|Relógios", "WRISTWATCHES", "watch smartwatch reloj relogio", "wrist pulsera strap",
             f"{_GOODS} COLOR+ GENDER MATERIAL IS_WATERPROOF"),
    Category(2000, 0, "Hogar y Muebles|Casa e Móveis"),
    Category(2001, 2000, "Cocina|Cozinha", "KITCHENWARE",
             "mug taza caneca cup glass vaso copo knife cuchillo faca pan sarten frigideira olla panela plate prato "
             "plato bowl tigela bottle botella garrafa cutlery fork spoon teapot kettle thermos termo tray",
             "kitchen cocina cozinha cooking coffee cafe tea steel acero cutting board tabla ceramic ceramica",
             f"{_GOODS} COLOR+ MATERIAL CAPACITY PIECES_NUMBER IS_DISHWASHER_SAFE"),
    Category(2002, 2000, "Pequeños Electrodomésticos|Eletroportáteis", "SMALL_APPLIANCES",
             "blender licuadora liquidificador toaster tostadora torradeira cafetera cafeteira mixer batidora fryer "
             "freidora microwave microondas vacuum aspiradora aspirador iron plancha heater fan ventilador",
             "electric electrico eletrico coffee air", f"{_GOODS} COLOR+ VOLTAGE+ POWER CAPACITY"),
    Category(2003, 2000, "Ropa de Cama y Decoración|Cama, Banho e Decoração", "HOME_TEXTILES",
             "sheet sabana lencol towel toalla toalha cushion cojin almofada blanket manta cobertor curtain cortina "
             "wall pared parede rug alfombra tapete pillow almohada travesseiro duvet vase candle vela frame "
             "cuadro quadro clock",
             "reloj relogio bedding bed cama decor decoracion decoracao home hogar casa cotton linen bath",
             f"{_GOODS} COLOR+ SIZE+ MATERIAL WIDTH LENGTH UNITS_PER_PACK"),
    Category(2004, 2000, "Lámparas e Iluminación|Luminárias e Iluminação", "LAMPS",
             "lamp lampara luminaria bulb foco ampolleta lantern linterna lanterna chandelier",
             "light luz led desk lighting", f"{_GOODS} COLOR+ MATERIAL POWER LIGHT_SOURCE_TYPE HEIGHT"),
    Category(2005, 2000, "Muebles|Móveis", "FURNITURE",
             "chair silla cadeira table mesa desk escritorio escrivaninha sofa shelf estante prateleira bed wardrobe "
             "bookcase cabinet stool drawer dresser",
             "furniture mueble movel wood wooden madera madeira office oak",
             f"{_GOODS} COLOR+ MATERIAL HEIGHT WIDTH LENGTH REQUIRES_ASSEMBLY MAX_WEIGHT"),
    Category(2006, 2000, "Jardín|Jardim", "GARDEN",
             "garden jardin jardim plant planta hose manguera mangueira pot maceta macetero vaso seed semilla semente "
             "planter shovel",
             "outdoor patio flower water grow", f"{_GOODS} COLOR+ MATERIAL PLANT_TYPE CAPACITY"),
    Category(2007, 2000, "Herramientas|Ferramentas", "TOOLS",
             "drill taladro furadeira hammer martillo martelo screwdriver destornillador wrench saw sierra serra plier "
             "alicate tool herramienta ferramenta sander screw toolbox tape multitool",
             "set cordless bit steel", f"{_GOODS} VOLTAGE+ POWER IS_ELECTRIC PIECES_NUMBER WEIGHT"),
    Category(3000, 0, "Moda|Moda"),
    Category(3001, 3000, "Ropa|Roupas", "CLOTHING",
             "shirt tshirt camiseta polera remera playera camisa dress vestido jacket chaqueta jaqueta jean pantalon "
             "calca hoodie sweater sueter coat abrigo casaco skirt falda saia sock calcetin meia scarf hat gorro",
             "shorts cotton algodon slim fit men women hombre mujer masculino feminino",
             "BRAND! MODEL! GENDER COLOR+ SIZE+ MATERIAL SLEEVE_TYPE AGE_GROUP", used_single=True),
    Category(3002, 3000, "Calzado|Calçados", "FOOTWEAR",
             "shoe zapato sapato zapatilla tenis sneaker boot bota sandal sandalia slipper trainer",
             "running leather cuero couro men women hombre mujer",
             "BRAND! MODEL! GENDER COLOR+ SIZE+ FOOTWEAR_TYPE MATERIAL AGE_GROUP", used_single=True),
    Category(3003, 3000, "Bolsos y Mochilas|Bolsas e Mochilas", "BAGS",
             "backpack mochila bag bolso bolsa wallet billetera carteira suitcase maleta mala purse",
             "leather cuero couro travel", f"{_GOODS} COLOR+ MATERIAL GENDER CAPACITY IS_WATERPROOF"),
    Category(4000, 0, "Belleza, Deporte y Ocio|Beleza, Esporte e Lazer"),
    Category(4001, 4000, "Belleza y Cuidado Personal|Beleza e Cuidado Pessoal", "BEAUTY",
             "cream crema creme shampoo perfume makeup maquillaje maquiagem serum lipstick soap jabon sabonete lotion "
             "conditioner razor sunscreen", "skin skincare face facial hair piel pele care",
             "BRAND! MODEL GENDER NET_VOLUME SKIN_TYPE UNITS_PER_PACK"),
    Category(4002, 4000, "Juguetes|Brinquedos", "TOYS",
             "toy juguete brinquedo lego puzzle rompecabezas doll muneca boneca plush peluche pelucia game juego jogo "
             "block", "kid child nino nina crianca baby educational wooden",
             f"{_GOODS} COLOR+ MATERIAL MIN_RECOMMENDED_AGE PIECES_NUMBER"),
    Category(4003, 4000, "Libros|Livros", "BOOKS", "book libro livro novel novela cookbook",
             "paperback hardcover edition",
             "BOOK_TITLE! AUTHOR! BOOK_PUBLISHER LANGUAGE BOOK_COVER PAGES_NUMBER", 120),
    Category(4004, 4000, "Deportes y Fitness|Esportes e Fitness", "SPORTS",
             "ball pelota balon bola mat dumbbell mancuerna halter bicycle bike bicicleta tent carpa barraca racket "
             "raqueta raquete helmet casco rope kettlebell",
             "yoga sport deporte esporte fitness gym football futbol futebol camping exercise",
             f"{_GOODS} COLOR+ SIZE+ SPORT WEIGHT MATERIAL"),
    Category(4005, 4000, "Mascotas|Animais", "PETS",
             "dog perro cachorro cat gato pet mascota leash collar coleira aquarium", "food bed toy bowl animal",
             f"{_GOODS} COLOR+ SIZE+ PET_TYPE MATERIAL"),
    Category(9000, 0, "Otros|Outros"),
    Category(9001, 9000, "Otros Productos|Outros Produtos", "OTHERS", "", "",
             f"{_GOODS} COLOR+ MATERIAL UNITS_PER_PACK CATEGORY_RANK="),
)  # fmt: skip

CATEGORIES = {category.number: category for category in _TREE}
FALLBACK = CATEGORIES[9001]


def find_category(category_id: str) -> tuple[Site, Category] | None:
    """The site and category of an id such as ``MLC1001``."""
    site, category = SITES.get(category_id[:3]), None
    if site and category_id[3:].isdigit():
        category = CATEGORIES.get(int(category_id[3:]))
    return (site, category) if site and category else None


def path_of(category: Category) -> list[Category]:
    """From the root down to the category."""
    above = CATEGORIES.get(category.parent)
    return [*(path_of(above) if above else []), category]


@lru_cache(maxsize=64)
def tags_by_attribute(category: Category) -> dict[str, tuple[str, ...]]:
    """The category's attribute ids with their tags, the common ones last."""
    found: dict[str, tuple[str, ...]] = {}
    for entry in f"{category.attributes} {_COMMON}".split():
        attribute_id = entry.rstrip("".join(MARKS))
        found.setdefault(attribute_id, tuple(MARKS[mark] for mark in entry[len(attribute_id) :]))
    return found


def fold(text: str) -> list[str]:
    """The words of a text without accents, case or a plural s."""
    plain = unicodedata.normalize("NFKD", text.casefold()).encode("ascii", "ignore").decode()
    return [w[:-1] if len(w) > 3 and w.endswith("s") and not w.endswith("ss") else w for w in re.findall(r"\w+", plain)]


@lru_cache(maxsize=1)
def _weights() -> dict[str, list[tuple[int, int]]]:
    weights: dict[str, list[tuple[int, int]]] = {}
    for category in CATEGORIES.values():
        for text, weight in ((category.nouns, 3), (category.hints, 1)):
            for known in fold(text):
                weights.setdefault(known, []).append((category.number, weight))
    return weights


_FOR = {"para", "for", "con", "com", "with"}


def predict(title: str, site: Site, limit: int) -> list[tuple[Category, list[dict[str, Any]]]]:
    """The likeliest categories of a title with the attributes it gives away, best first, the fallback last."""
    words = fold(title)
    scores: dict[int, float] = {}
    share = 1.0
    for position, spoken in enumerate(words):
        if spoken in _FOR:
            share = 0.3  # a backpack *for* a laptop is a backpack
        for number, weight in _weights().get(spoken, ()):
            # Of two equal candidates the one named earlier wins.
            scores[number] = scores.get(number, 0) + weight * share - position * 0.001
    best = sorted(scores, key=lambda number: (-scores[number], number))
    chosen = [CATEGORIES[number] for number in best[: limit - 1 if len(best) >= limit > 1 else limit]]
    if len(chosen) < limit:
        chosen.append(FALLBACK)
    return [(category, _given_away(category, words, site.language)) for category in chosen]


def _given_away(category: Category, words: list[str], language: str) -> list[dict[str, Any]]:
    """Attribute values that the title's words name."""
    found = []
    for attribute_id in tags_by_attribute(category):
        if ATTRIBUTES[attribute_id].kind not in {"string", "list"}:
            continue
        for (value_id, name), both in zip(
            values_of(attribute_id, language), ATTRIBUTES[attribute_id].values, strict=False
        ):
            if any((spoken := fold(half)) and spoken[0] in words and len(spoken) == 1 for half in both.split("|")):
                label = word(ATTRIBUTES[attribute_id].name, language)
                found.append({"id": attribute_id, "name": label, "value_id": value_id, "value_name": name})
                break
    return found
