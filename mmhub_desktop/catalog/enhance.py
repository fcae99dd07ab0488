"""A better text for a product: by an AI service where there is one, by rules where there is none.

The result is a suggestion beside the original; nothing here keeps or publishes it.
"""

from dataclasses import dataclass

from mmhub_desktop.catalog import writer
from mmhub_desktop.catalog.ai import AiProvider
from mmhub_desktop.catalog.claims import unfounded
from mmhub_desktop.catalog.prompts import SCHEMA, SCHEMA_NAME, ask_again, ask_for_text
from mmhub_desktop.catalog.wording import (
    HTML_ALLOWED,
    cut_paragraphs,
    cut_words,
    drop_symbols,
    has_symbols,
    html_tags,
    one_line,
    paragraphs,
    plain,
    unique,
)
from mmhub_desktop.domain.marketplace import TextLimits
from mmhub_desktop.domain.product import Product, Text
from mmhub_desktop.errors import AiError, Finding

__all__ = ["AiProvider", "Suggestion", "enhance"]

LONGEST_KEYWORD = 60


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A text, who wrote it, what to look at before using it, and the tokens it cost (0 for rules).

    A finding that blocks names a claim that the product's data does not hold.
    """

    text: Text
    by: str
    findings: tuple[Finding, ...] = ()
    tokens: int = 0


async def enhance(product: Product, limits: TextLimits, language: str, provider: AiProvider | None) -> Suggestion:
    """Write title, description and keywords within ``limits``; ``language`` is a code or empty for the product's own.

    AiUnavailable when the service should be asked again later, AiError when it cannot help.
    """
    if provider is None:
        text, findings = writer.write(product, limits, language)
        return Suggestion(text, writer.NAME, findings)
    messages = ask_for_text(product, limits, language)
    answer = await provider.ask(messages, SCHEMA, SCHEMA_NAME)
    text, tokens = _read(answer.data, limits), answer.tokens
    problems = _problems(text, limits)
    if problems:
        answer = await provider.ask(ask_again(messages, answer.text, problems), SCHEMA, SCHEMA_NAME)
        text, tokens = _read(answer.data, limits), tokens + answer.tokens
    text, findings = _mend(text, limits)
    return Suggestion(text, provider.model, findings + unfounded(text, product), tokens)


def _read(data: object, limits: TextLimits) -> Text:
    """The answer as a text, its white space put right."""
    if not isinstance(data, dict):
        raise AiError("The AI's answer has no text in it.", hint="Try again, or choose another model.")
    keywords = unique([one_line(drop_symbols(plain(word))) for word in data["keywords"]])
    fitting = [word for word in keywords if len(word) <= LONGEST_KEYWORD][: limits.keywords or writer.KEYWORDS]
    return Text(one_line(data["title"]), paragraphs(data["description"]), tuple(fitting))


def _problems(text: Text, limits: TextLimits) -> list[str]:
    """What the AI is asked to correct, in words for it."""
    found = []
    if not text.title:
        found.append("The title is empty.")
    if len(text.title) > limits.title:
        found.append(f"The title has {len(text.title)} characters; at most {limits.title} are allowed.")
    if html_tags(text.title):
        found.append("The title contains HTML; remove it.")
    if not text.description:
        found.append("The description is empty.")
    if len(text.description) > limits.description:
        found.append(
            f"The description has {len(text.description)} characters; at most {limits.description} are allowed."
        )
    if html_tags(text.description) - (HTML_ALLOWED if limits.html else set()):
        found.append("The description contains HTML that is not allowed; remove it.")
    if has_symbols(text.title + text.description):
        found.append("There are emoji or symbols; remove them.")
    return found


def _mend(text: Text, limits: TextLimits) -> tuple[Text, tuple[Finding, ...]]:
    """What the AI still got wrong, put right where that can be done openly; AiError where it cannot."""
    title, description = one_line(drop_symbols(plain(text.title))), drop_symbols(text.description)
    if html_tags(description) - (HTML_ALLOWED if limits.html else set()):
        description = plain(description)
    description = paragraphs(description)
    if not title or not description:
        raise AiError(
            f"The AI left the {'description' if title else 'title'} empty, twice.",
            hint="Try again, choose another model, or leave the AI address empty to use the rule-based writer.",
        )
    findings = []
    for field, words, limit in (("title", title, limits.title), ("description", description, limits.description)):
        if len(words) > limit:
            message = f"The AI's {field} had {len(words)} characters and was ended early."
            fix = "Read its end and complete it."
            findings.append(Finding(f"ai.{field}_long", field, message, fix, words, f"at most {limit}", blocks=False))
    if (title, description) != (text.title, text.description):
        message = "Symbols or HTML were taken out of the AI's text."
        findings.append(Finding("ai.symbols", "description", message, "Read it once.", blocks=False))
    return (
        Text(cut_words(title, limits.title), cut_paragraphs(description, limits.description), text.keywords),
        tuple(findings),
    )
