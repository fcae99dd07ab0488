"""What spreadsheets have done to codes: seen in a column's first cells, and said before anything is imported."""

import re
from collections.abc import Callable, Sequence

from mmhub_desktop.domain.gtin import is_gtin, read_gtin

_ROUNDED = re.compile(r"\d[.,]?\d*E\+?\d+", re.IGNORECASE)
_MONTH = (
    "jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|ene|abr|ago|dic|mär|mrz|mai|okt|dez|fev|set|out|sty|lut|kwi|maj|"
    "cze|lip|sie|wrz|paź|lis|gru"
)
_DATE = re.compile(
    rf"\d{{1,2}}[-./ ]?(?:{_MONTH})[a-z]*\.?|(?:{_MONTH})[a-z]*\.?[-./ ]\d{{1,2}}|\d{{4}}-\d\d-\d\d", re.IGNORECASE
)
_LOOKED_AT = 1_000  # cells of a column
_CUT = range(6, 12)  # digits of a barcode that may have lost its zeros


def warnings_of(field: str, cells: Sequence[str]) -> tuple[str, ...]:
    """What looks damaged in these cells of a column, in words, with an example and how many they are."""
    found = []
    cells = cells[:_LOOKED_AT]
    for test, what, todo in _looked_for(field, cells):
        hits = [cell for cell in cells if test(cell)]
        if hits:
            others = f" and {len(hits) - 1:,} more of the first {len(cells):,} values" if len(hits) > 1 else ""
            found.append(f"{what}: “{hits[0][:40]}”{others}. {todo}")
    return tuple(found)


Look = tuple[Callable[[str], bool], str, str]


def _looked_for(field: str, cells: Sequence[str]) -> tuple[Look, ...]:
    rounded = (_is_rounded, "Rounded by Excel", "Format the column as text and export again.")
    date = (_is_date, "Perhaps made a date by Excel", "Compare with the original.")
    if field == "gtin":
        return (
            rounded,
            (_has_lost_zeros, "Leading zeros lost", "The check digit proves them: they are put back."),
            (_is_wrong, "No valid barcode", "The check digit or the length is wrong: compare with the goods."),
        )
    if field == "sku":
        return rounded, date
    if field.startswith(("attribute", "option:")) and any(map(_is_size, cells)):
        return (date,)
    return ()


def _is_rounded(cell: str) -> bool:
    return bool(_ROUNDED.fullmatch(cell.strip("'")))


def _is_date(cell: str) -> bool:
    return bool(_DATE.fullmatch(cell))


def _is_size(cell: str) -> bool:
    """Whether it is a range of numbers such as 10-12: what Excel makes dates of."""
    left, sign, right = cell.replace("/", "-").partition("-")
    return bool(sign) and left.strip().isdecimal() and right.strip().isdecimal()


def _plain(cell: str) -> str:
    return cell.removeprefix("=").strip("'\"").replace(" ", "").replace("-", "")


def _has_lost_zeros(cell: str) -> bool:
    code = _plain(cell)
    if len(code) not in _CUT or not code.isascii() or not code.isdigit():
        return False
    reading = read_gtin(code)
    return bool(reading.mended) and not reading.kind


def _is_wrong(cell: str) -> bool:
    code = _plain(cell)
    return not (is_gtin(code) or _is_rounded(code) or _has_lost_zeros(code) or read_gtin(code).kind == "ISBN-10")
