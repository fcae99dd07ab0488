"""What is noted of a call holds no secret, no file, and is bounded."""

from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from mmhub_desktop.domain.call import Call
from mmhub_desktop.domain.ids import AccountId
from mmhub_desktop.marketplaces.call_notes import LONGEST_BODY, describe_call

NOW = datetime(2026, 5, 1, tzinfo=UTC)
TOKEN = "Zx81-never-to-be-seen-9f3a"


def note(request: httpx.Request, status: int = 200, **answer: Any) -> Call:
    response = httpx.Response(status, request=request, **answer)
    return describe_call(AccountId(1), request, response, at=NOW, duration_s=0.25)


def post(**what: Any) -> httpx.Request:
    return httpx.Request("POST", "https://m.test/items?q=1", headers={"Authorization": f"Bearer {TOKEN}"}, **what)


def test_method_path_bodies_status_and_time() -> None:
    call = note(post(json={"title": "Lámpara"}), 201, json={"id": "MLC1"})
    assert (call.method, call.path, call.status, call.duration_ms) == ("POST", "/items?q=1", 201, 250)
    assert call.request == '{"title":"Lámpara"}'
    assert call.reply == '{"id":"MLC1"}'
    assert call.succeeded


@pytest.mark.parametrize(
    ("method", "status", "went_well"), [("GET", 404, True), ("PUT", 404, False), ("GET", 403, False)]
)
def test_a_look_up_that_finds_nothing_went_well(method: str, status: int, went_well: bool) -> None:
    """Marketplaces answer so when a SKU is not listed there yet: before every publication."""
    assert note(httpx.Request(method, "https://m.test/offers?sku=1"), status, json={}).succeeded is went_well


def test_an_echoed_token_is_removed() -> None:
    call = note(post(json={"again": TOKEN}), json={"you_sent": f"Bearer {TOKEN}", "message": f"bad {TOKEN}!"})
    assert TOKEN not in repr(call)


def test_signing_in_leaves_the_kinds_of_values_only() -> None:
    form = {
        "grant_type": "refresh_token",
        "client_id": "4711-shop",
        "client_secret": "s3cret-abc",
        "refresh_token": "R",
    }
    call = note(post(data=form), json={"access_token": "A-1234567", "refresh_token": "r-7654321", "expires_in": 60})
    assert call.request == "grant_type=refresh_token&client_id=•••&client_secret=•••&refresh_token=•••"
    assert "1234567" not in call.reply
    assert "7654321" not in call.reply
    assert '"expires_in":60' in call.reply


def test_secrets_in_the_address_are_removed() -> None:
    request = httpx.Request("GET", "https://m.test/back?code=abc123&state=xyz789&site=MLC")
    assert note(request).path == "/back?code=•••&state=•••&site=MLC"


def test_names_of_errors_stay_legible() -> None:
    call = note(post(), 400, json={"cause": [{"code": "item.title.invalid"}, {"code": "TG-12ab34cd56ef"}]})
    assert '"code":"item.title.invalid"' in call.reply
    assert "12ab34cd56ef" not in call.reply
    assert not call.succeeded


def test_a_file_is_named_by_its_size() -> None:
    call = note(post(files={"file": ("a.jpg", b"\xff\xd8" * 1000, "image/jpeg")}))
    assert call.request.startswith("(a file, 2,")


def test_long_bodies_are_cut_and_no_part_of_a_secret_survives_the_cut() -> None:
    for place in range(LONGEST_BODY - 40, LONGEST_BODY + 10, 7):
        call = note(post(), text="x" * place + TOKEN + "y" * 50_000)
        assert len(call.reply) <= LONGEST_BODY + 1
        assert TOKEN[:8] not in call.reply
    masked = note(post(), text=f"{TOKEN} " * 5_000)
    assert TOKEN[:8] not in masked.reply


def test_what_is_no_text_is_not_kept() -> None:
    call = note(post(), content=b"\x89PNG" * 10, headers={"Content-Type": "image/png"})
    assert call.reply == "(image/png, 40 bytes)"
