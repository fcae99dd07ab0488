"""Titles, descriptions, tags and materials in the form Etsy takes; what does not fit is said, never cut silently."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from functools import lru_cache

from mmhub_desktop.errors import Finding
from mmhub_desktop.marketplaces.plain_text import HTML, strip_html, suggest_title

TITLE_MAX, TAGS_MAX, TAG_MAX, MATERIALS_MAX = 140, 13, 20, 13
_ONCE = "%:&+"
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
_MARKS = frozenset("™©®")


def clean_title(title: str) -> tuple[str, list[Finding]]:
    """The title in one line with the characters that Etsy takes, and what is to be said about it."""
    given = " ".join(unicodedata.normalize("NFC", title).split())
    cleaned = " ".join("".join(char for char in given if _in_title(char)).split())
    found: list[Finding] = []
    if not cleaned:
        return cleaned, [
            Finding("etsy.title_missing", "title", "The title is empty.", "Say what the product is.", title)
        ]
    if cleaned != given:
        message = "Etsy takes no emoji, symbols or invisible signs in titles; they are left out."
        found.append(Finding("etsy.title_signs", "title", message, f"It is sent as: {cleaned}", title, blocks=False))
    for sign in _ONCE:
        if cleaned.count(sign) > 1:
            first, _, rest = cleaned.partition(sign)
            better = " ".join(f"{first}{sign}{rest.replace(sign, ' ')}".split())
            message = f"Etsy takes “{sign}” only once in a title."
            found.append(Finding("etsy.title_once", "title", message, f"Write for example: {better}", title, "once"))
    if len(cleaned) > TITLE_MAX:
        message = f"The title has {len(cleaned)} characters; Etsy takes {TITLE_MAX}."
        fix = f"Shorten it, for example to: {suggest_title(cleaned, TITLE_MAX)}"
        found.append(Finding("etsy.title_long", "title", message, fix, title, f"at most {TITLE_MAX}"))
    return cleaned, found


def clean_description(text: str) -> tuple[str, list[Finding]]:
    """The description as plain text with its line breaks."""
    given = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n")).strip()
    plain = strip_html(given) if HTML.search(given) else given
    plain = _UNPRINTABLE.sub("", plain)
    if not plain:
        fix = "Write what it is, what it is made of and how large it is, or use Enhance."
        return plain, [Finding("etsy.description_missing", "description", "The description is empty.", fix)]
    if plain == given:
        return plain, []
    message = "Etsy shows HTML as text; the description is sent in plain words."
    return plain, [Finding("etsy.description_html", "description", message, blocks=False)]


def choose_tags(keywords: Sequence[str]) -> tuple[list[str], list[Finding]]:
    """Up to 13 tags of the keywords, each once, and what is left out."""
    tags: list[str] = []
    found: list[Finding] = []
    changed: dict[str, str] = {}
    for keyword in keywords:
        given = " ".join(unicodedata.normalize("NFC", keyword).split())
        tag = " ".join("".join(char for char in given if _in_tag(char)).split()).lstrip("-' ")
        if tag != given:
            changed[given] = tag
        if not tag or tag.casefold() in {one.casefold() for one in tags}:
            continue
        if len(tag) > TAG_MAX:
            fix = f"Shorten it, for example to: {suggest_title(tag, TAG_MAX)}"
            message = f"The keyword “{tag}” has {len(tag)} characters; it is left out of Etsy's tags."
            found.append(Finding("etsy.tag_long", "keywords", message, fix, tag, f"at most {TAG_MAX}", blocks=False))
            continue
        tags.append(tag)
    if len(tags) > TAGS_MAX:
        left = ", ".join(tags[TAGS_MAX:])
        message = f"Etsy takes {TAGS_MAX} tags; these keywords are left out: {left}."
        fix = "Put the most important keywords first."
        found.append(Finding("etsy.tags_many", "keywords", message, fix, str(len(tags)), str(TAGS_MAX), blocks=False))
    return tags[:TAGS_MAX], [*found, *_signs_left_out("etsy.tag_signs", "keywords", changed)]


def choose_words(text: str, rule: str, field: str, most: int) -> tuple[list[str], list[Finding]]:
    """Entries of a list that may hold letters, digits and blanks only (materials, styles)."""
    entries: list[str] = []
    changed: dict[str, str] = {}
    for part in re.split(r"[,;|]", unicodedata.normalize("NFC", text)):
        given = " ".join(part.split())
        entry = " ".join("".join(char if _is_wordlike(char) else " " for char in given).split())
        if entry != given:
            changed[given] = entry
        if entry and entry not in entries:
            entries.append(entry)
    found = _signs_left_out(f"{rule}_signs", field, changed)
    if len(entries) <= most:
        return entries, found
    message = f"Etsy takes {most} of them; left out: {', '.join(entries[most:])}."
    return entries[:most], [Finding(rule, field, message, "", str(len(entries)), str(most), blocks=False), *found]


def _signs_left_out(rule: str, field: str, changed: Mapping[str, str]) -> list[Finding]:
    """What is said of words that lost signs which Etsy does not take; ``changed``: as given → as sent."""
    if not changed:
        return []
    told = ", ".join(f"“{given}” as “{sent}”" if sent else f"“{given}” not at all" for given, sent in changed.items())
    message = f"Etsy does not take all signs here; it is sent {told}."
    return [Finding(rule, field, message, "", ", ".join(changed), blocks=False)]


@lru_cache(4096)
def _in_title(char: str) -> bool:
    return (
        _is_wordlike(char)
        or unicodedata.category(char)[0] == "P"
        or unicodedata.category(char) == "Sm"
        or char in _MARKS
    )


@lru_cache(4096)
def _in_tag(char: str) -> bool:
    return _is_wordlike(char) or char in "-'" or char in _MARKS


@lru_cache(4096)
def _is_wordlike(char: str) -> bool:
    """``\\p{L}``, ``\\p{Nd}`` or ``\\p{Zs}``."""
    category = unicodedata.category(char)
    return category[0] == "L" or category in ("Nd", "Zs")
