"""A product's own attributes matched to those of a product type, and their values put in the schema's form."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any

from mmhub_desktop.domain.product import fold
from mmhub_desktop.errors import Finding
from mmhub_desktop.marketplaces.amazon.definitions import Leaf, entry_of, key_of, leaves, resolve, type_of
from mmhub_desktop.marketplaces.amazon.problems import attribute_field
from mmhub_desktop.marketplaces.base import AttributeRule, CategoryRules

# What sellers call attributes, compared without case, accents and signs.
_ALIASES: Mapping[str, tuple[str, ...]] = {
    "condition_type": ("condition",),
    "color": ("colour", "color name"),
    "size": ("size name",),
    "material": ("materials", "material type"),
    "model_name": ("model",),
    "model_number": ("model number", "model no"),
    "part_number": ("mpn", "manufacturer part number", "part no"),
    "manufacturer": ("maker", "producer"),
    "bullet_point": ("bullets", "bullet points", "features", "key features", "highlights"),
    "country_of_origin": ("origin", "made in", "country"),
    "target_gender": ("gender",),
    "age_range_description": ("age group", "age range"),
    "style": ("style name",),
    "item_weight": ("weight",),
    "item_type_keyword": ("item type", "browse keyword"),
    "number_of_items": ("pieces", "pack size"),
    "capacity": ("volume",),
    "warranty_description": ("warranty",),
    "included_components": ("in the box", "scope of delivery"),
}
_UNITS: Mapping[str, tuple[str, ...]] = {
    "grams": ("g", "gr", "gram"), "kilograms": ("kg", "kilo", "kilogram"), "milligrams": ("mg",),
    "pounds": ("lb", "lbs", "pound"), "ounces": ("oz", "ounce"),
    "millimeters": ("mm", "millimeter", "millimetre"), "centimeters": ("cm", "centimeter", "centimetre"),
    "meters": ("m", "meter", "metre"), "inches": ("in", "inch", '"', "″"), "feet": ("ft", "foot"),
    "milliliters": ("ml", "milliliter", "millilitre"), "liters": ("l", "liter", "litre"),
    "fluid_ounces": ("fl oz", "fluid ounce"), "watts": ("w", "watt"), "volts": ("v", "volt"),
    "kilowatts": ("kw",), "amps": ("a", "amp"), "milliamp_hours": ("mah",), "degrees": ("°", "degree"),
    "count": ("pcs", "pieces", "pc"), "gigabytes": ("gb",), "terabytes": ("tb",), "hertz": ("hz",),
}  # fmt: skip
_YES = frozenset({"yes", "y", "true", "1", "si", "ja", "oui"})
_NO = frozenset({"no", "n", "false", "0", "nein", "non"})
_SEVERAL = re.compile(r"\s*(?:\n|\|)\s*")
_NUMBER = re.compile(r"\s*([-+]?[\d.,\s]*\d)\s*(.*)", re.DOTALL)


@dataclass
class Filled:
    """The attributes of a request as they grow, with what was noticed on the way."""

    rules: CategoryRules
    language: str
    marketplace_id: str
    values: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)

    def has(self, name: str) -> bool:
        """Whether the product type knows this attribute."""
        return name in self.rules.schema.get("properties", {})

    def requires(self, name: str) -> bool:
        """Whether the product type always demands it."""
        return name in (self.rules.schema.get("required") or ())

    def put(self, name: str, *entries: Mapping[str, Any]) -> None:
        """Set an attribute; each entry gets the language and marketplace where the schema has room for them."""
        self.values[name] = [self._accompany(name, entry) for entry in entries]

    def put_text(self, name: str, *texts: str) -> None:
        """Set an attribute to texts, each an entry of its own."""
        self.put(name, *({"value": text} for text in texts))

    def set_given(self, rule_id: str, given: str) -> None:
        """Set what a seller wrote for a rule; a finding where it does not fit, blocking only where it is required."""
        name, _, rest = rule_id.partition(".")
        leaf = next((one for one in leaves(self.rules.schema, name) if ".".join(one.path) == rest), None)
        if leaf is None:
            return
        texts = [given] if leaf.path or not self._takes_several(name) else [one for one in _SEVERAL.split(given) if one]
        parts = [self._convert(rule_id, leaf, text.strip()) for text in texts]
        if not parts or any(part is None for part in parts):
            return
        if not leaf.path:
            self.put(name, *(part for part in parts if part is not None))
            return
        entries = self.values.get(name) or [self._accompany(name, {})]
        entries[0] = _grow(self.rules.schema, entry_of(self.rules.schema, name), entries[0], leaf.path, parts[0] or {})
        self.values[name] = entries

    def _accompany(self, name: str, entry: Mapping[str, Any]) -> dict[str, Any]:
        entry_schema = entry_of(self.rules.schema, name)
        room = entry_schema.get("properties") or ()
        beside: dict[str, Any] = {}
        if "language_tag" in room or not self.has(name):
            beside["language_tag"] = self.language
        if "marketplace_id" in room or not self.has(name):
            beside["marketplace_id"] = self.marketplace_id
        if "audience" in (entry_schema.get("required") or ()):
            beside["audience"] = "ALL"
        if not self.has(name) and "value" not in entry:
            beside.pop("language_tag", None)
        return {**entry, **{key: value for key, value in beside.items() if key not in entry}}

    def _takes_several(self, name: str) -> bool:
        node = resolve(self.rules.schema, self.rules.schema.get("properties", {}).get(name))
        most = node.get("maxUniqueItems", node.get("maxItems"))
        return most is None or most > 1

    def _convert(self, rule_id: str, leaf: Leaf, text: str) -> dict[str, Any] | None:
        """The value of a text as the schema wants it, with its unit; None and a finding where it is none."""
        if leaf.units is not None:
            return self._measure(rule_id, leaf, leaf.units, text)
        found = leaf.find(text)
        if found is not None:
            return {"value": _typed(leaf.kind, found)}
        if leaf.values and not leaf.is_open:
            some = "; ".join(name for _, name in leaf.values[:6]) + (" …" if len(leaf.values) > 6 else "")
            self._refuse(rule_id, text, f"“{text}” is none of the values that Amazon takes.", f"Use: {some}.")
            return None
        if leaf.kind == "boolean":
            word = fold(text)
            if word in _YES or word in _NO:
                return {"value": word in _YES}
            self._refuse(rule_id, text, f"“{text}” is neither yes nor no.", "Write yes or no.")
            return None
        if leaf.kind in ("number", "integer"):
            number = read_number(text)
            if number is None or (leaf.kind == "integer" and number != number.to_integral_value()):
                self._refuse(rule_id, text, f"“{text}” is no number that can be told.", "Write it as 12.5.")
                return None
            return {"value": json_decimal(number)}
        return {"value": text}

    def _measure(
        self, rule_id: str, leaf: Leaf, units: tuple[tuple[str, str], ...], text: str
    ) -> dict[str, Any] | None:
        names = ", ".join(value for value, _ in units[:8])
        match = _NUMBER.fullmatch(text)
        number = read_number(match[1]) if match else None
        if match is None or number is None:
            self._refuse(rule_id, text, f"“{text}” is no number with a unit.", f"Write it as 12.5 {names}.")
            return None
        word = match[2].strip()
        unit = find_unit(units, word) if word or len(units) != 1 else units[0][0]
        if unit is None:
            message = f"“{word}” is no unit that Amazon takes here." if word else f"“{text}” has no unit."
            self._refuse(rule_id, text, message, f"Use one of: {names}.")
            return None
        return {"value": f"{number:f}" if leaf.kind == "string" else json_decimal(number), "unit": unit}

    def _refuse(self, rule_id: str, value: str, message: str, fix: str) -> None:
        blocks = self.requires(rule_id.partition(".")[0])
        if not blocks:
            message = f"{message} It is left out."
        self.findings.append(
            Finding("amazon.attribute_value", attribute_field(rule_id), message, fix, value, blocks=blocks)
        )


_KEPT = 12  # of ten megabytes each
_known: dict[int, tuple[tuple[AttributeRule, ...], dict[str, str]]] = {}


def _words_of(rules: tuple[AttributeRule, ...]) -> Mapping[str, str]:
    """What each rule may be called → its id; made once for each product type."""
    kept = _known.get(id(rules))
    if kept is not None:
        return kept[1]
    known: dict[str, str] = {}
    ids = [(rule.id, rule.id) for rule in rules]
    names = [(rule.name, rule.id) for rule in rules]
    aliases = [(word, rule.id) for rule in rules for word in _ALIASES.get(rule.id, ())]
    for word, rule_id in (*ids, *names, *aliases):  # an id goes before another rule's name, that before an alias
        known.setdefault(key_of(word), rule_id)
    while len(_known) >= _KEPT:
        del _known[next(iter(_known))]
    _known[id(rules)] = (rules, known)  # held, so that the number stays theirs
    return known


def match_attributes(given: Mapping[str, str], rules: tuple[AttributeRule, ...]) -> tuple[dict[str, str], list[str]]:
    """The seller's attributes by rule id, and the names that fit none."""
    known = _words_of(rules)
    matched: dict[str, str] = {}
    unknown = []
    for name, value in given.items():
        if not value.strip():
            continue
        rule_id = known.get(key_of(name))
        if rule_id is None:
            unknown.append(name)
        else:
            matched.setdefault(rule_id, value.strip())
    return matched, unknown


def find_unit(units: Iterable[tuple[str, str]], word: str) -> str | None:
    """The unit of Amazon that a seller's word means."""
    wanted = word.casefold().strip(" .")
    for value, name in units:
        if wanted in (value.casefold(), name.casefold(), value.replace("_", " "), *_UNITS.get(value, ())):
            return value
    return None


def read_number(text: str) -> Decimal | None:
    """A plain number with point or comma; None for 1.500 and 1,500, which nobody can tell apart."""
    text = re.sub(r"\s", "", text)
    if re.fullmatch(r"[-+]?[1-9]\d{0,2}[.,]\d{3}", text):
        return None
    if "," in text and "." in text:
        text = text.replace("." if text.rfind(",") > text.rfind(".") else ",", "")
    try:
        number = Decimal(text.replace(",", "."))
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


def json_decimal(number: Decimal) -> int | float:
    """A number for JSON: whole where it can be, else the shortest float that prints as it."""
    return int(number) if number == number.to_integral_value() else float(number)


def _typed(kind: str, value: str) -> Any:
    if kind in ("number", "integer"):
        number = read_number(value)
        return json_decimal(number) if number is not None else value
    return value


def _grow(
    root: Mapping[str, Any], node: Mapping[str, Any], entry: Mapping[str, Any], path: tuple[str, ...], part: Any
) -> dict[str, Any]:
    """An entry with one more part of it filled in, arrays and objects made as the schema has them."""
    name, *rest = path
    inner = resolve(root, node.get("properties", {}).get(name))
    is_array = type_of(root, inner) == "array"
    shape = resolve(root, inner.get("items")) if is_array else inner
    held = entry.get(name)
    before = (held[0] if isinstance(held, list) and held else held) or {}
    if rest:
        value: Any = _grow(root, shape, before, tuple(rest), part)
    elif shape.get("properties"):
        value = {**before, **part}
    else:
        value = part["value"]
    return {**entry, name: [value] if is_array else value}
