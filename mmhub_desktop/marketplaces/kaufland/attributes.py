"""A product's own attributes matched to those of a Kaufland category, and who answers for the product's safety."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from mmhub_desktop.errors import Finding
from mmhub_desktop.marketplaces.base import AttributeRule, CategoryRules
from mmhub_desktop.marketplaces.characters import fold

SAFETY = "product_safety_contact"
# Filled from the product's own fields, whatever the category calls for.
OWN = frozenset({"title", "description", "picture", "category", "manufacturer", "ean"})
# part of the contact → the account's setting
_SAFETY_PARTS = {
    "name": "safety_name", "address": "safety_address", "email_address": "safety_email", "url": "safety_url",
    "phone_number": "",
}  # fmt: skip
_COMMON = {
    "colour": ("color", "farbe"), "color": ("colour", "farbe"), "material": ("werkstoff",), "size": ("grosse",),
    "brand": ("marke", "manufacturer"), "mpn": ("part number", "herstellernummer"),
}  # fmt: skip


@dataclass
class Filled:
    """Attributes by name as Kaufland takes them. ``problems`` forbid new product data, ``notes`` do not."""

    values: dict[str, Any] = field(default_factory=dict)
    problems: list[Finding] = field(default_factory=list)
    notes: list[Finding] = field(default_factory=list)


def fill_attributes(given: Mapping[str, str], rules: CategoryRules, settings: Mapping[str, str]) -> Filled:
    """What the product says of the category's attributes, and what of them is missing or not taken."""
    filled = Filled()
    by_name = {fold(name): value.strip() for name, value in given.items() if value and value.strip()}
    used: set[str] = set()
    multiple = set(rules.schema.get("multiple", ()))
    for rule in rules.attributes:
        if rule.id in OWN or rule.id.startswith(SAFETY):
            continue
        name = next((one for one in _names(rule) if one in by_name), None)
        if name is None:
            _note_missing(filled, rule, rules)
            continue
        used.add(name)
        _set_value(filled, rule, by_name[name], multiple=rule.id in multiple)
    used |= _fill_safety(filled, by_name, rules, settings)
    left = [name for name, value in given.items() if value and value.strip() and fold(name) not in used | _KNOWN]
    if left:
        names = ", ".join(left[:8]) + (" …" if len(left) > 8 else "")
        message = f"“{rules.name}” has no such attributes; they are not sent: {names}."
        filled.notes.append(Finding("kaufland.attributes_unknown", "attributes", message, blocks=False))
    return filled


_KNOWN = frozenset({"note", "condition note"})  # used elsewhere


def _names(rule: AttributeRule) -> tuple[str, ...]:
    return (fold(rule.id), fold(rule.name), *_COMMON.get(fold(rule.id), ()))


def _note_missing(filled: Filled, rule: AttributeRule, rules: CategoryRules) -> None:
    where = f"attributes.{rule.id}"
    some = ", ".join(label for _, label in rule.values[:5])
    fix = f"Add the attribute “{rule.name}”" + (f", for example {some}." if some else ".")
    if rule.required:
        message = f"“{rules.name}” asks for {rule.name}, which the product does not have."
        filled.problems.append(Finding("kaufland.attribute_missing", where, message, fix))
    elif rule.conditional:
        message = f"“{rules.name}” may ask for {rule.name}, which the product does not have."
        filled.notes.append(Finding("kaufland.attribute_conditional", where, message, fix, blocks=False))


def _set_value(filled: Filled, rule: AttributeRule, text: str, *, multiple: bool) -> None:
    parts = [part.strip() for part in re.split(r"[;\n]", text) if part.strip()] if multiple else [text]
    taken = [_known_value(rule, part) for part in parts]
    wrong = [part for part, value in zip(parts, taken, strict=True) if value is None]
    if not wrong:
        filled.values[rule.id] = [value for value in taken if value is not None]
        return
    some = ", ".join(label for _, label in rule.values[:6])
    message = f"“{wrong[0]}” is not among the values of {rule.name}."
    fix = f"Choose one: {some}."
    where = f"attributes.{rule.id}"
    if rule.required:
        filled.problems.append(Finding("kaufland.attribute_value", where, message, fix, wrong[0]))
    else:
        message = f"{message} It is left out."
        filled.notes.append(Finding("kaufland.attribute_value", where, message, fix, wrong[0], blocks=False))


def _known_value(rule: AttributeRule, text: str) -> str | None:
    """The value of a closed list that is meant; any text where the list is open or not known whole."""
    if not rule.values:
        return text
    wanted = fold(text)
    return next((value for value, label in rule.values if wanted in (fold(value), fold(label))), None)


def _fill_safety(
    filled: Filled, by_name: Mapping[str, str], rules: CategoryRules, settings: Mapping[str, str]
) -> set[str]:
    """The contact as one object, or in the attributes of its own that a category has; returns the names used."""
    contact, used = {}, set()
    for part, setting in _SAFETY_PARTS.items():
        names = (fold(f"{SAFETY} {part}"), fold(f"product safety {part}"))
        name = next((one for one in names if one in by_name), "")
        value = by_name.get(name) or settings.get(setting, "").strip()
        used |= {name} if name else set()
        if value:
            contact[part] = value
    own = [rule for rule in rules.attributes if rule.id.startswith(f"{SAFETY}_")]
    for rule in own:
        part = rule.id.removeprefix(f"{SAFETY}_")
        if part in contact:
            filled.values[rule.id] = [contact[part]]
        elif rule.required:
            filled.problems.append(_safety_missing(part))
    if not own and contact.get("name") and contact.get("address"):
        filled.values[SAFETY] = contact
    elif not own:
        filled.problems.append(_safety_missing("address" if contact.get("name") else "name"))
    return used


def _safety_missing(part: str) -> Finding:
    word = part.replace("_", " ")
    message = f"Kaufland asks who answers for product safety in the EU; the {word} is missing."
    fix = f"Enter it in the account's settings, or as the product's attribute “{SAFETY}.{part}”."
    return Finding("kaufland.product_safety", f"attributes.{SAFETY}.{part}", message, fix)
