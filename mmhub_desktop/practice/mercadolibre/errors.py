"""Answers that refuse: bodies and cause ids as MercadoLibre documents them (validaciones, 2025-12)."""

from collections.abc import Mapping, Sequence
from typing import Any

from mmhub_desktop.practice.answers import Refusal

Cause = dict[str, Any]

# name → (department, cause id, code). Ids from 90000 up stand for causes that MercadoLibre does not number in public.
_CAUSES: Mapping[str, tuple[str, int, str]] = {
    "wrong_type": ("items", 101, "body.invalid_field_types"),
    "missing_field": ("items", 369, "body.required_fields"),
    "price_low": ("items", 109, "item.price.invalid"),
    "price_high": ("items", 129, "item.price.invalid"),
    "category": ("items", 126, "item.category_id.invalid"),
    "required": ("items", 147, "item.attributes.missing_required"),
    "length": ("items", 154, "item.attributes.invalid_length"),
    "no_pictures": ("items", 173, "item.listing_type_id.requiresPictures"),
    "many_pictures": ("items", 201, "item.pictures.max"),
    "picture_unknown": ("items", 204, "item.pictures.picture_not_found"),
    "value_long": ("items", 394, "item.attribute.values.name.invalid"),
    "plain_text": ("items", 398, "item.description.type.invalid"),
    "picture_error": ("items", 508, "item.pictures.invalid_status"),
    "picture_small": ("items", 509, "item.pictures.invalid_size"),
    "price_automated": ("items", 502, "item.price.not_modifiable"),
    "normalized": ("structured-data", 1212, "normalize.item.attribute.values"),
    "not_authorised": ("moderations", 3250, "moderations.seller.not_authorized"),
    "value": ("structured-data", 3510, "item.attribute.invalid"),
    "picture_size": ("supply", 3703, "item.pictures.invalid_size"),
    "title_short": ("supply", 3705, "item.title.minimum_length"),
    "description_long": ("supply", 3707, "item.descriptions.length_exceeded"),
    "number": ("supply", 3708, "item.attribute.number_invalid_format"),
    "title_gender": ("supply", 4210, "invalid.title.gender"),
    "gtin": ("supply", 7710, "item.attribute.product_identifier.invalid"),
    "gtin_format": ("supply", 7711, "item.attribute.product_identifier.invalid_format"),
    "conditional": ("supply", 7810, "item.attribute.missing_conditional_required"),
    "field_not_allowed": ("items", 90001, "body.invalid_fields"),
    "title_long": ("items", 90002, "item.title.length_invalid"),
    "currency": ("items", 90003, "item.currency_id.invalid"),
    "quantity": ("items", 90004, "item.available_quantity.invalid"),
    "buying_mode": ("items", 90005, "item.buying_mode.invalid"),
    "listing_type": ("items", 90006, "item.listing_type_id.invalid"),
    "sale_term": ("items", 90007, "item.sale_terms.invalid"),
    "attribute_dropped": ("items", 90008, "item.attributes.omitted"),
    "not_modifiable": ("items", 90009, "item.field.not_modifiable"),
    "status": ("items", 90010, "item.status.invalid"),
    "condition_deprecated": ("items", 90011, "item.condition.deprecated"),
    "family_full": ("items", 90012, "user_product.items.max"),
    "description_exists": ("items", 90013, "item.description.already_exists"),
    "price_decimals": ("items", 109, "item.price.invalid"),
}


def cause(name: str, message: str, *references: str, warning: bool = False) -> Cause:
    """One entry of ``cause``."""
    department, cause_id, code = _CAUSES[name]
    return {
        "department": department,
        "cause_id": cause_id,
        "type": "warning" if warning else "error",
        "code": code,
        "references": list(references),
        "message": message,
    }


def refuse(status: int, error: str, message: str, **more: Any) -> Refusal:
    """A plain refusal with an empty cause list."""
    return Refusal(status, {"message": message, "error": error, "status": status, "cause": [], **more})


def invalid(causes: Sequence[Cause]) -> Refusal:
    """400 ``validation_error`` with its causes, warnings among them."""
    return Refusal(
        400, {"message": "Validation error", "error": "validation_error", "status": 400, "cause": list(causes)}
    )


def invalid_one(name: str, message: str, *references: str) -> Refusal:
    """400 ``validation_error`` with one cause."""
    return invalid([cause(name, message, *references)])


def blocks(causes: Sequence[Cause]) -> bool:
    """Whether any of the causes is more than a warning."""
    return any(entry["type"] == "error" for entry in causes)
