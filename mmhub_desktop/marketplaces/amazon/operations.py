"""Amazon counts each operation for itself: the calls of one account, each counted to its own limit."""

import re
from typing import Any

from mmhub_desktop.domain.marketplace import RateLimit
from mmhub_desktop.marketplaces.api import Api, Reply
from mmhub_desktop.marketplaces.call_groups import counted_as

_ITEMS = r"/listings/2021-08-01/items/[^/?]+"

# operation, method, path, calls a second, burst: as the models say
_OPERATIONS = (
    ("put", "PUT", rf"{_ITEMS}/.*", 5.0, 10),
    ("patch", "PATCH", rf"{_ITEMS}/.*", 5.0, 5),
    ("delete", "DELETE", rf"{_ITEMS}/.*", 5.0, 5),
    ("get", "GET", rf"{_ITEMS}/.*", 5.0, 10),
    ("search", "GET", _ITEMS, 5.0, 5),
    ("restrictions", "GET", r"/listings/2021-08-01/restrictions", 5.0, 10),
    ("find types", "GET", r"/definitions/2020-09-01/productTypes", 5.0, 10),
    ("types", "GET", r"/definitions/2020-09-01/productTypes/.*", 5.0, 10),
    ("catalogue", "GET", r"/catalog/2022-04-01/items", 2.0, 2),
    ("orders", "GET", r"/orders/2026-01-01/orders", 0.0056, 20),
    ("order", "GET", r"/orders/2026-01-01/orders/.*", 0.5, 30),
    ("shipments", "POST", r"/orders/v0/orders/[^/]+/shipmentConfirmation", 2.0, 10),
    ("feed files", "POST", r"/feeds/2021-06-30/documents", 0.5, 15),
    ("feeds", "POST", r"/feeds/2021-06-30/feeds", 0.0083, 15),
    ("feed", "GET", r"/feeds/2021-06-30/feeds/.*", 2.0, 15),
    ("feed reports", "GET", r"/feeds/2021-06-30/documents/.*", 0.0222, 10),
    ("participations", "GET", r"/sellers/v1/marketplaceParticipations", 0.016, 15),
)
_KEPT_TO = 0.98  # of a rate: calls reach Amazon a little closer together than they leave

LIMITS = (
    RateLimit("calls", 20.0, 20),
    *(RateLimit(name, rate * _KEPT_TO, burst - 1) for name, _, _, rate, burst in _OPERATIONS),
)
"""All calls together, more than any work needs, then each operation."""

_PATTERNS = [(method, re.compile(path), name) for name, method, path, _, _ in _OPERATIONS]


def operation_of(method: str, path: str) -> str:
    """The limit that a call counts to; empty for one that Amazon does not count."""
    plain = path.partition("?")[0]
    return next((name for verb, pattern, name in _PATTERNS if verb == method and pattern.fullmatch(plain)), "")


class AmazonApi(Api):
    """``Api``, with each call counted to its operation."""

    async def call(self, method: str, path: str, **details: Any) -> Reply:
        """See ``Api.call``."""
        with counted_as(operation_of(method, path)):
            return await super().call(method, path, **details)
