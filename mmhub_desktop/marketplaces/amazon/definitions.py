"""Amazon's product type definitions read into category rules: which attributes there are, and their limits and values.

An attribute is an array of objects. What a seller fills in is its ``value`` (with a ``unit`` beside it), or several
named parts such as the length, width and height of its dimensions; those are rules of their own, named
``item_dimensions.length``.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

from mmhub_desktop.domain.product import fold
from mmhub_desktop.marketplaces.base import AttributeRule, CategoryRules

TITLE_MAX, DESCRIPTION_MAX, PICTURES_MAX = 200, 2000, 9  # where a schema does not say
COMPANIONS = frozenset({"language_tag", "marketplace_id", "audience"})  # set by the program, not by the seller
OWN = frozenset(
    {
        "item_name", "product_description", "brand", "externally_assigned_product_identifier",
        "supplier_declared_has_product_identifier_exemption", "purchasable_offer", "fulfillment_availability",
        "generic_keyword", "parentage_level", "child_parent_sku_relationship", "variation_theme",
    }
)  # fmt: skip
"""Attributes made from the product's own fields, so that no form asks for them."""

_DEPTH = 4
_SIGNS = re.compile(r"[\W_]+")


@dataclass(frozen=True)
class Leaf:
    """One value of an attribute: its path below the attribute, its JSON type, and the allowed values (value, name).

    ``units`` None: it has no unit. ``is_open``: other texts than the listed ones are taken, too.
    """

    path: tuple[str, ...]
    title: str
    kind: str
    values: tuple[tuple[str, str], ...]
    is_open: bool
    units: tuple[tuple[str, str], ...] | None
    max_length: int | None
    is_required: bool
    is_hidden: bool
    is_editable: bool

    @cached_property
    def _words(self) -> Mapping[str, str]:
        named = {key_of(name): value for value, name in reversed(self.values)}
        return {**named, **{key_of(value): value for value, _ in reversed(self.values)}}

    def find(self, text: str) -> str | None:
        """The allowed value whose own word or name a text is, None where there is none."""
        return self._words.get(key_of(text))


@lru_cache(16_384)
def key_of(word: str) -> str:
    """The form in which names and values are compared: case, accents and signs ignored."""
    return " ".join(_SIGNS.sub(" ", fold(word)).split())


def read_rules(definition: Mapping[str, Any], schema: Mapping[str, Any], currency: str) -> CategoryRules:
    """A definition and its schema as rules. ``version`` is the schema's checksum."""
    properties = _mapping(schema.get("properties"))
    required = frozenset(str(one) for one in schema.get("required") or ())
    conditional = frozenset(_conditional(schema))
    link = _mapping(definition.get("schema"))
    return CategoryRules(
        id=str(definition.get("productType") or ""),
        name=str(definition.get("displayName") or definition.get("productType") or ""),
        listing_allowed=True,
        title_max=_longest(schema, "item_name") or TITLE_MAX,
        description_max=_longest(schema, "product_description") or DESCRIPTION_MAX,
        pictures_max=sum("product_image_locator" in name for name in properties) or PICTURES_MAX,
        currency=currency,
        attributes=tuple(
            rule
            for name, node in properties.items()
            for rule in _rules_of(schema, name, _mapping(node), name in required, name in conditional)
        ),
        schema=schema,
        version=str(link.get("checksum") or ""),
    )


_ASIDE = frozenset({"description", "examples", "$comment"})  # words for people, nearly half of a schema
_NAMED = frozenset({"properties", "$defs", "definitions"})
_LISTED = frozenset({"allOf", "anyOf", "oneOf"})


def slim(node: Any) -> Any:
    """A schema without its long words for people: what is checked by it stays the same."""
    if not isinstance(node, dict):
        return node
    kept: dict[str, Any] = {}
    for name, part in node.items():
        if name in _NAMED and isinstance(part, dict):
            kept[name] = {key: slim(one) for key, one in part.items()}
        elif name in _LISTED and isinstance(part, list):
            kept[name] = [slim(one) for one in part]
        elif name not in _ASIDE:
            kept[name] = slim(part) if isinstance(part, dict) else part
    return kept


_KEPT = 12  # of ten megabytes each
_found: dict[int, tuple[Mapping[str, Any], dict[str, tuple[Leaf, ...]]]] = {}


def leaves(schema: Mapping[str, Any], name: str) -> tuple[Leaf, ...]:
    """The values of an attribute, looked for once; empty for one that the schema does not have."""
    kept = _found.get(id(schema))
    if kept is None:
        while len(_found) >= _KEPT:
            del _found[next(iter(_found))]
        kept = _found[id(schema)] = (schema, {})  # held, so that the number stays its own
    if name not in kept[1]:
        node = _mapping(_mapping(schema.get("properties")).get(name))
        kept[1][name] = tuple(_leaves(schema, node, (), True)) if node else ()
    return kept[1][name]


def resolve(root: Mapping[str, Any], node: Any) -> Mapping[str, Any]:
    """A part of a schema with its reference followed."""
    for _ in range(8):
        if not isinstance(node, Mapping) or "$ref" not in node:
            break
        place: Any = root
        for step in str(node["$ref"]).removeprefix("#").split("/")[1:]:
            place = _mapping(place).get(step.replace("~1", "/").replace("~0", "~"))
        node = place
    return _mapping(node)


def entry_of(root: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    """The schema of one entry of an attribute's array."""
    node = resolve(root, _mapping(root.get("properties")).get(name))
    return resolve(root, node.get("items"))


def values_of(root: Mapping[str, Any], node: Mapping[str, Any]) -> tuple[tuple[tuple[str, str], ...], bool]:
    """The allowed values (value, name), and whether other text is taken too. Values on their way out are left out."""
    kinds = [resolve(root, one) for one in (node.get("anyOf") or node.get("oneOf") or ())] or [node]
    listed: dict[str, str] = {}
    for kind in kinds:
        values, names = kind.get("enum") or (), kind.get("enumNames") or ()
        gone = set(map(str, kind.get("enumDeprecated") or ()))
        for place, value in enumerate(values):
            if str(value) not in gone and not isinstance(value, bool):
                listed.setdefault(str(value), str(names[place]) if place < len(names) else str(value))
    open_ended = not listed or any("enum" not in kind and kind.get("type") == "string" for kind in kinds)
    return tuple(listed.items()), open_ended


def type_of(root: Mapping[str, Any], node: Mapping[str, Any]) -> str:
    """The JSON type of a value: string, number, integer or boolean."""
    kinds = [node, *(resolve(root, one) for one in (node.get("anyOf") or node.get("oneOf") or ()))]
    for kind in kinds:
        name = kind.get("type")
        if isinstance(name, list):
            name = next((one for one in name if one != "null"), None)
        if isinstance(name, str):
            return name
    return "string"


def _rules_of(
    root: Mapping[str, Any], name: str, node: Mapping[str, Any], required: bool, conditional: bool
) -> Iterator[AttributeRule]:
    own = name in OWN or "image_locator" in name
    title = str(node.get("title") or name)
    for leaf in _leaves(root, node, (), True):
        is_list = bool(leaf.values) and not leaf.is_open
        yield AttributeRule(
            id=".".join((name, *leaf.path)),
            name=title if not leaf.path else f"{title}: {leaf.title}",
            value_type="list" if is_list else "number_unit" if leaf.units is not None else leaf.kind,
            required=required and leaf.is_required and not own,
            conditional=conditional and not required,
            hidden=own or leaf.is_hidden,
            read_only=not leaf.is_editable,
            max_length=leaf.max_length,
            units=tuple(value for value, _ in leaf.units or ()),
            values=leaf.values,
        )


def _leaves(
    root: Mapping[str, Any], node: Mapping[str, Any], path: tuple[str, ...], required: bool, title: str = ""
) -> Iterator[Leaf]:
    node = resolve(root, node)
    if len(path) > _DEPTH:
        return
    if type_of(root, node) == "array":
        yield from _leaves(root, _mapping(node.get("items")), path, required, title)
        return
    parts = _mapping(node.get("properties"))
    needed = frozenset(str(one) for one in node.get("required") or ())
    units = values_of(root, resolve(root, parts["unit"]))[0] if "unit" in parts else None
    for name, part in parts.items():
        if name in COMPANIONS or (name == "unit" and "value" in parts):
            continue
        inner = resolve(root, part)
        here = path if name == "value" else (*path, name)
        is_needed = required and name in needed
        own = title if name == "value" and title else str(inner.get("title") or name.replace("_", " "))
        if inner.get("properties") or type_of(root, inner) == "array":
            yield from _leaves(root, inner, here, is_needed, own)
        else:
            yield _leaf(root, inner, here, own, units if name == "value" else None, is_needed)


def _leaf(
    root: Mapping[str, Any],
    node: Mapping[str, Any],
    path: tuple[str, ...],
    title: str,
    units: tuple[tuple[str, str], ...] | None,
    required: bool,
) -> Leaf:
    values, is_open = values_of(root, node)
    length = node.get("maxLength")
    return Leaf(
        path=path,
        title=title,
        kind=type_of(root, node),
        values=values,
        is_open=is_open,
        units=units,
        max_length=length if isinstance(length, int) and length > 0 else None,
        is_required=required,
        is_hidden=node.get("hidden") is True,
        is_editable=node.get("editable") is not False,
    )


def _longest(schema: Mapping[str, Any], name: str) -> int:
    """The characters that the value of an attribute may have, 0 where nothing is said."""
    return next((leaf.max_length or 0 for leaf in leaves(schema, name) if not leaf.path), 0)


def _conditional(schema: Mapping[str, Any]) -> Iterator[str]:
    """Names that some condition of the schema demands."""
    waiting: list[Any] = [*(schema.get("allOf") or ()), schema.get("then"), schema.get("else")]
    while waiting:
        one = waiting.pop()
        if not isinstance(one, Mapping):
            continue
        if "if" not in one:
            yield from (str(name) for name in one.get("required") or ())
        waiting += [one.get("then"), one.get("else")]
        for keyword in ("allOf", "anyOf", "oneOf"):
            waiting += one.get(keyword) or ()


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}
