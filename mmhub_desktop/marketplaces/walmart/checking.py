"""A mapped item held against Walmart's own specification, before anything is sent."""

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from mmhub_desktop.errors import Finding
from mmhub_desktop.marketplaces.walmart.plainly import is_multiple, is_plainly_right, verdict
from mmhub_desktop.marketplaces.walmart.problems import field_for
from mmhub_desktop.marketplaces.walmart.schema import Schema, properties_of, title_of

_NAMED = {
    "title": "the title", "description": "the description", "brand": "the brand", "price": "the price",
    "sku": "the SKU", "gtin": "the barcode", "images": "the pictures", "condition": "the condition",
}  # fmt: skip


def check_item(item: Mapping[str, Any], schema: Schema, product_type: str) -> list[Finding]:
    """A blocking finding for each place where the item is not as the specification says."""
    found: dict[tuple[str, str], Finding] = {}
    for error in item_validator()(schema).iter_errors(item):
        for finding in _explain(error, product_type):
            found.setdefault((finding.rule, finding.field), finding)
    return list(found.values())


@cache
def item_validator() -> Any:
    """Draft 7, with multiples counted exactly, that looks only into what is not plainly right."""
    from jsonschema import Draft7Validator, ValidationError
    from jsonschema.validators import extend

    slow = Draft7Validator.VALIDATORS

    def multiple_of(_: Any, step: Any, instance: Any, __: Any) -> Iterator[Any]:
        is_number = isinstance(instance, (int, float)) and not isinstance(instance, bool)
        if is_number and not is_multiple(instance, step):
            yield ValidationError(f"{instance!r} is not a multiple of {step!r}")

    def one_of(validator: Any, schemas: Any, instance: Any, schema: Any) -> Iterator[Any]:
        said = [verdict(instance, one) for one in schemas]
        if said.count(True) != 1 or None in said:
            yield from slow["oneOf"](validator, schemas, instance, schema) or ()

    def if_(validator: Any, condition: Any, instance: Any, schema: Any) -> Iterator[Any]:
        said = verdict(instance, condition)
        if said is None or not is_plainly_right(instance, schema.get("then" if said else "else", True)):
            yield from slow["if"](validator, condition, instance, schema) or ()

    quick = {"multipleOf": multiple_of, "properties": _properties, "allOf": _all_of, "oneOf": one_of, "if": if_}
    return extend(Draft7Validator, quick)  # type: ignore[no-untyped-call]


def _properties(validator: Any, known: Any, instance: Any, _: Any) -> Iterator[Any]:
    for name, schema in known.items() if isinstance(instance, dict) else ():
        if name in instance and not is_plainly_right(instance[name], schema):
            yield from validator.descend(instance[name], schema, path=name, schema_path=name)


def _all_of(validator: Any, schemas: Any, instance: Any, _: Any) -> Iterator[Any]:
    for place, schema in enumerate(schemas):
        if not is_plainly_right(instance, schema):
            yield from validator.descend(instance, schema, schema_path=place)


def _explain(error: Any, product_type: str) -> Iterator[Finding]:
    path = [str(step) for step in error.absolute_path if not isinstance(step, int)]
    names = [step for step in path if step not in ("Orderable", "Visible", product_type)]
    if error.validator == "required":
        for name in error.validator_value:
            if name not in error.instance:
                yield _missing(name, names, error.schema, product_type)
        return
    if error.validator == "oneOf" and path == ["Visible"]:
        return  # which types there may be; the type's own schema has said what is wrong
    field = field_for(names[0]) if names else ""
    title = _NAMED.get(field) or f"“{title_of(names[0] if names else 'item', _top(error))}”"
    message, fix, limit = _words(error, title[:1].upper() + title[1:])
    value = "" if isinstance(error.instance, (dict, list)) else str(error.instance)[:200]
    yield Finding(f"walmart.schema.{error.validator}", field, message, fix, value, limit, original=error.message[:300])


def _missing(name: str, names: list[str], schema: Any, product_type: str) -> Finding:
    inside = names[0] if names else name
    field = field_for(inside)
    title = title_of(name, properties_of(schema).get(name))
    if field in _NAMED and not names:
        message, fix = f"“{product_type}” asks for {_NAMED[field]}, which the product does not have.", "Fill it in."
    else:
        within = f" of “{inside}”" if names else ""
        message = f"“{product_type}” asks for “{title}”{within}, which the product does not have."
        choices = properties_of(schema).get(name, {}).get("enum") or ()
        some = ", ".join(str(one) for one in choices[:5])
        fix = f"Add the attribute “{title}”" + (f", for example {some}." if some else ".")
    return Finding("walmart.attribute_missing", field or f"attributes.{name}", message, fix)


def _top(error: Any) -> Any:
    return error.schema if len(error.absolute_path) <= 3 else None


def _words(error: Any, title: str) -> tuple[str, str, str]:
    limit = error.validator_value
    if error.validator == "maxLength":
        return f"{title} has {len(error.instance)} characters; {limit} are taken.", "Shorten it.", f"at most {limit}"
    if error.validator == "minLength":
        return f"{title} is too short.", f"Write at least {limit} characters.", f"at least {limit}"
    if error.validator == "minItems":
        return f"{title} needs at least {limit} entries.", "Add some, separated by semicolons.", f"at least {limit}"
    if error.validator == "maxItems":
        return f"{title} takes at most {limit} entries.", "Take some away.", f"at most {limit}"
    if error.validator in ("minimum", "exclusiveMinimum"):
        return f"{title} is too small.", "Correct it.", f"at least {limit}"
    if error.validator in ("maximum", "exclusiveMaximum"):
        return f"{title} is too large.", "Correct it.", f"at most {limit}"
    if error.validator == "multipleOf":
        return f"{title} has too many decimals.", "Round it.", f"steps of {limit}"
    if error.validator == "enum":
        some = ", ".join(str(one) for one in limit[:8])
        return f"{title} is none of the values that are taken.", f"Choose one: {some}.", some
    if error.validator == "additionalProperties":
        return f"{title} holds something that is not taken.", "Take it away.", ""
    return f"{title} is not in the form that is asked for.", "Correct it.", str(limit)[:100]
