"""Joining in bounded memory gives what joining in memory gives."""

import tracemalloc
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mmhub_desktop.catalog.dialects import BY_NAME, spool
from mmhub_desktop.catalog.dialects.spool import grouped, table_of

_KEYED = st.lists(st.tuples(st.sampled_from(["", "a", "b", "c", "d"]), st.text(max_size=3)), max_size=40)


def _naive(keyed: list[tuple[str, dict[str, str]]]) -> list[list[dict[str, str]]]:
    found: dict[object, list[dict[str, str]]] = {}
    for place, (key, record) in enumerate(keyed):
        found.setdefault(key or place, []).append(record)
    return list(found.values())


@given(_KEYED)
def test_what_belongs_together_comes_together(pairs: list[tuple[str, str]]) -> None:
    keyed = [(key, {"value": value}) for key, value in pairs]
    assert list(grouped(iter(keyed))) == _naive(keyed)


@given(_KEYED)
def test_also_when_every_key_seems_to_have_come_before(pairs: list[tuple[str, str]]) -> None:
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(spool, "_BITS", 8)  # the filter is full at once, and says yes to all
        keyed = [(key, {"value": value}) for key, value in pairs]
        assert list(grouped(iter(keyed))) == _naive(keyed)


def test_a_table_has_the_columns_of_all_its_records_in_order() -> None:
    def records() -> Iterator[dict[str, str]]:
        yield {"attribute:b": "1", "title": "t", "sku": "1", ".secret": "x"}
        for number in range(2, 1_000):
            yield {"sku": str(number), "option:Size": "M"}
        yield {"attribute:a": "2", "price": "3", "sku": "1000"}

    header, rows = table_of(records())
    assert header == ("sku", "title", "price", "option:Size", "attribute:b", "attribute:a")
    found = list(rows)
    assert found[0] == ["1", "t", "", "", "1", ""]
    assert (found[1], found[-1]) == (["2", "", "", "M", "", ""], ["1000", "", "3", "", "", "2"])
    assert len(found) == 1_000


def test_a_large_file_takes_little_memory() -> None:
    def rows() -> Iterator[list[str]]:
        for number in range(12_000):  # 24 MB of descriptions
            yield [f"shirt-{number}", f"Shirt {number}", "x" * 2_000, f"S-{number}", "1.00", "Size", "S"]
        for number in range(0, 12_000, 40):  # some come again at the end
            yield [f"shirt-{number}", "", "", f"M-{number}", "2.00", "", "M"]

    header = ["Handle", "Title", "Body (HTML)", "Variant SKU", "Variant Price", "Option1 Name", "Option1 Value"]
    tracemalloc.start()
    try:
        names, joined = BY_NAME["shopify"].join(header, rows())
        count = sum(len(row) == len(names) for row in joined)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert count == 12_000 + 2 * 300
    assert peak < 14_000_000  # 8 MB of them are the filter of handles seen
