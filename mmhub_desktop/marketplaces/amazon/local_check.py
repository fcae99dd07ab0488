"""The attributes of a request checked against the product type's schema: every broken rule as a finding."""

from collections.abc import Iterable, Mapping
from typing import Any

from mmhub_desktop.errors import Finding
from mmhub_desktop.marketplaces.amazon.definitions import values_of
from mmhub_desktop.marketplaces.amazon.problems import attribute_field
from mmhub_desktop.marketplaces.amazon.schema_check import check_of
from mmhub_desktop.marketplaces.amazon.schema_parts import Problem
from mmhub_desktop.marketplaces.base import CategoryRules

_LIMITS = {
    "maxLength": ("is too long", "at most {limit} characters", "Shorten it."),
    "maxUtf8ByteLength": ("is too long", "at most {limit} bytes; letters with accents count double", "Shorten it."),
    "minLength": ("is too short", "at least {limit} characters", "Write more."),
    "minUtf8ByteLength": ("is too short", "at least {limit} bytes", "Write more."),
    "minimum": ("is too low", "at least {limit}", "Raise it."),
    "exclusiveMinimum": ("is too low", "above {limit}", "Raise it."),
    "maximum": ("is too high", "at most {limit}", "Lower it."),
    "exclusiveMaximum": ("is too high", "below {limit}", "Lower it."),
    "multipleOf": ("has too many decimals", "steps of {limit}", "Round it."),
    "maxItems": ("has too many values", "at most {limit}", "Remove some."),
    "maxUniqueItems": ("has too many values", "at most {limit}", "Remove some."),
    "minItems": ("has too few values", "at least {limit}", "Add some."),
    "minUniqueItems": ("has too few values", "at least {limit}", "Add some."),
    "pattern": ("does not have the form that Amazon wants", "{limit}", "Correct the value."),
}
_SHOWN = 80  # characters of a value in a finding


def check_attributes(
    given: Mapping[str, Any], rules: CategoryRules, known: Iterable[Finding], *, has_images: bool, whole: bool
) -> tuple[Finding, ...]:
    """The findings of a request's attributes; fields that have a blocking one already get no second one.

    Without ``whole`` (an offer on an existing page, a family's heading) only what is there is held to the schema, which
    speaks of whole single products. Pictures are added later.
    """
    if not rules.schema:
        return ()
    told = {finding.field for finding in known if finding.blocks}
    found: dict[tuple[str, str], Finding] = {}
    attributes = dict(given)
    if has_images:
        attributes["main_product_image_locator"] = [{"media_location": "https://example.com/1.jpg"}]
    for problem in check_of(rules.id, rules.version, rules.schema).problems(attributes):
        name = str(problem.path[0]) if problem.path else ""
        if "image_locator" in name:
            continue
        if len(problem.path) < 2 and problem.keyword in ("required", "not") and not whole:
            continue
        finding = _explain(problem, name, _title(name, rules), rules)
        if finding.field not in told:
            found.setdefault((finding.field, finding.rule), finding)
    return tuple(found.values())


def _title(name: str, rules: CategoryRules) -> str:
    """What Amazon calls an attribute."""
    found = next((rule.name for rule in rules.attributes if rule.id.partition(".")[0] == name), "")
    return found.partition(": ")[0] or name.replace("_", " ")


def _explain(problem: Problem, name: str, title: str, rules: CategoryRules) -> Finding:
    field = attribute_field(name) if name else "attributes"
    value = "" if problem.value is None or isinstance(problem.value, (dict, list)) else str(problem.value)[:_SHOWN]
    rule = f"amazon.schema_{problem.keyword}"
    if problem.keyword == "required":
        part = "" if len(problem.path) < 2 else f" ({str(problem.path[-1]).replace('_', ' ')})"
        choices = next((", ".join(n for _, n in one.values[:5]) for one in rules.attributes if one.id == name), "")
        fix = f"Add the attribute “{title}”{part}" + (f", for example: {choices}." if choices else ".")
        return Finding(rule, field, f"“{rules.name}” asks for {title}{part}, which the product does not have.", fix)
    if problem.keyword == "additionalProperties":
        return Finding(rule, field, f"“{rules.name}” has no {title}.", "Remove the attribute.", value)
    if problem.keyword in ("enum", "const"):
        names = values_of({}, {"enum": problem.limit})[0] if problem.keyword == "enum" else ((problem.limit, ""),)
        choices = "; ".join(str(one) for one, _ in names[:6]) + (" …" if len(names) > 6 else "")
        return Finding(rule, field, f"{title}: “{value}” is not taken.", f"Use: {choices}.", value, choices)
    if problem.keyword in _LIMITS:
        words, limit, fix = _LIMITS[problem.keyword]
        return Finding(rule, field, f"{title} {words}.", fix, value, limit.format(limit=problem.limit))
    message = f"{title} is not as “{rules.name}” wants it." if title else "The attributes do not fit together."
    return Finding(rule, field, message, "Compare it with Amazon's form for this product type.", value)
