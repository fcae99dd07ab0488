"""Titles and descriptions in the form Allegro takes: a title of 12 to 75 characters, sections of restricted HTML."""

import html
import json
import re
import unicodedata
from collections.abc import Iterable, Mapping
from html.parser import HTMLParser
from typing import Any

from mmhub_desktop.errors import Finding
from mmhub_desktop.marketplaces.characters import without

TITLE_MIN, TITLE_MAX, TITLE_WORDS = 12, 75, 3
DESCRIPTION_MAX = 40_000  # bytes, all sections together
_KEPT = frozenset({"p", "h1", "h2", "ul", "ol", "li", "b"})
_SAME = {"strong": "b", "h3": "h2", "h4": "h2", "h5": "h2", "h6": "h2", "div": "p", "section": "p", "article": "p"}
_ENDING = frozenset({"br", "tr", "table", "hr", "blockquote", "pre"})
_BLOCKS = frozenset({"p", "h1", "h2", "li"})
_LISTS = frozenset({"ul", "ol"})
_SILENT = frozenset({"script", "style", "head", "title"})
_PLAIN = frozenset(
    {"br", "span", "table", "tbody", "thead", "tr", "td", "th", "html", "body"}
)  # nothing lost with them
_TAG = re.compile(r"</?[a-zA-Z][^<>]*>|<!--")
_SHOWN = without(also="\u202a\u202b\u202c\u202d\u202e")
_BULLET = re.compile(r"^\s*(?:[-*•–]|\d+[.)])\s+(.*)$")


def clean_title(title: str) -> tuple[str, list[Finding]]:
    """The title in one line without control characters; findings, blocking ones when Allegro would not take it."""
    given = " ".join(unicodedata.normalize("NFC", title).split())
    cleaned = " ".join(given.translate(_SHOWN).split())
    found: list[Finding] = []

    def problem(rule: str, message: str, fix: str, limit: str = "", *, blocks: bool = True) -> None:
        found.append(Finding(f"allegro.{rule}", "title", message, fix, title, limit, blocks))

    if cleaned != given:
        problem("title_symbols", "Invisible characters of the title are left out.", f"Sent as: {cleaned}", blocks=False)
    if not cleaned:
        problem("title_missing", "The title is empty.", "Name product, brand and model.")
        return cleaned, found
    if len(cleaned) > TITLE_MAX:
        problem(
            "title_long", f"The title has {len(cleaned)} characters; Allegro takes {TITLE_MAX}.",
            f"Shorten it, for example to: {suggest_title(cleaned)}", f"at most {TITLE_MAX}",
        )  # fmt: skip
    if len(cleaned) < TITLE_MIN:
        problem(
            "title_short", f"The title has {len(cleaned)} characters; Allegro asks for {TITLE_MIN}.",
            "Name product, brand and model.", f"at least {TITLE_MIN}",
        )  # fmt: skip
    words = len(cleaned.split())
    if words < TITLE_WORDS:
        problem(
            "title_words", f"The title has {words} word{'s' if words != 1 else ''}; Allegro asks for {TITLE_WORDS}.",
            "Name product, brand and model.", f"at least {TITLE_WORDS} words",
        )  # fmt: skip
    return cleaned, found


def suggest_title(title: str) -> str:
    """The title cut at the last whole word that fits."""
    whole = title[: TITLE_MAX + 1].rpartition(" ")[0].rstrip(" ,;:-–/(+&")
    return whole if len(whole) >= TITLE_MAX // 2 else title[:TITLE_MAX].rstrip()


def make_description(text: str) -> tuple[dict[str, Any], list[Finding]]:
    """The description's sections, empty for an empty text; findings for what was left out or is too long."""
    found: list[Finding] = []
    given = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))
    given = given.translate(_SHOWN)
    if _TAG.search(given):
        content, lost = _restrict(given)
        if lost:
            tags = ", ".join(sorted(lost))
            message = f"Allegro takes simple HTML only; these tags are left out, their words stay: {tags}."
            found.append(Finding("allegro.description_html", "description", message, blocks=False))
    else:
        content = _from_plain(html.unescape(given))
    if not content:
        return {}, found
    description = {"sections": [{"items": [{"type": "TEXT", "content": content}]}]}
    size = description_size(description)
    if size > DESCRIPTION_MAX:
        found.append(
            Finding(
                "allegro.description_long",
                "description",
                f"The description has {size:,} bytes; Allegro takes {DESCRIPTION_MAX:,}.",
                "Shorten it.",
                "",
                f"at most {DESCRIPTION_MAX:,} bytes",
            )
        )
    return description, found


def description_size(description: Mapping[str, Any]) -> int:
    """What Allegro counts: the bytes of the sections as JSON."""
    return len(json.dumps(description.get("sections") or [], ensure_ascii=False, separators=(",", ":")).encode())


def description_words(description: Any) -> str:
    """The HTML of an offer's text sections, one after another."""
    return "\n".join(str(item.get("content") or "") for item in description_items(description, "TEXT"))


def description_items(description: Any, kind: str) -> Iterable[Mapping[str, Any]]:
    """The items of a kind (TEXT, IMAGE) in all sections."""
    sections = description.get("sections") if isinstance(description, Mapping) else None
    for section in sections if isinstance(sections, list) else ():
        for item in (section.get("items") or ()) if isinstance(section, Mapping) else ():
            if isinstance(item, Mapping) and item.get("type") == kind:
                yield item


def _from_plain(text: str) -> str:
    """Paragraphs of the lines; lines that begin with a dash or a number become a list."""
    parts: list[str] = []
    open_list = False
    for line in text.split("\n"):
        bullet = _BULLET.match(line)
        words = html.escape((bullet[1] if bullet else line).strip(), quote=False)
        if bool(bullet) != open_list and (bullet or open_list):
            parts.append("<ul>" if bullet else "</ul>")
            open_list = bool(bullet)
        if words:
            parts.append(f"<li>{words}</li>" if bullet else f"<p>{words}</p>")
    return "".join([*parts, "</ul>"] if open_list else parts)


class _Restricted(HTMLParser):
    """Writes HTML anew with the few tags that Allegro takes, well nested."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self.lost: set[str] = set()
        self._block = ""
        self._list = ""
        self._bold = False
        self._silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002 - as the base says
        if tag in _SILENT:
            self._silent += 1
        name = _SAME.get(tag, tag)
        if name in _LISTS:
            self.end_list()
            self._list = name
            self.parts.append(f"<{name}>")
        elif name in _BLOCKS:
            if name != "li" or self._list:
                self._begin(name)
        elif name == "b":
            self._bold = True
            if self._block:
                self.parts.append("<b>")
        elif tag in _ENDING:
            self.end_block()
        if name not in _KEPT and tag not in _PLAIN:
            self.lost.add(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag in _SILENT:
            self._silent = max(0, self._silent - 1)
        name = _SAME.get(tag, tag)
        if name in _LISTS:
            self.end_list()
        elif name in _BLOCKS or tag in _ENDING:
            self.end_block()
        elif name == "b" and self._bold:
            if self._block:
                self.parts.append("</b>")
            self._bold = False

    def handle_data(self, data: str) -> None:
        words = re.sub(r"\s+", " ", data)
        if self._silent or (not self._block and not words.strip()):
            return
        if not self._block:
            self._begin("li" if self._list else "p")
            words = words.lstrip()
        self.parts.append(html.escape(words, quote=False))

    def _begin(self, name: str) -> None:
        self.end_block()
        if self._list and name != "li":
            name = "li"
        self._block = name
        self.parts.append(f"<{name}>{'<b>' if self._bold else ''}")

    def end_block(self) -> None:
        """Close the paragraph, heading or entry that is open; one without words is taken back."""
        if not self._block:
            return
        if self.parts and self.parts[-1] in (f"<{self._block}>", f"<{self._block}><b>"):
            self.parts.pop()
        else:
            self.parts.append(f"{'</b>' if self._bold else ''}</{self._block}>")
        self._block = ""

    def end_list(self) -> None:
        """Close the list that is open."""
        self.end_block()
        if not self._list:
            return
        if self.parts and self.parts[-1] == f"<{self._list}>":
            self.parts.pop()
        else:
            self.parts.append(f"</{self._list}>")
        self._list = ""


def _restrict(text: str) -> tuple[str, set[str]]:
    """The text with Allegro's tags only, and the tags that were left out. A lone ``<`` as in “< 5 cm” stays."""
    parser = _Restricted()
    parser.feed(re.sub(r"<(?![a-zA-Z/!])", "&lt;", text))
    parser.close()
    parser.end_list()
    return "".join(parser.parts).replace(" </", "</").replace("<b></b>", ""), parser.lost
