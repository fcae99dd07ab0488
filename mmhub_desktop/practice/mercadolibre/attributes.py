"""The attributes that the practice categories use, as ``/categories/{id}/attributes`` lists them."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from zlib import crc32

from mmhub_desktop.practice.state import Json

# One mark after an attribute's id in a category's list.
MARKS = {
    "!": "required",
    "?": "conditional_required",
    "^": "catalog_required",
    "+": "allow_variations",
    "~": "hidden",
    "=": "read_only",
}

_COLORS = (
    "Negro|Preto", "Blanco|Branco", "Gris|Cinza", "Azul", "Rojo|Vermelho", "Verde", "Amarillo|Amarelo", "Rosa",
    "Violeta|Roxo", "Naranja|Laranja", "Marrón|Marrom", "Beige|Bege", "Dorado|Dourado", "Plateado|Prateado",
    "Transparente", "Multicolor|Multicor",
)  # fmt: skip
_LENGTHS = ("mm", "cm", "m", "in", '"')
_WEIGHTS = ("mg", "g", "kg", "lb", "oz")


@dataclass(frozen=True, slots=True)
class Attribute:
    """One attribute. Names and values are ``español|português``, or one word for both."""

    id: str
    name: str
    kind: str = "string"  # string, number, number_unit, boolean, list
    values: tuple[str, ...] = ()
    units: tuple[str, ...] = ()
    level: str = "FAMILY"  # the hierarchy: PARENT_PK, CHILD_PK, FAMILY, ITEM
    max_length: int = 255
    value_ids: tuple[str, ...] = ()


_ALL = (
    Attribute("BRAND", "Marca", level="PARENT_PK", values=("Genérica", "Sin marca|Sem marca", "Samsung", "Apple",
              "Xiaomi", "Motorola", "Sony", "LG", "Philips", "Bosch", "Nike", "Adidas", "Lego", "Logitech")),
    Attribute("MODEL", "Modelo", level="PARENT_PK"),
    Attribute("LINE", "Línea|Linha"),
    Attribute("COLOR", "Color|Cor", values=_COLORS, level="CHILD_PK"),
    Attribute("MAIN_COLOR", "Color principal|Cor principal", "list", values=_COLORS),
    Attribute("SIZE", "Talle|Tamanho", level="CHILD_PK", values=("XS", "S", "M", "L", "XL", "XXL", "36", "37", "38",
              "39", "40", "41", "42", "43", "44", "45")),
    Attribute("GENDER", "Género|Gênero", "list", values=("Hombre|Masculino", "Mujer|Feminino", "Niño|Meninos",
              "Niña|Meninas", "Sin género|Sem gênero", "Sin género infantil|Sem gênero infantil")),
    Attribute("AGE_GROUP", "Edad|Idade", "list", values=("Adultos", "Niños|Crianças", "Bebés|Bebês")),
    Attribute("MATERIAL", "Material", values=("Algodón|Algodão", "Poliéster", "Cuero|Couro", "Madera|Madeira",
              "Metal", "Acero inoxidable|Aço inoxidável", "Plástico", "Vidrio|Vidro", "Cerámica|Cerâmica",
              "Silicona|Silicone")),
    Attribute("GTIN", "Código universal de producto|Código universal de produto", level="ITEM", max_length=60),
    Attribute("EMPTY_GTIN_REASON", "Motivo de GTIN vacío|Motivo de GTIN vazio", "list", level="ITEM",
              values=("Artesanal", "Kit", "No registrado|Não registrado", "Otro|Outro"),
              value_ids=("17055158", "17055159", "17055160", "17055161")),
    Attribute("SELLER_SKU", "SKU", level="ITEM"),
    Attribute("ITEM_CONDITION", "Condición del ítem|Condição do item", "list", level="ITEM",
              values=("Nuevo|Novo", "Usado", "Reacondicionado|Recondicionado"),
              value_ids=("2230284", "2230581", "2230582")),
    Attribute("SHIPMENT_PACKING", "Embalaje del envío|Embalagem do envio", "list", level="ITEM",
              values=("Caja|Caixa", "Bolsa|Sacola")),
    Attribute("PACKAGE_WEIGHT", "Peso del paquete|Peso da embalagem", "number_unit", units=_WEIGHTS, level="ITEM"),
    Attribute("PACKAGE_LENGTH", "Largo del paquete|Comprimento da embalagem", "number_unit", units=_LENGTHS,
              level="ITEM"),
    Attribute("WEIGHT", "Peso", "number_unit", units=_WEIGHTS),
    Attribute("HEIGHT", "Altura", "number_unit", units=_LENGTHS),
    Attribute("WIDTH", "Ancho|Largura", "number_unit", units=_LENGTHS),
    Attribute("LENGTH", "Largo|Comprimento", "number_unit", units=_LENGTHS),
    Attribute("CAPACITY", "Capacidad|Capacidade", "number_unit", units=("mL", "L", "oz")),
    Attribute("NET_VOLUME", "Volumen neto|Volume líquido", "number_unit", units=("mL", "L")),
    Attribute("POWER", "Potencia|Potência", "number_unit", units=("W", "kW", "hp")),
    Attribute("VOLTAGE", "Voltaje|Voltagem", values=("110V", "220V", "110V/220V"), level="CHILD_PK"),
    Attribute("INTERNAL_MEMORY", "Memoria interna|Memória interna", "number_unit", units=("GB", "TB"),
              level="CHILD_PK"),
    Attribute("RAM", "Memoria RAM|Memória RAM", "number_unit", units=("GB",), level="CHILD_PK"),
    Attribute("DISPLAY_SIZE", "Tamaño de la pantalla|Tamanho da tela", "number_unit", units=('"', "in", "cm")),
    Attribute("OPERATING_SYSTEM_NAME", "Sistema operativo|Sistema operacional",
              values=("Android", "iOS", "Windows 11", "Linux", "macOS")),
    Attribute("IS_DUAL_SIM", "Es Dual SIM|É Dual SIM", "boolean"),
    Attribute("COMPATIBLE_MODELS", "Modelos compatibles|Modelos compatíveis"),
    Attribute("IS_WIRELESS", "Es inalámbrico|É sem fio", "boolean"),
    Attribute("WITH_BLUETOOTH", "Con Bluetooth|Com Bluetooth", "boolean"),
    Attribute("WITH_MICROPHONE", "Con micrófono|Com microfone", "boolean"),
    Attribute("CONNECTION_TYPE", "Tipo de conexión|Tipo de conexão", values=("USB", "USB-C", "Bluetooth", "HDMI")),
    Attribute("UNITS_PER_PACK", "Unidades por pack|Unidades por kit", "number"),
    Attribute("PIECES_NUMBER", "Cantidad de piezas|Quantidade de peças", "number"),
    Attribute("IS_DISHWASHER_SAFE", "Apto para lavavajillas|Pode ir à lava-louças", "boolean"),
    Attribute("LIGHT_SOURCE_TYPE", "Tipo de fuente de luz|Tipo de fonte de luz", values=("LED", "Halógena")),
    Attribute("REQUIRES_ASSEMBLY", "Requiere ensamblado|Requer montagem", "boolean"),
    Attribute("MAX_WEIGHT", "Peso máximo soportado|Peso máximo suportado", "number_unit", units=_WEIGHTS),
    Attribute("SLEEVE_TYPE", "Tipo de manga", "list", values=("Corta|Curta", "Larga|Longa", "Sin mangas|Sem mangas")),
    Attribute("FOOTWEAR_TYPE", "Tipo de calzado|Tipo de calçado",
              values=("Zapatilla|Tênis", "Bota", "Sandalia|Sandália", "Zapato|Sapato")),
    Attribute("MIN_RECOMMENDED_AGE", "Edad mínima recomendada|Idade mínima recomendada", "number_unit",
              units=("años", "anos", "meses")),
    Attribute("IS_ELECTRIC", "Es eléctrica|É elétrica", "boolean"),
    Attribute("SKIN_TYPE", "Tipo de piel|Tipo de pele", values=("Todo tipo de piel|Todos os tipos de pele", "Seca",
              "Grasa|Oleosa")),
    Attribute("BOOK_TITLE", "Título del libro|Título do livro", level="PARENT_PK"),
    Attribute("AUTHOR", "Autor", level="PARENT_PK"),
    Attribute("BOOK_PUBLISHER", "Editorial|Editora"),
    Attribute("LANGUAGE", "Idioma", values=("Español|Espanhol", "Portugués|Português", "Inglés|Inglês")),
    Attribute("BOOK_COVER", "Tapa del libro|Capa do livro", "list", values=("Dura", "Blanda|Mole")),
    Attribute("PAGES_NUMBER", "Cantidad de páginas|Quantidade de páginas", "number"),
    Attribute("SPORT", "Deporte|Esporte", values=("Fútbol|Futebol", "Yoga", "Running|Corrida", "Camping", "Ciclismo")),
    Attribute("PLANT_TYPE", "Tipo de planta"),
    Attribute("PET_TYPE", "Tipo de mascota|Tipo de animal", values=("Perro|Cachorro", "Gato", "Ave", "Pez|Peixe")),
    Attribute("IS_WATERPROOF", "Es impermeable|É impermeável", "boolean"),
    Attribute("CATEGORY_RANK", "Posición en la categoría|Posição na categoria", "number"),
)  # fmt: skip

ATTRIBUTES = {attribute.id: attribute for attribute in _ALL}

_YES_NO = (("242085", "Sí|Sim"), ("242084", "No|Não"))


def word(text: str, language: str) -> str:
    """The Spanish or Portuguese half of a text."""
    spanish, _, portuguese = text.partition("|")
    return portuguese if language == "pt" and portuguese else spanish


@lru_cache(maxsize=4096)
def values_of(attribute_id: str, language: str) -> tuple[tuple[str, str], ...]:
    """The known values of an attribute as (value id, name)."""
    attribute = ATTRIBUTES[attribute_id]
    if attribute.kind == "boolean":
        return tuple((value_id, word(name, language)) for value_id, name in _YES_NO)
    first = 2_000_000 + crc32(attribute_id.encode()) % 90_000 * 100
    ids = attribute.value_ids or tuple(str(first + n) for n in range(len(attribute.values)))
    return tuple((value_id, word(name, language)) for value_id, name in zip(ids, attribute.values, strict=True))


def describe(attribute_id: str, tags: tuple[str, ...], language: str) -> Json:
    """One row of ``/categories/{id}/attributes``."""
    attribute = ATTRIBUTES[attribute_id]
    row: dict[str, Any] = {
        "id": attribute.id,
        "name": word(attribute.name, language),
        "tags": dict.fromkeys(tags, True),
        "hierarchy": attribute.level,
        "relevance": 1 if "required" in tags else 2,
        "value_type": attribute.kind,
        "attribute_group_id": "OTHERS",
        "attribute_group_name": word("Otros|Outros", language),
    }
    if attribute.kind in {"string", "number", "number_unit"}:
        row["value_max_length"] = attribute.max_length
    if values := values_of(attribute_id, language):
        row["values"] = [{"id": value_id, "name": name} for value_id, name in values]
    if attribute.units:
        row["allowed_units"] = [{"id": unit, "name": unit} for unit in attribute.units]
        row["default_unit"] = attribute.units[0]
    return row
