"""The codes of a row: SKUs made where there are none, codes that Excel has damaged, and which were seen before."""

import re
from array import array
from bisect import bisect_left
from hashlib import blake2b

from mmhub_desktop.catalog.row_refusal import Refused
from mmhub_desktop.domain.gtin import LENGTHS, read_gtin
from mmhub_desktop.domain.product import fold

Notes = list[tuple[str, str]]

_LATEST = 500_000  # keys kept as they are; beyond that 8 bytes of each
_BITS = 1 << 28  # of the filter before those: 32 MB, so that of ten million keys one in 30 is looked up in vain
_SHORTEST_CUT = 6  # digits: a shorter number is no barcode that lost its zeros
_ROUNDED = re.compile(r"(\d)[.,]?(\d*)E\+?(\d+)", re.IGNORECASE)
_FORMULA = re.compile(r'="(.*)"')
_WHOLE = re.compile(r"(\d+)[.,]0+")


class Seen:
    """The keys of the rows so far, of any number of rows in bounded memory.

    The newest are in ``latest``, a set. Of older ones 64 bits are kept: that two of ten million keys share them has
    a chance of one in 300,000, and would refuse a row with a reason, not lose it silently.
    """

    def __init__(self) -> None:
        self.latest: set[object] = set()
        self._runs: list[array[int]] = []
        self._bits = bytearray()

    def rest(self) -> None:
        """Move a full set away; the caller then takes ``latest`` anew."""
        if len(self.latest) < _LATEST:
            return
        if not self._bits:
            self._bits = bytearray(_BITS // 8)
        bits = self._bits
        run = array("q", sorted(map(hash, self.latest)))
        for code in run:
            place = code % _BITS
            bits[place >> 3] |= 1 << (place & 7)
        self._runs.append(run)
        self.latest = _WithOlder(self)

    def is_older(self, key: object) -> bool:
        """Whether a key was moved away."""
        code = hash(key)
        place = code % _BITS
        if not self._bits[place >> 3] >> (place & 7) & 1:
            return False
        for run in self._runs:
            at = bisect_left(run, code)
            if at < len(run) and run[at] == code:
                return True
        return False

    def __contains__(self, key: object) -> bool:
        return key in self.latest


class _WithOlder(set[object]):
    """The newest keys, which also know of the older ones."""

    def __init__(self, seen: Seen) -> None:
        super().__init__()
        self._seen = seen

    def __contains__(self, key: object) -> bool:
        return set.__contains__(self, key) or self._seen.is_older(key)


def generate_sku(source: str, source_id: str, gtin: str, title: str, options: str) -> str:
    """The same SKU for the same goods, in whichever row and file: by source id, else GTIN, else title and options."""
    if source_id:
        return f"{source or 'ID'}-{source_id}"
    if gtin:
        return f"GTIN-{gtin}"
    if not title:
        raise Refused("Nothing to make a SKU from.", "The row has no source id, GTIN or title to make a SKU from.")
    digest = blake2b(f"{fold(title)}\n{fold(options)}".encode("utf-8", "replace"), digest_size=6).hexdigest()
    return f"GEN-{digest.upper()}"


def mend_sku(text: str, notes: Notes) -> str:
    """A SKU out of Excel's formula ="007", or of a number like 8.01E+12 where no digit is lost; Refused otherwise."""
    found = _FORMULA.fullmatch(text)
    if found:
        return found[1].strip()
    if not _ROUNDED.fullmatch(text):
        return text
    whole = _exact(text)
    if not whole:
        raise Refused(
            "SKU: the value was rounded by Excel.",
            f"SKU “{text}” was rounded by Excel: format the column as text and export again.",
        )
    notes.append(("SKU: numbers in Excel's short form written out.", f"SKU “{text}” → {whole}"))
    return whole


def mend_gtin(text: str, notes: Notes) -> str:
    """A barcode without Excel's marks and with its lost zeros, where the check digit proves them.

    Empty for words in its place, as “Does not apply”. Refused when Excel has rounded it.
    """
    found = _FORMULA.fullmatch(text)
    code = (found[1] if found else text).strip().lstrip("'").replace(" ", "").replace("-", "")
    if not any(map(str.isdigit, code)):
        notes.append(("GTIN: words in place of a code read as empty.", f"GTIN “{text[:80]}”"))
        return ""
    if whole := _WHOLE.fullmatch(code):
        code = whole[1]
    if _ROUNDED.fullmatch(code):
        written = _exact(code)
        if not written:
            raise Refused(
                "GTIN (EAN, UPC): the value was rounded by Excel.",
                f"GTIN (EAN, UPC) “{text[:80]}” was rounded by Excel: format the column as text and export again.",
            )
        notes.append(("GTIN: numbers in Excel's short form written out.", f"GTIN “{text}” → {written}"))
        code = written
    if code.isascii() and code.isdigit() and len(code) not in LENGTHS and len(code) >= _SHORTEST_CUT:
        reading = read_gtin(code)
        if reading.mended and not reading.kind:
            notes.append(
                ("GTIN: lost leading zeros put back, as the check digit proves.", f"GTIN “{code}” → {reading.mended}")
            )
            return reading.mended
    return code


def mend_source_id(text: str, notes: Notes) -> str:
    """A source id out of a number like 1.95E+11 where no digit is lost; else none, since others are rounded to it, too.

    What a dialect has put behind it, after “#”, is kept with it.
    """
    number, sign, rest = text.partition("#")
    if not _ROUNDED.fullmatch(number):
        return text
    whole = _exact(number)
    if whole:
        return f"{whole}{sign}{rest}"
    notes.append(("Source id: rounded by Excel, and left out. The SKU finds the product.", f"Source id “{number}”"))
    return ""


def _exact(text: str) -> str:
    """The digits of a number with an exponent, when it shows all of them; empty when some were rounded away."""
    found = _ROUNDED.fullmatch(text)
    if not found:
        return ""
    digits, power = found[1] + found[2], int(found[3])
    return digits if len(digits) == power + 1 and power > 0 else ""
