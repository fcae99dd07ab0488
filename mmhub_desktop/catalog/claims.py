"""What a text claims that the product's record does not say: numbers, codes, brands, materials, certificates.

A simple comparison of words, wrong now and then: a claim found is marked for the seller to look at.
"""

import re

from mmhub_desktop.domain.product import Product, Text
from mmhub_desktop.errors import Finding

_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
_CODE = re.compile(r"\b(?=[\w-]*\d)(?=[\w-]*[^\W\d_])\w[\w-]{2,}\b")
_LIST_MARK = re.compile(r"(?m)^\s*\d{1,2}[.)]\s")
_SPELLED = (
    ("two", "dos", "zwei", "dwa", "dwie", "dois", "duas"), ("three", "tres", "drei", "trzy", "três"),
    ("four", "cuatro", "vier", "cztery", "quatro"), ("five", "cinco", "fünf", "pięć"),
    ("six", "seis", "sechs", "sześć"),
    ("seven", "siete", "sieben", "siedem", "sete"), ("eight", "ocho", "acht", "osiem", "oito"),
    ("nine", "nueve", "neun", "dziewięć", "nove"), ("ten", "diez", "zehn", "dziesięć", "dez"),
    ("eleven", "once", "elf", "jedenaście", "onze"), ("twelve", "doce", "zwölf", "dwanaście", "doze"),
)  # fmt: skip
_BRANDS = (
    "apple iphone samsung xiaomi huawei sony lg philips bosch siemens makita dewalt nike adidas puma reebok "
    "lego disney canon nikon hp dell lenovo asus acer logitech jbl bose braun oral-b gillette dyson tefal "
    "kitchenaid nespresso anker motorola nokia google microsoft intel amd nvidia bayer nivea"
)
# One thing in several languages and spellings; found in the text it must be in the record, in any of them.
_THINGS: dict[str, tuple[tuple[str, ...], ...]] = {
    "material": (
        ("leather", "cuero", "piel", "leder", "skóra", "skórzany", "skórzana", "couro"),
        ("cotton", "algodón", "baumwolle", "bawełna", "bawełniany", "algodão"),
        ("wool", "lana", "wolle", "wełna", "lã"),
        ("silk", "seda", "seide", "jedwab"),
        ("stainless", "inoxidable", "inox", "edelstahl", "nierdzewna", "nierdzewny"),
        ("aluminium", "aluminum", "aluminio", "alumínio"), ("bamboo", "bambú", "bambus", "bambu"),
        ("silicone", "silicona", "silikon"), ("ceramic", "cerámica", "keramik", "ceramika", "ceramiczny", "cerâmica"),
        ("titanium", "titanio", "titan", "tytan", "titânio"),
    ),
    "certificate": (
        ("ce",), ("rohs",), ("iso",), ("fda",), ("tüv",), ("fsc",), ("oeko-tex",), ("energy star",), ("gots",),
        ("organic", "orgánico", "ecológico", "bio", "ekologiczny", "orgânico"),
    ),
    "promise": (
        ("warranty", "garantía", "garantie", "gwarancja", "gwarancją", "garantia"),
        ("original", "genuine", "auténtico", "echt", "oryginalny", "autêntico"),
        ("waterproof", "impermeable", "wasserdicht", "wodoodporny", "impermeável"),
    ),
    "brand": tuple((name,) for name in _BRANDS.split()),
}  # fmt: skip


def unfounded(text: Text, product: Product) -> tuple[Finding, ...]:
    """A blocking finding for each claim in ``text`` that the product's record does not hold."""
    record = _record(product)
    words = record.casefold()
    numbers = _numbers(record) | {str(n) for n, names in enumerate(_SPELLED, 2) if _has_any(words, names)}
    found: dict[tuple[str, str], Finding] = {}
    for field, content in (("title", text.title), ("description", text.description)):
        for kind, claim in _claims(content):
            if (kind in ("number", "code") and _founded(kind, claim, words, numbers)) or ("any", claim) in found:
                continue
            if kind not in ("number", "code") and _has_any(words, _group(kind, claim)):
                continue
            found["any", claim] = Finding(
                f"claim.{kind}", field, f"“{claim}” is not in this product's data.",
                "Check it. Add it to the product's attributes if it is true, otherwise take it out.", value=claim,
            )  # fmt: skip
    return tuple(found.values())


def _claims(content: str) -> list[tuple[str, str]]:
    """(kind, words) of everything in a text that could be checked."""
    content = _LIST_MARK.sub("", content)
    lower = content.casefold()
    claims = [("number", number) for number in _NUMBER.findall(_CODE.sub(" ", content))]
    claims += [("code", code) for code in _CODE.findall(content)]
    for kind, groups in _THINGS.items():
        claims += [(kind, name) for group in groups for name in group if _has_any(lower, (name,))]
    return claims


def _founded(kind: str, claim: str, words: str, numbers: set[str]) -> bool:
    if kind == "number":
        return _canonical(claim) in numbers
    flat = re.sub(r"[\s_-]", "", words)
    if re.sub(r"[_-]", "", claim.casefold()) in flat:
        return True
    measure = re.fullmatch(r"(\d+)(\D+)", claim)  # “350ml” for “350 ml”, “20w” for “20 W”
    return bool(measure and _canonical(measure.group(1)) in numbers)


def _group(kind: str, name: str) -> tuple[str, ...]:
    return next(group for group in _THINGS[kind] if name in group)


def _has_any(lower: str, names: tuple[str, ...]) -> bool:
    return any(re.search(rf"(?<![\w-]){re.escape(name)}(?![\w-])", lower) for name in names)


def _numbers(text: str) -> set[str]:
    return {_canonical(number) for number in _NUMBER.findall(text)}


def _canonical(number: str) -> str:
    """One form for 1.50, 1,5 and 1.5; grouping marks (1.000, 1,000) are dropped."""
    if re.fullmatch(r"\d{1,3}(?:[.,]\d{3})+", number):
        return re.sub(r"[.,]", "", number)
    whole, _, fraction = number.replace(",", ".").rpartition(".") if re.search(r"[.,]", number) else (number, "", "")
    fraction = fraction.rstrip("0")
    return (whole.lstrip("0") or "0") + (f".{fraction}" if fraction else "")


def _record(product: Product) -> str:
    """Everything the product's record says, in one text. Weights and sizes in the units people write."""
    parts = [product.original.title, product.original.description, *product.original.keywords]
    parts += [product.brand, product.category, product.gtin, product.sku, product.condition]
    parts += [f"{name} {value}" for name, value in product.attributes.items()]
    if product.weight_g is not None:
        parts.append(f"{product.weight_g} g {product.weight_g / 1000:g} kg")
    for side in product.size_mm or ():
        parts.append(f"{side} mm {side / 10:g} cm {side / 1000:g} m")
    return "\n".join(parts)
