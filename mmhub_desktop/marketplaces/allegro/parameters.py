"""A product's own attributes matched to the parameters of an Allegro category, and their values put in its form.

A category's parameters belong to the offer or to the product (``options.describesProduct``); a value is one of a
dictionary, a number in the parameter's unit, a range, or words.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any

from mmhub_desktop.domain.product import Condition
from mmhub_desktop.errors import Finding
from mmhub_desktop.marketplaces.base import AttributeRule, CategoryRules
from mmhub_desktop.marketplaces.characters import fold

# What sellers call parameters in English and Polish, compared without case, accents and signs; the first is its key.
_NAMES = (
    ("brand", "marka", "manufacturer", "producent"), ("condition", "stan"),
    ("ean gtin", "gtin", "ean", "ean13", "upc", "isbn", "barcode", "kod ean"),
    ("manufacturer code", "mpn", "part number", "kod producenta"), ("model",), ("color", "colour", "kolor"),
    ("size", "rozmiar"), ("material", "material"), ("weight", "product weight", "waga", "waga produktu"),
    ("height", "product height", "wysokosc", "wysokosc produktu"),
    ("width", "product width", "szerokosc", "szerokosc produktu"),
    ("length", "product length", "dlugosc", "dlugosc produktu"), ("depth", "product depth", "glebokosc"),
    ("capacity", "pojemnosc"), ("power", "moc"), ("voltage", "napiecie"), ("gender", "sex", "plec"),
)  # fmt: skip
_KEYS = {name: names[0] for names in _NAMES for name in names}
_SAME_VALUES = (
    ("black", "czarny"), ("white", "bialy"), ("gray", "grey", "szary"), ("blue", "niebieski"), ("red", "czerwony"),
    ("green", "zielony"), ("yellow", "zolty"), ("pink", "rozowy"), ("purple", "violet", "fioletowy"),
    ("orange", "pomaranczowy"), ("brown", "brazowy"), ("beige", "bezowy"), ("gold", "zloty"), ("silver", "srebrny"),
    ("multicolor", "multicoloured", "wielokolorowy"), ("yes", "tak", "true"), ("no", "nie", "false"),
    ("cotton", "bawelna"), ("leather", "skora"), ("wood", "drewno"), ("glass", "szklo"),
    ("plastic", "tworzywo sztuczne"),
    ("ceramic", "ceramika"), ("metal",),
    ("other", "inna", "inny", "inne"),
)  # fmt: skip
_MEANINGS = {word: number for number, words in enumerate(_SAME_VALUES) for word in words}
_CONDITIONS = {
    Condition.NEW: ("new", "nowy", "novy", "uj"),
    Condition.USED: ("used", "uzywany", "pouzity", "hasznalt"),
    Condition.REFURBISHED: (
        "refurbished", "renewed", "odnowiony", "odnowiony przez producenta", "odnowiony przez sprzedawce",
    ),
}  # fmt: skip
_SCALES = {
    "mm": ("length", "0.001"), "cm": ("length", "0.01"), "dm": ("length", "0.1"), "m": ("length", "1"),
    "g": ("mass", "1"), "dag": ("mass", "10"), "kg": ("mass", "1000"), "ml": ("volume", "1"), "cl": ("volume", "10"),
    "l": ("volume", "1000"), "w": ("power", "1"), "kw": ("power", "1000"),
}  # fmt: skip
_NUMBER = re.compile(r"\s*([-+]?\d[\d\s]*(?:[.,]\d+)?)\s*([^\d\s].*)?")
_INDEXES_MOST = 1_000
_indexes: dict[int, tuple[Sequence[tuple[str, str]], Mapping[str, str]]] = {}
_SEVERAL = re.compile(r"\s*[;|]\s*")


def key_of(name: str) -> str:
    """What a parameter's name means (``brand`` for “Marka”), the folded name where it is none of the usual ones."""
    return _KEYS.get(fold(name), fold(name))


@dataclass
class Filled:
    """Parameters in Allegro's form by id, with the findings about them."""

    values: dict[str, dict[str, Any]] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)

    def of(self, rules: CategoryRules, *, product: bool) -> list[dict[str, Any]]:
        """Those of the product or those of the offer, in the category's order."""
        return [
            self.values[rule.id]
            for rule in rules.attributes
            if rule.id in self.values and describes_product(rules, rule.id) is product
        ]


def about(rules: CategoryRules, parameter_id: str) -> Mapping[str, Any]:
    """What Allegro says of a parameter beside what every marketplace says."""
    found = (rules.schema.get("parameters") or {}).get(parameter_id)
    return found if isinstance(found, Mapping) else {}


def describes_product(rules: CategoryRules, parameter_id: str) -> bool:
    """Whether a parameter belongs to the product rather than to the offer."""
    return bool(about(rules, parameter_id).get("describesProduct"))


def attribute_field(rule: AttributeRule) -> str:
    """The product's field that a parameter comes from."""
    known = {"brand": "brand", "ean gtin": "gtin", "condition": "condition"}
    return known.get(key_of(rule.name), f"attributes.{rule.name}")


def fill_parameters(given: Mapping[str, str], own: Mapping[str, str], rules: CategoryRules, filled: Filled) -> None:
    """Take the seller's attributes and the product's own fields (by key, winning) into Allegro's form.

    Attributes that the category does not know are told of; they are not sent.
    """
    used: set[str] = set()
    ways = _ways_to_name(given)
    for rule in rules.attributes:
        if rule.id in filled.values:
            continue
        value = own.get(key_of(rule.name), "")
        if not value:
            name = _named(rule, ways, used)
            if name is None:
                continue
            used.add(name)
            value = given[name]
        taken = express(rule, value, about(rules, rule.id))
        if isinstance(taken, Finding):
            filled.findings.append(taken)
        else:
            filled.values[rule.id] = {"id": rule.id, **taken}
    unknown = [name for name, value in given.items() if value.strip() and name not in used and key_of(name) not in own]
    if unknown:
        names = ", ".join(unknown[:8]) + (" …" if len(unknown) > 8 else "")
        message = f"“{rules.name}” has no such parameters; they are not sent: {names}."
        filled.findings.append(Finding("allegro.attributes_unknown", "attributes", message, blocks=False))


def _ways_to_name(given: Mapping[str, str]) -> tuple[Mapping[str, str], ...]:
    """The seller's names by themselves, folded, and by what they mean: the surest first."""
    names = [name for name, value in given.items() if value.strip()]
    return tuple({way(name): name for name in reversed(names)} for way in (str.strip, fold, key_of))


def _named(rule: AttributeRule, ways: tuple[Mapping[str, str], ...], used: set[str]) -> str | None:
    for way, word in zip(ways, (rule.id, fold(rule.name), key_of(rule.name)), strict=True):
        name = way.get(word)
        if name is not None and name not in used:
            return name
    return None


def set_condition(condition: Condition, rules: CategoryRules, filled: Filled) -> None:
    """The condition's dictionary value; a blocking finding where the category has none for it."""
    rule = next((one for one in rules.attributes if key_of(one.name) == "condition" and one.values), None)
    if rule is None:
        return
    for value_id, name in rule.values:
        if fold(name) in _CONDITIONS[condition]:
            filled.values[rule.id] = {"id": rule.id, "valuesIds": [value_id]}
            return
    choices = ", ".join(name for _, name in rule.values)
    message = f"Goods in the condition “{condition.value}” cannot be listed in this category."
    fix = f"Choose another category or condition ({choices})."
    filled.findings.append(Finding("allegro.condition", "condition", message, fix, condition.value, choices))


def express(rule: AttributeRule, value: str, more: Mapping[str, Any]) -> dict[str, Any] | Finding:
    """A seller's value in Allegro's form, or the finding that says why it cannot be sent."""
    told = more.get("restrictions")
    limits = told if isinstance(told, Mapping) else {}
    if rule.value_type == "dictionary":
        return _from_dictionary(rule, value, more, multiple=bool(limits.get("multipleChoices")))
    if rule.value_type in ("integer", "float"):
        return _numbers(rule, value, limits)
    values = _SEVERAL.split(value.strip()) if int(limits.get("allowedNumberOfValues") or 1) > 1 else [value.strip()]
    longest, shortest = rule.max_length or 0, int(limits.get("minLength") or 0)
    most = int(limits.get("allowedNumberOfValues") or 1)
    if len(values) > most:
        return _refused(rule, value, f"{rule.name} has {len(values)} values.", "Name fewer.", f"at most {most}")
    for one in values:
        if longest and len(one) > longest:
            return _refused(
                rule,
                value,
                f"{rule.name} has {len(one)} characters.",
                f"Shorten it to {longest}.",
                f"at most {longest}",
            )
        if len(one) < shortest:
            return _refused(rule, value, f"{rule.name} is too short.", "Lengthen it.", f"at least {shortest}")
    return {"values": values}


def _from_dictionary(
    rule: AttributeRule, value: str, more: Mapping[str, Any], *, multiple: bool
) -> dict[str, Any] | Finding:
    words = [one for one in _SEVERAL.split(value.strip()) if one] if multiple else [value.strip()]
    ids = [_find_value(rule.values, word) for word in words]
    if all(ids):
        return {"valuesIds": [str(one) for one in ids]}
    ambiguous = more.get("ambiguousValueId")
    if more.get("customValuesEnabled") and ambiguous and len(words) == 1:
        return {"valuesIds": [str(ambiguous)], "values": words}
    unknown = next(word for word, found in zip(words, ids, strict=True) if not found)
    choices = ", ".join(name for _, name in rule.values[:8]) + (" …" if len(rule.values) > 8 else "")
    message = f"“{unknown}” is not among the values of {rule.name}."
    return _refused(rule, value, message, f"Choose one: {choices}", choices)


def _find_value(values: Sequence[tuple[str, str]], word: str) -> str:
    """The id of the dictionary's value that a word means; empty where it has none."""
    index = _index(values)
    wanted = fold(word)
    if word in index:
        return word
    meaning = _MEANINGS.get(wanted)
    if not wanted:
        return ""
    return index.get(f"={wanted}", "") or ("" if meaning is None else index.get(f"~{meaning}", ""))


def _index(values: Sequence[tuple[str, str]]) -> Mapping[str, str]:
    """Ids by id, by folded name and by meaning. Brands come by the thousand, so it is made once for a dictionary."""
    kept = _indexes.get(id(values))
    if kept is not None and kept[0] is values:
        return kept[1]
    if len(_indexes) >= _INDEXES_MOST:
        _indexes.clear()
    index: dict[str, str] = {}
    for value_id, name in values:
        folded = fold(name)
        index[value_id] = value_id
        index.setdefault(f"={folded}", value_id)
        if folded in _MEANINGS:
            index.setdefault(f"~{_MEANINGS[folded]}", value_id)
    _indexes[id(values)] = (values, index)
    return index


def _numbers(rule: AttributeRule, value: str, limits: Mapping[str, Any]) -> dict[str, Any] | Finding:
    """One number, or two of a range, as texts with a dot in the parameter's unit."""
    is_range = bool(limits.get("range"))
    texts = re.split(r"(?<=\d)\s*(?:-|–|\.\.|to)\s*(?=\d)", value.strip()) if is_range else [value.strip()]
    unit = rule.units[0] if rule.units else ""
    found: list[Decimal] = []
    for text in texts[:2]:
        number = _in_unit(text if len(texts) == 1 or _NUMBER.fullmatch(text) else "", unit)
        if number is None:
            example = f"For example 10{' ' + unit if unit else ''}."
            return _refused(rule, value, f"{rule.name} must be a number{' in ' + unit if unit else ''}.", example, unit)
        found.append(number)
    for number in found:
        wrong = _outside(rule, value, number, limits)
        if wrong is not None:
            return wrong
    words = [f"{number.normalize():f}" for number in found]
    if is_range:
        return {"rangeValue": {"from": words[0], "to": words[-1]}}
    return {"values": words}


def _outside(rule: AttributeRule, value: str, number: Decimal, limits: Mapping[str, Any]) -> Finding | None:
    low, high = limits.get("min"), limits.get("max")
    if (low is not None and number < Decimal(str(low))) or (high is not None and number > Decimal(str(high))):
        limit = f"{low if low is not None else '…'} to {high if high is not None else '…'}"
        return _refused(rule, value, f"{rule.name} is outside what Allegro takes.", f"Enter {limit}.", limit)
    places = 0 if rule.value_type == "integer" else limits.get("precision")
    if places is not None and number != round(number, int(places)):
        limit = f"{places} decimals" if places else "whole numbers"
        return _refused(rule, value, f"{rule.name} has too many decimals.", "Round it.", limit)
    return None


def _in_unit(text: str, unit: str) -> Decimal | None:
    match = _NUMBER.fullmatch(text)
    if match is None:
        return None
    try:
        number = Decimal(re.sub(r"\s", "", match[1]).replace(",", "."))
    except InvalidOperation:
        return None
    word = fold(match[2] or "")
    if not word or word == fold(unit) or (match[2] or "").strip() == unit:
        return number
    there, here = _SCALES.get(fold(unit)), _SCALES.get(word)
    if there is None or here is None or there[0] != here[0]:
        return None
    return number * Decimal(here[1]) / Decimal(there[1])


def _refused(rule: AttributeRule, value: str, message: str, fix: str, limit: str) -> Finding:
    """It stops the offer where the parameter is demanded; else it is left out, and said."""
    return Finding("allegro.attribute", attribute_field(rule), message, fix, value, limit, blocks=rule.required)
