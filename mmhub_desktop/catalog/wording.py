"""Cleaning and shortening of listing words: what both the AI's and the rule-based writer's text goes through."""

import html
import re
import unicodedata
from html.parser import HTMLParser

_WORDLIKE_SYMBOLS = frozenset("©®™°№℠℃℉")  # category So, yet part of names and measures
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufe00-\ufe0f\ufeff\u20e3]")
_SKIN_TONES = re.compile("[\U0001f3fb-\U0001f3ff]")
_TAG = re.compile(r"</?([a-zA-Z][a-zA-Z0-9]*)\b[^<>]*>|<!--.*?-->", re.DOTALL)
_ENTITY = re.compile(r"&(?:[a-zA-Z]{2,}|#\d+|#x[0-9a-fA-F]+);")
_BREAKING = frozenset({"p", "br", "div", "li", "ul", "ol", "tr", "table", "h1", "h2", "h3", "h4", "h5", "h6"})
_SILENT = frozenset({"script", "style", "head", "title"})
HTML_ALLOWED = frozenset({"p", "br", "ul", "ol", "li", "b", "strong", "i", "em"})


def has_symbols(text: str) -> bool:
    """Whether there are emoji, pictograms or decorations among the words."""
    return any(_is_symbol(letter) for letter in text)


def drop_symbols(text: str) -> str:
    """The text without emoji, pictograms and invisible marks."""
    return "".join(letter for letter in _SKIN_TONES.sub("", _INVISIBLE.sub("", text)) if not _is_symbol(letter))


def _is_symbol(letter: str) -> bool:
    return unicodedata.category(letter) == "So" and letter not in _WORDLIKE_SYMBOLS


def html_tags(text: str) -> set[str]:
    """The names of the HTML tags in a text."""
    return {match.group(1).casefold() if match.group(1) else "!--" for match in _TAG.finditer(text)}


def plain(text: str) -> str:
    """Readable text from what may be HTML: blocks on lines of their own, list items with a dash."""
    if not _TAG.search(text):
        return html.unescape(text) if _ENTITY.search(text) else text
    reader = _Reader()
    reader.feed(text)
    reader.close()
    return "".join(reader.parts)


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self._silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002
        self._silent += tag in _SILENT
        if tag in _BREAKING:
            self.parts.append("\n- " if tag == "li" else "\n")

    def handle_endtag(self, tag: str) -> None:
        self._silent = max(0, self._silent - (tag in _SILENT))
        if tag in _BREAKING and tag not in ("li", "br"):
            self.parts.append("\n")

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.parts.append(re.sub(r"\s+", " ", data))


def one_line(text: str) -> str:
    """NFC, on one line, single spaces."""
    return re.sub(r"\s+", " ", unicodedata.normalize("NFC", text)).strip()


def paragraphs(text: str) -> str:
    """NFC, lines trimmed, at most one empty line between them."""
    lines = [re.sub(r"[^\S\n]+", " ", line).strip() for line in unicodedata.normalize("NFC", text).splitlines()]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def cut_words(text: str, limit: int) -> str:
    """The beginning of a line that fits, ended at a word."""
    if len(text) <= limit:
        return text
    head, space, _ = text[: limit + 1].rpartition(" ")
    return (head if space else text[:limit]).rstrip(" ,;:.-–—/(+&|")


def cut_paragraphs(text: str, limit: int) -> str:
    """The beginning of a text that fits, ended at a paragraph, else at a sentence, else at a word."""
    if len(text) <= limit:
        return text
    head = text[:limit]
    for pattern in (r"\n", r"[.!?…]\s"):
        ends = [match.start() + (pattern != r"\n") for match in re.finditer(pattern, head + " ")]
        if ends and ends[-1] >= limit // 2:
            return head[: ends[-1]].rstrip()
    return cut_words(text, limit)


def unique(words: list[str]) -> list[str]:
    """The words in order, without empty ones and repeats (case ignored)."""
    seen: set[str] = set()
    kept = []
    for word in words:
        key = word.casefold()
        if word and key not in seen:
            seen.add(key)
            kept.append(word)
    return kept
