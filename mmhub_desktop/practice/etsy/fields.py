"""Forms of listings read and checked as the published description says, with Etsy's kind of words for what is wrong."""

import re
import time
import unicodedata
from collections.abc import Callable, Mapping
from typing import Any

from aiohttp import web

from mmhub_desktop.practice.answers import Malformed
from mmhub_desktop.practice.etsy import market as books
from mmhub_desktop.practice.etsy.switches import refuse
from mmhub_desktop.practice.etsy.taxonomy import BY_ID

WHO_MADE = ("i_did", "someone_else", "collective")
_DECADES = (*(f"{year}s" for year in range(1990, 1890, -10)), "1800s", "1700s", "before_1700")
_LISTS = frozenset({"tags", "materials", "styles", "image_ids", "production_partner_ids", "value_ids", "values"})
_ONCE = "%:&+"


def when_made(now: float) -> tuple[str, ...]:
    """The periods of this year: the first ones and the boundary of 20 years move each January."""
    year = time.gmtime(now).tm_year
    edge = year - 19
    return (
        "made_to_order", f"2020_{year}", "2010_2019", f"{edge}_2009", f"before_{edge}", f"2000_{edge - 1}",
        *_DECADES,
    )  # fmt: skip


async def read_fields(request: web.Request) -> dict[str, Any]:
    """A form's fields; lists joined by commas or repeated as ``name[]``."""
    if request.content_type != "application/x-www-form-urlencoded":
        raise Malformed("the body must be application/x-www-form-urlencoded")
    sent = await request.post()
    found: dict[str, Any] = {}
    for name in dict.fromkeys(sent):
        texts = [str(one) for one in sent.getall(name)]
        plain = name.removesuffix("[]")
        if plain in _LISTS:
            found[plain] = texts if name.endswith("[]") else [one for one in texts[-1].split(",") if one]
        else:
            found[plain] = texts[-1]
    return found


def check_listing(fields: Mapping[str, Any], market: "books.Market", *, creates: bool) -> dict[str, Any]:
    """The fields with their types. Refusal for the first that is wrong; unknown ones are refused too."""
    rules = _CREATE if creates else _UPDATE
    for name in ("quantity", "title", "description", "price", "who_made", "when_made", "taxonomy_id"):
        if creates and name not in fields:
            raise refuse(400, f"Missing required parameter: {name}")
    for name in fields:
        if name not in rules:
            raise refuse(400, f"Invalid parameter: {name}")
    read = {name: rules[name](name, value, market) for name, value in fields.items()}
    if creates and "is_supply" not in read:
        raise refuse(400, "array_too_short: images; is_supply, who_made and when_made must be given together")
    if creates and read.get("type", "physical") == "physical" and "shipping_profile_id" not in read:
        raise refuse(400, "A shipping_profile_id is required for physical listings")
    return read


def _title(_: str, value: str, __: "books.Market") -> str:
    if not value.strip():
        raise refuse(400, "title cannot be empty")
    if len(value) > 140:
        raise refuse(400, "title is too long, at most 140 characters")
    for char in value:
        category = unicodedata.category(char)
        if category[0] not in "LP" and category not in ("Nd", "Sm", "Zs") and char not in "™©®":
            raise refuse(400, "title contains invalid characters")
    if any(value.count(sign) > 1 for sign in _ONCE):
        raise refuse(400, "title: the characters %, :, & and + can be used only once each")
    return value


def _words(name: str, value: list[str], __: "books.Market") -> list[str]:
    most, longest, more = {"tags": (13, 20, "-'™©®"), "styles": (2, 45, ""), "materials": (13, 1000, "")}[name]
    if len(value) > most:
        raise refuse(400, f"{name}: at most {most} are allowed")
    for one in value:
        valid = all(
            unicodedata.category(c)[0] == "L" or unicodedata.category(c) in ("Nd", "Zs") or c in more for c in one
        )
        if not one.strip() or len(one) > longest or not valid or (name == "tags" and one[0] in "-'"):
            raise refuse(400, f"{name}: {one!r} is not valid")
    return value


def _text(name: str, value: str, __: "books.Market") -> str:
    if not value.strip():
        raise refuse(400, f"{name} cannot be empty")
    return value


def _price(_: str, value: str, __: "books.Market") -> int:
    if not re.fullmatch(r"\d{1,9}(\.\d{1,2})?", value) or float(value) < 0.2:
        raise refuse(400, "price must be a number of at least 0.20")
    return round(float(value) * 100)


def _quantity(_: str, value: str, __: "books.Market") -> int:
    if not value.isdecimal() or not 1 <= int(value) <= 999:
        raise refuse(400, "quantity must be between 1 and 999")
    return int(value)


def _flag(name: str, value: str, __: "books.Market") -> bool:
    if value not in ("true", "false"):
        raise refuse(400, f"{name} must be true or false")
    return value == "true"


def _measure(name: str, value: str, __: "books.Market") -> float:
    if not re.fullmatch(r"\d+(\.\d+)?", value):
        raise refuse(400, f"{name} must be a number")
    if float(value) == 0:
        raise refuse(500, "Server Error")
    return float(value)


def _taxonomy(_: str, value: str, __: "books.Market") -> int:
    if not value.isdecimal() or int(value) not in BY_ID or BY_ID[int(value)]["children"]:
        raise refuse(400, "taxonomy_id is not a valid leaf of the seller taxonomy")
    return int(value)


def _one_of(*choices: str) -> Callable[[str, str, "books.Market"], str]:
    def check(name: str, value: str, __: "books.Market") -> str:
        if value not in choices:
            raise refuse(400, f"{name} must be one of {', '.join(choices)}")
        return value

    return check


def _when(name: str, value: str, market: "books.Market") -> str:
    return _one_of(*when_made(market.now()))(name, value, market)


def _owned(number: int) -> Callable[[str, str, "books.Market"], int]:
    def check(name: str, value: str, __: "books.Market") -> int:
        if value != str(number):
            raise refuse(400, f"{name} {value} does not belong to the shop")
        return number

    return check


def _numbers(name: str, value: list[str], __: "books.Market") -> list[int]:
    if not all(one.isdecimal() for one in value):
        raise refuse(400, f"{name} must be numbers")
    return [int(one) for one in value]


_UPDATE: dict[str, Callable[[str, Any, "books.Market"], Any]] = {
    "title": _title,
    "description": _text,
    "tags": _words,
    "materials": _words,
    "styles": _words,
    "who_made": _one_of(*WHO_MADE),
    "when_made": _when,
    "is_supply": _flag,
    "taxonomy_id": _taxonomy,
    "shipping_profile_id": _owned(books.SHIPPING_PROFILE),
    "return_policy_id": _owned(books.RETURN_POLICY),
    "shop_section_id": _owned(books.SECTION),
    "should_auto_renew": _flag,
    "is_taxable": _flag,
    "item_weight": _measure,
    "item_length": _measure,
    "item_width": _measure,
    "item_height": _measure,
    "item_weight_unit": _one_of("oz", "lb", "g", "kg"),
    "item_dimensions_unit": _one_of("in", "ft", "mm", "cm", "m", "yd", "inches"),
    "type": _one_of("physical", "download", "both"),
    "image_ids": _numbers,
    "state": _one_of("active", "inactive"),
}
_CREATE = {
    **{name: rule for name, rule in _UPDATE.items() if name != "state"},
    "quantity": _quantity,
    "price": _price,
    "readiness_state_id": _owned(books.READINESS_STATE),
}
