"""What an import would do, found out without writing: counts, reasons for refused rows, changes field by field."""

import asyncio
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mmhub_desktop.catalog.import_process import Order
from mmhub_desktop.catalog.import_run import ImportProcess, Progress
from mmhub_desktop.catalog.plan import ImportPlan
from mmhub_desktop.domain.imports import ImportCounts, ImportState
from mmhub_desktop.domain.money import Money

_LABELS = {
    "sku": "SKU", "title": "Title", "description": "Description", "keywords": "Keywords",
    "optimized_title": "Optimised title", "optimized_description": "Optimised description",
    "optimized_keywords": "Optimised keywords", "optimized_by": "Optimised by", "brand": "Brand",
    "category": "Category", "gtin": "GTIN", "condition": "Condition", "price_minor": "Price", "cost_minor": "Cost",
    "quantity": "Quantity", "weight_g": "Weight (g)", "length_mm": "Length (mm)", "width_mm": "Width (mm)",
    "height_mm": "Height (mm)", "images": "Images", "image_base": "Image folder", "active": "Active",
    "source": "Source (platform)", "source_id": "Source id", "parent": "Parent",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class RefusedReason:
    """Why rows would be refused: how many, and some of them as (line of the file, what is wrong there)."""

    reason: str
    rows: int
    examples: tuple[tuple[int, str], ...]


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One field of a product, before and after."""

    field: str
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class ProductChange:
    """A product that the import would change, or make: then all its old values are ""."""

    sku: str
    title: str
    fields: tuple[FieldChange, ...]


@dataclass(frozen=True, slots=True)
class DryRun:
    """What would happen. ``complete`` is False when it was cancelled before the end of the file."""

    counts: ImportCounts
    reasons: tuple[RefusedReason, ...]  # most frequent first
    changes: tuple[ProductChange, ...]  # some of the changed products
    complete: bool
    notes: tuple[RefusedReason, ...] = ()  # what would be mended in rows that are imported, most frequent first
    added: tuple[ProductChange, ...] = ()  # some of the new products


class DryRunning:
    """A dry run in progress, for faces that can cancel it. ``told`` is called on the loop with each progress."""

    def __init__(self, plan: ImportPlan, database: Path, told: Callable[[Progress], None] | None = None) -> None:
        self._process = ImportProcess(Order(plan.to_json(), str(database), 0), plan.size, told or (lambda _: None))

    def cancel(self) -> None:
        """Stop soon; ``result`` then tells what was found so far."""
        self._process.cancel()

    async def result(self) -> DryRun:
        """Read the file to its end, in a process of its own. UserMistake when it cannot be read."""
        _, state, counts, _, reasons, changes, notes, added = await self._process.work()
        return DryRun(
            ImportCounts(*counts),
            _listed(reasons),
            await asyncio.to_thread(lambda: tuple(_change(old, new) for old, new in changes)),
            complete=state == ImportState.COMPLETED.value,
            notes=_listed(notes),
            added=await asyncio.to_thread(lambda: tuple(_change({}, new) for new in added)),
        )


def _listed(counted: Mapping[str, tuple[int, list[tuple[int, str]]]]) -> tuple[RefusedReason, ...]:
    found = sorted(counted.items(), key=lambda item: -item[1][0])
    return tuple(RefusedReason(rule, rows, tuple(examples)) for rule, (rows, examples) in found)


async def dry_run(plan: ImportPlan, database: Path, *, told: Callable[[Progress], None] | None = None) -> DryRun:
    """Find out what an import would do. Cancelling the awaiting task ends it."""
    return await DryRunning(plan, database, told).result()


def _change(old: Mapping[str, Any], new: Mapping[str, Any]) -> ProductChange:
    fields = []
    for name, label in _LABELS.items():
        before, after = _shown(name, old), _shown(name, new)
        if before != after:
            fields.append(FieldChange(label, before, after))
    for column in ("options", "attributes"):
        named = [json.loads(row.get(column, "{}")) for row in (old, new)]
        for name in dict.fromkeys([*named[0], *named[1]]):
            before, after = (str(each.get(name, "")) for each in named)
            if before != after:
                fields.append(FieldChange(name, before, after))
    return ProductChange(str(new["sku"]), str(new.get("title", "")), tuple(fields))


def _shown(name: str, row: Mapping[str, Any]) -> str:
    value = row.get(name)
    if value is None:
        return ""
    if name in ("price_minor", "cost_minor"):
        return str(Money(value, row["currency"]))
    if name in ("keywords", "optimized_keywords", "images"):
        return ", ".join(json.loads(value))
    if name == "active":
        return "yes" if value else "no"
    return str(value)
