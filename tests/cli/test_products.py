"""Finding products on the command line: words, filters, order."""

import json
from pathlib import Path

import pytest

from tests.cli.test_commands import SAMPLE, Terminal


@pytest.fixture
def terminal(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Terminal:
    found = Terminal(tmp_path / "shop.mmhub", capsys)
    found.json("import", SAMPLE)
    return found


def skus(terminal: Terminal, *words: str) -> list[str]:
    return [product["sku"] for product in terminal.json("products", *words)]


def test_products_are_found_filtered_and_sorted(terminal: Terminal) -> None:
    every = terminal.json("products", "--sort", "-price")
    prices = [int(product["price"]["amount"]) for product in every]
    assert len(prices) == 24
    assert prices == sorted(prices, reverse=True)
    dear = skus(terminal, "--filter", f"price>{prices[3]}", "--sort", "-price")
    assert dear == [product["sku"] for product in every if int(product["price"]["amount"]) > prices[3]]
    assert terminal.json("products", "--filter", f"price>{prices[3]}", "--count") == {"count": len(dear)}
    assert skus(terminal, "--find", "hog-1002") == ["HOG-1002"]
    title = next(product["title"] for product in every if product["sku"] == "HOG-1002")
    assert skus(terminal, "--find", title.upper(), "--filter", "sku^hog") == ["HOG-1002"]
    assert skus(terminal, "--find", "hog-1002", "--filter", "has_images=no") == []


def test_a_typo_is_forgiven_only_when_asked(terminal: Terminal) -> None:
    title = next(product["title"] for product in terminal.json("products") if product["sku"] == "HOG-1002")
    word = next(word for word in title.split() if len(word) > 5 and word.isalpha())
    typo = title.replace(word, word[:2] + "x" + word[3:])
    assert skus(terminal, "--find", typo) == []
    assert skus(terminal, "--find", typo, "--typos")[0] == "HOG-1002"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--filter", "prize>10"), "no field “prize”"),
        (("--filter", "price>ten"), "“ten” is not an amount for Price"),
        (("--filter", "lamp"), "cannot be read"),
        (("--filter", "state=live"), "does not say of what"),
        (("--filter", "state:shop=live"), "is not the number of an account"),
        (("--filter", "status=sold"), "no choice for Status"),
        (("--filter", "quantity>1.5"), "not a whole number"),
        (("--filter", "created>yesterday"), "is not a day"),
        (("--filter", "title="), "has no value"),
        (("--filter", "active>1"), "cannot be compared"),
        (("--sort", "colour"), "cannot be sorted by “colour”"),
    ],
)
def test_what_cannot_be_understood_is_said(terminal: Terminal, words: tuple[str, ...], said: str) -> None:
    code, _ = terminal.run("--json", "products", *words)
    assert code == 2
    assert said in json.loads(terminal.err)["error"]["message"]
