"""What a change did to a product, field by field, in words."""

import json
from collections.abc import Mapping

from mmhub_desktop.domain.money import Money

SHOWN = 70  # characters of a value

_LABELS: Mapping[str, str] = {
    "sku": "SKU", "title": "Original title", "description": "Original description", "keywords": "Original keywords",
    "optimized_title": "Optimised title", "optimized_description": "Optimised description",
    "optimized_keywords": "Optimised keywords", "brand": "Brand", "category": "Category", "gtin": "Barcode",
    "condition": "Condition", "price_minor": "Price", "cost_minor": "Cost", "currency": "Currency",
    "quantity": "In stock", "weight_g": "Weight (g)", "length_mm": "Length (mm)", "width_mm": "Width (mm)",
    "height_mm": "Height (mm)", "active": "Active", "parent_id": "Variant of", "options": "Options",
    "source": "Source", "source_id": "Source id", "image_base": "Image folder", "overrides": "Own values of a listing",
}  # fmt: skip
_SILENT = frozenset({"optimized_by", "currency", "import_id"})


def field_label(name: str) -> str:
    """What a column of a product or listing is called."""
    return _LABELS.get(name, name.replace("_", " ").capitalize())


def change_lines(cells: Mapping[str, tuple[object, object]], currency: str) -> list[str]:
    """A line for each field that changed: “Price: 24.90 EUR → 27.50 EUR”. ``currency``: where the change names none."""
    lines = []
    before, after = cells.get("currency", (currency, currency))
    for name, (old, new) in cells.items():
        if name == "attributes":
            lines += _attributes(_mapping(old), _mapping(new))
        elif name == "images":
            lines.append(f"Images: {len(_list(old))} → {len(_list(new))}")
        elif name.endswith("_minor"):
            lines.append(f"{_LABELS[name]}: {_money(old, before)} → {_money(new, after)}")
        elif name not in _SILENT:
            was, is_now = _value(name, old), _value(name, new)
            if was != is_now or len(was) == SHOWN:  # none and empty are the same to people
                lines.append(f"{field_label(name)}: {was} → {is_now}")
    return lines


def _attributes(old: Mapping[str, object], new: Mapping[str, object]) -> list[str]:
    names = [name for name in dict.fromkeys((*old, *new)) if old.get(name) != new.get(name)]
    return [f"{name}: {_short(old.get(name))} → {_short(new.get(name))}" for name in names]


def _value(name: str, value: object) -> str:
    if name.endswith("keywords"):
        return _short(", ".join(str(word) for word in _list(value)))
    if name == "options":
        return _short(", ".join(str(word) for word in _mapping(value).values()))
    if name == "active":
        return "yes" if value else "no"
    return _short(value)


def _money(minor: object, currency: object) -> str:
    return str(Money(minor, str(currency))) if isinstance(minor, int) else "none"


def _short(value: object) -> str:
    words = " ".join(str(value).split()) if value is not None else ""
    if not words:
        return "empty"
    return words if len(words) <= SHOWN else f"{words[: SHOWN - 1]}…"


def _list(value: object) -> list[object]:
    found = json.loads(value) if isinstance(value, str) and value else []
    return found if isinstance(found, list) else []


def _mapping(value: object) -> dict[str, object]:
    found = json.loads(value) if isinstance(value, str) and value else {}
    return found if isinstance(found, dict) else {}
