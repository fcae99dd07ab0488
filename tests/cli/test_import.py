"""Importing from the command line: questions, answers, values for all rows, several files, dry run."""

import json
from pathlib import Path
from typing import Any

import pytest

from mmhub_desktop.cli import main

OPEN = "sku;title;price;quantity\nB-1;Oak stool;1.234;4\nB-2;Linen lamp;2.345;2\n"
CLEAR = "sku,title,price,currency\nA-1,Oak stool,12.50,EUR\n"


class Terminal:
    """Runs commands on one workspace."""

    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.folder = folder
        self._capsys = capsys

    def file(self, name: str, words: str) -> str:
        (self.folder / name).write_text(words, encoding="utf-8")
        return str(self.folder / name)

    def run(self, *words: str) -> tuple[int, str, str]:
        """Exit code, output, errors."""
        code = main(["--workspace", str(self.folder / "shop.mmhub"), *words])
        printed = self._capsys.readouterr()
        return code, printed.out, printed.err

    def json(self, *words: str) -> Any:
        """The JSON answer of a command that must succeed."""
        code, out, err = self.run("--json", *words)
        assert code == 0, err
        return json.loads(out)


@pytest.fixture
def terminal(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Terminal:
    return Terminal(tmp_path, capsys)


def test_open_questions_are_said_with_how_to_answer_them(terminal: Terminal) -> None:
    path = terminal.file("precios.csv", OPEN)
    code, out, _ = terminal.run("import", path)
    assert code == 2
    assert "Which currency are the prices in?" in out
    assert "--answer number:2=comma" in out
    code, out, _ = terminal.run("--json", "import", path, "--answer", "number:price=comma")
    assert code == 2
    assert [question["key"] for question in json.loads(out)["questions"]] == ["currency"]
    assert terminal.json("products") == []
    terminal.json("import", path, "--answer", "number:price=comma", "--currency", "CLP")
    prices = {product["sku"]: product["price"] for product in terminal.json("products")}
    assert prices["B-1"] == {"amount": "1234", "currency": "CLP"}


def test_columns_are_corrected_by_header_and_rows_get_values_the_file_lacks(terminal: Terminal) -> None:
    words = "sku,title,price,currency,Hersteller,Was\nA-1,Oak stool,12.50,EUR,,red\n"
    path = terminal.file("spring.csv", words)
    terminal.json(
        "import", path, "--answer", "default:hersteller=Lumea", "--answer", "column:Was=category",
        "--set", "condition=used",
    )  # fmt: skip
    (product,) = terminal.json("products")
    assert (product["brand"], product["category"], product["condition"]) == ("Lumea", "red", "used")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--set", "colour=red"), "There is no field “colour”."),
        (("--set", "brand"), "“--set brand” has no value."),
        (("--answer", "column:Nothing=title"), "has no column “Nothing”."),
    ],
)
def test_what_is_not_known_is_refused_with_what_there_is(
    terminal: Terminal, words: tuple[str, ...], said: str
) -> None:
    code, _, err = terminal.run("import", terminal.file("spring.csv", CLEAR), *words)
    assert code == 2
    assert said in " ".join(err.split())


def test_several_files_are_imported_one_after_the_other(terminal: Terminal) -> None:
    first, second = terminal.file("a.csv", CLEAR), terminal.file("b.csv", CLEAR.replace("12.50", "13.00"))
    looked = terminal.json("import", first, second, "--dry-run")
    assert [found["counts"]["new"] for found in looked] == [1, 1]
    jobs = terminal.json("import", first, second)
    assert [(job["counts"]["new"], job["counts"]["changed"]) for job in jobs] == [(1, 0), (0, 1)]
    code, out, _ = terminal.run("import", first, "--dry-run")
    assert code == 0
    assert [word for word in ("Price", "13.00 EUR", "12.50 EUR") if word not in out] == []
