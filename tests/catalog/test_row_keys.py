"""Codes of rows: which were seen before, in bounded memory; those that Excel has damaged; those that are made."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mmhub_desktop.catalog import row_keys
from mmhub_desktop.catalog.row_keys import Seen, generate_sku, mend_gtin, mend_sku, mend_source_id
from mmhub_desktop.catalog.row_refusal import Refused
from tests.catalog.test_rows import make_plan


def test_keys_of_long_ago_are_known_still(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(row_keys, "_LATEST", 100)
    seen = Seen()
    for number in range(1_000):
        assert f"k{number}" not in seen
        seen.latest.add(f"k{number}")
        if number % 50 == 49:
            seen.rest()
    assert len(seen.latest) < 200
    assert all(f"k{number}" in seen for number in range(1_000))
    assert sum(f"other {number}" in seen for number in range(10_000)) == 0
    assert ("a", "b") not in seen


def test_a_second_row_of_a_sku_is_refused_however_far_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    from mmhub_desktop.catalog.rows import RowMaker

    monkeypatch.setattr(row_keys, "_LATEST", 10)
    maker = RowMaker(make_plan(("sku", "source_id"), ("sku", "source_id")))
    for number in range(95):
        maker.make([f"S{number}", f"id{number}"])
        if number % 10 == 9:
            maker.rest()
    for cells in (["s3", "new"], ["S94", "new"]):
        with pytest.raises(Refused, match="earlier row"):
            maker.make(cells)
    with pytest.raises(Refused, match="source id “id7” stands"):
        maker.make(["T", "id7"])
    assert maker.make(["T", "new"])[0] == "T"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("4006381333931", "4006381333931"), ("'4006381333931", "4006381333931"), ("400-638 1333931", "4006381333931"),
        ('="036000291452"', "036000291452"), ("4006381333931.0", "4006381333931"), ("36000291452", "036000291452"),
        ("4.006381333931E+12", "4006381333931"), ("4,006381333931E+12", "4006381333931"),
        ("36000291453", "36000291453"),  # the check digit proves nothing
        ("0306406152", "0306406152"),  # an ISBN of ten digits
        ("12345", "12345"), ("none", ""), ("Does not apply", ""),
    ],
)  # fmt: skip
def test_barcodes(text: str, code: str) -> None:
    notes: list[tuple[str, str]] = []
    assert mend_gtin(text, notes) == code
    assert bool(notes) == ("E+" in text or text == "36000291452" or not code)


def test_rounded_codes_are_refused() -> None:
    for mend in (mend_gtin, mend_sku):
        with pytest.raises(Refused, match="rounded by Excel"):
            mend("8.01E+12", [])
    assert mend_sku("A-1E+5x", []) == "A-1E+5x"
    assert mend_sku('="007"', []) == "007"


@given(st.text(min_size=1), st.text())
def test_made_skus_are_the_same_each_time_and_differ_by_options(title: str, size: str) -> None:
    made = generate_sku("", "", "", title, size)
    assert made == generate_sku("", "", "", title, size)
    assert made != generate_sku("", "", "", title, size + "x")
    assert generate_sku("shop", "7", "400", title, size) == "shop-7"
    assert generate_sku("", "", "400", title, size) == "GTIN-400"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("195000000002", "195000000002"), ("1.95000000002E+11", "195000000002"), ("1,95E+11", ""),
        ("1.95E+11#S / Red", ""),        ("1.95000000002E+11#S", "195000000002#S"), ("product_1E", "product_1E"),
    ],
)  # fmt: skip
def test_source_ids_that_excel_has_rounded_are_nobodys(text: str, found: str) -> None:
    notes: list[tuple[str, str]] = []
    assert mend_source_id(text, notes) == found
    assert bool(notes) == (not found)
