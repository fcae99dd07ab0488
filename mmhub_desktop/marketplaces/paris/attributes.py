"""What a product says put into the attributes of a family: the complete set, list options by their id."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from mmhub_desktop.domain.gtin import is_gtin
from mmhub_desktop.domain.product import Condition
from mmhub_desktop.errors import Finding
from mmhub_desktop.marketplaces.base import AttributeRule, ListingDraft
from mmhub_desktop.marketplaces.paris.texts import SHORT_MAX, fold, long_description, short_description

LONG_DESCRIPTION, SHORT_DESCRIPTION = "descripcion larga", "descripcion corta"
_SYNONYMS = {
    "model": "modelo", "size": "talla", "colour": "color", "weight": "peso", "height": "alto", "width": "ancho",
    "length": "largo", "depth": "profundidad", "capacity": "capacidad", "power": "potencia", "warranty": "garantia",
    "gender": "genero", "voltage": "voltaje", "composition": "composicion",
}  # fmt: skip
_BRAND, _GTIN, _CONDITION = ("marca",), ("ean", "codigo ean", "codigo de barras", "gtin", "upc"), ("condicion",)
_CONDITIONS = {
    Condition.NEW: ("nuevo", "new"),
    Condition.USED: ("usado", "used"),
    Condition.REFURBISHED: ("reacondicionado", "refurbished"),
}
_SHOWN = 6  # options named in a finding


@dataclass
class Filled:
    """Attribute id → value as it is sent, and what was found on the way."""

    values: dict[str, str] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)

    def rows(self, ids: Sequence[str]) -> list[dict[str, str]]:
        """All of these attributes, those without a value empty, as Paris asks for."""
        return [{"id": one, "value": self.values.get(one, "")} for one in ids]


def fill(
    draft: ListingDraft, rules: Sequence[AttributeRule], more: Mapping[str, str], *, describes: bool = True
) -> Filled:
    """The attributes' values from the draft and from ``more`` (a variant's options); findings for what does not fit."""
    filled = Filled()
    given = {_name(name): value.strip() for name, value in {**draft.attributes, **more}.items() if value.strip()}
    for rule in rules:
        if rule.read_only:
            continue
        name = fold(rule.name)
        if name.startswith((LONG_DESCRIPTION, SHORT_DESCRIPTION)):
            if describes:
                _describe(filled, draft, rule, given)
            continue
        wanted = _own(draft, name) or given.get(name) or given.get(fold(rule.id), "")
        if wanted:
            _set(filled, rule, wanted, draft.condition if name.startswith(_CONDITION) else None)
        if rule.required and not filled.values.get(rule.id) and not _is_told(filled, rule):
            filled.findings.append(_missing(rule))
    return filled


def unknown_names(draft: ListingDraft, rules: Sequence[AttributeRule]) -> list[str]:
    """The seller's attributes that the family does not have."""
    known = {fold(rule.name) for rule in rules} | {fold(rule.id) for rule in rules}
    return [name for name, value in draft.attributes.items() if value.strip() and _name(name) not in known]


def attribute_field(rule: AttributeRule) -> str:
    """The product's field that an attribute comes from."""
    name = fold(rule.name)
    if name.startswith((LONG_DESCRIPTION, SHORT_DESCRIPTION)):
        return "description"
    for names, own in ((_BRAND, "brand"), (_GTIN, "gtin"), (_CONDITION, "condition")):
        if name in names:
            return own
    return f"attributes.{rule.name}"


def _name(name: str) -> str:
    return _SYNONYMS.get(fold(name), fold(name))


def _own(draft: ListingDraft, name: str) -> str:
    """What the product's own fields say of an attribute with this name."""
    if name in _BRAND:
        return draft.brand.strip()
    if name in _GTIN:
        return re.sub(r"[\s-]", "", draft.gtin)
    if name in _CONDITION:
        return draft.condition.value
    return ""


def _set(filled: Filled, rule: AttributeRule, wanted: str, condition: Condition | None) -> None:
    if rule.values:
        words = _CONDITIONS[condition] if condition else (fold(wanted),)
        options = [one for one, name in rule.values if fold(name) in words or one == wanted]
        if options:
            filled.values[rule.id] = options[0]
            return
        choices = ", ".join(name for _, name in rule.values[:_SHOWN]) + (" …" if len(rule.values) > _SHOWN else "")
        message = f"“{wanted}” is not among the values of “{rule.name}” that Paris offers."
        field = attribute_field(rule)
        filled.findings.append(
            Finding("paris.attribute_value", field, message, f"Choose one: {choices}", wanted, choices, rule.required)
        )
        return
    if fold(rule.name) in _GTIN and not is_gtin(wanted):
        message = "The barcode is wrong: its digits do not fit together."
        fix = "Check the GTIN/EAN/UPC (8, 12, 13 or 14 digits), or leave it empty if there is none."
        filled.findings.append(Finding("paris.gtin", "gtin", message, fix, wanted))
        return
    if rule.value_type in ("number", "integer", "decimal"):
        number = re.fullmatch(r"(-?\d+(?:[.,]\d+)?)\s*[^\d\s]{0,8}", wanted)  # a unit behind it is the attribute's own
        if number is None:
            message = f"“{rule.name}” must be a number."
            field = attribute_field(rule)
            filled.findings.append(Finding("paris.attribute_number", field, message, "Enter a number.", wanted))
            return
        wanted = number[1].replace(",", ".")
    filled.values[rule.id] = wanted


def _describe(filled: Filled, draft: ListingDraft, rule: AttributeRule, given: Mapping[str, str]) -> None:
    own = given.get(fold(rule.name), "")
    if fold(rule.name).startswith(SHORT_DESCRIPTION):
        value, findings = (own, []) if own else short_description(draft.text)
        if len(value) > SHORT_MAX:
            message = f"The short description has {len(value)} characters."
            findings = [
                Finding("paris.short_description", "description", message, "Shorten it.", value, f"at most {SHORT_MAX}")
            ]
    else:
        value, findings = long_description(draft.text)
    filled.values[rule.id] = value
    filled.findings += findings
    if rule.required and not value:
        filled.findings.append(_missing(rule))


def _is_told(filled: Filled, rule: AttributeRule) -> bool:
    return any(one.blocks and one.field == attribute_field(rule) for one in filled.findings)


def _missing(rule: AttributeRule) -> Finding:
    choices = ", ".join(name for _, name in rule.values[:_SHOWN])
    fix = f"Add “{rule.name}”" + (f", for example {choices}." if choices else ".")
    message = f"Paris asks for “{rule.name}”, which the product does not have."
    return Finding("paris.attribute_missing", attribute_field(rule), message, fix)
