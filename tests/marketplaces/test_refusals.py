"""Refusals in the same words everywhere."""

from mmhub_desktop.errors import Finding
from mmhub_desktop.marketplaces.refusals import Refusals

SHOP = Refusals("shop", "Shop")


def test_a_refusal_without_a_finding_that_blocks_has_the_marketplaces_own_words() -> None:
    warning = Finding("shop.short", "title", "Rather short.", blocks=False)
    error = SHOP.rejection([warning], "Not today.", "409 Not today.")
    assert [(one.rule, one.message, one.blocks) for one in error.findings] == [
        ("shop.short", "Rather short.", False),
        ("shop.refused", "Not today.", True),
    ]
    assert error.message == "Shop found 1 problem."
    assert error.original == "409 Not today."


def test_a_refusal_with_findings_counts_them_and_adds_none() -> None:
    wrong = [Finding("shop.price", "price", "Too low."), Finding("shop.title", "title", "Too long.")]
    error = SHOP.rejection(wrong)
    assert error.message == "Shop found 2 problems."
    assert list(error.findings) == wrong


def test_a_refusal_that_says_nothing_is_told_as_that() -> None:
    (finding,) = SHOP.rejection(()).findings
    assert finding.message == "Shop refused it without naming a reason."
    assert finding.blocks


def test_what_is_not_there_and_what_is_busy() -> None:
    gone = SHOP.not_found("404", "no such item")
    assert [(one.rule, one.original) for one in gone.findings] == [("shop.not_found", "no such item")]
    busy = SHOP.busy("423", 7.0)
    assert busy.retry_after_s == 7.0
    assert "Shop is still busy" in busy.message
