"""Signatures, the clock, and what refused calls mean."""

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import httpx
import pytest

from mmhub_desktop.conformance import open_stage
from mmhub_desktop.domain.ids import AccountId
from mmhub_desktop.domain.marketplace import Account
from mmhub_desktop.errors import Finding, OutcomeUnknown, Rejected, SignInNeeded, Unavailable
from mmhub_desktop.marketplaces.base import Connection
from mmhub_desktop.marketplaces.http import open_client
from mmhub_desktop.marketplaces.kaufland.adapter import MARKETPLACE, Kaufland
from mmhub_desktop.marketplaces.kaufland.auth import SignedAccess, sign
from mmhub_desktop.marketplaces.kaufland.problems import create_error, error_for, product_field, read_findings
from tests.contract.test_kaufland import KauflandStage
from tests.fakes.account_secrets import MemorySecrets

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
SECRET = "0123456789abcdef" * 4


@pytest.mark.parametrize(
    ("method", "url", "body", "signature"),
    [
        (
            "GET",
            "https://sellerapi.kaufland.com/v2/status/ping",
            b"",
            "87df4eb761ca6ddd2c818ef6da2944f082c2e3370c4ba99877501d7fecd6a1d3",
        ),
        (
            "patch",
            "https://sellerapi.kaufland.com/v2/units/42?storefront=de",
            b'{"amount":3}',
            "2368eb6e398d27b4a0f3de1ee3462193e5be290fdcf2f8410c172569d6a2d648",
        ),
    ],
)
def test_known_signatures(method: str, url: str, body: bytes, signature: str) -> None:
    assert sign(SECRET, method, url, body, "1700000000") == signature


def connection(client: Any = None, *, secret: str = SECRET, **settings: str) -> Connection:
    account = Account(AccountId(1), "kaufland", "K", settings={"client_key": "c" * 32, **settings}, site="de")
    return Connection(account, MemorySecrets({"secret_key": secret} if secret else {}), client, lambda: NOW)


async def test_what_is_signed_is_what_goes_over_the_wire() -> None:
    request = httpx.Request(
        "PUT", "https://x/v2/product-data", params={"locale": "de-DE", "a": ["1", "ü &"]}, json={"ean": ["1"]}
    )
    request.headers["User-Agent"] = "MultiMarketHub/0"
    await SignedAccess(connection(user_agent="Inhouse_development")).authorise(request)
    stamp = str(int(NOW.timestamp()))
    wire = f"https://x{request.url.raw_path.decode('ascii')}"
    assert "%C3%BC" in wire
    assert request.headers["Shop-Signature"] == sign(SECRET, "PUT", wire, request.content, stamp)
    assert request.headers["Shop-Timestamp"] == stamp
    assert request.headers["Shop-Client-Key"] == "c" * 32
    assert request.headers["User-Agent"] == "Inhouse_development"


@pytest.mark.parametrize(("secret", "client_key"), [("", "c" * 32), (SECRET, " ")])
async def test_missing_keys_are_asked_for(secret: str, client_key: str) -> None:
    with pytest.raises(SignInNeeded, match="keys are missing"):
        await SignedAccess(connection(secret=secret, client_key=client_key)).authorise(
            httpx.Request("GET", "https://x")
        )


@pytest.mark.parametrize(("environment", "host"), [("production", "sellerapi"), ("playground", "sellerapi-playground")])
async def test_each_environment_has_its_host(environment: str, host: str) -> None:
    seen = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request.url)
        return httpx.Response(200, json={"data": ["de"]})

    async with httpx.AsyncClient(transport=httpx.MockTransport(answer)) as client:
        await Kaufland(connection(client, environment=environment)).check_credentials()
    assert {url.host for url in seen} == {f"{host}.kaufland.com"}
    assert {url.path for url in seen} == {"/v2/status/ping", "/v2/info/storefront", "/v2/info/locale"}


def response(status: int, body: Any = None, *, ahead_s: float = 0) -> tuple[httpx.Response, Any]:
    date = format_datetime(NOW - timedelta(seconds=ahead_s), usegmt=True)
    request = httpx.Request("GET", "https://x/v2/units")
    return httpx.Response(status, json=body, headers={"Date": date}, request=request), body


def problem(kind: str, *errors: tuple[str, str]) -> dict[str, Any]:
    return {"type": f"/problems/{kind}", "message": "No.", "errors": [{"field": f, "message": m} for f, m in errors]}


def test_a_wrong_clock_is_told_before_the_keys_are_blamed() -> None:
    refused = problem("missing-or-invalid-request-header")
    error = error_for(*response(401, refused, ahead_s=720), connection())
    assert isinstance(error, SignInNeeded)
    assert error.message == "This computer's clock is 12 minutes fast, so Kaufland refuses every call."
    assert "Set the computer's clock" in error.hint
    error = error_for(*response(401, refused, ahead_s=-3600), connection())
    assert "60 minutes slow" in error.message
    error = error_for(*response(401, problem("corrupted-signature")), connection())
    assert isinstance(error, SignInNeeded)
    assert "keys" in error.message


@pytest.mark.parametrize(
    ("status", "kind", "expected", "words"),
    [
        (403, "inactive-account", Rejected, "not activated"),
        (403, "something-new", Rejected, "does not allow"),
        (400, "storefront-not-configured", Rejected, "not opened this storefront"),
        (404, "not-found", Rejected, "does not know"),
        (423, "anything", Unavailable, "import"),
        (400, "validation-error", Rejected, "1 problem"),
    ],
)
def test_statuses_and_types(status: int, kind: str, expected: type, words: str) -> None:
    error = error_for(*response(status, problem(kind)), connection())
    assert type(error) is expected
    assert words in error.message
    assert expected is not Unavailable or error.retry_after_s == 300  # type: ignore[attr-defined]


def test_fields_of_a_refusal_are_the_products() -> None:
    body = problem(
        "validation-error", ("listing_price", "too low"), ("amount", "x"), ("id_offer", "used"), ("colour", "?"),
        ("handling_time", "too long"),
    )  # fmt: skip
    findings = read_findings(body)
    assert [one.field for one in findings] == ["price", "quantity", "sku", "attributes.colour", ""]
    assert findings[0].original == "too low"
    assert "Handling time" in findings[4].fix
    assert product_field("attributes.title[0]") == "title"


@pytest.mark.parametrize("body", [None, [], {"errors": "no"}, {"errors": [1, {}]}, {"type": 3, "message": None}])
def test_error_bodies_of_any_form_are_taken(body: Any) -> None:
    error = error_for(*response(400, body), connection())
    assert isinstance(error, Rejected)
    assert any(isinstance(one, Finding) and one.blocks and one.message for one in error.findings)


def test_an_offer_that_is_there_already_is_looked_for() -> None:
    error = create_error(*response(400, problem("already-exists")), connection())
    assert isinstance(error, OutcomeUnknown)
    assert isinstance(error_for(*response(400, problem("already-exists")), connection()), Rejected)


async def test_a_clock_that_goes_wrong_is_warned_of_while_calls_still_work() -> None:
    async with open_stage(KauflandStage) as stage:
        late = stage.connection()
        late = Connection(
            late.account, late.secrets, late.http, lambda: datetime.now(UTC) - timedelta(seconds=150), late.base_url
        )
        who = await Kaufland(late).check_credentials()
        assert [one.rule for one in who.warnings] == ["kaufland.clock"]
        assert "slow" in who.warnings[0].message
        very = Connection(
            late.account, late.secrets, late.http, lambda: datetime.now(UTC) + timedelta(seconds=900), late.base_url
        )
        with pytest.raises(SignInNeeded, match="15 minutes fast"):
            await Kaufland(very).check_credentials()


async def test_a_storefront_that_is_not_opened_is_warned_of() -> None:
    async with open_stage(KauflandStage, "fr") as stage:
        who = await stage.adapter().check_credentials()
        assert [one.rule for one in who.warnings] == ["kaufland.storefront"]
        with pytest.raises(Rejected, match="not opened this storefront"):
            await stage.adapter().list_listings()


async def test_an_account_that_is_not_active_is_refused_plainly() -> None:
    async with open_stage(KauflandStage, inactive_account=True) as stage:
        with pytest.raises(Rejected, match="not activated your account"):
            await stage.adapter().check_credentials()


async def test_the_programs_client_names_the_software() -> None:
    client = open_client()
    assert "MultiMarketHub" in client.headers["User-Agent"]
    await client.aclose()


def test_storefronts_are_the_sites() -> None:
    assert {"de", "cz", "sk", "pl", "at", "fr", "it"} <= {site for site, _ in MARKETPLACE.sites}
