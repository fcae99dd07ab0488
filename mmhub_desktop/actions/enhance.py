"""Enhance: write a better title, description and keywords beside the original; nothing is published by it."""

from dataclasses import asdict

from mmhub_desktop.actions.listing_state import parts_of, product_of
from mmhub_desktop.actions.parts import Parts
from mmhub_desktop.catalog.enhance import enhance
from mmhub_desktop.domain.marketplace import TextLimits
from mmhub_desktop.domain.product import ProductStatus, Text
from mmhub_desktop.errors import Rejected
from mmhub_desktop.events import ProductsChanged
from mmhub_desktop.jobs.action import Action, JsonResult, RetryPolicy, TaskContext, TaskKind
from mmhub_desktop.marketplaces.base import installed_marketplaces
from mmhub_desktop.settings import AI_LANGUAGE

DEFAULT_LIMITS = TextLimits(title=80, description=5_000, keywords=15)


async def limits_for(parts: Parts, marketplace: str) -> TextLimits:
    """The text limits of the named marketplace, else the tightest of all that the seller is connected to."""
    declared = installed_marketplaces().things
    names = [marketplace] if marketplace else [account.marketplace for account in await parts.accounts.all()]
    limits = [declared[name].text_limits for name in names if name in declared]
    if not limits:
        return DEFAULT_LIMITS
    return TextLimits(
        title=min(limit.title for limit in limits),
        description=min(limit.description for limit in limits),
        keywords=min(limit.keywords for limit in limits),
        html=all(limit.html for limit in limits),
    )


async def write_text(context: TaskContext) -> JsonResult:
    """Ask the AI provider, or the rule-based writer where there is none. Options: ``marketplace`` (its limits).

    A text with claims that the product's data does not bear out is not kept: Rejected says which.
    """
    parts = parts_of(context)
    product = await product_of(context)
    await parts.products.set_status([product.id], ProductStatus.OPTIMIZING)
    limits = await limits_for(parts, str(context.options.get("marketplace", "")))
    suggestion = await enhance(product, limits, parts.settings.get(AI_LANGUAGE), await parts.ai())
    unfounded = [finding for finding in suggestion.findings if finding.blocks]
    if unfounded:
        raise Rejected(unfounded[0].message, findings=suggestion.findings, hint=unfounded[0].fix)
    return {
        "title": suggestion.text.title,
        "description": suggestion.text.description,
        "keywords": list(suggestion.text.keywords),
        "by": suggestion.by,
        "findings": [asdict(finding) for finding in suggestion.findings],
        "tokens": suggestion.tokens,
    }


async def save_text(context: TaskContext) -> None:
    """Keep the new text beside the original."""
    parts = parts_of(context)
    written = context.results["write_text"]
    text = Text(written["title"], written["description"], tuple(written["keywords"]))
    await parts.products.set_optimized(context.product_id, text, written["by"], context.batch_id)
    parts.bus.publish(ProductsChanged((context.product_id,)))


async def show_outcome(context: TaskContext, outcome: str) -> None:
    """A product whose text could not be written goes back to what it was."""
    if outcome == "completed":
        return
    parts = parts_of(context)
    product = await parts.products.get(context.product_id)
    if product is not None and product.status is ProductStatus.OPTIMIZING:
        before = ProductStatus.OPTIMIZED if product.optimized else ProductStatus.IMPORTED
        await parts.products.set_status([product.id], before)
        parts.bus.publish(ProductsChanged((product.id,)))


ENHANCE = Action(
    name="enhance",
    label="Enhance",
    verb="Enhance",
    per_account=False,
    tasks=(
        TaskKind("write_text", "Write the text", write_text, timeout_s=900, retry=RetryPolicy(attempts=6, first_s=2)),
        TaskKind("save_text", "Keep it beside the original", save_text),
    ),
    on_done=show_outcome,
)
