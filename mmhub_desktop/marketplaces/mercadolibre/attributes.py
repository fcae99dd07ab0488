"""A product's own attributes matched to those of a MercadoLibre category, and their values put in its form."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any

from mmhub_desktop.errors import Finding
from mmhub_desktop.marketplaces.base import AttributeRule, CategoryRules
from mmhub_desktop.marketplaces.characters import fold
from mmhub_desktop.marketplaces.mercadolibre.problems import attribute_field

# What sellers call attributes in English, Spanish and Portuguese, compared without case, accents and signs.
_ALIASES: dict[str, tuple[str, ...]] = {
    "BRAND": ("brand", "marca", "fabricante", "manufacturer"),
    "MODEL": ("model", "modelo", "model name", "nombre del modelo"),
    "COLOR": ("color", "colour", "cor"),
    "SIZE": ("size", "talla", "talle", "tamano", "tamanho"),
    "MATERIAL": ("material", "materiales", "materials"),
    "GENDER": ("gender", "genero", "sexo"),
    "GTIN": ("gtin", "ean", "ean13", "upc", "isbn", "barcode", "codigo de barras", "codigo universal de producto"),
    "PART_NUMBER": ("part number", "mpn", "numero de parte", "numero de pieza", "numero da peca"),
    "MPN": ("mpn", "part number", "numero de parte"),
    "WEIGHT": ("weight", "peso"),
    "LENGTH": ("length", "largo", "longitud", "comprimento"),
    "WIDTH": ("width", "ancho", "largura"),
    "HEIGHT": ("height", "alto", "altura"),
    "DEPTH": ("depth", "profundidad", "profundidade"),
    "CAPACITY": ("capacity", "capacidad", "capacidade"),
    "VOLTAGE": ("voltage", "voltaje", "voltagem", "tension"),
    "POWER": ("power", "potencia"),
    "AGE_GROUP": ("age group", "edad", "grupo de edad", "faixa etaria"),
    "LINE": ("line", "linea", "linha"),
    "FLAVOR": ("flavor", "flavour", "sabor"),
    "WARRANTY_TYPE": ("warranty type", "tipo de garantia"),
    "WARRANTY_TIME": ("warranty", "warranty time", "garantia", "tiempo de garantia", "tempo de garantia"),
    "EMPTY_GTIN_REASON": ("empty gtin reason", "motivo de gtin vacio"),
}
# The same value in English, Spanish and Portuguese.
_SAME_VALUES = (
    ("black", "negro", "preto"), ("white", "blanco", "branco"), ("gray", "grey", "gris", "cinza"),
    ("blue", "azul"), ("red", "rojo", "vermelho"), ("green", "verde"), ("yellow", "amarillo", "amarelo"),
    ("pink", "rosa"), ("purple", "violet", "violeta", "morado", "roxo"), ("orange", "naranja", "laranja"),
    ("brown", "marron", "cafe", "marrom"), ("beige", "bege"), ("gold", "golden", "dorado", "dourado"),
    ("silver", "plateado", "prateado"), ("transparent", "clear", "transparente"),
    ("multicolor", "multicolour", "multicolored", "multicor"),
    ("men", "man", "male", "hombre", "masculino", "homem"), ("women", "woman", "female", "mujer", "feminino", "mulher"),
    ("boys", "boy", "nino", "meninos", "menino"), ("girls", "girl", "nina", "meninas", "menina"),
    ("unisex", "gender neutral", "sin genero", "sem genero"), ("adults", "adult", "adultos"),
    ("cotton", "algodon", "algodao"), ("polyester", "poliester"), ("leather", "cuero", "couro"),
    ("wood", "madera", "madeira"), ("stainless steel", "acero inoxidable", "aco inoxidavel"),
    ("plastic", "plastico"), ("glass", "vidrio", "vidro"), ("ceramic", "ceramica"), ("silicone", "silicona"),
)  # fmt: skip
_MEANINGS = {word: number for number, words in enumerate(_SAME_VALUES) for word in words}
_YES = frozenset({"yes", "y", "true", "1", "si", "s", "sim", "verdadero", "verdadeiro"})
_NO = frozenset({"no", "n", "false", "0", "nao", "falso"})
_NOT_APPLICABLE = frozenset({"na", "not applicable", "does not apply", "no aplica", "nao se aplica", "nao aplicavel"})
_UNITS = {'"': "pulgadas", "''": "pulgadas", "inch": "in", "inches": "in", "lbs": "lb", "lts": "L", "kgs": "kg"}
_MEASURE = re.compile(r"^\s*([-+]?\d[\d.,\s]*)\s*([^\d\s].*)?$")


@dataclass
class Filled:
    """Attributes in MercadoLibre's form by id, in order, with the findings about them."""

    values: dict[str, dict[str, Any]] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)

    def set_value(self, rule: AttributeRule, value: str) -> None:
        """Take a seller's value, or a finding when the category does not take it (blocking if it is required)."""
        taken = express(rule, value)
        if isinstance(taken, Finding):
            self.findings.append(taken)
        else:
            self.values[rule.id] = {"id": rule.id, **taken}

    def as_list(self) -> list[dict[str, Any]]:
        """For the request's body."""
        return list(self.values.values())


def match_attributes(given: Mapping[str, str], rules: CategoryRules) -> tuple[dict[str, str], list[str]]:
    """(attribute id → the seller's value, names of the seller's attributes that the category does not know).

    By id first, then by the category's own name, then by what sellers commonly call it.
    """
    by_name = {fold(name): value.strip() for name, value in given.items() if value and value.strip()}
    matched: dict[str, str] = {}
    used: set[str] = set()
    for names_of in (_own_names, _common_names):
        for rule in rules.attributes:
            if rule.read_only or rule.id in matched:
                continue
            name = next((one for one in names_of(rule) if one in by_name and one not in used), None)
            if name is not None:
                matched[rule.id] = by_name[name]
                used.add(name)
    unknown = [name for name, value in given.items() if value and value.strip() and fold(name) not in used]
    return matched, unknown


def _own_names(rule: AttributeRule) -> Iterable[str]:
    return (fold(rule.id), fold(rule.name))


def _common_names(rule: AttributeRule) -> Iterable[str]:
    return _ALIASES.get(rule.id, ())


def express(rule: AttributeRule, value: str) -> dict[str, Any] | Finding:
    """One value in MercadoLibre's form: value_id where it has one, else value_name."""
    if fold(value).replace(" ", "") in {one.replace(" ", "") for one in _NOT_APPLICABLE} and not rule.required:
        return {"value_id": "-1", "value_name": None}
    known = find_value(rule, value)
    if known is not None:
        return {"value_id": known[0], "value_name": known[1]}
    if rule.value_type in ("list", "boolean"):
        choices = ", ".join(name for _, name in rule.values[:6])
        return _refused(rule, value, f"“{value}” is not among the values of {rule.name}.", f"Choose one: {choices}.")
    if rule.value_type == "number":
        number = _read_number(value)
        if number is None:
            return _refused(rule, value, f"{rule.name} must be a number without thousands signs.", "Enter digits only.")
        return {"value_name": f"{number:f}"}
    if rule.value_type == "number_unit":
        return _express_measure(rule, value)
    if rule.max_length is not None and len(value) > rule.max_length:
        fix = f"Shorten it to {rule.max_length} characters."
        return _refused(rule, value, f"{rule.name} has {len(value)} characters.", fix, f"at most {rule.max_length}")
    return {"value_name": value}


def find_value(rule: AttributeRule, value: str) -> tuple[str, str] | None:
    """The category's own value (id, name) that a seller's word means."""
    wanted = fold(value)
    for value_id, name in rule.values:
        if value_id == value or (wanted and fold(name) == wanted):
            return value_id, name
    meaning = _MEANINGS.get(wanted)
    if meaning is not None:
        for value_id, name in rule.values:
            if _MEANINGS.get(fold(name)) == meaning:
                return value_id, name
    if rule.value_type == "boolean":
        for words in (_YES, _NO):
            if wanted in words:
                return next(((value_id, name) for value_id, name in rule.values if fold(name) in words), None)
    return None


def _express_measure(rule: AttributeRule, value: str) -> dict[str, Any] | Finding:
    units = ", ".join(rule.units)
    match = _MEASURE.match(value)
    number = _read_number(match[1]) if match else None
    if match is None or number is None:
        example = f"For example 10 {rule.units[0] if rule.units else 'cm'}."
        return _refused(rule, value, f"{rule.name} must be a number with a unit, without thousands signs.", example)
    word = (match[2] or "").strip()
    if not word:
        if len(rule.units) != 1:
            return _refused(rule, value, f"{rule.name} has no unit.", f"Add one of: {units}.")
        return {"value_name": f"{number:f} {rule.units[0]}"}
    unit = _find_unit(word, rule.units)
    if unit is None:
        return _refused(rule, value, f"“{word}” is not a unit of {rule.name}.", f"Use one of: {units}.")
    return {"value_name": f"{number:f} {unit}"}


def _find_unit(word: str, units: tuple[str, ...]) -> str | None:
    if not units:
        return word
    for wanted in (word, _UNITS.get(word.casefold(), word)):
        folded = wanted.casefold().rstrip(".")
        found = [unit for unit in units if unit == wanted] or [u for u in units if u.casefold().rstrip(".") == folded]
        if found:
            return found[0]
    return None


def _read_number(text: str) -> Decimal | None:
    """A plain number with point or comma; one with both signs is read as grouped (1.234,5 and 1,234.5).

    None for 1.500 and 1,500: nobody can tell whether that is one and a half or fifteen hundred.
    """
    text = re.sub(r"\s", "", text)
    if re.fullmatch(r"[-+]?[1-9]\d{0,2}[.,]\d{3}", text):
        return None
    if "," in text and "." in text:
        group = "." if text.rfind(",") > text.rfind(".") else ","
        text = text.replace(group, "")
    try:
        number = Decimal(text.replace(",", "."))
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


def _refused(rule: AttributeRule, value: str, message: str, fix: str, limit: str = "") -> Finding:
    """Blocking where the category requires the attribute; otherwise it is left out, and said so."""
    if not rule.required:
        message = f"{message} It is left out."
    return Finding("mercadolibre.attribute_value", attribute_field(rule.id), message, fix, value, limit, rule.required)
