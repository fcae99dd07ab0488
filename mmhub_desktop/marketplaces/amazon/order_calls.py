"""The calls about orders of one account."""

from datetime import datetime

from mmhub_desktop.domain.order import Order, OrdersPage, Shipment
from mmhub_desktop.errors import OutcomeUnknown, Rejected, UnexpectedReply
from mmhub_desktop.marketplaces.amazon import orders
from mmhub_desktop.marketplaces.amazon.problems import LABEL, rejection, words_of
from mmhub_desktop.marketplaces.api import Api, Reply
from mmhub_desktop.marketplaces.outgoing import json_request

_PATH = "/orders/2026-01-01/orders"
_ROLE = "amazon.forbidden"


class OrderCalls:
    """Lists, reads and ships orders. Where the role for addresses is missing it goes on without them."""

    def __init__(self, api: Api) -> None:
        self._api = api
        self._included = orders.INCLUDED

    async def list(self, since: datetime, cursor: str, marketplace_id: str) -> OrdersPage:
        """A page of what was placed or changed since then. A page token that is too old begins anew."""
        query = orders.read_cursor(cursor, since, marketplace_id)
        try:
            return orders.read_page(await self._ask(_PATH, query), query)
        except Rejected as error:
            if "paginationToken" not in query or _is_forbidden(error):
                raise
            query.pop("paginationToken")
            return orders.read_page(await self._ask(_PATH, query), query)

    async def read(self, remote_id: str) -> Order:
        """One order as it is now."""
        reply = await self._ask(f"{_PATH}/{remote_id}", {})
        row = reply.fields.get("order")
        if not isinstance(row, dict):
            raise UnexpectedReply(f"{LABEL} did not show the order.", original=str(reply.body)[:300])
        return orders.read_order(row)

    async def ship(self, remote_id: str, shipment: Shipment, marketplace_id: str) -> Order:
        """Tell of a parcel unless Amazon knows it; then the order as it shows it."""
        order = await self.read(remote_id)
        if orders.is_told(order, shipment):
            return order
        body = orders.shipment_body(order, shipment, marketplace_id, self._api.connection.now())
        path = f"/orders/v0/orders/{remote_id}/shipmentConfirmation"
        reply = await self._api.submit(json_request("POST", path, body), once=True, accept=(400,))
        after = await self.read(remote_id)
        if reply.status == 400 and not orders.is_told(after, shipment):
            words = words_of(reply.body)
            raise rejection((), f"{LABEL} refused the shipment: {words}", str(reply.body)[:600])
        if reply.status not in (204, 200, 400):
            raise OutcomeUnknown(f"{LABEL} gave no clear answer to the shipment.", original=str(reply.status))
        return after

    async def _ask(self, path: str, query: dict[str, str]) -> Reply:
        """The answer with as much of the orders as the application may see."""
        if self._included == orders.INCLUDED:
            params = {**query, "includedData": self._included}
            reply = await self._api.call("GET", path, params=params, accept=(403,))
            if reply.status != 403:
                return reply
        reply = await self._api.call("GET", path, params={**query, "includedData": orders.WITHOUT_ADDRESS})
        self._included = orders.WITHOUT_ADDRESS  # until the account is connected again
        return reply


def _is_forbidden(error: Rejected) -> bool:
    return any(finding.rule == _ROLE for finding in error.findings)
