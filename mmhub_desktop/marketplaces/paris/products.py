"""Products of the account as Paris shows them: content and approval, prices and stock, which are calls of their own."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

from mmhub_desktop.errors import Rejected, UnexpectedReply
from mmhub_desktop.marketplaces.api import Api
from mmhub_desktop.marketplaces.base import ListingsPage, RemoteListing
from mmhub_desktop.marketplaces.paris.auth import PAGE_ADDRESS
from mmhub_desktop.marketplaces.paris.paging import NOTHING, Row, pages_of, read_page, read_rows
from mmhub_desktop.marketplaces.paris.prices import STOCK_PATH, Prices, path_of, price_path, read_prices, rows_within
from mmhub_desktop.marketplaces.paris.problems import LABEL
from mmhub_desktop.marketplaces.paris.reading import (
    product_within,
    read_listing,
    seller_sku,
    sku_of_variant,
    variants_of,
)
from mmhub_desktop.marketplaces.paris.terms import Terms

_PAGE = 100
_SEARCH = "/v2/products/search"
_KNOWN = 1_000  # products that were read and may be changed next


class Products:
    """Reads products; used on the loop by one adapter."""

    def __init__(self, api: Api, terms: Callable[[], Terms]) -> None:
        self._api = api
        self._terms = terms
        self._read: dict[str, RemoteListing] = {}  # product → the listing as last read

    async def look(self, parent: str) -> Mapping[str, Any] | None:
        """A product's own answer, None where it is gone."""
        reply = await self._api.call("GET", f"/v2/products/{path_of(parent)}", accept=(404,))
        return None if reply.status == 404 else self._checked(parent, reply.body)

    async def show(self, parent: str) -> Mapping[str, Any]:
        """A product's own answer. Rejected where it is gone."""
        return self._checked(parent, (await self._api.call("GET", f"/v2/products/{path_of(parent)}")).body)

    async def with_skus(self, product: Mapping[str, Any]) -> Mapping[str, Any]:
        """The product with the seller's SKU in each of its variants; stock rows tell it where the product does not."""
        variants = variants_of(product)
        if all(seller_sku(row) for row in variants):
            return product
        stock = await self.stock(variants)
        return {**product, "variants": [{**row, "sku_seller": sku_of_variant(row, stock)} for row in variants]}

    async def read(self, parent: str) -> RemoteListing:
        """A product as a listing. Rejected where it is gone."""
        found = await self._whole(await self.show(parent))
        self._read[parent] = found
        while len(self._read) > _KNOWN:
            del self._read[next(iter(self._read))]
        return found

    async def known(self, parent: str) -> RemoteListing:
        """A product as it was last read, not kept for a second time; read where it was not. Rejected: see ``read``."""
        return self._read.pop(parent, None) or await self._whole(await self.show(parent))

    async def find(self, sku: str) -> tuple[RemoteListing, ...]:
        """Products with this SKU. Search rows may not carry it, so each is confirmed by what its own answers say."""
        params = {"identifier": sku, "typeFilter": "REF_ID", "limit": _PAGE, "offset": 0}
        rows, _ = read_rows(await self._api.call("GET", _SEARCH, params=params, accept=NOTHING), "results")
        found = []
        for parent in dict.fromkeys(str(row["id"]) for row in rows if row.get("id")):
            product = await self.look(parent)
            if product is None:
                continue
            listing = await self._whole(product)
            if listing.sku in ("", sku) or sku in _skus_within(listing):
                found.append(listing)
        return tuple(found)

    async def page(self, cursor: str) -> ListingsPage:
        """A hundred products with SKU and stock, without prices. Rejected for a cursor that is none."""
        try:
            rows, following, total = await read_page(pages_of(self._api, _SEARCH, _PAGE), cursor, _id)
        except ValueError:
            raise Rejected("This place in the list is not known any more.", hint="List again from the start.") from None
        found = []
        for row in rows:
            stock = None if seller_sku(row) else await self.stock(variants_of(row))
            found.append(read_listing(row, stock, None, self.page_address()))
        return ListingsPage(tuple(found), following, total)

    async def prices(self, parent: str, variant: str, product: Mapping[str, Any]) -> Prices | None:
        """What Paris shows of the prices: within the product, else where they are set; None where it does not."""
        rows = rows_within({"prices": product.get("prices")})
        if rows is None:
            path = price_path(parent, variant, self._terms())
            reply = await self._api.call("GET", path, accept=(400, 404, 405))
            rows = rows_within(reply.body) if reply.status == 200 else None
        return None if rows is None else read_prices(rows, self._terms())

    def page_address(self) -> str:
        """Where buyers see a product, with ``{id}``; in practice mode on this machine."""
        connection = self._api.connection
        address = connection.account.settings.get("page_address") or PAGE_ADDRESS
        if not connection.base_url:
            return address
        parts = urlsplit(address)
        return f"{connection.base_url.rstrip('/')}{parts.path}{'?' if parts.query else ''}{parts.query}"

    async def _whole(self, product: Mapping[str, Any]) -> RemoteListing:
        parent, variants = str(product["id"]), variants_of(product)
        first = str(variants[0]["sku"]) if variants else f"{parent}-1"
        prices = await self.prices(parent, first, product)
        return read_listing(product, await self.stock(variants or [{"sku": first}]), prices, self.page_address())

    async def stock(self, variants: Sequence[Row]) -> list[Row]:
        """The stock rows of these variants."""
        found: list[Row] = []
        for variant in variants:
            sku = str(variant["sku"])
            reply = await self._api.call("GET", STOCK_PATH, params={"sku": sku}, accept=NOTHING)
            rows, _ = read_rows(reply, "skus")
            found += [row for row in rows if str(row.get("sku") or "") == sku]
        return found

    @staticmethod
    def _checked(parent: str, body: Any) -> Mapping[str, Any]:
        product = product_within(body)
        if not product:
            raise UnexpectedReply(f"{LABEL} did not show the product {parent}.", original=str(body)[:300])
        return {"id": parent, **product}


def _id(row: Row) -> str:
    return str(row.get("id") or "")


def _skus_within(listing: RemoteListing) -> set[str]:
    rows = [*variants_of(listing.raw), *(listing.raw.get("stock") or ())]
    return {seller_sku(row) for row in rows if isinstance(row, Mapping)}
