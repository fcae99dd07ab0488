"""What each marketplace can do and what proves it: ``docs/marketplaces/README.md``, written from the declarations.

.venv/bin/python tests/contract/capability_table.py
"""

import sys
from importlib import import_module
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from mmhub_desktop.domain.marketplace import Capability
from mmhub_desktop.marketplaces.abilities import ABILITIES, CAPABILITY_WORDS
from mmhub_desktop.marketplaces.base import Marketplace, installed_marketplaces
from mmhub_desktop.marketplaces.contract import MarketplaceContract
from tests.fidelity.documents import MARKETPLACES

PAGE = Path(__file__).resolve().parents[2] / "docs" / "marketplaces" / "README.md"
PROOFS: dict[Capability, tuple[str, ...]] = {
    Capability.CATEGORIES: ("test_mapping_is_pure_json",),
    Capability.VALIDATE: ("test_prices_at_the_edges",),
    Capability.IMAGES: ("test_the_normal_way",),
    Capability.CREATE: ("test_the_normal_way", "test_a_create_whose_answer_was_lost"),
    Capability.VARIANTS: ("test_variants_become_one_listing", "test_a_variants_price_and_stock_are_its_own"),
    Capability.READ_BACK: ("test_the_normal_way",),
    Capability.FIND_BY_SKU: ("test_a_look_up_that_lags", "test_weird_skus_are_found_again"),
    Capability.UPDATE: ("test_the_normal_way", "test_changes_of_many_are_what_was_shown_of_each"),
    Capability.END: ("test_the_normal_way",),
    Capability.RELIST: ("test_what_has_ended_is_listed_again",),
    Capability.LIST: ("test_everything_on_the_account_is_listed",),
    Capability.ORDERS: ("test_an_order_comes_and_is_shipped_once",),
    Capability.ACKNOWLEDGE: ("test_an_order_comes_and_is_shipped_once",),
    Capability.SHIP: ("test_a_shipment_whose_answer_was_lost",),
}  # capability → tests of the conformance suite


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
    lines += [f"| {ability.label} | {' | '.join(ability.says(shop) for shop in shops)} |" for ability in ABILITIES]
    lines += [
        f"| Calls checked by the official documents | {' | '.join(_referee(shop) for shop in shops)} |",
        f"| Conformance suite | {' | '.join(f'{_classes(shop)} ×' for shop in shops)} |",
        "",
        "## What proves it",
        "",
        *(
            f"- {CAPABILITY_WORDS[capability]}: {', '.join(f'`{test}`' for test in tests)}"
            for capability, tests in PROOFS.items()
        ),
        f"- and {len(_suite())} tests of the suite in all: error classes, lost answers before and after the effect,",
        "  throttling, dead and expired access, weird texts, prices at the edges, what is shown is what is sent.",
        "",
        "This page is written by `tests/contract/capability_table.py`; a test holds it to the declarations.",
    ]
    return "\n".join(lines) + "\n"


def _referee(shop: Marketplace) -> str:
    return "each" if shop.name in MARKETPLACES else "none published"


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
