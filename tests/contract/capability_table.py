"""What each marketplace can do and what proves it: ``docs/marketplaces/README.md``, written from the declarations.

.venv/bin/python tests/contract/capability_table.py
"""

import sys
from importlib import import_module
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from mmhub_desktop.domain.marketplace import Capability
from mmhub_desktop.marketplaces.base import Marketplace, PictureSource, installed_marketplaces
from mmhub_desktop.marketplaces.contract import MarketplaceContract
from tests.fidelity.documents import MARKETPLACES

PAGE = Path(__file__).resolve().parents[2] / "docs" / "marketplaces" / "README.md"
ROWS: tuple[tuple[Capability, str, tuple[str, ...]], ...] = (
    (Capability.CATEGORIES, "Categories proposed and described", ("test_mapping_is_pure_json",)),
    (Capability.VALIDATE, "Checked there without creating", ("test_prices_at_the_edges",)),
    (Capability.IMAGES, "Pictures", ("test_the_normal_way",)),
    (Capability.CREATE, "Create", ("test_the_normal_way", "test_a_create_whose_answer_was_lost")),
    (Capability.VARIANTS, "Variants as one family", ("test_variants_become_one_listing",)),
    (Capability.READ_BACK, "Read back, why it is not live", ("test_the_normal_way",)),
    (Capability.FIND_BY_SKU, "Found by SKU", ("test_a_look_up_that_lags", "test_weird_skus_are_found_again")),
    (Capability.UPDATE, "Price, stock, text", ("test_the_normal_way",)),
    (Capability.END, "End", ("test_the_normal_way",)),
    (Capability.RELIST, "List again", ("test_what_has_ended_is_listed_again",)),
    (Capability.LIST, "Everything on the account", ("test_everything_on_the_account_is_listed",)),
    (Capability.ORDERS, "Orders", ("test_an_order_comes_and_is_shipped_once",)),
    (Capability.ACKNOWLEDGE, "Orders acknowledged", ("test_an_order_comes_and_is_shipped_once",)),
    (Capability.SHIP, "Shipments confirmed", ("test_a_shipment_whose_answer_was_lost",)),
)  # capability, words, tests of the conformance suite


def write_table() -> str:
    """The page."""
    shops = list(installed_marketplaces().things.values())
    lines = [
        "# Marketplaces",
        "",
        "What each adapter can do, from its own declaration. Every ✓ is tried on the practice marketplace by the",
        "conformance suite (`tests/contract/`), with the tests named below. Nothing was tried with a real account.",
        "Orders and shipments are what the adapters can do; no page of the program shows them yet.",
        "",
        f"| | {' | '.join(f'[{shop.label}]({shop.name}.md)' for shop in shops)} |",
        f"|---|{'---|' * len(shops)}",
    ]
    for capability, words, _ in ROWS:
        marks = ("✓" if capability in shop.capabilities else "–" for shop in shops)
        lines.append(f"| {words} | {' | '.join(marks)} |")
    lines += [
        f"| Pictures are | {' | '.join(_pictures(shop) for shop in shops)} |",
        f"| Many in one call | {' | '.join(', '.join(sorted(shop.gathered)) or '–' for shop in shops)} |",
        f"| Works on it later | {' | '.join('yes' if shop.follow_s else '–' for shop in shops)} |",
        f"| Signs in by | {' | '.join('consent' if shop.consent else 'keys' for shop in shops)} |",
        f"| Calls a second | {' | '.join(f'{shop.rate_limits[0].per_second:g}' for shop in shops)} |",
        f"| Calls checked by the official documents | {' | '.join(_referee(shop) for shop in shops)} |",
        f"| Conformance suite | {' | '.join(f'{_classes(shop)} ×' for shop in shops)} |",
        "",
        "## What proves it",
        "",
        *(f"- {words}: {', '.join(f'`{test}`' for test in tests)}" for _, words, tests in ROWS),
        f"- and {len(_suite())} tests of the suite in all: error classes, lost answers before and after the effect,",
        "  throttling, dead and expired access, weird texts, prices at the edges, what is shown is what is sent.",
        "",
        "This page is written by `tests/contract/capability_table.py`; a test holds it to the declarations.",
    ]
    return "\n".join(lines) + "\n"


def _referee(shop: Marketplace) -> str:
    return "each" if shop.name in MARKETPLACES else "none published"


def _pictures(shop: Marketplace) -> str:
    return {PictureSource.URL: "fetched", PictureSource.BYTES: "uploaded"}.get(shop.pictures, "uploaded to the listing")


def _suite() -> list[str]:
    return [name for name in dir(MarketplaceContract) if name.startswith("test_")]


def _classes(shop: Marketplace) -> int:
    """How often the whole suite is run on it: once for each way an account of it can be."""
    module = import_module(f"tests.contract.test_{shop.name}")
    return sum(
        isinstance(value, type) and issubclass(value, MarketplaceContract) and value is not MarketplaceContract
        for value in vars(module).values()
    )


if __name__ == "__main__":
    PAGE.write_text(write_table(), encoding="utf-8")
