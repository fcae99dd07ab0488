"""Checks an item's attributes against its category and brings them into MercadoLibre's own form."""

import re
from typing import Any

from mmhub_desktop.practice.mercadolibre.attributes import ATTRIBUTES, Attribute, values_of, word
from mmhub_desktop.practice.mercadolibre.catalog import conditionally_required
from mmhub_desktop.practice.mercadolibre.categories import Category, fold, tags_by_attribute
from mmhub_desktop.practice.mercadolibre.errors import Cause, cause
from mmhub_desktop.practice.mercadolibre.sites import Site
from mmhub_desktop.practice.state import Json

_PLACE = "item.attributes"
_NUMBER = re.compile(r"-?\d+([.,]\d+)?")


class AttributeCheck:
    """One pass over the attributes of one item: ``kept`` is what is stored, ``causes`` what was found."""

    def __init__(self, site: Site, category: Category) -> None:
        self.site = site
        self.category = category
        self.tags = tags_by_attribute(category)
        self.kept: list[Json] = []
        self.causes: list[Cause] = []

    def run(self, rows: Any, draft: Json, extra: frozenset[str] = frozenset()) -> None:
        """Check all rows; ``extra`` are attributes given elsewhere (in variations) that count as present."""
        if rows is None:
            rows = []
        if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
            message = "invalid property type: [attributes] expected Array of objects"
            self.causes.append(cause("wrong_type", message, _PLACE))
            return
        for index, row in enumerate(rows):
            self._check_row(row, f"{_PLACE}[{index}]")
        self._check_required(draft, extra)

    def _check_row(self, row: Json, place: str) -> None:
        attribute_id = row.get("id")
        if attribute_id is None and row.get("name") and row.get("value_name"):
            self._keep(str(row["name"]).upper().replace(" ", "_"), str(row["name"]), None, str(row["value_name"]))
            return
        if not isinstance(attribute_id, str) or attribute_id not in self.tags or "read_only" in self.tags[attribute_id]:
            message = f"Attribute [{attribute_id}] is not valid for this category and was omitted"
            self.causes.append(cause("attribute_dropped", message, place, warning=True))
            return
        attribute = ATTRIBUTES[attribute_id]
        value_id, value_name = row.get("value_id"), row.get("value_name")
        values = row.get("values")
        if value_id is None and value_name is None and isinstance(values, list) and values:
            first = values[0] if isinstance(values[0], dict) else {}
            value_id, value_name = first.get("id"), first.get("name")
        label = word(attribute.name, self.site.language)
        if str(value_id) == "-1" and value_name is None:
            self._keep(attribute.id, label, "-1", None)
        elif value_id is not None:
            self._check_id(attribute, label, str(value_id), place)
        elif value_name is not None:
            self._check_name(attribute, label, value_name, place)

    def _check_id(self, attribute: Attribute, label: str, value_id: str, place: str) -> None:
        name = dict(values_of(attribute.id, self.site.language)).get(value_id)
        if name is None:
            self._refuse("value", f"Attribute [{attribute.id}] is not valid, item values [({value_id},null)]", place)
        else:
            self._keep(attribute.id, label, value_id, name)

    def _check_name(self, attribute: Attribute, label: str, name: Any, place: str) -> None:
        if not isinstance(name, str) or not name.strip():
            self._refuse("value", f"Attribute [{attribute.id}] is not valid, item values [(null,{name})]", place)
            return
        name = name.strip()
        if len(name) > attribute.max_length:
            message = (
                f"Attribute {attribute.id} has a values entry with name too long ({len(name)}). "
                f"Maximum name size allowed is {attribute.max_length}."
            )
            self._refuse("value_long", message, place)
            return
        known = {spoken.casefold(): (i, spoken) for i, spoken in values_of(attribute.id, self.site.language)}
        if found := known.get(name.casefold()):
            message = f"Attribute [{attribute.id}] to be modified - values [(null,{name})] should be [{found}]"
            self.causes.append(cause("normalized", message, place, warning=True))
            self._keep(attribute.id, label, *found)
        elif attribute.kind in {"list", "boolean"}:
            self._refuse("value", f"Attribute [{attribute.id}] is not valid, item values [(null,{name})]", place)
        elif problem := _number_problem(attribute, name):
            self._refuse("number", problem, place)
        elif attribute.id == "GTIN":
            self._check_gtin(label, name, place)
        else:
            self._keep(attribute.id, label, None, name)

    def _check_gtin(self, label: str, code: str, place: str) -> None:
        if not code.isascii() or not code.isdigit():
            self._refuse("gtin", f"Product Identifier [GTIN] has invalid values: [{code}].", place)
        elif not is_gtin(code):
            message = f"Product Identifier [GTIN] contains values with invalid format: [{code}]."
            self._refuse("gtin_format", message, place)
        else:
            self._keep("GTIN", label, None, code)

    def _check_required(self, draft: Json, extra: frozenset[str]) -> None:
        given = extra | {row["id"] for row in self.kept if row["value_id"] != "-1"}
        category_id = f"{self.site.id}{self.category.number}"
        missing = [i for i, tags in self.tags.items() if "required" in tags and i not in given]
        if missing:
            message = (
                f"The attributes [{', '.join(missing)}] are required for category {category_id} and channel "
                "marketplace. Check the attribute is present in the attributes list or in all variation's "
                "attributes_combination or attributes."
            )
            self._refuse("required", message, _PLACE)
        for attribute_id in conditionally_required(self.category, {**draft, "attributes": self.kept}):
            if attribute_id in extra:
                continue
            message = (
                f"The attributes [{attribute_id}] are required for category [{category_id}]. Check the attribute is "
                "present in the attributes list or in all variation's attributes_combination or attributes."
            )
            self._refuse("conditional", message, _PLACE)

    def _keep(self, attribute_id: str, label: str, value_id: str | None, value_name: str | None) -> None:
        self.kept = [row for row in self.kept if row["id"] != attribute_id]
        self.kept.append({"id": attribute_id, "name": label, "value_id": value_id, "value_name": value_name})

    def _refuse(self, name: str, message: str, place: str) -> None:
        self.causes.append(cause(name, message, place))


def _number_problem(attribute: Attribute, text: str) -> str:
    """Why a text is no value of a number attribute, or nothing."""
    if attribute.kind == "number":
        example = "1"
        fits = _NUMBER.fullmatch(text) is not None
    elif attribute.kind == "number_unit":
        example = f"10 {attribute.units[0]}"
        number, _, unit = text.partition(" ")
        fits = _NUMBER.fullmatch(number) is not None and unit.strip() in attribute.units
    else:
        return ""
    return "" if fits else f"The value you entered in {attribute.id} is incorrect. An example is: {example}."


def is_gtin(code: str) -> bool:
    """Whether the digits are a GTIN-8, 12, 13 or 14 with a right check digit."""
    if len(code) not in {8, 12, 13, 14}:
        return False
    weighted = sum(int(d) * (3 if n % 2 else 1) for n, d in enumerate(reversed(code)))
    return weighted % 10 == 0


_FEMININE = {"mujer", "mujere", "dama", "femenino", "femenina", "feminino", "feminina", "women", "woman", "ladie"}
_MASCULINE = {"hombre", "caballero", "masculino", "masculina", "men", "man"}


def check_gender(name: str, attributes: list[Json]) -> list[Cause]:
    """A title must not name another gender than the attribute GENDER."""
    given = next((str(row["value_name"]) for row in attributes if row["id"] == "GENDER" and row["value_name"]), "")
    words = set(fold(name))
    clashes = (given in {"Hombre", "Masculino"} and words & _FEMININE) or (
        given in {"Mujer", "Feminino"} and words & _MASCULINE
    )
    if not clashes:
        return []
    return [
        cause(
            "title_gender", "Please make sure you enter a gender that matches the title of your listing.", "item.title"
        )
    ]
