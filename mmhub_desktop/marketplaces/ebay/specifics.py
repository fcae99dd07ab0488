"""A product's attributes as the item specifics ("aspects") of an eBay category: name → list of values."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from mmhub_desktop.errors import Finding
from mmhub_desktop.marketplaces.base import AttributeRule, CategoryRules, ListingDraft
from mmhub_desktop.marketplaces.characters import fold
from mmhub_desktop.marketplaces.ebay.problems import BRAND_NAMES, attribute_field
from mmhub_desktop.marketplaces.ebay.texts import shorten

NAME_MAX, VALUE_MAX = 40, 50  # characters
# What the same specific is called on eBay's sites, beside what sellers write in their files.
_SAME_NAMES = (
    tuple(BRAND_NAMES),
    ("mpn", "herstellernummer", "manufacturer part number", "part number", "numero de piece fabricant"),
    ("color", "colour", "farbe", "couleur", "colore", "kleur", "kolor", "cor"),
    ("size", "große", "grosse", "taille", "taglia", "talla", "maat", "rozmiar", "tamaño"),
    ("material", "matiere", "materiale", "materiaal", "material", "materiał"),
    ("model", "modell", "modele", "modello", "modelo"),
    ("type", "produktart", "typ", "tipo"),
    ("department", "abteilung", "departement", "departamento", "gender"),
    ("capacity", "kapazitat", "fassungsvermogen", "capacite", "capacidad"),
)
_MEANINGS = {word: number for number, words in enumerate(_SAME_NAMES) for word in words}
_RESERVED = frozenset({"condition", "condition description", "gtin", "upc", "ean", "isbn", "epid", "barcode"})


@dataclass
class Specifics:
    """Specifics in eBay's form, with the findings about them."""

    values: dict[str, list[str]] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)


def fill_specifics(
    draft: ListingDraft, rules: CategoryRules, *, send_own: bool, others: frozenset[str] = frozenset()
) -> Specifics:
    """The category's specifics from the product's attributes. ``send_own``: those it does not know, too.

    ``others`` are attributes (folded) that say something else than a specific.

    What the category requires and the product lacks is a finding that forbids; the specifics that variants differ by
    are theirs to give.
    """
    filled = Specifics()
    given = {name: value.strip() for name, value in draft.attributes.items() if value and value.strip()}
    if draft.brand.strip():
        given = {name: value for name, value in given.items() if fold(name) not in BRAND_NAMES}
        given = {"Brand": draft.brand.strip(), **given}
    varying = {name for variant in draft.variants for name in variant.options}
    own_of_variants = {fold(name) for name in varying}
    by_word = {fold(name): name for name in given}
    by_meaning = {_MEANINGS[word]: name for word, name in reversed(by_word.items()) if word in _MEANINGS}
    used: set[str] = set()
    for rule in rules.attributes:
        word = fold(rule.name)
        if any(means(name, rule.name) for name in varying):
            continue
        name = by_word.get(word) or by_meaning.get(_MEANINGS.get(word, -1), "")
        if name and name not in used:
            used.add(name)
            _take(filled, rule, given[name], several=rule.id in _several(rules))
        elif rule.required:
            filled.findings.append(_missing(rule, rules))
        elif when := _soon(rules).get(rule.id):
            message = f"From {when[:10]} “{rules.name}” asks for {rule.name}, which the product does not have."
            filled.findings.append(
                Finding("ebay.specific_soon", attribute_field(rule.name), message, "Add it in time.", blocks=False)
            )
    _check_together(filled, rules)
    unknown = [name for name in given if name not in used and fold(name) not in _RESERVED | others | own_of_variants]
    _add_own(filled, {name: given[name] for name in unknown}, rules, send=send_own)
    return filled


def express(rule: AttributeRule, value: str, *, several: bool) -> list[str] | Finding:
    """A seller's value as eBay's values, or what is wrong with it (forbidding where the specific is required)."""
    known = _known(rule.values)
    parts = [value]
    if several and fold(value) not in known:
        parts = [part.strip() for part in re.split(r"[;|\n]", value) if part.strip()]
        commas = [part.strip() for part in value.split(",") if part.strip()]
        if len(parts) == 1 and known and all(fold(part) in known for part in commas):
            parts = commas
    found = []
    for part in parts:
        taken = known.get(fold(part), part)
        limit = rule.max_length or VALUE_MAX
        if rule.value_type == "list" and fold(part) not in known:
            choices = ", ".join(name for _, name in rule.values[:6])
            return _refused(rule, part, f"“{part}” is not among the values of {rule.name}.", f"Choose one: {choices}.")
        if rule.value_type == "number" and not re.fullmatch(r"[-+]?\d+([.,]\d+)?", taken):
            return _refused(rule, part, f"{rule.name} must be a number.", "Enter digits only.")
        if len(taken) > limit:
            fix = f"Shorten it, for example to: {shorten(taken, limit)}"
            return _refused(rule, part, f"{rule.name} has {len(taken)} characters.", fix, f"at most {limit}")
        if taken not in found:
            found.append(taken)
    return found


@lru_cache(maxsize=2_000)
def _known(values: tuple[tuple[str, str], ...]) -> Mapping[str, str]:
    """eBay's values by their folded words."""
    return {fold(name): name for _, name in values}


def _take(filled: Specifics, rule: AttributeRule, value: str, *, several: bool) -> None:
    taken = express(rule, value, several=several)
    if isinstance(taken, Finding):
        filled.findings.append(taken)
    else:
        filled.values[rule.id] = taken


def means(name: str, specific: str) -> bool:
    """Whether a seller's word for a specific is the one that eBay names so."""
    mine, theirs = fold(name), fold(specific)
    if mine == theirs:
        return True
    meaning = _MEANINGS.get(mine)
    return meaning is not None and meaning == _MEANINGS.get(theirs)


def _missing(rule: AttributeRule, rules: CategoryRules) -> Finding:
    choices = ", ".join(name for _, name in rule.values[:5])
    fix = f"Add the attribute “{rule.name}”" + (f", for example {choices}." if choices else ".")
    message = f"“{rules.name}” asks for {rule.name}, which the product does not have."
    return Finding("ebay.specific_missing", attribute_field(rule.name), message, fix)


def _refused(rule: AttributeRule, value: str, message: str, fix: str, limit: str = "") -> Finding:
    if not rule.required:
        message = f"{message} It is left out."
    return Finding("ebay.specific_value", attribute_field(rule.name), message, fix, value, limit, rule.required)


def _check_together(filled: Specifics, rules: CategoryRules) -> None:
    """Leave out values that do not go with another specific's; what is required cannot be left out."""
    required = {rule.id for rule in rules.attributes if rule.required}
    for name, bound in (rules.schema.get("goes_with") or {}).items():
        for value in filled.values.get(name, ()):
            for other, beside in bound.get(value, {}).items():
                there = filled.values.get(other)
                if not there or set(there) & set(beside):
                    continue
                blocks = name in required
                message = f"{name} “{value}” does not go with {other} “{', '.join(there)}”."
                if not blocks:
                    filled.values.pop(name, None)
                    message = f"{message} It is left out."
                choices = ", ".join(beside[:6])
                fix = f"It goes with {other}: {choices}."
                field_name = attribute_field(name)
                filled.findings.append(
                    Finding("ebay.specific_together", field_name, message, fix, value, choices, blocks)
                )


def _add_own(filled: Specifics, own: Mapping[str, str], rules: CategoryRules, *, send: bool) -> None:
    kept_out = []
    for name, value in own.items():
        if send and len(name) <= NAME_MAX and len(value) <= VALUE_MAX:
            filled.values.setdefault(name, [value])
        else:
            kept_out.append(name)
    if not kept_out:
        return
    names = ", ".join(kept_out[:8]) + (" …" if len(kept_out) > 8 else "")
    message = f"“{rules.name}” has no such item specifics; they are not sent: {names}."
    fix = f"eBay takes names of {NAME_MAX} and values of {VALUE_MAX} characters." if send else ""
    filled.findings.append(Finding("ebay.specifics_own", "attributes", message, fix, blocks=False))


def _several(rules: CategoryRules) -> Sequence[str]:
    return rules.schema.get("several") or ()


def _soon(rules: CategoryRules) -> Mapping[str, str]:
    return rules.schema.get("soon") or {}
