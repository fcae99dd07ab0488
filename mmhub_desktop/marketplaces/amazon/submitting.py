"""The requests that put a listing on Amazon, as they will leave, and Amazon's own check of them beforehand."""

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote

from mmhub_desktop.domain.outgoing import OutgoingRequest
from mmhub_desktop.errors import Finding
from mmhub_desktop.marketplaces.amazon.mapping import with_pictures
from mmhub_desktop.marketplaces.amazon.problems import LABEL, read_issues, refused_submission, rejection
from mmhub_desktop.marketplaces.api import Api
from mmhub_desktop.marketplaces.base import Mapped, RemoteImage
from mmhub_desktop.marketplaces.outgoing import json_request

ISSUE_LOCALE = "en_US"


def item_path(seller_id: str, sku: str) -> str:
    """The path of one listing; the SKU may hold any characters."""
    return f"/listings/2021-08-01/items/{quote(seller_id, safe='')}/{quote(sku, safe='')}"


def query_of(marketplace_id: str, **more: str) -> dict[str, str]:
    """The query that every submission carries."""
    return {"marketplaceIds": marketplace_id, "issueLocale": ISSUE_LOCALE, **more}


def put_requests(
    mapped: Mapped, images: Sequence[RemoteImage], seller_id: str, marketplace_id: str
) -> tuple[OutgoingRequest, ...]:
    """One PUT for the listing; for a family one for its heading, then one for each variant."""
    query = query_of(marketplace_id, includedData="issues,identifiers")
    return tuple(
        json_request("PUT", item_path(seller_id, sku), body, params=query)
        for sku, body in _bodies(mapped, images, marketplace_id)
    )


def _bodies(
    mapped: Mapped, images: Sequence[RemoteImage], marketplace_id: str
) -> tuple[tuple[str, Mapping[str, Any]], ...]:
    urls = [image.url for image in images[: mapped.body["pictures"]]]
    frame = {name: mapped.body[name] for name in ("productType", "requirements")}

    def body(attributes: Mapping[str, Any], pictures: list[str]) -> Mapping[str, Any]:
        return {**frame, "attributes": with_pictures(attributes, pictures, marketplace_id)}

    found = [(str(mapped.body["sku"]), body(mapped.body["attributes"], urls))]
    for child in mapped.body.get("variants") or ():
        place = child["image"]
        first = [urls[place]] if place is not None and 0 <= place < len(urls) else []
        found.append((child["sku"], body(child["attributes"], list(dict.fromkeys([*first, *urls])))))
    return tuple(found)


async def preview(
    api: Api, mapped: Mapped, images: Sequence[RemoteImage], seller_id: str, marketplace_id: str
) -> tuple[Finding, ...]:
    """Warnings of Amazon's own check (nothing is stored); Rejected when it would refuse the listing.

    Before the pictures are there it passes over what is said of them. Of a family the heading is checked.
    """
    sku, body = _bodies(mapped, images, marketplace_id)[0]
    await _refuse_restricted(api, body, seller_id, marketplace_id)
    params = query_of(marketplace_id, mode="VALIDATION_PREVIEW", includedData="issues,identifiers")
    reply = await api.call("PUT", item_path(seller_id, sku), params=params, json=body)
    findings = read_issues(reply.fields.get("issues"), marketplace_id)
    refusal = refused_submission(reply.fields, marketplace_id)
    if not images and mapped.body["pictures"]:
        findings = tuple(finding for finding in findings if finding.field != "images")
        if refusal is not None and not any(finding.blocks for finding in findings):
            refusal = None if refusal.findings and refusal.findings[0].rule != "amazon.refused" else refusal
        elif refusal is not None:
            refusal = rejection(findings, "", refusal.original)
    if refusal is not None:
        raise refusal
    return findings


async def _refuse_restricted(api: Api, body: Mapping[str, Any], seller_id: str, marketplace_id: str) -> None:
    """Rejected when the seller may not offer on the page of this ASIN; asked only for offers on existing pages."""
    entries = body["attributes"].get("merchant_suggested_asin") or ()
    if not entries:
        return
    condition = next((one["value"] for one in body["attributes"].get("condition_type") or ()), "new_new")
    params = {
        "asin": entries[0]["value"],
        "sellerId": seller_id,
        "marketplaceIds": marketplace_id,
        "conditionType": condition,
        "reasonLocale": ISSUE_LOCALE,
    }
    reply = await api.call("GET", "/listings/2021-08-01/restrictions", params=params)
    found = tuple(
        Finding(
            f"amazon.{reason.get('reasonCode') or 'restricted'}",
            "attributes.merchant_suggested_asin",
            str(reason.get("message") or f"{LABEL} does not let you offer this product."),
            next((f"Ask for approval: {link.get('resource')}" for link in reason.get("links") or ()), ""),
            str(entries[0]["value"]),
            original=str(reason.get("reasonCode") or ""),
        )
        for reason in _reasons(reply.fields.get("restrictions"))
    )
    if found:
        raise rejection(found, "", str(reply.body)[:600])


def _reasons(restrictions: Any) -> list[Mapping[str, Any]]:
    """Every reason of a list of restrictions; a restriction without reasons is one, too."""
    nothing: Mapping[str, Any] = {}
    rows = [row for row in restrictions if isinstance(row, Mapping)] if isinstance(restrictions, list) else []
    return [reason for row in rows for reason in row.get("reasons") or (nothing,)]
