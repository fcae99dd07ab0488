"""Barcodes of goods (GTIN-8, -12, -13, -14): the check digit, who gave the number out, what is wrong with it."""

from bisect import bisect_right
from dataclasses import dataclass

LENGTHS = (8, 12, 13, 14)

# Ranges of the first three digits of a GTIN-13, as GS1 gives them to its member organisations. The country is where
# the number was given out, which need not be where the goods were made.
_ISSUERS: tuple[tuple[int, int, str], ...] = (
    (0, 19, "United States or Canada"), (20, 29, ""), (30, 39, "United States (drugs)"),
    (40, 49, ""), (50, 59, "United States (coupons)"), (60, 139, "United States or Canada"),
    (200, 299, ""), (300, 379, "France or Monaco"), (380, 380, "Bulgaria"), (383, 383, "Slovenia"),
    (385, 385, "Croatia"), (387, 387, "Bosnia and Herzegovina"), (389, 389, "Montenegro"), (390, 390, "Kosovo"),
    (400, 440, "Germany"), (450, 459, "Japan"), (460, 469, "Russia"), (470, 470, "Kyrgyzstan"), (471, 471, "Taiwan"),
    (474, 474, "Estonia"), (475, 475, "Latvia"), (476, 476, "Azerbaijan"), (477, 477, "Lithuania"),
    (478, 478, "Uzbekistan"), (479, 479, "Sri Lanka"), (480, 480, "Philippines"), (481, 481, "Belarus"),
    (482, 482, "Ukraine"), (483, 483, "Turkmenistan"), (484, 484, "Moldova"), (485, 485, "Armenia"),
    (486, 486, "Georgia"), (487, 487, "Kazakhstan"), (488, 488, "Tajikistan"), (489, 489, "Hong Kong"),
    (490, 499, "Japan"), (500, 509, "United Kingdom"), (520, 521, "Greece"), (528, 528, "Lebanon"),
    (529, 529, "Cyprus"), (530, 530, "Albania"), (531, 531, "North Macedonia"), (535, 535, "Malta"),
    (539, 539, "Ireland"), (540, 549, "Belgium or Luxembourg"), (560, 560, "Portugal"), (569, 569, "Iceland"),
    (570, 579, "Denmark"), (590, 590, "Poland"), (594, 594, "Romania"), (599, 599, "Hungary"),
    (600, 601, "South Africa"), (603, 603, "Ghana"), (604, 604, "Senegal"), (608, 608, "Bahrain"),
    (609, 609, "Mauritius"), (611, 611, "Morocco"), (613, 613, "Algeria"), (615, 615, "Nigeria"), (616, 616, "Kenya"),
    (617, 617, "Cameroon"), (618, 618, "Ivory Coast"), (619, 619, "Tunisia"), (620, 620, "Tanzania"),
    (621, 621, "Syria"), (622, 622, "Egypt"), (623, 623, "Brunei"), (624, 624, "Libya"), (625, 625, "Jordan"),
    (626, 626, "Iran"), (627, 627, "Kuwait"), (628, 628, "Saudi Arabia"), (629, 629, "United Arab Emirates"),
    (630, 630, "Qatar"), (631, 631, "Namibia"), (640, 649, "Finland"), (690, 699, "China"), (700, 709, "Norway"),
    (729, 729, "Israel"), (730, 739, "Sweden"), (740, 740, "Guatemala"), (741, 741, "El Salvador"),
    (742, 742, "Honduras"), (743, 743, "Nicaragua"), (744, 744, "Costa Rica"), (745, 745, "Panama"),
    (746, 746, "Dominican Republic"), (750, 750, "Mexico"), (754, 755, "Canada"), (759, 759, "Venezuela"),
    (760, 769, "Switzerland or Liechtenstein"), (770, 771, "Colombia"), (773, 773, "Uruguay"), (775, 775, "Peru"),
    (777, 777, "Bolivia"), (778, 779, "Argentina"), (780, 780, "Chile"), (784, 784, "Paraguay"),
    (786, 786, "Ecuador"), (789, 790, "Brazil"), (800, 839, "Italy"), (840, 849, "Spain"), (850, 850, "Cuba"),
    (858, 858, "Slovakia"), (859, 859, "Czechia"), (860, 860, "Serbia"), (865, 865, "Mongolia"),
    (867, 867, "North Korea"), (868, 869, "Turkey"), (870, 879, "Netherlands"), (880, 881, "South Korea"),
    (883, 883, "Myanmar"), (884, 884, "Cambodia"), (885, 885, "Thailand"), (888, 888, "Singapore"),
    (890, 890, "India"), (893, 893, "Vietnam"), (896, 896, "Pakistan"), (899, 899, "Indonesia"),
    (900, 919, "Austria"), (930, 939, "Australia"), (940, 949, "New Zealand"), (950, 952, "GS1 itself"),
    (955, 955, "Malaysia"), (958, 958, "Macau"), (960, 969, "GS1 itself"), (977, 977, "a periodical (ISSN)"),
    (978, 979, "a book (ISBN) or sheet music"), (980, 984, "a refund receipt or coupon"), (990, 999, "a coupon"),
)  # fmt: skip
_STARTS = [first for first, _, _ in _ISSUERS]
_IN_STORE = ((20, 29), (40, 49), (200, 299))


@dataclass(frozen=True, slots=True)
class GtinReading:
    """What a code says. ``fault`` is what keeps marketplaces from taking it, ``mended`` the code that may be meant."""

    code: str
    kind: str = ""  # GTIN-13 (EAN), …
    issuer: str = ""  # “400–440: Germany”, “ISBN”
    fault: str = ""
    mended: str = ""


def check_digit(digits: str) -> str:
    """The last digit of a GTIN whose other digits are these."""
    weighted = sum(int(digit) * (3 if place % 2 == 0 else 1) for place, digit in enumerate(reversed(digits)))
    return str(-weighted % 10)


def is_gtin(code: str) -> bool:
    """Whether the length and the check digit are right."""
    return len(code) in LENGTHS and code.isascii() and code.isdigit() and check_digit(code[:-1]) == code[-1]


def read_gtin(text: str) -> GtinReading:
    """Read a barcode as entered; spaces and hyphens are ignored. An ISBN-10 is read as the book it names."""
    code = text.replace(" ", "").replace("-", "").strip()
    if not code:
        return GtinReading("")
    if (book := _isbn13(code)) is not None:
        fault = "This is an ISBN of ten digits; marketplaces take the barcode of thirteen."
        return GtinReading(code, "ISBN-10", "a book", fault, book)
    if not (code.isascii() and code.isdigit()):
        return GtinReading(code, fault="A barcode has digits only.")
    if len(code) not in LENGTHS:
        padded = next(
            (code.zfill(length) for length in LENGTHS if length > len(code) and is_gtin(code.zfill(length))), ""
        )
        why = f"A barcode has 8, 12, 13 or 14 digits; this one has {len(code)}."
        if padded:
            why += " Leading zeros were probably lost."
        return GtinReading(code, fault=why, mended=padded)
    kind = {8: "GTIN-8 (EAN-8)", 12: "GTIN-12 (UPC)", 13: "GTIN-13 (EAN)", 14: "GTIN-14 (case)"}[len(code)]
    issuer = _issuer(code)
    right = check_digit(code[:-1])
    if right != code[-1]:
        fault = f"The last digit does not fit the others: it would have to be {right}. Compare with the package."
        return GtinReading(code, kind, issuer, fault, code[:-1] + right)
    if not code.strip("0"):
        return GtinReading(code, kind, "", "These are zeros only.")
    if _prefix(code) is not None and _is_in_store(code):
        fault = "This is a shop's own code: it means nothing outside that shop, and marketplaces refuse it."
        return GtinReading(code, kind, "in-store code", fault)
    return GtinReading(code, kind, issuer)


def _prefix(code: str) -> int | None:
    """The three digits that name the issuer; GTIN-8 has ranges of its own."""
    return None if len(code) == 8 else int(code.zfill(14)[1:4])


def _is_in_store(code: str) -> bool:
    prefix = _prefix(code)
    return prefix is not None and any(first <= prefix <= last for first, last in _IN_STORE)


def _issuer(code: str) -> str:
    prefix = int(code[:3]) if len(code) == 8 else _prefix(code)
    if prefix is None or (len(code) == 8 and prefix < 100):
        return ""
    first, last, name = _ISSUERS[max(0, bisect_right(_STARTS, prefix) - 1)]
    if not name or not first <= prefix <= last:
        return ""
    span = f"{first:03}" if first == last else f"{first:03}–{last:03}"
    return f"{span}: {name}"


def _isbn13(code: str) -> str | None:
    """The thirteen digits of a right ISBN-10, None for anything else."""
    if len(code) != 10 or not code[:9].isdigit() or not code.isascii() or not (code[9].isdigit() or code[9] in "Xx"):
        return None
    last = 10 if code[9] in "Xx" else int(code[9])
    total = sum(int(digit) * weight for digit, weight in zip(code[:9], range(10, 1, -1), strict=True)) + last
    if total % 11:
        return None
    digits = f"978{code[:9]}"
    return digits + check_digit(digits)
