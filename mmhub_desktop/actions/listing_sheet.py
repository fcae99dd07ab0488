"""One product on one account as a form: each field with its value, where it comes from, what is wrong and allowed.

Read from what is known on this machine. ``save`` keeps changes for the account alone, or with the product.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum
from typing import Any

from mmhub_desktop.actions.composing import ComposedDraft
from mmhub_desktop.actions.listing_desk import ListingDesk
from mmhub_desktop.actions.parts import Parts
from mmhub_desktop.actions.readiness import Readiness
from mmhub_desktop.domain.ids import AccountId, ProductId
from mmhub_desktop.domain.listing_rules import read_decimal
from mmhub_desktop.domain.mapping import words_key
from mmhub_desktop.domain.marketplace import Account
from mmhub_desktop.domain.money import Money, currency_decimals
from mmhub_desktop.domain.product import Condition, Product
from mmhub_desktop.errors import Finding, UserMistake
from mmhub_desktop.events import ProductsChanged
from mmhub_desktop.marketplaces.base import AttributeRule, CategoryRules

_ATTRIBUTE = "attributes."
CATEGORY = "category"


class Group(StrEnum):
    """How a form is ordered."""

    LISTING = "Listing"
    REQUIRED = "Required attributes"
    CONDITIONAL = "Attributes that may be required"
    RECOMMENDED = "Recommended attributes"
    OTHER = "Other attributes"


class FieldKind(StrEnum):
    """How a value is entered."""

    LINE = "line"
    TEXT = "text"
    NUMBER = "number"
    MEASURE = "measure"  # a number with one of ``units``
    CHOICE = "choice"  # one of ``choices``
    SUGGESTED = "suggested"  # any text; ``choices`` are common


@dataclass(frozen=True, slots=True)
class SheetField:
    """One field: ``key`` as findings name it, the value there now, and the seller's own name for an attribute."""

    key: str
    label: str
    kind: FieldKind
    group: Group
    value: str = ""
    source: str = ""
    findings: tuple[Finding, ...] = ()
    choices: tuple[tuple[str, str], ...] = ()  # (value, what people read)
    units: tuple[str, ...] = ()
    max_length: int | None = None
    is_own: bool = False  # set for this account alone
    ours: str = ""


@dataclass(frozen=True, slots=True)
class Sheet:
    """The form of a product for an account. Without ``rules_known`` only the product's own fields are there."""

    product: Product
    account: Account
    category_id: str
    category: str
    currency: str  # of the price there; empty where nothing says it
    fields: tuple[SheetField, ...]
    others: tuple[Finding, ...]  # findings about no field of the form
    rules_known: bool


class ListingSheets:
    """Reads and keeps forms; lives on the loop."""

    def __init__(self, parts: Parts, readiness: Readiness, desk: ListingDesk) -> None:
        self._parts = parts
        self._readiness = readiness
        self._desk = desk

    async def read(self, product_id: ProductId, account_id: AccountId) -> Sheet:
        """The form as things are now, freshly checked. UserMistake when the product is gone."""
        composed = await self._readiness.compose(product_id, account_id)
        await self._readiness.check(account_id, [product_id])
        found = await self._readiness.store.of_product(product_id)
        findings = found[account_id][1] if account_id in found else ()
        product = await self._parts.products.get(product_id)
        if product is None:
            raise UserMistake("The product is no longer in the catalog.", hint="It was deleted meanwhile.")
        listing = await self._parts.listings.get(product_id, account_id)
        account = await self._parts.accounts.get(account_id)
        demands = await self._readiness.demands_of(account, composed.draft.category_id)
        currency = _currency(composed, product, account)
        own = listing.overrides
        name = demands.name if demands else composed.draft.category_id
        category = await self._category(composed, account, own, name)
        fields = [*_own_fields(composed, currency, own), category, *_attributes(composed, demands, own)]
        by_field: dict[str, list[Finding]] = {}
        for finding in findings:
            by_field.setdefault(finding.field, []).append(finding)
        fields = [replace(each, findings=tuple(by_field.pop(each.key, ()))) for each in fields]
        others = tuple(finding for left in by_field.values() for finding in left)
        category_id = composed.draft.category_id
        return Sheet(product, account, category_id, name, currency, tuple(fields), others, demands is not None)

    async def save(self, sheet: Sheet, changed: Mapping[str, str], *, for_all: bool) -> None:
        """Keep changed fields (key → text), for the account alone or with the product. UserMistake for bad values.

        An empty text takes back what was set for the account, or empties the product's field. A category belongs to the
        marketplace, so it is kept for the account alone, after the marketplace has told its rules.
        """
        if not changed:
            return
        if CATEGORY in changed:
            await self._set_category(sheet, changed[CATEGORY].strip())
            changed = {key: text for key, text in changed.items() if key != CATEGORY}
            if not changed:
                return
        fields = {each.key: each for each in sheet.fields}
        if for_all:
            await self._parts.products.save(_with_values(sheet, changed, fields))
            self._parts.bus.publish(ProductsChanged((sheet.product.id,)))
        own = {key: text for key, text in changed.items() if not for_all or fields[key].is_own}
        if own:  # what was set for the account alone would hide what the product says now
            values = {key: "" if for_all else text for key, text in own.items()}
            await self._desk.set_own(sheet.product.id, sheet.account.id, _own_values(values, sheet))

    async def propose(self, sheet: Sheet) -> tuple[tuple[str, str], ...]:
        """Categories (id, name) that the marketplace proposes for the title as it is now: asks it."""
        title = next(each.value for each in sheet.fields if each.key == "title")
        found = await self._desk.find_categories(sheet.account, title)
        return tuple((one.category_id, one.name) for one in found)

    async def _set_category(self, sheet: Sheet, category_id: str) -> None:
        demands = await self._readiness.read_category(sheet.account.id, category_id) if category_id else None
        changes = {"category_id": category_id or None, "category_name": demands.name or None if demands else None}
        await self._desk.set_own(sheet.product.id, sheet.account.id, changes)

    async def _category(
        self, composed: ComposedDraft, account: Account, overrides: Mapping[str, Any], name: str
    ) -> SheetField:
        """The marketplace's category, to be chosen from those that were confirmed there, proposed, or typed."""
        mappings = await self._parts.mappings.of(account.marketplace, account.site)
        known = {one.category_id: one.name for one in mappings.categories.values()}
        category_id = composed.draft.category_id
        known |= {category_id: known.get(category_id) or name} if category_id else {}
        source = composed.sources[CATEGORY].words if category_id else ""
        return SheetField(
            CATEGORY, "Category there", FieldKind.SUGGESTED, Group.LISTING, category_id, source,
            choices=tuple((one, category_words(one, words)) for one, words in known.items()),
            is_own=bool(overrides.get("category_id")),
        )  # fmt: skip


def category_words(category_id: str, name: str) -> str:
    """A category for people, and told from others of the same name."""
    return f"{name}  ({category_id})" if name and name != category_id else category_id


def _own_fields(composed: ComposedDraft, currency: str, overrides: Mapping[str, Any]) -> list[SheetField]:
    draft, sources = composed.draft, composed.sources
    price = str(draft.price.amount) if draft.price is not None and draft.price.currency in ("", currency) else ""
    words = {key: found.words for key, found in sources.items()}
    if draft.price is not None and not price:
        words["price"] += f": {draft.price}"
    conditions = tuple((each.value, each.value.capitalize()) for each in Condition)
    values: tuple[tuple[str, str, FieldKind, str, tuple[tuple[str, str], ...]], ...] = (
        ("title", "Title", FieldKind.LINE, draft.text.title, ()),
        ("price", f"Price in {currency}" if currency else "Price", FieldKind.NUMBER, price, ()),
        ("quantity", "Quantity", FieldKind.NUMBER, str(draft.quantity), ()),
        ("brand", "Brand", FieldKind.LINE, draft.brand, ()),
        ("gtin", "Barcode (GTIN, EAN, UPC)", FieldKind.LINE, draft.gtin, ()),
        ("condition", "Condition", FieldKind.CHOICE, draft.condition.value, conditions),
        ("description", "Description", FieldKind.TEXT, draft.text.description, ()),
    )
    return [
        SheetField(
            key, label, kind, Group.LISTING, value, words[key], choices=choices,
            is_own=("price_minor" if key == "price" else key) in overrides,
        )
        for key, label, kind, value, choices in values
    ]  # fmt: skip


def _currency(composed: ComposedDraft, product: Product, account: Account) -> str:
    """What the account sells in, as far as the marketplace has told; else what the price is in."""
    price = composed.draft.price or product.price or product.cost
    return account.identity.get("currency", "") or (price.currency if price else "")


def _attributes(
    composed: ComposedDraft, demands: CategoryRules | None, overrides: Mapping[str, Any]
) -> list[SheetField]:
    """A field for each attribute of the category, the seller's further ones at the end."""
    given = {words_key(name): name for name in composed.draft.attributes}
    fields = [
        _attribute(rule, composed, given, overrides)
        for rule in (demands.attributes if demands else ())
        if not rule.read_only and not rule.hidden and words_key(rule.id) not in ("brand", "gtin")
    ]
    known = {words_key(field.ours) for field in fields if field.ours}
    for name, value in composed.draft.attributes.items():
        if words_key(name) not in known:
            key = f"{_ATTRIBUTE}{name}"
            source = composed.sources[key].words
            is_own = name in overrides.get("attributes", {})
            fields.append(
                SheetField(key, name, FieldKind.LINE, Group.OTHER, value, source, is_own=is_own, ours=name)
            )  # fmt: skip
    return sorted(fields, key=lambda field: list(Group).index(field.group))


def _attribute(
    rule: AttributeRule, composed: ComposedDraft, given: Mapping[str, str], overrides: Mapping[str, Any]
) -> SheetField:
    ours = given.get(words_key(rule.id)) or given.get(words_key(rule.name)) or ""
    value = composed.draft.attributes.get(ours, "")
    value = next((name for value_id, name in rule.values if value_id == value), value)
    source = composed.sources[f"{_ATTRIBUTE}{ours}"].words if ours else ""
    wants = {Group.REQUIRED: rule.required, Group.CONDITIONAL: rule.conditional, Group.RECOMMENDED: rule.recommended}
    group = next((group for group, wanted in wants.items() if wanted), Group.OTHER)
    if rule.value_type in ("list", "boolean") and rule.values:
        kind = FieldKind.CHOICE
    elif rule.values:
        kind = FieldKind.SUGGESTED
    elif rule.units:
        kind = FieldKind.MEASURE
    else:
        kind = FieldKind.NUMBER if rule.value_type == "number" else FieldKind.LINE
    return SheetField(
        f"{_ATTRIBUTE}{rule.id}", rule.name, kind, group, value, source,
        choices=tuple((name, name) for _, name in rule.values), units=rule.units, max_length=rule.max_length,
        is_own=bool({rule.id, ours} & set(overrides.get("attributes", {}))), ours=ours,
    )  # fmt: skip


def _own_values(changed: Mapping[str, str], sheet: Sheet) -> dict[str, Any]:
    """Texts as they are kept with a listing; None where empty."""
    values: dict[str, Any] = {}
    attributes: dict[str, str | None] = {}
    for key, text in changed.items():
        if key.startswith(_ATTRIBUTE):
            attributes[key.removeprefix(_ATTRIBUTE)] = text.strip() or None
        elif key == "price":
            price = _price(text, sheet.currency) if text.strip() else None
            values |= {"price_minor": price.minor if price else None, "currency": price.currency if price else None}
        elif key == "quantity":
            values[key] = _whole(text) if text.strip() else None
        else:
            values[key] = text.strip() or None
    return values | ({"attributes": attributes} if attributes else {})


def _with_values(sheet: Sheet, changed: Mapping[str, str], fields: Mapping[str, SheetField]) -> Product:
    """The product with changed fields; the text that would be published takes the new words."""
    product = sheet.product
    changes: dict[str, Any] = {}
    text = product.text
    attributes = dict(product.attributes)
    for key, value in changed.items():
        if key.startswith(_ATTRIBUTE):
            field = fields[key]
            name = next((own for own in attributes if words_key(own) == words_key(field.ours)), "") or field.label
            attributes.pop(name, None)
            if value.strip():
                attributes[name] = value.strip()
        elif key in ("title", "description"):
            text = replace(text, title=value.strip()) if key == "title" else replace(text, description=value.strip())
        elif key == "price":
            changes[key] = _base_price(value, sheet) if value.strip() else None
        elif key == "quantity":
            changes[key] = _whole(value or "0")
        elif key == "condition":
            changes[key] = Condition(value)
        else:
            changes[key] = value.strip()
    changes["original" if product.optimized is None else "optimized"] = text
    return replace(product, **changes, attributes=attributes)


def _base_price(text: str, sheet: Sheet) -> Money:
    """A price for the product itself, which an account's rules would change again."""
    present = sheet.product.price or sheet.product.cost
    if present is not None and present.currency != sheet.currency:
        raise UserMistake(
            f"The price there is in {sheet.currency}, the product's in {present.currency}.",
            hint="Keep this price for the account alone.",
        )
    return _price(text, sheet.currency)


def _price(text: str, currency: str) -> Money:
    if not currency:
        raise UserMistake(
            "Nothing says the currency of this price.", hint="Import the product with price and currency."
        )
    amount = read_decimal(text, "price")
    if amount < 0 or amount != amount.quantize(Decimal(1).scaleb(-currency_decimals(currency))):
        hint = f"Prices in {currency} have {currency_decimals(currency)} decimals."
        raise UserMistake(f"“{text}” is not a price in {currency}.", hint=hint)
    return Money.of(amount, currency)


def _whole(text: str) -> int:
    if not text.strip().isdecimal():
        raise UserMistake(f"“{text}” is not a quantity.", hint="Enter a whole number, 0 or more.")
    return int(text)
