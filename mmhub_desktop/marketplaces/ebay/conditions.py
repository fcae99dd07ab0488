"""The condition of goods in eBay's words, as far as the category allows it."""

from typing import Any

from mmhub_desktop.domain.product import Condition
from mmhub_desktop.errors import Finding
from mmhub_desktop.marketplaces.base import CategoryRules, ListingDraft
from mmhub_desktop.marketplaces.characters import fold

NOTE_MAX = 1_000  # characters of a condition's description
# eBay's condition numbers, as categories name them → the words of an inventory item.
CONDITIONS = {
    "1000": "NEW", "1500": "NEW_OTHER", "1750": "NEW_WITH_DEFECTS", "2000": "CERTIFIED_REFURBISHED",
    "2010": "EXCELLENT_REFURBISHED", "2020": "VERY_GOOD_REFURBISHED", "2030": "GOOD_REFURBISHED",
    "2500": "SELLER_REFURBISHED", "2750": "LIKE_NEW", "2990": "PRE_OWNED_EXCELLENT", "3000": "USED_EXCELLENT",
    "3010": "PRE_OWNED_FAIR", "4000": "USED_VERY_GOOD", "5000": "USED_GOOD", "6000": "USED_ACCEPTABLE",
    "7000": "FOR_PARTS_OR_NOT_WORKING",
}  # fmt: skip
# The first one that the category allows; what needs eBay's permission or promises more than is known comes last.
_PREFERRED = {
    Condition.NEW: ("NEW",),
    Condition.USED: ("USED_EXCELLENT", "USED_GOOD", "USED_ACCEPTABLE", "USED_VERY_GOOD"),
    Condition.REFURBISHED: ("SELLER_REFURBISHED", "GOOD_REFURBISHED", "VERY_GOOD_REFURBISHED"),
}


def find_condition(draft: ListingDraft, rules: CategoryRules) -> tuple[dict[str, Any], list[Finding]]:
    """The condition of the item and its note. The attributes “Condition” and “Condition description” say it exactly.

    Nothing where the category knows no conditions; a finding where it does not allow this one.
    """
    told = [(str(number), str(name)) for number, name in rules.schema.get("conditions") or ()]
    allowed = {CONDITIONS[number]: name for number, name in told if number in CONDITIONS}
    if rules.schema.get("no_conditions"):
        return {}, []
    given = {fold(name): value.strip() for name, value in draft.attributes.items()}
    wanted = _exact(given.get("condition", ""), allowed)
    names = (wanted,) if wanted else _PREFERRED[draft.condition]
    chosen = next((name for name in names if name in allowed or not allowed), "")
    if not chosen:
        choices = ", ".join(allowed.values())
        message = f"Goods in the condition “{draft.condition.value}” cannot be listed in “{rules.name}”."
        fix = f"Choose another category or condition, or add the attribute “Condition”: {choices}."
        return {}, [Finding("ebay.condition", "condition", message, fix, draft.condition.value, choices)]
    found: dict[str, Any] = {"condition": chosen}
    note = given.get("condition description", "")
    if not note or chosen == "NEW":
        return found, []
    if len(note) > NOTE_MAX:
        message = f"The condition's description has {len(note)} characters; eBay takes {NOTE_MAX}."
        limit = f"at most {NOTE_MAX}"
        finding = Finding("ebay.condition_note", "attributes.Condition description", message, "Shorten it.", "", limit)
        return found, [finding]
    return {**found, "conditionDescription": note}, []


def _exact(word: str, allowed: dict[str, str]) -> str:
    """The condition that a word of the seller's names: eBay's own word, or what the category calls it."""
    for condition, name in allowed.items():
        if word and fold(word) in (fold(condition), fold(name)):
            return condition
    return ""
