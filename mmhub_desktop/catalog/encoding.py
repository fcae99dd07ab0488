"""In which characters a file is written, told from its bytes, all of them, with the reason."""

import codecs
import hashlib
import re
from dataclasses import dataclass
from pathlib import Path

from mmhub_desktop.catalog.code_pages import Words
from mmhub_desktop.errors import UserMistake

_BLOCK = 1 << 20
_HEAD = 1 << 16

# What the first bytes of files that are no tables look like, and what to do about each.
_SIGNATURES: tuple[tuple[bytes, str, str], ...] = (
    (
        b"PK\x03\x04",
        "an Excel workbook or a ZIP archive that cannot be read",
        "Save it as “CSV UTF-8” and choose that.",
    ),
    (b"\xd0\xcf\x11\xe0", "an old Excel workbook", "Open it in Excel and save it as “CSV UTF-8”."),
    (b"%PDF", "a PDF document", "Export the products as CSV from your shop."),
    (b"\x89PNG", "a picture", "Choose the CSV file with your products."),
    (b"\xff\xd8\xff", "a picture", "Choose the CSV file with your products."),
    (b"GIF8", "a picture", "Choose the CSV file with your products."),
    (b"\x1f\x8b", "a compressed file", "Unpack it first, then import the CSV inside."),
    (b"7z\xbc\xaf", "a compressed file", "Unpack it first, then import the CSV inside."),
    (b"Rar!", "a compressed file", "Unpack it first, then import the CSV inside."),
    (b"SQLite format 3\x00", "a database", "If it is a workspace, open it with File › Open workspace."),
)
# The same of texts that are no tables, by their first characters.
_TEXTS: tuple[tuple[re.Pattern[bytes], str, str], ...] = (
    (re.compile(rb"\s*<(?:!doctype )?html", re.IGNORECASE), "a web page", "Export the products as CSV from your shop."),
    (re.compile(rb"\s*<(?:\?xml|rss|feed)\b", re.IGNORECASE), "an XML file",
     "Export the products as CSV or as a workbook: most programs that write XML feeds can do that, too."),
    (re.compile(rb"\s*(?:\[\s*\{|\{\s*\")"), "a JSON file", "Export the products as CSV or as a workbook."),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class FileText:
    """The characters of a file: Python's name of the encoding, why, and a hash of all its bytes."""

    encoding: str
    reason: str
    undecodable: bool
    size: int
    modified_ns: int
    file_hash: str
    notes: tuple[str, ...] = ()  # what else is to be said of its bytes


def examine(path: Path) -> FileText:
    """Read the whole file once, blocking (about 1 GB/s). UserMistake when it is missing, empty or no text."""
    try:
        about = path.stat()
        if path.is_dir():
            raise UserMistake(f"“{path}” is a folder.", hint="Choose the CSV file inside it.")
        with path.open("rb") as file:
            return _examine(path, file.read(_HEAD), about.st_size, about.st_mtime_ns)
    except FileNotFoundError as error:
        raise UserMistake(
            f"There is no file “{path}”.", hint="Check the name and the folder, then choose the file again."
        ) from error
    except OSError as error:
        raise UserMistake(
            f"“{path.name}” cannot be read.",
            hint="Close it in other programs, check that you may read it, then try again.",
            original=str(error),
        ) from error


def is_same(path: Path, text: FileText) -> bool:
    """Whether a file seems to be the one that was examined: by its size and time."""
    try:
        about = path.stat()
    except OSError:
        return False
    return (about.st_size, about.st_mtime_ns) == (text.size, text.modified_ns)


def hash_file(path: Path) -> str:
    """The hash of all bytes of a file, as ``examine`` tells it."""
    digest = hashlib.blake2b(digest_size=16)
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            digest.update(block)
    return digest.hexdigest()


def _examine(path: Path, head: bytes, size: int, modified_ns: int) -> FileText:
    if not head.strip(b"\xef\xbb\xbf\xff\xfe\x00 \t\r\n"):
        raise UserMistake(f"“{path.name}” is empty.", hint="Export it again, or choose another file.")
    for start, what, todo in _SIGNATURES:
        if head.startswith(start):
            raise UserMistake(f"“{path.name}” is {what}, not a CSV file.", hint=todo)
    for beginning, what, todo in _TEXTS:
        if beginning.match(head.removeprefix(b"\xef\xbb\xbf")):
            raise UserMistake(f"“{path.name}” is {what}, not a table.", hint=todo)
    encoding, reason = _by_mark(head) or _by_zeros(head) or ("", "")
    if not encoding:
        _refuse_binary(path, head)
    digest = hashlib.blake2b(digest_size=16)
    candidate = encoding or "utf-8"
    decoder: codecs.IncrementalDecoder | None = codecs.getincrementaldecoder(candidate)()
    ascii_only = True
    zeros = 0
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            digest.update(block)
            if not encoding.startswith("utf-16"):
                zeros += block.count(0)
            if decoder is None:
                continue
            try:
                decoder.decode(block)
            except UnicodeDecodeError:
                decoder = None
            ascii_only = ascii_only and block.isascii()
    undecodable = decoder is None
    if not encoding:
        encoding, reason, undecodable = _eight_bit(path, valid=decoder is not None, ascii_only=ascii_only)
    notes = (f"Zero bytes, which no text has, are left out: {zeros:,}.",) if zeros else ()
    return FileText(encoding, reason, undecodable, size, modified_ns, digest.hexdigest(), notes)


def _by_mark(head: bytes) -> tuple[str, str] | None:
    if head.startswith(codecs.BOM_UTF8):
        return "utf-8-sig", "The file begins with the UTF-8 mark."
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16", "The file begins with the UTF-16 mark."
    return None


def _by_zeros(head: bytes) -> tuple[str, str] | None:
    """UTF-16 without a mark: nearly all zero bytes stand at even, or nearly all at odd places."""
    even, odd = head[::2].count(0), head[1::2].count(0)
    for encoding, many, few in (("utf-16-le", odd, even), ("utf-16-be", even, odd)):
        if many * 20 > len(head) and many > 20 * few:
            try:
                head[: len(head) // 2 * 2 - 2].decode(encoding)
            except UnicodeDecodeError:
                continue
            return encoding, "Every second byte is zero, as in UTF-16."
    return None


def _refuse_binary(path: Path, head: bytes) -> None:
    controls = sum(head.count(code) for code in range(1, 32) if code not in b"\t\n\r\x0b\x0c\x1a")
    zeros = head.count(0)
    if controls * 20 > len(head) or (zeros and (controls > 4 or zeros * 100 > len(head))):
        raise UserMistake(
            f"“{path.name}” is not a text file.",
            hint="Export your products as CSV (in Excel: save as “CSV UTF-8”) and choose that file.",
        )


def _eight_bit(path: Path, *, valid: bool, ascii_only: bool) -> tuple[str, str, bool]:
    """UTF-8 or a code page, and whether some bytes do not fit; reads the file again when it is not plain UTF-8."""
    if valid:
        why = "All characters are plain ASCII." if ascii_only else "All bytes are valid UTF-8."
        return "utf-8", why, False
    good = bad = 0
    words = Words()
    present: set[int] = set()
    decoder = codecs.getincrementaldecoder("utf-8")("surrogateescape")
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            words.add(block)
            text = decoder.decode(block)
            if text.isascii():
                continue
            present.update(block)
            others = [character for character in text if character > "\x7f"]
            wrong = sum("\udc80" <= character <= "\udcff" for character in others)
            bad, good = bad + wrong, good + len(others) - wrong
    if good > 10 * bad:
        return "utf-8", f"Nearly all characters are valid UTF-8; {bad} bytes are not.", True
    found = words.find_page()
    return found.encoding, found.reason, not _fits(present, found.encoding)


def _fits(present: set[int], encoding: str) -> bool:
    """Whether each of these bytes is a character in a code page."""
    try:
        bytes(present).decode(encoding)
    except UnicodeDecodeError:
        return False
    return True
