"""What is played while the program is killed: the products of each action, and how it must be at last."""

import json
import sqlite3
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mmhub_desktop.actions.renew_sign_in import NO_PRODUCT
from mmhub_desktop.domain.fixed_picture import fixed_of
from mmhub_desktop.domain.product import Product
from mmhub_desktop.practice.mercadolibre.app import MercadoLibrePractice
from mmhub_desktop.practice.mercadolibre.market import sku_of
from tests.fakes.shop import lamp
from tests.marketplaces.amazon.test_whole_way import amazon_lamp
from tests.marketplaces.walmart.test_through_the_program import us_lamp

FRESH, LISTED, ENDED = (1, 2), (3, 4), (5, 6)  # ids of the products not listed yet, of those live, of those ended
PICTURED = (7, 8)  # not listed either; their picture says where it was taken
NEW_PRICE, NEW_QUANTITY, SOLD_TO = 31990, 9, 2

Ask = Callable[[str], list[sqlite3.Row]]


@dataclass(frozen=True)
class Scene:
    """The products that an action is done for, and what is wrong when it is done.

    ``listed_again`` are those of which the marketplace makes a second item; ``calls``: it calls the marketplace.
    """

    ids: tuple[int, ...]
    wrong: Callable[[Ask, Any], list[str]]
    listed_again: tuple[int, ...] = ()
    calls: bool = True


@dataclass(frozen=True)
class Stage:
    """A marketplace, what is played there, and what makes a product that it takes."""

    marketplace: str
    scenes: Mapping[str, Scene]
    make: Callable[[int], Product]


def _states(ask: Ask, ids: tuple[int, ...], expected: str) -> list[str]:
    rows = ask(f"SELECT product_id, state FROM listing WHERE product_id IN {ids}")
    wrong = [f"lost: no listing of product {number}" for number in set(ids) - {row["product_id"] for row in rows}]
    return wrong + [f"shown as {row['state']}, not {expected}" for row in rows if row["state"] != expected]


def _items(practice: MercadoLibrePractice, numbers: tuple[int, ...]) -> list[dict[str, Any]]:
    skus = {f"LAMP-{number}" for number in numbers}
    return [item for item in practice.market.items.values() if sku_of(item) in skus]


def _published(ask: Ask, practice: MercadoLibrePractice) -> list[str]:
    found = [sku_of(item) for item in _items(practice, FRESH) if item["status"] == "active"]
    rows = ask(f"SELECT sku, status FROM product WHERE id IN {FRESH} AND status != 'published'")
    wrong = [f"product {row['sku']} is shown as {row['status']}" for row in rows]
    wrong += [] if sorted(found) == ["LAMP-1", "LAMP-2"] else [f"live are {found}"]
    return wrong + _states(ask, FRESH, "live")


def _updated(ask: Ask, practice: MercadoLibrePractice) -> list[str]:
    items = _items(practice, LISTED)
    wrong = [] if len(items) == len(LISTED) else [f"{len(items)} items"]
    wrong += [
        f"lost: {item['id']} has price {item['price']} and quantity {item['available_quantity']}"
        for item in items
        if (item["price"], item["available_quantity"]) != (NEW_PRICE, NEW_QUANTITY)
    ]
    return wrong + _states(ask, LISTED, "live")


def _ended(ask: Ask, practice: MercadoLibrePractice) -> list[str]:
    closed = [item["status"] for item in _items(practice, LISTED)]
    wrong = [] if closed == ["closed", "closed"] else [f"at the marketplace: {closed}"]
    return wrong + _states(ask, LISTED, "ended")


def _relisted(ask: Ask, practice: MercadoLibrePractice) -> list[str]:
    items = _items(practice, ENDED)
    active = [item for item in items if item["status"] == "active"]
    wrong = [] if len(active) == len(ENDED) else [f"at the marketplace: {[item['status'] for item in items]}"]
    wrong += [
        f"lost: {item['id']} has price {item['price']} and quantity {item['available_quantity']}"
        for item in active
        if (item["price"], item["available_quantity"]) != (NEW_PRICE, NEW_QUANTITY)
    ]
    live = {item["id"] for item in active}
    known = {row["remote_id"] for row in ask(f"SELECT remote_id FROM listing WHERE product_id IN {ENDED}")}
    rows = ask(f"SELECT sku, status FROM product WHERE id IN {ENDED} AND status != 'published'")
    wrong += [f"product {row['sku']} is shown as {row['status']}" for row in rows]
    wrong += [] if live == known else [f"live are {live}, we know {known}"]
    return wrong + _states(ask, ENDED, "live")


def _synced(ask: Ask, _: MercadoLibrePractice) -> list[str]:
    rows = ask("SELECT listing_id FROM sync_log WHERE operation = 'sync' AND field = 'quantity'")
    wrong = [] if len(rows) == len(LISTED) else [f"{len(rows)} changes of quantity in the log"]
    return wrong + _states(ask, LISTED, "live")


def _adopted(ask: Ask, practice: MercadoLibrePractice) -> list[str]:
    found = sorted(row["remote_id"] for row in ask("SELECT remote_id FROM found_listing WHERE match != ''"))
    there = sorted(item["id"] for item in practice.market.items.values() if item["status"] != "closed")
    return [] if found == there else [f"found {found}, there are {there}"]


def _enhanced(ask: Ask, _: MercadoLibrePractice) -> list[str]:
    rows = ask(f"SELECT sku, status FROM product WHERE id IN {FRESH} AND status != 'optimized'")
    return [f"product {row['sku']} is shown as {row['status']}" for row in rows]


def _renewed(ask: Ask, _: MercadoLibrePractice) -> list[str]:
    return [f"account {row['id']} has no end" for row in ask("SELECT id FROM account WHERE token_expires_at IS NULL")]


def _fixed(ask: Ask, _: MercadoLibrePractice) -> list[str]:
    rows = ask(f"SELECT product_id, overrides FROM listing WHERE product_id IN {PICTURED}")
    copies = {row["product_id"]: fixed_of(json.loads(row["overrides"])) for row in rows}
    wrong = [f"product {number} has no fixed copy" for number in PICTURED if not copies.get(number)]
    paths = [one.copy for of_one in copies.values() for one in of_one.values()]
    return wrong + [f"lost: {path}" for path in paths if not Path(path).is_file()]


def _nothing_more(_: Ask, __: MercadoLibrePractice) -> list[str]:
    return []


SCENES: Mapping[str, Scene] = {
    "publish": Scene(FRESH, _published),
    "update": Scene(LISTED, _updated),
    "end": Scene(LISTED, _ended),
    "relist": Scene(ENDED, _relisted, listed_again=ENDED),
    "sync": Scene(LISTED, _synced),
    "adopt": Scene((0,), _adopted),
    "enhance": Scene(FRESH, _enhanced, calls=False),
    "fix_pictures": Scene(PICTURED, _fixed, calls=False),
    "import_images": Scene(FRESH, _nothing_more, calls=False),  # their images are files: the stage has no host of links
    "renew_sign_in": Scene((NO_PRODUCT,), _renewed),
}
"""Every action must have one: see tests/end_to_end/test_kill_points.py."""


def _listed(ask: Ask, practice: Any) -> list[str]:
    """Published where a marketplace works on what it was sent: each once, live on both sides."""
    summary = practice.summary()
    wrong = [f"doubled: {sku}" for sku in summary["duplicate_skus"]]
    wrong += [f"{sku} was sent in {count} feeds" for sku, count in summary.get("sent", {}).items() if count != 1]
    wrong += [] if summary["live_items"] == len(FRESH) else [f"{summary['live_items']} are live"]
    rows = ask(f"SELECT sku, status FROM product WHERE id IN {FRESH} AND status != 'published'")
    return wrong + [f"product {row['sku']} is shown as {row['status']}" for row in rows] + _states(ask, FRESH, "live")


HOME = Stage("mercadolibre", SCENES, lamp)
OTHERS = (
    Stage("amazon", {"publish": Scene(FRESH, _listed)}, amazon_lamp),
    Stage("walmart", {"publish": Scene(FRESH, _listed)}, us_lamp),
)
"""Where submissions and feeds are followed."""
