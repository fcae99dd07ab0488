"""Submitted attributes checked against the product type's schema, with a general validator and Amazon's own words."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from typing import Any

from mmhub_desktop.practice.amazon.product_types import REQUIRED, TYPES, schema_of
from mmhub_desktop.practice.state import Json

OFFER_ATTRIBUTES = frozenset(
    {"condition_type", "purchasable_offer", "fulfillment_availability", "merchant_suggested_asin"}
)


def issue(code: str, message: str, names: list[str], *kinds: str, action: str = "LISTING_SUPPRESSED") -> Json:
    """One issue that forbids."""
    return {
        "code": code,
        "message": message,
        "severity": "ERROR",
        "attributeNames": names,
        "categories": list(kinds),
        "enforcements": {"actions": [{"action": action}], "exemption": {"status": "NOT_EXEMPT"}},
    }


def check_listing(body: Mapping[str, Any], marketplace_id: str) -> list[Json]:
    """What is wrong with a whole submission (PUT)."""
    attributes, requirements = body["attributes"], body.get("requirements", "LISTING")
    schema = schema_of(body["productType"], marketplace_id)
    level = _value(attributes, "parentage_level")
    missing: list[str] = []
    if requirements == "LISTING_OFFER_ONLY":
        wanted = ["merchant_suggested_asin", "condition_type", "purchasable_offer"]
        missing = [name for name in wanted if name not in attributes]
        schema = {key: value for key, value in schema.items() if key not in ("required", "allOf")}
    elif level == "parent":
        missing = [name for name in (*REQUIRED, "variation_theme") if name not in attributes]
        schema = {key: value for key, value in schema.items() if key not in ("required", "allOf")}
    found = [_missing(name) for name in missing]
    found += _violations(schema, attributes)
    if requirements == "LISTING" and "main_product_image_locator" not in attributes:
        words = "'main_product_image_locator' is required but not supplied."
        found.append(issue("90220", words, ["main_product_image_locator"], "MISSING_IMAGE"))
    if level != "parent" and requirements != "LISTING_PRODUCT_ONLY" and "purchasable_offer" not in attributes:
        words = "'purchasable_offer' is required but not supplied."
        found.append(issue("90220", words, ["purchasable_offer"], "MISSING_ATTRIBUTE", "MISSING_PRICE"))
    return _once(found)


def check_patched(product_type: str, attributes: Mapping[str, Any], names: set[str], marketplace_id: str) -> list[Json]:
    """What is wrong with the attributes that a PATCH named."""
    schema = schema_of(product_type if product_type in TYPES else "HOME", marketplace_id)
    partial = {key: value for key, value in schema.items() if key not in ("required", "allOf")}
    return _once(_violations(partial, {name: attributes[name] for name in names if name in attributes}))


def _once(found: Iterable[Json]) -> list[Json]:
    kept: dict[tuple[str, ...], Json] = {}
    for one in found:
        kept.setdefault((one["code"], *one["attributeNames"]), one)
    return list(kept.values())


def _value(attributes: Mapping[str, Any], name: str) -> Any:
    rows = attributes.get(name)
    return rows[0].get("value") if isinstance(rows, list) and rows and isinstance(rows[0], Mapping) else None


def _missing(name: str) -> Json:
    return issue("90220", f"'{name}' is required but not supplied.", [name], "MISSING_ATTRIBUTE")


def _violations(schema: Mapping[str, Any], attributes: Mapping[str, Any]) -> Iterator[Json]:
    for error in _validator()(schema).iter_errors(attributes):
        path = list(error.absolute_path)
        if error.validator == "required" and not path:
            for name in error.validator_value:
                if name not in attributes:
                    yield _missing(name)
        elif error.validator == "additionalProperties" and not path:
            unknown = sorted(set(attributes) - set(schema["properties"]))
            yield issue("90000900", "The attributes are invalid.", unknown, "INVALID_ATTRIBUTE")
        else:
            name = str(path[0]) if path else ""
            kinds = ["INVALID_ATTRIBUTE", *(["INVALID_PRICE"] if name == "purchasable_offer" else [])]
            kinds += ["INVALID_IMAGE"] if "image_locator" in name else []
            words = f"The provided value for '{name}' is invalid: {str(error.message)[:200]}"
            yield issue("90244", words, [name] if name else [], *kinds)


@cache
def _validator() -> Any:
    """A validator of draft 2019-09 that knows Amazon's vocabulary."""
    from jsonschema import Draft201909Validator, ValidationError, validators

    def most_bytes(_: Any, limit: int, value: Any, __: Any) -> Iterator[ValidationError]:
        if isinstance(value, str) and len(value.encode("utf-8", "replace")) > limit:
            yield ValidationError(f"longer than {limit} bytes")

    def most_unique(_: Any, limit: int, value: Any, schema: Any) -> Iterator[ValidationError]:
        if isinstance(value, list):
            names = schema.get("selectors", [])
            groups = Counter(str([row.get(name) for name in names]) for row in value if isinstance(row, dict))
            if groups and max(groups.values()) > limit:
                yield ValidationError(f"more than {limit} values")

    own = {"maxUtf8ByteLength": most_bytes, "maxUniqueItems": most_unique}
    return validators.extend(Draft201909Validator, own)  # type: ignore[no-untyped-call]
