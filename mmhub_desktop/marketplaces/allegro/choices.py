"""What an Allegro account offers to choose from: shipping rates, policies, warranties, producers."""

from collections.abc import Mapping
from dataclasses import dataclass

from mmhub_desktop.marketplaces.api import Api
from mmhub_desktop.marketplaces.base import AccountChoice

CHOICES = (
    AccountChoice("shipping_rates", "Shipping rates", "What buyers pay for delivery; made on Allegro."),
    AccountChoice(
        "return_policy", "Return policy", "Companies need one. Without a choice Allegro takes its default.",
        required=False,
    ),
    AccountChoice(
        "implied_warranty", "Implied warranty", "Companies need one. Without a choice Allegro takes its default.",
        required=False,
    ),
    AccountChoice("warranty", "Warranty", "Only where you give one beside the law's.", required=False),
    AccountChoice(
        "responsible_producer", "Responsible producer",
        "Who is responsible for the goods in the EU (GPSR). Needed for most products that are not in the catalogue.",
        required=False,
    ),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Source:
    path: str
    rows: str
    page: int = 0  # rows of a page; 0 where all come at once
    last_offset: int = 0


_POLICIES = "/after-sales-service-conditions"
_SOURCES = {
    "shipping_rates": _Source("/sale/shipping-rates", "shippingRates"),
    "return_policy": _Source(f"{_POLICIES}/return-policies", "returnPolicies", 60, 59),
    "implied_warranty": _Source(f"{_POLICIES}/implied-warranties", "impliedWarranties", 60, 59),
    "warranty": _Source(f"{_POLICIES}/warranties", "warranties", 60, 59),
    "responsible_producer": _Source("/sale/responsible-producers", "responsibleProducers", 1_000, 50_000),
}


async def read_choices(api: Api, key: str) -> tuple[tuple[str, str], ...] | None:
    """(Id, name) of each, by name; None for a choice that Allegro does not have. Its own warehouse's are left out."""
    source = _SOURCES.get(key)
    if source is None:
        return None
    found: list[tuple[str, str]] = []
    offset = 0
    while True:
        params = {"limit": source.page, "offset": offset} if source.page else None
        rows = (await api.call("GET", source.path, params=params)).fields.get(source.rows)
        rows = rows if isinstance(rows, list) else []
        found += [
            (str(row["id"]), str(row.get("name") or row["id"]))
            for row in rows
            if isinstance(row, Mapping) and row.get("id") and not _is_for_the_warehouse(row)
        ]
        offset += len(rows)
        if not source.page or len(rows) < source.page or offset > source.last_offset:
            return tuple(sorted(dict(found).items(), key=lambda pair: pair[1].casefold()))


def _is_for_the_warehouse(row: Mapping[str, object]) -> bool:
    features = row.get("features")
    return bool(row.get("isFulfillment") or (isinstance(features, Mapping) and features.get("isFulfillment")))
