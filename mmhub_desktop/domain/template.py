"""Description templates: text with placeholders in braces, filled once and never run."""

import re
from collections.abc import Callable, Mapping

from mmhub_desktop.domain.product import Product
from mmhub_desktop.errors import UserMistake

_PLACEHOLDER = re.compile(r"\{([^{}\n]{1,80})\}")
_ATTRIBUTE = "attribute:"

_FIELDS: Mapping[str, Callable[[Product], str]] = {
    "title": lambda product: product.text.title,
    "description": lambda product: product.text.description,
    "keywords": lambda product: ", ".join(product.text.keywords),
    "brand": lambda product: product.brand,
    "category": lambda product: product.category,
    "sku": lambda product: product.sku,
    "gtin": lambda product: product.gtin,
    "condition": lambda product: product.condition.value,
    "attributes": lambda product: "\n".join(f"{name}: {value}" for name, value in product.attributes.items() if value),
}

PLACEHOLDERS: tuple[str, ...] = (*(f"{{{name}}}" for name in _FIELDS), "{attribute:Colour}")
"""What a template may contain; the last stands for any attribute by its name."""


def fill(template: str, product: Product) -> str:
    """The template with a product's values. What a value contains is text, never a placeholder.

    Lines whose placeholders are all empty are left out, so that “Brand: {brand}” does not stand there without one.
    """
    lines = []
    for line in template.splitlines():
        found = _PLACEHOLDER.findall(line)
        if found and all(not _value(name, product) for name in found):
            continue
        lines.append(_PLACEHOLDER.sub(lambda match: _value(match[1], product), line))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def check(template: str) -> None:
    """UserMistake when it has placeholders that mean nothing."""
    unknown = [
        name for name in _PLACEHOLDER.findall(template) if name not in _FIELDS and not name.startswith(_ATTRIBUTE)
    ]
    if unknown:
        names = ", ".join(f"{{{name}}}" for name in dict.fromkeys(unknown))
        raise UserMistake(f"The template has unknown placeholders: {names}.", hint=f"Use {', '.join(PLACEHOLDERS)}.")


def _value(name: str, product: Product) -> str:
    if name.startswith(_ATTRIBUTE):
        wanted = name.removeprefix(_ATTRIBUTE).strip().casefold()
        return next((value for key, value in product.attributes.items() if key.casefold() == wanted), "")
    field = _FIELDS.get(name)
    return f"{{{name}}}" if field is None else field(product)
