"""A product's own attributes and options matched to the properties of an Etsy category."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from mmhub_desktop.errors import Finding
from mmhub_desktop.marketplaces.base import AttributeRule, CategoryRules, VariantDraft
from mmhub_desktop.marketplaces.characters import fold

Json = dict[str, Any]

CUSTOM_PROPERTIES = (513, 514)  # Etsy's two properties for options of a seller's own
OWN_ATTRIBUTES = frozenset({"who made", "when made", "is supply", "materials", "material", "styles", "style"})
_ALIASES = {
    "primary color": ("color", "colour", "main color"), "secondary color": ("second color", "accent color"),
    "size": ("sizes",), "material": ("materials",),
}  # fmt: skip


def attribute_field(rule: AttributeRule) -> str:
    """The product's field that a property comes from."""
    return f"attributes.{rule.name}"


def read_properties(rows: Any) -> tuple[tuple[AttributeRule, ...], Json]:
    """(the properties as rules, what of each one the rules have no room for, by id)."""
    rules, more = [], {}
    for row in rows if isinstance(rows, list) else ():
        if not isinstance(row, Mapping) or not row.get("property_id"):
            continue
        scales = [one for one in row.get("scales") or () if isinstance(one, Mapping)]
        values = [one for one in row.get("possible_values") or () if isinstance(one, Mapping)]
        rule = AttributeRule(
            id=str(row["property_id"]),
            name=str(row.get("display_name") or row.get("name") or row["property_id"]),
            value_type="list" if values else "string",
            required=bool(row.get("is_required")),
            read_only=not row.get("supports_attributes"),
            units=tuple(str(one.get("display_name") or "") for one in scales),
            values=tuple((str(one.get("value_id") or ""), str(one.get("name") or "")) for one in values),
        )
        rules.append(rule)
        more[rule.id] = {
            "varies": bool(row.get("supports_variations")),
            "most": (row.get("max_values_allowed") or 0) if row.get("is_multivalued") else 1,
            "scales": {str(one.get("display_name") or ""): one.get("scale_id") for one in scales},
            "scale_of": {str(one["value_id"]): one["scale_id"] for one in values if one.get("scale_id")},
            "selected": bool(row.get("selected_values")),
        }
    return tuple(rules), more


def fill_properties(attributes: Mapping[str, str], rules: CategoryRules) -> tuple[list[Json], list[Finding]]:
    """(the properties to set, one request each; what is missing or does not fit)."""
    given = {fold(name): value.strip() for name, value in attributes.items() if value and value.strip()}
    more: Mapping[str, Any] = rules.schema.get("properties", {})
    found: list[Finding] = []
    filled: list[Json] = []
    used: set[str] = set()
    for rule in rules.attributes:
        if rule.read_only:
            continue
        about = more.get(rule.id, {})
        names = (rule.id, fold(rule.name), *_ALIASES.get(fold(rule.name), ()))
        name = next((one for one in names if one in given), None)
        if name is None:
            if rule.required and not about.get("selected"):
                found.append(_missing(rule, rules.name))
            continue
        used.add(name)
        values = [one.strip() for one in re.split(r"[;|,]", given[name]) if one.strip()]
        known = [value for value in (find_value(rule, one) for one in values) if value is not None]
        most = int(about.get("most", 1)) or len(known)
        if len(known) < len(values) or len(known) > most:
            found.append(_refused(rule, given[name], most))
        if known:
            filled.append(_property(rule, known[:most], about))
    left = [name for name in attributes if fold(name) not in used | OWN_ATTRIBUTES and attributes[name].strip()]
    if left:
        names_left = ", ".join(left[:8]) + (" …" if len(left) > 8 else "")
        message = f"“{rules.name}” has no such attributes; they are not sent: {names_left}."
        found.append(Finding("etsy.attributes_unknown", "attributes", message, blocks=False))
    return filled, found


def find_value(rule: AttributeRule, word: str) -> tuple[str, str] | None:
    """The category's own value (id, name) that a seller's word means."""
    wanted = fold(word)
    return next((value for value in rule.values if value[0] == word or fold(value[1]) == wanted), None)


def variant_properties(
    variants: Sequence[VariantDraft], rules: CategoryRules
) -> tuple[dict[str, tuple[int, str, AttributeRule | None]], list[Finding]]:
    """Option name → (property id, property name, rule where the category has one); at most two."""
    names = list(dict.fromkeys(name for variant in variants for name in variant.options))
    if len(names) > len(CUSTOM_PROPERTIES) or not names:
        message = f"Etsy takes one or two options (such as colour and size), not {len(names)}."
        fix = "Leave options out, or list the products one by one."
        return {}, [Finding("etsy.options", "variants", message, fix, ", ".join(names), "1 or 2")]
    more: Mapping[str, Any] = rules.schema.get("properties", {})
    own = iter(CUSTOM_PROPERTIES)
    chosen: dict[str, tuple[int, str, AttributeRule | None]] = {}
    for name in names:
        rule = next(
            (
                one
                for one in rules.attributes
                if more.get(one.id, {}).get("varies")
                and fold(name) in (fold(one.name), *_ALIASES.get(fold(one.name), ()))
            ),
            None,
        )
        values = {variant.options.get(name, "") for variant in variants}
        if rule is not None and all(find_value(rule, value) for value in values):
            chosen[name] = (int(rule.id), rule.name, rule)
        else:
            chosen[name] = (next(own), name, None)
    return chosen, []


def property_value(place: tuple[int, str, AttributeRule | None], word: str) -> Json:
    """One option's value in an inventory. Etsy takes no parentheses there."""
    property_id, name, rule = place
    known = find_value(rule, word) if rule is not None else None
    return {
        "property_id": property_id,
        "property_name": name,
        "scale_id": None,
        "value_ids": [int(known[0])] if known and known[0].isdigit() else [],
        "values": [known[1] if known else word],
    }


def _property(rule: AttributeRule, values: Sequence[tuple[str, str]], about: Mapping[str, Any]) -> Json:
    filled: Json = {
        "property_id": int(rule.id),
        "value_ids": [int(value_id) for value_id, _ in values],
        "values": [name for _, name in values],
    }
    scale = about.get("scale_of", {}).get(values[0][0])
    return {**filled, "scale_id": scale} if scale else filled


def _missing(rule: AttributeRule, category: str) -> Finding:
    choices = ", ".join(name for _, name in rule.values[:5])
    fix = f"Add the attribute “{rule.name}”" + (f", for example {choices}." if choices else ".")
    message = f"“{category}” asks for {rule.name}, which the product does not have."
    return Finding("etsy.attribute_missing", attribute_field(rule), message, fix)


def _refused(rule: AttributeRule, value: str, most: int) -> Finding:
    """Blocking where the category requires the attribute; otherwise what does not fit is left out, and said so."""
    if not rule.values:
        message = f"{rule.name} can be set on Etsy's own page only; it is left out."
        return Finding("etsy.attribute_free", attribute_field(rule), message, "", value, blocks=rule.required)
    choices = ", ".join(name for _, name in rule.values[:6])
    message = f"“{value}” is not among the values of {rule.name}, or more than {most}."
    if not rule.required:
        message = f"{message} What does not fit is left out."
    fix = f"Choose from: {choices} …"
    return Finding("etsy.attribute_value", attribute_field(rule), message, fix, value, str(most), rule.required)
