"""The content behind an EAN: whether Kaufland knows the product, the seller's own data for it, what became of that."""

from collections.abc import Mapping
from typing import Any

from mmhub_desktop.domain.outgoing import OutgoingRequest
from mmhub_desktop.errors import Finding, NotLiveYet, Rejected, Unavailable
from mmhub_desktop.marketplaces.api import Api
from mmhub_desktop.marketplaces.base import Mapped, RemoteImage
from mmhub_desktop.marketplaces.kaufland.problems import LABEL, rejection
from mmhub_desktop.marketplaces.kaufland.reading import data_problems, is_working
from mmhub_desktop.marketplaces.outgoing import json_request

SUBMISSION = "product-data:"  # and the EAN
_PATH = "/v2/product-data"


class ProductData:
    """Calls about products and their data, in one storefront and its language."""

    def __init__(self, api: Api, storefront: str, locale: str) -> None:
        self._api = api
        self._storefront = storefront
        self._locale = locale

    async def product(self, ean: str) -> Mapping[str, Any] | None:
        """The product that Kaufland has for an EAN; None where it has none yet."""
        params = {"storefront": self._storefront}
        reply = await self._api.call("GET", f"/v2/products/ean/{ean}", params=params, accept=(404,))
        return _data(reply.fields) if reply.status == 200 else None

    async def own(self, ean: str) -> Mapping[str, Any] | None:
        """The data set that this seller has sent for an EAN; None where it has sent none."""
        reply = await self._api.call("GET", f"{_PATH}/{ean}", params={"locale": self._locale}, accept=(404,))
        return _data(reply.fields) if reply.status == 200 else None

    async def status(self, ean: str) -> Mapping[str, Any] | None:
        """How far Kaufland is with the seller's data; None where it has none."""
        path = f"{_PATH}/status/{ean}"
        reply = await self._api.call("GET", path, params={"locale": self._locale}, accept=(404,))
        return _data(reply.fields) if reply.status == 200 else None

    def put_request(self, mapped: Mapped, images: tuple[RemoteImage, ...]) -> OutgoingRequest:
        """The whole data set of a new product, with its pictures' addresses."""
        data = mapped.body["product_data"]
        attributes = {**data["attributes"], "picture": [image.url for image in images]}
        body = {"ean": data["ean"], "attributes": attributes}
        when = "" if mapped.body["always"] else f"when {LABEL} does not know the EAN"
        return json_request("PUT", _PATH, body, params={"locale": self._locale}, only_if=when)

    def patch_request(self, ean: str, texts: Mapping[str, str]) -> OutgoingRequest:
        """Single attributes of the seller's data set."""
        body = {"ean": [ean], "attributes": {name: [text] for name, text in texts.items()}}
        return json_request("PATCH", _PATH, body, params={"locale": self._locale})

    async def is_needed(self, mapped: Mapped) -> bool:
        """Whether data must be sent before the offer. Rejected where it must and something is missing."""
        if not mapped.body["product_data"]:
            return False
        if mapped.body["always"]:
            return True
        if await self.product(mapped.body["unit"]["ean"]) is not None:
            return False
        problems = tuple(Finding(**one) for one in mapped.body["problems"])
        if any(one.blocks for one in problems):
            raise rejection(problems, "", f"{LABEL} does not know EAN {mapped.body['unit']['ean']}")
        return True

    async def bring(self, ean: str, request: OutgoingRequest, sent: Mapping[str, Any]) -> None:
        """Send the data unless just this is there and did not fail: a PUT makes Kaufland begin anew."""
        own = await self.own(ean)
        if own is not None and own.get("attributes") == sent:
            status = await self.status(ean)
            if status is not None and not data_problems(status):
                return
        await self._api.submit(request)

    async def refuse_or_wait(self, ean: str, refusal: Rejected) -> None:
        """A unit was refused right after its data was sent: NotLiveYet where it is the product that is waited for.

        Rejected with what Kaufland found wrong with the data; returns where the EAN is not to blame.
        """
        if not any(one.field == "gtin" for one in refusal.findings):
            return
        status = await self.status(ean)
        problems = data_problems(status) if status is not None else ()
        if problems:
            raise rejection(problems, "", refusal.original) from None
        raise still_working(ean) from None  # next time the product is known, or the refusal stands

    async def follow(self, ean: str) -> bool:
        """Whether the product is ready. NotLiveYet while Kaufland works, Rejected with its reasons when it refused.

        False where it has no data of the seller at all: the offer itself must say more.
        """
        status = await self.status(ean)
        if status is None:
            return False
        if is_working(status):
            raise still_working(ean)
        problems = data_problems(status)
        if problems:
            raise rejection(problems, "", str(status.get("update_fail_reason") or status.get("update_status") or ""))
        return True


def still_working(ean: str) -> NotLiveYet:
    """Kaufland needs minutes to hours; ``Marketplace.follow_s`` says how long to wait."""
    return NotLiveYet(
        f"{LABEL} is working on the product data of EAN {ean}.", hint="Nothing to do: it is looked at again."
    )


def _data(fields: Mapping[str, Any]) -> Mapping[str, Any]:
    data = fields.get("data")
    if not isinstance(data, Mapping):
        raise Unavailable(f"{LABEL} showed nothing of the product.", original=str(fields)[:300])
    return data
