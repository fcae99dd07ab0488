"""A product draft in the form of Walmart's item feed, with the findings of a check before any call."""

from collections.abc import Mapping
from typing import Any

from mmhub_desktop.errors import Finding
from mmhub_desktop.marketplaces.base import CategoryRules, ListingDraft, Mapped
from mmhub_desktop.marketplaces.walmart.checking import check_item
from mmhub_desktop.marketplaces.walmart.family import make_family
from mmhub_desktop.marketplaces.walmart.offer import (
    CONDITIONS,
    check_offer,
    condition_missing,
    feed_header,
    identifiers,
    json_number,
    try_fit,
)
from mmhub_desktop.marketplaces.walmart.pictures import further_least
from mmhub_desktop.marketplaces.walmart.problems import LABEL
from mmhub_desktop.marketplaces.walmart.schema import (
    OWN,
    Schema,
    measure_of,
    name_key,
    orderable_schema,
    properties_of,
    title_of,
    visible_schema,
)
from mmhub_desktop.marketplaces.walmart.texts import bullets_of, clean_description, clean_title, suggest_title

_PLACEHOLDER = "https://pictures.invalid/1.jpg"  # while the check runs: the pictures come later
_SIZES = ("assembledProductLength", "assembledProductWidth", "assembledProductHeight")


def map_draft(draft: ListingDraft, rules: CategoryRules, version: str, *, keep_html: bool = False) -> Mapped:
    """The feed of a new item or family without its pictures, what follows it, and every problem known beforehand."""
    findings: list[Finding] = []
    visible_rules = visible_schema(rules.schema, rules.id)
    orderable, visible = _fields(draft, rules, findings, keep_html=keep_html)
    findings += _check_images(draft, visible_rules)
    items = [{"Orderable": orderable, "Visible": {rules.id: visible}}]
    stock = {draft.sku.strip(): draft.quantity}
    if draft.variants:
        items, stock = make_family(draft, items[0], rules, findings)
    else:
        findings += check_offer(draft.sku, draft.gtin, draft.price, draft.quantity)
    for item in items:
        findings += _by_specification(item, rules, draft, findings)
    body = {"MPItemFeedHeader": feed_header(version), "MPItem": items}
    after: dict[str, Any] = {"feed": "MP_ITEM", "stock": stock, "further_pictures_from": further_least(visible_rules)}
    if draft.variants:
        after["group"] = draft.sku.strip()
        after["images"] = {one.sku.strip(): one.image for one in draft.variants if one.image is not None}
    return Mapped(body, after, _once(findings))


def _fields(
    draft: ListingDraft, rules: CategoryRules, findings: list[Finding], *, keep_html: bool
) -> tuple[dict[str, Any], dict[str, Any]]:
    offer_rules = orderable_schema(rules.schema)
    visible_rules = visible_schema(rules.schema, rules.id)
    title, changed = clean_title(draft.text.title)
    findings += changed
    description, changed = clean_description(draft.text.description, keep_html=keep_html)
    findings += changed
    findings += _check_title(title, rules)
    orderable: dict[str, Any] = {"sku": draft.sku.strip(), "productIdentifiers": identifiers(draft.gtin)}
    visible: dict[str, Any] = {"productName": title, "shortDescription": description, "brand": draft.brand.strip()}
    visible = {name: value for name, value in visible.items() if value}
    if draft.price is not None:
        orderable["price"] = json_number(draft.price)
    if "ShippingWeight" in properties_of(offer_rules) and draft.weight_g:
        orderable["ShippingWeight"] = measure_of(properties_of(offer_rules)["ShippingWeight"], g=draft.weight_g)
    _set_condition(visible, orderable, draft, visible_rules, offer_rules, findings)
    unknown = _fill(draft.attributes, (orderable, visible), rules, findings)
    _fill_features(visible, visible_rules, draft)
    _fill_sizes(visible, visible_rules, draft)
    if unknown:
        names = ", ".join(unknown[:8]) + (" …" if len(unknown) > 8 else "")
        message = f"“{rules.name}” has no such attributes; they are not sent: {names}."
        findings.append(Finding("walmart.attributes_unknown", "attributes", message, blocks=False))
    return orderable, visible


def _fill(
    given: Mapping[str, str], parts: tuple[dict[str, Any], ...], rules: CategoryRules, findings: list[Finding]
) -> list[str]:
    """Put the seller's words where they belong, without replacing; returns the names that belong nowhere."""
    names = _names_of(rules)
    unknown = []
    for said, value in given.items():
        found = names.get(name_key(said))
        if found is None:
            unknown.append(said)
            continue
        part, name, one = found
        if name not in parts[part] and str(value).strip():
            fitted = try_fit(str(value), one, name, findings)
            if fitted is not None:
                parts[part][name] = fitted
    return unknown


_Names = dict[str, tuple[int, str, Schema]]  # as names are compared → offer (0) or item (1), property, its schema
_known_names: dict[str, tuple[CategoryRules, _Names]] = {}
_MOST_NAMES = 24  # product types whose names are kept


def _names_of(rules: CategoryRules) -> _Names:
    """What each property may be called; worked out once for the rules of a product type."""
    kept = _known_names.get(rules.id)
    if kept is not None and kept[0] is rules:
        return kept[1]
    own = [
        (part, name, one)
        for part, schema in enumerate((orderable_schema(rules.schema), visible_schema(rules.schema, rules.id)))
        for name, one in properties_of(schema).items()
        if name not in OWN and isinstance(one, Mapping)
    ]
    names: _Names = {}
    for part, name, one in own:
        names.setdefault(name_key(title_of(name, one)), (part, name, one))
    for part, name, one in own:  # a name itself goes before another one's title
        names[name_key(name)] = (part, name, one)
    if len(_known_names) >= _MOST_NAMES:
        _known_names.clear()
    _known_names[rules.id] = rules, names
    return names


def _fill_features(visible: dict[str, Any], rules: Schema, draft: ListingDraft) -> None:
    """Key features that the product does not name: the points of its description."""
    if "keyFeatures" in properties_of(rules) and "keyFeatures" not in visible:
        points = bullets_of(draft.text.description)
        if points:
            visible["keyFeatures"] = points


def _fill_sizes(visible: dict[str, Any], rules: Schema, draft: ListingDraft) -> None:
    """Sizes and weight that the type demands, from the product's own."""
    known = properties_of(rules)
    measures = {name: measure_of(known[name], mm=mm) for name, mm in _sizes(draft) if name in known}
    if draft.weight_g and "assembledProductWeight" in known:
        measures["assembledProductWeight"] = measure_of(known["assembledProductWeight"], g=draft.weight_g)
    for name, value in measures.items():
        if value is not None:
            visible.setdefault(name, value)


def _sizes(draft: ListingDraft) -> list[tuple[str, int]]:
    return list(zip(_SIZES, draft.size_mm, strict=True)) if draft.size_mm else []


def _set_condition(
    visible: dict[str, Any],
    orderable: dict[str, Any],
    draft: ListingDraft,
    visible_rules: Schema,
    offer_rules: Schema,
    findings: list[Finding],
) -> None:
    """The condition where the type has one; the seller's own attribute goes before the product's."""
    if any(name_key(name) == "condition" for name in draft.attributes):
        return
    into, rules = (visible, visible_rules) if "condition" in properties_of(visible_rules) else (orderable, offer_rules)
    schema = properties_of(rules).get("condition")
    if schema is None:
        return
    choices = [str(choice) for choice in schema.get("enum") or ()]
    word = CONDITIONS.get(draft.condition, "")
    if word and (word in choices or not choices):
        into["condition"] = word
    else:
        findings.append(condition_missing(choices))


def _check_title(title: str, rules: CategoryRules) -> list[Finding]:
    if not title:
        return [Finding("walmart.title_missing", "title", "The title is empty.", "Name brand, product and model.")]
    if len(title) <= rules.title_max:
        return []
    message = f"The title has {len(title)} characters; {LABEL} takes {rules.title_max}."
    fix = f"Shorten it, for example to: {suggest_title(title, rules.title_max)}"
    return [Finding("walmart.title_long", "title", message, fix, title, f"at most {rules.title_max}")]


def _check_images(draft: ListingDraft, rules: Schema) -> list[Finding]:
    count = max(draft.image_count, len(draft.images))
    if not count:
        return [Finding("walmart.images_missing", "images", "The product has no picture.", "Add at least one.")]
    least = further_least(rules)
    if 1 < count <= least:
        message = f"Beside the main picture {LABEL} takes {least} or more; only the main one is sent."
        fix = f"Add pictures: {least + 1} or more in all."
        return [Finding("walmart.images_few", "images", message, fix, str(count), f"1, or {least + 1} and more", False)]
    return []


def _by_specification(
    item: Mapping[str, Any], rules: CategoryRules, draft: ListingDraft, told: list[Finding]
) -> list[Finding]:
    """What the specification says, of fields that no finding that blocks is about yet."""
    visible = dict(item["Visible"][rules.id])
    if max(draft.image_count, len(draft.images)):
        visible["mainImageUrl"] = _PLACEHOLDER
    known = {finding.field for finding in told if finding.blocks}
    found = check_item({**item, "Visible": {rules.id: visible}}, rules.schema, rules.id)
    return [finding for finding in found if finding.field not in known]


def _once(findings: list[Finding]) -> tuple[Finding, ...]:
    return tuple(dict.fromkeys(findings))
