"""The conformance suite's asserts are explained like those of a test file."""

import pytest

pytest.register_assert_rewrite("mmhub_desktop.marketplaces.contract", "mmhub_desktop.marketplaces.contract_requests")
