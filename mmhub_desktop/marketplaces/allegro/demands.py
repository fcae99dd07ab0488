"""What the parameters of a category demand of one another: which are needed, which values go together."""

from collections.abc import Iterable, Mapping
from typing import Any

from mmhub_desktop.errors import Finding
from mmhub_desktop.marketplaces.allegro.parameters import Filled, about, attribute_field, describes_product
from mmhub_desktop.marketplaces.base import AttributeRule, CategoryRules


def missing(rules: CategoryRules, filled: Filled) -> tuple[list[Finding], list[Finding]]:
    """Findings for parameters that are demanded and have no value: (those of the offer, those of the product)."""
    told = {finding.field for finding in filled.findings if finding.blocks}
    of_offer: list[Finding] = []
    of_product: list[Finding] = []
    for rule in rules.attributes:
        name = attribute_field(rule)
        if rule.id in filled.values or name in told or not _is_demanded(rule, about(rules, rule.id), filled):
            continue
        choices = ", ".join(value for _, value in rule.values[:5])
        message = f"“{rules.name}” asks for {rule.name}, which the product does not have."
        fix = f"Add the attribute “{rule.name}”" + (f", for example {choices}." if choices else ".")
        finding = Finding("allegro.attribute_missing", name, message, fix)
        (of_product if describes_product(rules, rule.id) else of_offer).append(finding)
    return of_offer, of_product


def _is_demanded(rule: AttributeRule, more: Mapping[str, Any], filled: Filled) -> bool:
    if not _holds(more.get("displayedIf"), filled, unless=True):
        return False
    return rule.required or _holds(more.get("requiredIf"), filled, unless=False)


def _holds(condition: Any, filled: Filled, *, unless: bool) -> bool:
    """Whether each part of a condition is met; ``unless`` where there is none."""
    if not isinstance(condition, Mapping):
        return unless
    for one in condition.get("parametersWithValue") or ():
        chosen = set((filled.values.get(str(one.get("id"))) or {}).get("valuesIds") or ())
        if not chosen & {str(value) for value in one.get("oneOfValueIds") or ()}:
            return False
    return all(str(one.get("id")) not in filled.values for one in condition.get("parametersWithoutValue") or ())


def unchosen(filled: Filled, rules: CategoryRules) -> Iterable[Finding]:
    """Findings for dictionary values that do not go with the value of another parameter."""
    for rule in rules.attributes:
        more = about(rules, rule.id)
        parent = more.get("dependsOnParameterId")
        chosen = (filled.values.get(rule.id) or {}).get("valuesIds") or ()
        if not parent or not chosen:
            continue
        above = set((filled.values.get(str(parent)) or {}).get("valuesIds") or ())
        allowed = more.get("dependsOnValueIds") or {}
        for value_id in chosen:
            needed = allowed.get(value_id)
            if needed and not above & set(needed):
                name = dict(rule.values).get(value_id, value_id)
                other = next((one.name for one in rules.attributes if one.id == str(parent)), str(parent))
                message = f"“{name}” does not go with the chosen {other}."
                yield Finding(
                    "allegro.attribute", attribute_field(rule), message, f"Check {rule.name} and {other}.", name
                )
