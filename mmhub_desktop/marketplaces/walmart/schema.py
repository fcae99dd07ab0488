"""Walmart's item specification (JSON Schema, draft 7) as rules, and seller's words put into its forms."""

import json
import re
from collections.abc import Iterator, Mapping
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import Any

from mmhub_desktop.domain.product import fold
from mmhub_desktop.marketplaces.base import AttributeRule, CategoryRules
from mmhub_desktop.marketplaces.walmart.auth import CURRENCY

Schema = Mapping[str, Any]

# What of the specification comes from the product's own fields or is this program's business.
OWN = frozenset(
    {
        "sku", "productIdentifiers", "price", "productName", "brand", "shortDescription", "mainImageUrl",
        "productSecondaryImageURL", "variantGroupId", "variantAttributeNames", "isPrimaryVariant", "SkuUpdate",
    }
)  # fmt: skip
_TITLE_MAX, _DESCRIPTION_MAX, _PICTURES_MAX = 199, 4_000, 100  # where the specification names none
_NUMBER = re.compile(r"[-+]?\d[\d,]*(?:\.\d+)?|[-+]?\.\d+")
_LIST = re.compile(r"\s*(?:[;|\n]|•)\s*")

# How much of each unit a millimetre or a gram is, for sizes and weights that a product has in those.
_PER_MM = {"in": Decimal("0.0393700787"), "ft": Decimal("0.00328084"), "cm": Decimal("0.1"), "mm": Decimal(1)}
_PER_G = {"lb": Decimal("0.00220462262"), "oz": Decimal("0.0352739619"), "g": Decimal(1), "kg": Decimal("0.001")}


class Unfit(Exception):
    """A value that cannot be put into its form; the words say what is expected."""


def read_rules(product_type: str, schema: Any, version: str) -> CategoryRules:
    """The specification of one product type as rules. LookupError when it does not describe that type."""
    item = _without_draft(item_schema(schema))
    visible = visible_schema(item, product_type)
    if not visible:
        raise LookupError(product_type)
    texts = properties_of(visible)
    more = texts.get("productSecondaryImageURL", {}).get("maxItems")
    return CategoryRules(
        id=product_type,
        name=product_type,
        listing_allowed=True,
        title_max=int(texts.get("productName", {}).get("maxLength", _TITLE_MAX)),
        description_max=int(texts.get("shortDescription", {}).get("maxLength", _DESCRIPTION_MAX)),
        pictures_max=1 + int(more) if isinstance(more, int) else _PICTURES_MAX,
        currency=CURRENCY,
        attributes=(*_attributes(orderable_schema(item)), *_attributes(visible)),
        schema=dict(item),
        version=version,
    )


def _without_draft(schema: Any) -> Any:
    """Without the many ``$schema`` inside: each would make a validator of its own kind for its part."""
    if isinstance(schema, Mapping):
        return {name: _without_draft(one) for name, one in schema.items() if name != "$schema"}
    return [_without_draft(one) for one in schema] if isinstance(schema, list) else schema


def item_schema(document: Any) -> Schema:
    """The schema of one entry of ``MPItem``; the answer may wrap the document in ``schema``."""
    if isinstance(document, Mapping) and isinstance(document.get("schema"), Mapping):
        document = document["schema"]
    items = properties_of(document).get("MPItem", {}).get("items", {})
    return items if isinstance(items, Mapping) else {}


def visible_schema(item: Schema, product_type: str) -> Schema:
    """What buyers see of a product type."""
    found = properties_of(properties_of(item).get("Visible", {})).get(product_type, {})
    return found if isinstance(found, Mapping) else {}


def orderable_schema(item: Schema) -> Schema:
    """What the offer consists of."""
    found = properties_of(item).get("Orderable", {})
    return found if isinstance(found, Mapping) else {}


def properties_of(schema: Any) -> Mapping[str, Any]:
    """The properties of an object's schema; none for anything else."""
    found = schema.get("properties") if isinstance(schema, Mapping) else None
    return found if isinstance(found, Mapping) else {}


@lru_cache(16_384)
def name_key(name: str) -> str:
    """The form in which names of attributes are compared: letters and digits only."""
    return re.sub(r"[^a-z0-9]", "", fold(name))


def title_of(name: str, schema: Any) -> str:
    """What people call a property."""
    title = schema.get("title") if isinstance(schema, Mapping) else None
    return str(title) if isinstance(title, str) and title else name


def units_of(schema: Schema) -> tuple[str, ...]:
    """The units of a measure (an object of a number and a word), none for anything else."""
    shape = _measure(schema)
    return tuple(str(unit) for unit in shape[2]) if shape else ()


def fit(text: str, schema: Schema) -> Any:
    """A seller's words in the form the schema asks for. Unfit when they cannot be put so."""
    text = text.strip()
    if text[:1] in "[{":
        try:
            return json.loads(text)
        except ValueError:
            pass
    kind = schema.get("type")
    choices = schema.get("enum")
    if isinstance(choices, list) and choices:
        return _choose(text, choices)
    if kind in ("number", "integer"):
        return _number(text, whole=kind == "integer")
    if kind == "boolean":
        return _truth(text)
    if kind == "array":
        return _fit_list(text, schema)
    if kind == "object":
        return _fit_object(text, schema)
    return text


def measure_of(schema: Schema, *, mm: int | None = None, g: int | None = None) -> Any:
    """A length or weight in a form and unit that the schema takes; None when it takes none of ours."""
    table, amount = (_PER_MM, mm) if mm is not None else (_PER_G, g)
    if amount is None:
        return None
    if schema.get("type") == "number":  # Walmart's weights without a unit are pounds
        return _json(_round(amount * _PER_G["lb"], schema)) if g is not None else None
    shape = _measure(schema)
    if shape is None:
        return None
    number, word, units = shape
    unit = next((one for one in units if one in table), None)
    if unit is None:
        return None
    value = _round(amount * table[unit], properties_of(schema)[number])
    return {number: _json(value), word: unit}


def _attributes(schema: Schema) -> Iterator[AttributeRule]:
    required = set(schema.get("required") or ())
    sometimes = {name for branch in schema.get("allOf") or () for name in _then_required(branch)}
    for name, one in properties_of(schema).items():
        if name in OWN or not isinstance(one, Mapping):
            continue
        items = one.get("items")
        entry: Schema = items if one.get("type") == "array" and isinstance(items, Mapping) else one
        length = entry.get("maxLength")
        yield AttributeRule(
            id=name,
            name=title_of(name, one),
            value_type=_type_of(one),
            required=name in required,
            conditional=name in sometimes,
            max_length=length if isinstance(length, int) else None,
            units=units_of(one),
            values=tuple((str(value), str(value)) for value in entry.get("enum") or ()),
        )


def _then_required(branch: Any) -> Iterator[str]:
    for key in ("then", "else"):
        part = branch.get(key) if isinstance(branch, Mapping) else None
        if isinstance(part, Mapping):
            yield from (str(name) for name in part.get("required") or ())


def _type_of(schema: Schema) -> str:
    if _measure(schema):
        return "number_unit"
    if schema.get("type") == "array":
        return "list"
    return str(schema.get("type") or "string")


def _measure(schema: Schema) -> tuple[str, str, list[Any]] | None:
    """Names of number and unit, and the units, of an object that is a measure."""
    parts = properties_of(schema)
    if len(parts) != 2:
        return None
    number = next((name for name, one in parts.items() if one.get("type") in ("number", "integer")), "")
    word = next((name for name, one in parts.items() if one.get("enum")), "")
    return (number, word, list(parts[word]["enum"])) if number and word else None


def _fit_list(text: str, schema: Schema) -> list[Any]:
    entry = schema.get("items")
    entry = entry if isinstance(entry, Mapping) else {}
    parts = [part for part in _LIST.split(text) if part]
    if len(parts) == 1 and "," in text and entry.get("enum"):
        try:
            return [fit(text, entry)]
        except Unfit:
            parts = [part for part in re.split(r"\s*,\s*", text) if part]
    return [fit(part, entry) for part in parts]


def _fit_object(text: str, schema: Schema) -> dict[str, Any]:
    shape = _measure(schema)
    if shape:
        number, word, units = shape
        match = _NUMBER.search(text)
        if match is None:
            raise Unfit(f"a number with a unit ({', '.join(map(str, units[:4]))})")
        said = f"{text[: match.start()]} {text[match.end() :]}".strip()
        if not said and len(units) > 1:
            raise Unfit(f"a unit beside the number ({', '.join(map(str, units[:6]))})")
        whole = properties_of(schema)[number].get("type") == "integer"
        return {number: _number(match[0], whole=whole), word: _choose(said, units) if said else units[0]}
    required = [name for name in schema.get("required") or () if name in properties_of(schema)]
    names = required or list(properties_of(schema))[:1]
    if len(names) != 1:
        raise Unfit("a JSON object with " + ", ".join(map(str, names)))
    return {names[0]: fit(text, properties_of(schema)[names[0]])}


def _choose(text: str, choices: list[Any]) -> Any:
    wanted = fold(text).strip()
    for same in (fold, name_key):
        for choice in choices:
            if same(str(choice)) == same(wanted):
                return choice
    aliases = {"inch": "in", "inches": "in", '"': "in", "pound": "lb", "pounds": "lb", "lbs": "lb", "ounces": "oz"}
    if aliases.get(wanted) in choices:
        return aliases[wanted]
    more = f" … ({len(choices)} in all)" if len(choices) > 8 else ""
    raise Unfit("one of: " + "; ".join(map(str, choices[:8])) + more)


def _number(text: str, *, whole: bool) -> int | float:
    match = _NUMBER.search(text)
    try:
        value = Decimal(match[0].replace(",", "")) if match else None
    except InvalidOperation:
        value = None
    if value is None or (whole and value != value.to_integral_value()):
        raise Unfit("a whole number" if whole else "a number")
    return _json(value)


def _truth(text: str) -> bool:
    word = fold(text)
    if word in ("yes", "true", "1", "y", "si", "ja"):
        return True
    if word in ("no", "false", "0", "n", "nein"):
        return False
    raise Unfit("yes or no")


def _round(value: Decimal, schema: Schema) -> Decimal:
    step = Decimal(str(schema.get("multipleOf") or "0.01"))
    return (value / step).to_integral_value() * step


def _json(value: Decimal) -> int | float:
    """As a JSON number: whole where it can be, else the shortest float that prints as that value."""
    return int(value) if value == value.to_integral_value() else float(value)
