"""Barcodes: check digit, issuer, what is wrong in words."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mmhub_desktop.domain.gtin import check_digit, is_gtin, read_gtin


@pytest.mark.parametrize(
    ("code", "kind", "issuer"),
    [
        ("4006381333931", "GTIN-13 (EAN)", "400–440: Germany"),
        ("036000291452", "GTIN-12 (UPC)", "000–019: United States or Canada"),
        ("96385074", "GTIN-8 (EAN-8)", "960–969: GS1 itself"),
        ("9780306406157", "GTIN-13 (EAN)", "978–979: a book (ISBN) or sheet music"),
        ("7501031311309", "GTIN-13 (EAN)", "750: Mexico"),
        ("10614141000415", "GTIN-14 (case)", "060–139: United States or Canada"),
    ],
)
def test_right_codes_say_where_they_were_given_out(code: str, kind: str, issuer: str) -> None:
    reading = read_gtin(code)
    assert (reading.kind, reading.issuer, reading.fault) == (kind, issuer, "")


def test_a_wrong_last_digit_is_named_and_the_code_that_may_be_meant() -> None:
    reading = read_gtin("4006381333932")
    assert "would have to be 1" in reading.fault
    assert reading.mended == "4006381333931"


def test_lost_leading_zeros_are_found_by_the_check_digit() -> None:
    assert read_gtin("36000291452").mended == "036000291452"
    assert "Leading zeros" in read_gtin("36000291452").fault


def test_codes_of_a_shop_alone_are_said() -> None:
    code = "200123456789"
    reading = read_gtin(code + check_digit(code))
    assert reading.issuer == "in-store code"
    assert "refuse" in reading.fault


def test_an_isbn_of_ten_digits_becomes_its_barcode() -> None:
    assert read_gtin("0-306-40615-2").mended == "9780306406157"


@pytest.mark.parametrize("text", ["12a45678", "١٢٣٤٥٦٧٨", "0000000000000", "123"])
def test_what_is_no_barcode_is_said(text: str) -> None:
    assert read_gtin(text).fault


@given(st.text("0123456789", min_size=12, max_size=12))
def test_one_changed_digit_is_always_noticed(digits: str) -> None:
    code = digits + check_digit(digits)
    assert is_gtin(code)
    for place in range(13):
        other = str((int(code[place]) + 1) % 10)
        assert not is_gtin(code[:place] + other + code[place + 1 :])
