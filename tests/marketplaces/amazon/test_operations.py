"""Each call counts to the limit that the models give its operation, and to no other."""

import pytest

from mmhub_desktop.marketplaces.amazon.marketplace import MARKETPLACE
from mmhub_desktop.marketplaces.amazon.operations import operation_of
from tests.fidelity.documents import why_missing
from tests.fidelity.specification import load_specification


@pytest.mark.parametrize(
    ("method", "path", "operation"),
    [
        ("PUT", "/listings/2021-08-01/items/A2/S%2F1?mode=VALIDATION_PREVIEW", "put"),
        ("PATCH", "/listings/2021-08-01/items/A2/S", "patch"),
        ("GET", "/listings/2021-08-01/items/A2/S?includedData=issues", "get"),
        ("GET", "/listings/2021-08-01/items/A2", "search"),
        ("GET", "/listings/2021-08-01/restrictions", "restrictions"),
        ("GET", "/orders/2026-01-01/orders", "orders"),
        ("GET", "/orders/2026-01-01/orders/902-1", "order"),
        ("POST", "/orders/v0/orders/902-1/shipmentConfirmation", "shipments"),
        ("GET", "/somewhere/else", ""),
    ],
)
def test_a_call_has_its_operation(method, path, operation):
    assert operation_of(method, path) == operation


@pytest.mark.parametrize("limit", MARKETPLACE.rate_limits[1:], ids=lambda limit: limit.group)
def test_limits_are_those_of_the_models(limit):
    """The model's text names rate and burst of each operation; we keep just below."""
    if why_missing("amazon"):
        pytest.skip(why_missing("amazon"))
    rates = {
        (f"{rate:g}", burst)
        for document in load_specification("amazon").documents.values()
        for template, methods in document.get("paths", {}).items()
        for method, operation in methods.items()
        if isinstance(operation, dict)
        and operation_of(method.upper(), template.replace("{", "").replace("}", "")) == limit.group
        for rate, burst in _rates(operation.get("description", ""))
    }
    assert rates == {(f"{limit.per_second / 0.98:g}", limit.burst + 1)}


def _rates(text):
    """The table “Rate (requests per second) | Burst” of an operation's description."""
    for line in text.splitlines():
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
        cells = [cell for cell in cells if cell != "Default"]
        try:
            yield float(cells[0]), int(cells[1])
        except (ValueError, IndexError):
            continue
