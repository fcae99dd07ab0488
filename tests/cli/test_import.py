"""Importing from the command line: questions, answers, values for all rows, several files, dry run."""

import json
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

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
        (("--from", "nowhere"), "There is no program “nowhere”."),
        (("--answer", "column:Nothing=title"), "has no column “Nothing”."),
    ],
)
def test_what_is_not_known_is_refused_with_what_there_is(terminal: Terminal, words: tuple[str, ...], said: str) -> None:
    code, _, err = terminal.run("import", terminal.file("spring.csv", CLEAR), *words)
    assert code == 2
    assert said in " ".join(err.split())


def test_files_with_the_same_header_are_one_import_others_follow(terminal: Terminal) -> None:
    files = (
        terminal.file("a.csv", CLEAR),
        terminal.file("b.csv", CLEAR.replace("A-1", "A-2")),
        terminal.file("c.csv", "sku,title,price,currency,quantity\nA-1,Oak stool,13.00,EUR,4\n"),
    )
    looked = terminal.json("import", *files, "--dry-run")
    assert [found["counts"]["new"] for found in looked] == [2, 1]
    jobs = terminal.json("import", *files)
    assert [(job["counts"]["new"], job["counts"]["changed"]) for job in jobs] == [(2, 0), (0, 1)]
    code, out, _ = terminal.run("import", files[0], "--dry-run")
    assert code == 0
    assert [word for word in ("Price", "13.00 EUR", "12.50 EUR") if word not in out] == []


def test_a_template_is_saved_found_again_by_the_header_and_managed(terminal: Terminal) -> None:
    first = terminal.file("a.csv", "Nr;Bezeichnung;VK\nB-1;Oak stool;1.234\n")
    terminal.json(
        "import", first, "--dry-run", "--save-template", "Supplier Nord",
        "--answer", "sku=Nr", "--answer", "number:VK=comma", "--currency", "CLP",
    )  # fmt: skip
    second = terminal.file("b.csv", "Nr;Bezeichnung;VK\nB-2;Oak desk;7.000\n")
    code, _, err = terminal.run("import", second)
    assert code == 0
    assert "The header is the one of the template “Supplier Nord”." in " ".join(err.split())
    (product,) = terminal.json("products")
    assert product["price"] == {"amount": "7000", "currency": "CLP"}
    code, out, _ = terminal.run("--json", "import", second, "--no-template")
    assert code == 2
    assert len(json.loads(out)["questions"]) >= 2
    terminal.json("import", first, "--template", "supplier nord")
    terminal.json("templates", "rename", "Supplier Nord", "Nord")
    (template,) = terminal.json("templates", "list")
    assert (template["name"], template["header"]) == ("Nord", ["Nr", "Bezeichnung", "VK"])
    terminal.json("templates", "delete", "Nord")
    assert terminal.json("templates", "list") == []
    code, _, err = terminal.run("import", first, "--template", "Nord")
    assert code == 2
    assert "Nord" in err


def test_a_workbook_and_an_export_of_another_program_are_read(terminal: Terminal) -> None:
    path = terminal.folder / "spring.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        for name, title in (("Old", "Old stool"), ("New", "New stool")):
            sheet = book.add_worksheet(name)
            for place, cells in enumerate((("SKU", "Title", "Price", "Currency"), ("X-1", title, 12.5, "EUR"))):
                sheet.write_row(place, 0, cells)
    terminal.json("import", str(path), "--sheet", "New")
    (product,) = terminal.json("products")
    assert product["title"] == "New stool"
    shopify = "Handle,Title,Body (HTML),Vendor,Option1 Name,Option1 Value,Variant SKU,Variant Price\n"
    rows = "stool,Oak stool,,Nord,Size,S,ST-S,12.50\nstool,,,,,L,ST-L,14.50\n"
    exported = terminal.file("products_export.csv", shopify + rows)
    code, _, err = terminal.run("import", exported, "--currency", "EUR")
    assert code == 0
    assert "Read as Shopify" in " ".join(err.split())
    assert {product["sku"] for product in terminal.json("products")} >= {"ST-S", "ST-L"}


def test_where_a_row_stood_is_no_column_to_choose(terminal: Terminal) -> None:
    folder = terminal.folder / "spring"
    folder.mkdir()
    for name in ("a", "b"):
        (folder / f"{name}.csv").write_text(f"Name;Farbe\n{name};red\n", encoding="utf-8")
    code, out, _ = terminal.run("--json", "import", str(folder))
    assert code == 2
    (question,) = json.loads(out)["questions"]
    assert [label for value, label in question["choices"] if value != "generate"] == ["Name", "Farbe"]


def test_a_dry_run_lists_new_and_changed_products(terminal: Terminal) -> None:
    terminal.json("import", terminal.file("a.csv", "sku,title,source,source_id\nOLD,Lamp,shop,1\n"))
    path = terminal.file("b.csv", "sku,title,source,source_id,brand\nNEW,Lamp,shop,1,Lumea\nC-1,Oak chair,shop,2,\n")
    found = terminal.json("import", path, "--dry-run")
    assert (found["counts"]["new"], found["counts"]["changed"]) == (1, 1)
    assert [each["sku"] for each in found["added"]] == ["C-1"]
    (changed,) = found["changes"]
    assert {"field": "SKU", "old": "OLD", "new": "NEW"} in changed["fields"]  # found by its source id
    _, out, _ = terminal.run("import", path, "--dry-run")
    rows = [line.split() for line in out.splitlines()]
    assert ["C-1", "Oak", "chair"] in rows
    assert ["NEW", "Brand", "Lumea"] in rows
    assert [product["sku"] for product in terminal.json("products")] == ["OLD"]


def test_a_file_without_a_header_loses_no_product(terminal: Terminal) -> None:
    path = terminal.file("bare.csv", "A-1,Oak chair,5.00\nA-2,Linen lamp,6.00\n")
    code, _, err = terminal.run("import", path, "--dry-run")
    assert code == 2
    assert "The first row may be a product: “A-1, Oak chair, 5.00”." in " ".join(err.split())
    said = [f"--answer=column:{place}={field}" for place, field in enumerate(("sku", "title", "price"))]
    made = terminal.json("import", path, "--header-row", "0", "--currency", "EUR", *said)
    assert made["counts"]["new"] == 2
    assert {each["sku"]: each["price"]["amount"] for each in terminal.json("products")} == {
        "A-1": "5.00",
        "A-2": "6.00",
    }
    below = terminal.file("below.csv", "Price list\n\nsku,title\nB-1,Rug\n")
    assert terminal.json("import", below, "--header-row", "2")["counts"]["new"] == 1


def test_what_a_column_warns_of_is_said(terminal: Terminal) -> None:
    path = terminal.file("dates.csv", "sku,title,Size\nA,Shirt,12-oct\nB,Shirt,10-12\n")
    _, _, err = terminal.run("import", path, "--dry-run")
    assert "Column “Size”:" in err
