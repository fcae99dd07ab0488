"""The rule-based writer: what can be said better about a product without AI and without a network."""

import re

from mmhub_desktop.catalog.wording import cut_paragraphs, cut_words, drop_symbols, one_line, paragraphs, plain, unique
from mmhub_desktop.domain.marketplace import TextLimits
from mmhub_desktop.domain.product import Product, Text
from mmhub_desktop.errors import Finding

NAME = "Rule-based writer"
KEYWORDS = 10  # where the marketplace names no number

_DECORATION = re.compile(r"[!¡*~|#^_=<>{}\[\]•·…]+|\.{2,}|-{2,}|\?{2,}")
_SALES_TALK = re.compile(
    r"(?i)(?<!\w)(?:envío gratis|envio gratis|envío incluido|free shipping|kostenloser versand|versandkostenfrei|"
    r"darmowa wysyłka|darmowa dostawa|frete grátis|frete gratis|frei haus|oferta especial|super oferta|gran oferta|"
    r"oferta|ofertón|promoción|promoçao|promoção|promocja|best price|mejor precio|bester preis|najlepsza cena|"
    r"melhor preço|top angebot|angebot|sale|hot sale|liquidación|wow|l@@k|imperdible)(?!\w)"
)
_SMALL = "a al con da de del do e el en for für i in la las los mit na o of para per por sin the to und with y z"
_STOP = (
    "and are aus bei como das dem den der des die dos ein eine from is ist jest lo más não oder oraz our su sus um "
    "una uno von você your"
)
_SMALL_WORDS = frozenset(_SMALL.split())
_STOP_WORDS = _SMALL_WORDS | frozenset(_STOP.split())
# What a title gains most from, by the attribute's name in any language, in this order.
_KEY_ATTRIBUTES = (
    r"model|modelo|modell", r"capacidad|capacity|kapazität|pojemność|capacidade|storage",
    r"potencia|power|leistung|moc",
    r"talla|size|größe|tamaño|rozmiar|tamanho", r"colou?r|farbe|kolor|cor", r"material|materiał",
)  # fmt: skip
_HEADINGS = {"en": "Details", "es": "Características", "de": "Eigenschaften", "pl": "Cechy", "pt": "Características"}
_LABELS = {
    "en": ("Brand", "Weight", "Size"), "es": ("Marca", "Peso", "Medidas"), "de": ("Marke", "Gewicht", "Maße"),
    "pl": ("Marka", "Waga", "Wymiary"), "pt": ("Marca", "Peso", "Medidas"),
}  # fmt: skip
_TELLTALE = {  # small words by which a language is known
    "en": "the and with for of is your", "es": "de el los las con para una y del", "de": "der die das und mit für ist",
    "pl": "i z do na jest oraz dla się", "pt": "de o os as com para uma e do da em você",
}  # fmt: skip


def write(product: Product, limits: TextLimits, language: str = "") -> tuple[Text, tuple[Finding, ...]]:
    """Title, description and keywords within the limits, and findings for what had to be left out."""
    language = language or guess_language(f"{product.original.title} {product.original.description}")
    title, findings = write_title(product, limits.title)
    text = Text(title, write_description(product, limits.description, language), write_keywords(product, title, limits))
    return text, findings


def write_title(product: Product, limit: int) -> tuple[str, tuple[Finding, ...]]:
    """The original title without decoration, shouting and repeats, then brand and key attributes as far as they fit."""
    title = clean_title(product.original.title, keep=(product.brand, *product.attributes.values()))
    findings: tuple[Finding, ...] = ()
    if len(title) > limit:
        shorter = _without_loose_end(cut_words(title, limit))
        findings = (
            Finding(
                "writer.title_shortened", "title", f"The title had {len(title)} characters and was shortened.",
                "Check that nothing important is missing at its end.", value=title, limit=str(limit), blocks=False,
            ),
        )  # fmt: skip
        return shorter, findings
    for addition in map(one_line, (product.brand, *_key_values(product))):
        if addition and not _contains(title, addition) and len(title) + 1 + len(addition) <= limit:
            title = f"{title} {addition}".strip()
    return title, findings


def clean_title(title: str, keep: tuple[str, ...] = ()) -> str:
    """Without HTML, emoji, decoration, sales talk and repeats; capitals become normal case, ``keep`` as written."""
    title = one_line(_DECORATION.sub(" ", drop_symbols(plain(title))))
    quieter = one_line(_SALES_TALK.sub(" ", title))
    title = quieter if re.search(r"\w", quieter) else title
    title = re.sub(r"\s+([,.;:])", r"\1", title).strip(" ,.;:-–—/")
    # “Mug Mug”, “LED lamp LED lamp”
    title = re.sub(r"(?i)\b([^\W\d_]\w*(?: \w+){0,2})(?: \1\b)+", r"\1", title)
    letters = [letter for letter in title if letter.isalpha()]
    if len(letters) > 6 and sum(letter.isupper() for letter in letters) > 0.7 * len(letters):
        title = _normal_case(title, keep)
    return title[:1].upper() + title[1:] if title[:1].islower() and not re.match(r"[a-z][A-Z]", title) else title


def _normal_case(title: str, keep: tuple[str, ...]) -> str:
    """Each word with a capital; words with digits, short ones and those in ``keep`` stay as they are."""
    known = {word.casefold(): word for value in keep for word in value.split()}
    words = []
    for number, word in enumerate(title.split()):
        lower = word.casefold()
        if lower in _SMALL_WORDS:
            words.append(lower if number else lower.capitalize())
        elif lower in known:
            words.append(known[lower])
        elif any(letter.isdigit() for letter in word) or len(word) <= 3:
            words.append(word)
        else:
            words.append(re.sub(r"[^\W\d_]+", lambda match: match.group().capitalize(), word))
    return " ".join(words)


def _key_values(product: Product) -> list[str]:
    values = []
    for pattern in _KEY_ATTRIBUTES:
        for name, value in product.attributes.items():
            if re.fullmatch(pattern, name.strip().casefold()) and value and len(value) <= 25:
                values.append(value)
                break
    return values


def _contains(title: str, words: str) -> bool:
    return re.search(rf"(?<!\w){re.escape(words.casefold())}(?!\w)", title.casefold()) is not None


def _without_loose_end(title: str) -> str:
    words = title.split()
    while len(words) > 1 and words[-1].casefold() in _STOP_WORDS:
        words.pop()
    return " ".join(words)


def write_description(product: Product, limit: int, language: str) -> str:
    """The original description as tidy plain text, then the facts that it does not name yet, one a line."""
    written = paragraphs(drop_symbols(plain(product.original.description)))
    if not written:
        written = clean_title(product.original.title)
    facts = [line for line in _facts(product, language) if not _named(written, line)]
    if facts:
        heading = _HEADINGS.get(language, "")
        written += "\n\n" + "\n".join([f"{heading}:"] * bool(heading) + [f"- {line}" for line in facts])
    return cut_paragraphs(written, limit)


def _facts(product: Product, language: str) -> list[str]:
    brand, weight, size = _LABELS.get(language, _LABELS["en"])
    facts = [f"{brand}: {product.brand}"] if product.brand else []
    facts += [f"{one_line(name)}: {one_line(value)}" for name, value in product.attributes.items() if value.strip()]
    if product.weight_g:
        kilos = f"{product.weight_g / 1000:g} kg" if product.weight_g >= 1000 else f"{product.weight_g} g"
        facts.append(f"{weight}: {kilos}")
    if product.size_mm and all(product.size_mm):
        facts.append(f"{size}: " + " × ".join(f"{side / 10:g}" for side in product.size_mm) + " cm")
    return unique(facts)


def _named(written: str, fact: str) -> bool:
    """Whether a description already has the line, or name and value close together."""
    name, _, value = fact.casefold().partition(": ")
    return re.search(rf"{re.escape(name)}\s*:?\s*{re.escape(value)}", written.casefold()) is not None


def write_keywords(product: Product, title: str, limits: TextLimits) -> tuple[str, ...]:
    """The seller's own keywords, then words of title, brand, category and attributes, without repeats."""
    words = [one_line(drop_symbols(word)) for word in product.original.keywords]
    words += [product.brand, *(part.strip() for part in re.split(r"[>/|]", product.category)[::-1])]
    words += [word for word in re.findall(r"[^\W\d_][\w-]{2,}", title) if word.casefold() not in _STOP_WORDS]
    words += [
        value for value in product.attributes.values() if 2 < len(value) <= 25 and re.search(r"[^\W\d_]{3}", value)
    ]
    return tuple(unique([one_line(word).casefold() for word in words])[: limits.keywords or KEYWORDS])


def guess_language(text: str) -> str:
    """en, es, de, pl or pt by the small words of a text; empty when it has none."""
    words = re.findall(r"[^\W\d_]+", text.casefold())
    counts = {language: sum(words.count(word) for word in known.split()) for language, known in _TELLTALE.items()}
    best = max(counts, key=lambda language: counts[language])
    return best if counts[best] else ""
