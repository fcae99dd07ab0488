"""The table of what each marketplace can do is true."""

from mmhub_desktop.domain.marketplace import Capability
from mmhub_desktop.marketplaces.abilities import CAPABILITY_WORDS
from mmhub_desktop.marketplaces.contract import MarketplaceContract
from tests.contract.capability_table import PAGE, PROOFS, write_table


def test_the_page_says_what_the_adapters_declare() -> None:
    assert PAGE.read_text(encoding="utf-8") == write_table(), "run tests/contract/capability_table.py"


def test_every_capability_has_words_and_tests_that_exist() -> None:
    assert set(CAPABILITY_WORDS) == set(PROOFS) == set(Capability)
    for tests in PROOFS.values():
        assert all(hasattr(MarketplaceContract, test) for test in tests)
