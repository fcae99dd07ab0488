"""A look at a file: characters, delimiter, header, columns, questions; and what is no product file."""

import gzip
import io
import zipfile
from pathlib import Path

import pytest

from mmhub_desktop.catalog.plan import ATTRIBUTE, IGNORE, ImportPlan, NumberStyle
from mmhub_desktop.catalog.reading import inspect, plan_from, remap
from mmhub_desktop.errors import UserMistake

from .conftest import Write  # type: ignore[import-not-found]

TEXT = "SKU;Título;Precio;Größe\nA1;Cámara réflex;19,90;groß\nA2;Stühle;5,00;klein\n"


@pytest.mark.parametrize(
    ("encoding", "expected"),
    [
        ("utf-8", "utf-8"),
        ("utf-8-sig", "utf-8-sig"),
        ("utf-16", "utf-16"),
        ("utf-16-le", "utf-16-le"),
        ("utf-16-be", "utf-16-be"),
        ("cp1252", "cp1252"),
    ],
)
def test_every_encoding_is_found(write: Write, encoding: str, expected: str) -> None:
    reading = inspect(write(TEXT, encoding))
    assert reading.encoding == expected
    assert reading.encoding_reason
    assert reading.header == ("SKU", "Título", "Precio", "Größe")
    assert reading.rows[0] == ("A1", "Cámara réflex", "19,90", "groß")
    assert [column.field for column in reading.columns] == ["sku", "title", "price", ATTRIBUTE]


@pytest.mark.parametrize("encoding", ["cp1250", "iso8859-2"])
def test_central_european_characters(write: Write, encoding: str) -> None:
    reading = inspect(write("Kod;Nazwa;Cena\nA1;Żółta łódź, śliczna;19,90 zł\n", encoding))
    assert reading.encoding == encoding
    assert "Polish" in reading.encoding_reason
    assert reading.rows[0] == ("A1", "Żółta łódź, śliczna", "19,90 zł")
    assert [column.field for column in reading.columns] == ["sku", "title", "price"]
    assert reading.questions == ()


def test_zero_bytes_are_left_out_and_told(write: Write) -> None:
    reading = inspect(write(b"sku,title\nA,Cha\0ir\n" + b"B,Lamp\n" * 100))
    assert reading.rows[0] == ("A", "Chair")
    assert reading.notes == ("Zero bytes, which no text has, are left out: 1.",)


def test_what_excel_did_to_codes_is_said_of_the_column(write: Write) -> None:
    rows = [
        "1-May,Chair,36000291452,10-12",
        "B,Lamp,8.01E+12,12-Oct",
        "C,Bed,4006381333932,M",
        "D,Sofa,4006381333931,L",
    ]
    reading = inspect(write("\n".join(["sku,title,ean,size", *rows])))
    said = {column.header: column.warnings for column in reading.columns}
    assert said["title"] == ()
    assert said["sku"] == ("Perhaps made a date by Excel: “1-May”. Compare with the original.",)
    assert said["size"] == ("Perhaps made a date by Excel: “12-Oct”. Compare with the original.",)
    assert [warning.split(":")[0] for warning in said["ean"]] == [
        "Rounded by Excel", "Leading zeros lost", "No valid barcode",
    ]  # fmt: skip


def test_a_number_that_stays_open_is_asked_about_with_its_rows(write: Write) -> None:
    reading = inspect(write("sku,title,price_eur\nA,Chair,500\nB,Lamp,1.234\nC,Bed,2.500\n"))
    (question,) = reading.questions
    assert (question.key, question.column) == ("number:2", 2)
    assert question.rows == (("B", "Lamp", "1.234"), ("C", "Bed", "2.500"))
    mixed = inspect(write('sku,title,price_eur\nA,Chair,"19,531.00"\nB,Lamp,16675\nC,Bed,"0,1"\n'))
    assert mixed.questions == ()


def test_utf16_with_the_big_end_first_and_a_mark(write: Write) -> None:
    reading = inspect(write(b"\xfe\xff" + TEXT.encode("utf-16-be")))
    assert (reading.encoding, reading.header[0]) == ("utf-16", "SKU")


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_every_delimiter_is_found(write: Write, delimiter: str) -> None:
    rows = [["SKU", "Title", "Description"], ["A1", "Chair", '"red, large; new | old"'], ["A2", "Lamp", "x"]]
    reading = inspect(write("\n".join(delimiter.join(row) for row in rows)))
    assert reading.delimiter == delimiter
    assert reading.rows[0] == ("A1", "Chair", "red, large; new | old")


def test_decimal_commas_do_not_make_a_delimiter(write: Write) -> None:
    assert inspect(write("sku;price\nA;1,50\nB;2,50\nC;3,50\n")).delimiter == ";"


def test_excels_own_first_line_and_titles_above_the_header(write: Write) -> None:
    reading = inspect(write("sep=;\nsku;title\nA;B\n"))
    assert (reading.delimiter, reading.header_row, reading.header) == (";", 1, ("sku", "title"))
    reading = inspect(write("My shop,,\nExport of today,,\nsku,title,stock\nA,B,1\n"))
    assert (reading.header_row, reading.header) == (2, ("sku", "title", "stock"))


@pytest.mark.parametrize(
    "header",
    [
        "SKU,Title,Description,Price,Qty,Brand,EAN,Image URL",
        "Código,Nombre,Descripción,Precio,Existencias,Marca,Código de barras,Imágenes",
        "Artikelnummer,Bezeichnung,Beschreibung,Preis,Lagerbestand,Hersteller,EAN,Bild 1",
        "Kod,Nazwa,Opis,Cena,Ilość,Producent,EAN,Zdjęcia",
        "Código,Nome,Descrição,Preço,Estoque,Marca,EAN,Imagens",
    ],
)
def test_headers_in_the_sellers_languages(write: Write, header: str) -> None:
    fields = "sku title description price quantity brand gtin images"
    reading = inspect(write(f"{header}\nA-1,A chair,A fine chair,19.90,3,Acme,4006381333931,a.jpg\n"))
    assert [column.field for column in reading.columns] == fields.split()
    assert all(0.5 <= column.confidence <= 1 and column.reason for column in reading.columns)


def test_units_and_currency_in_headers(write: Write) -> None:
    reading = inspect(write("sku,price_eur,Weight (kg),size,price 2\nA,19.90,1.5,XL,3.00\n"))
    assert reading.currency == "EUR"
    assert [(column.field, column.unit) for column in reading.columns] == [
        ("sku", ""), ("price", ""), ("weight", "kg"), (ATTRIBUTE, ""), (ATTRIBUTE, ""),
    ]  # fmt: skip
    assert reading.questions == ()


def test_what_is_open_is_asked_and_never_guessed(write: Write) -> None:
    reading = inspect(write("sku,title,price,weight\nA,Chair,1.234,5\nB,Lamp,5.678,7\n"))
    assert {question.key for question in reading.questions} == {"currency", "number:2", "unit:3"}
    with pytest.raises(UserMistake, match="currency"):
        plan_from(reading)
    with pytest.raises(UserMistake, match="“price”"):
        plan_from(reading, {"currency": "clp"})
    plan = plan_from(reading, {"currency": "clp", "number:2": "comma", "unit:3": "kg"})
    assert plan.currency == "CLP"
    assert plan.columns[2].style is NumberStyle.COMMA
    assert plan.columns[3].unit == "kg"
    assert ImportPlan.from_json(plan.to_json()) == plan


def test_columns_can_be_corrected(write: Write) -> None:
    reading = inspect(write("id,words,amount\nA,Chair,19.90\n"))
    with pytest.raises(UserMistake, match="SKU"):
        plan_from(reading)
    mended = remap(reading, {0: "sku", 1: "title", 2: "price"})
    assert [column.field for column in mended.columns] == ["sku", "title", "price"]
    assert mended.columns[2].style is NumberStyle.POINT
    assert [question.key for question in mended.questions] == ["currency"]
    plan = plan_from(reading, {"sku": "0", "column:1": "title", "column:2": IGNORE})
    assert [column.field for column in plan.columns] == ["sku", "title", IGNORE]


def test_a_field_taken_over_leaves_its_old_column_an_attribute(write: Write) -> None:
    reading = inspect(write("sku,title,name\nA,Chair,A better chair\n"))
    mended = remap(reading, {2: "title"})
    assert [column.field for column in mended.columns] == ["sku", ATTRIBUTE, "title"]


def zipped() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("xl/workbook.xml", "<x/>")
    return out.getvalue()


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "is empty"),
        (b"\xef\xbb\xbf\r\n\r\n", "is empty"),
        (b"sku,title,price\n", "only a header"),
        (zipped(), "Excel"),
        (b"\xd0\xcf\x11\xe0" + bytes(600), "Excel"),
        (b"\x89PNG\r\n\x1a\n" + bytes(range(256)), "picture"),
        (gzip.compress(b"sku\nA\n", mtime=0), "compressed"),
        (bytes(range(256)) * 20, "not a text file"),
        (b"sku,title\nA\nB\nC\n", "No row"),
    ],
)
def test_what_is_no_product_file_gets_a_clear_message(write: Write, content: bytes, why: str) -> None:
    with pytest.raises(UserMistake, match=why) as caught:
        inspect(write(content))
    assert caught.value.hint


def test_a_missing_file_and_a_folder(tmp_path: Path) -> None:
    with pytest.raises(UserMistake, match="no file"):
        inspect(tmp_path / "nothing.csv")
    with pytest.raises(UserMistake, match="folder"):
        inspect(tmp_path)


def test_the_last_byte_counts_for_the_encoding(write: Write) -> None:
    body = "".join(f"S{number},plain words\n" for number in range(200_000))
    reading = inspect(write(b"sku,title\n" + body.encode() + "Z,Stühle\n".encode("cp1252")))
    assert reading.encoding == "cp1252"
    assert 180_000 < reading.estimated_rows < 220_000


def test_a_few_wrong_bytes_do_not_make_another_encoding(write: Write) -> None:
    body = "".join(f"S{number},Stühle\n" for number in range(100)).encode()
    reading = inspect(write(b"sku,title\n" + body + b"Z,St\xfchle\n"))
    assert (reading.encoding, reading.undecodable) == ("utf-8", True)


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (b'\xef\xbb\xbf<?xml version="1.0"?>\n<rss><item/></rss>\n', "an XML file"),
        (b"<RSS><item>1</item>\n</RSS>", "an XML"),
        (b"\n<!DOCTYPE html>\n<html></html>\n", "a web page"),
        (b'[\n {"sku": "A"},\n {"sku": "B"}\n]\n', "a JSON file"),
        (b'{"products": [1, 2],\n"more": 1}\n', "a JSON file"),
    ],
)  # fmt: skip
def test_texts_that_are_no_tables_are_said_to_be_none(tmp_path: Path, content: bytes, what: str) -> None:
    path = tmp_path / "feed.txt"
    path.write_bytes(content)
    with pytest.raises(UserMistake, match=f"is {what}"):
        inspect(path)


def test_headers_with_letters_that_lose_no_marks_are_known(write: Write) -> None:
    reading = inspect(write("SKU;Nazwa;Długość (cm);Größe\nA;Stół;120;L\nB;Krzesło;45;M\n"))
    assert [column.field for column in reading.columns] == ["sku", "title", "length", "attribute"]
