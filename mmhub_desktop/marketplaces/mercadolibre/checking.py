"""A mapped listing checked by MercadoLibre itself, without creating anything."""

from collections.abc import Mapping
from typing import Any

from mmhub_desktop.errors import Finding
from mmhub_desktop.marketplaces.api import Api
from mmhub_desktop.marketplaces.base import Mapped, RemoteImage
from mmhub_desktop.marketplaces.mercadolibre import variations
from mmhub_desktop.marketplaces.mercadolibre.problems import LABEL, attribute_field, read_findings, rejection

_PICTURE_RULES = frozenset({"mercadolibre.173"})  # there are no pictures yet when the check comes before the upload


def with_pictures(mapped: Mapped, images: tuple[RemoteImage, ...]) -> dict[str, Any]:
    """The create body with as many pictures as the category takes."""
    if not images:
        return dict(mapped.body)
    some = images[: mapped.after.get("pictures") or len(images)]
    body = {**mapped.body, "pictures": [{"id": image.id} for image in some]}
    if "variations" in body:
        firsts = mapped.after.get("variation_pictures") or ()
        body["variations"] = variations.with_pictures(body["variations"], firsts, some)
    return body


async def validate_item(api: Api, mapped: Mapped, images: tuple[RemoteImage, ...]) -> tuple[Finding, ...]:
    """Warnings of ``/items/validate``; Rejected when MercadoLibre would refuse the listing.

    Without images it passes over the missing pictures of a product that has some.
    """
    body = with_pictures(mapped, images)
    if mapped.after.get("conditional"):
        await _check_conditional(api, mapped, body)
    reply = await api.call("POST", "/items/validate", json=body, accept=(400,))
    told = findings = read_findings(reply.body)
    if not images and mapped.after.get("pictures"):
        findings = tuple(finding for finding in told if finding.rule not in _PICTURE_RULES)
    if reply.status == 400 and (not told or any(finding.blocks for finding in findings)):
        words = str(reply.fields.get("message") or reply.fields.get("error") or "")
        raise rejection(findings, words, f"{reply.status} {words}".strip())
    return findings


async def _check_conditional(api: Api, mapped: Mapped, body: Mapping[str, Any]) -> None:
    """Ask which attributes this very product needs, and refuse when it lacks one."""
    path = f"/categories/{mapped.body['category_id']}/attributes/conditional"
    reply = await api.call("POST", path, json=body, accept=(400, 404))
    if reply.status != 200:
        return  # /items/validate judges the same afterwards
    rows = reply.fields.get("required_attributes", reply.body)
    sent = {str(one.get("id")) for one in mapped.body.get("attributes", ())}
    for row in mapped.body.get("variations", ()):
        sent |= {str(one.get("id")) for one in (*row["attribute_combinations"], *row["attributes"])}
    if "EMPTY_GTIN_REASON" in sent:
        sent.add("GTIN")
    missing = tuple(
        Finding(
            "mercadolibre.attribute_missing",
            attribute_field(str(row["id"])),
            f"{LABEL} asks for {row.get('name') or row['id']} for this product.",
            f"Add the attribute “{row.get('name') or row['id']}”.",
        )
        for row in (rows if isinstance(rows, list) else ())
        if isinstance(row, Mapping) and row.get("id") and str(row["id"]) not in sent
    )
    if missing:
        raise rejection(missing, "", "")
