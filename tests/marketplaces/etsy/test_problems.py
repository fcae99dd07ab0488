"""Etsy's refusals, in the forms in which they were seen, as errors and findings."""

from typing import Any

import httpx
import pytest

from mmhub_desktop.errors import Rejected, SignInNeeded, Unavailable, UnexpectedReply
from mmhub_desktop.marketplaces.etsy.problems import error_for, is_token_refused, picture_error, read_findings
from tests.marketplaces.conftest import Connect


def response(status: int, body: Any) -> httpx.Response:
    return httpx.Response(status, json=body, request=httpx.Request("POST", "https://openapi.etsy.com/v3/x"))


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"error": "title is too long"}, "title"),
        ({"error": "Invalid params", "error_description": "tags: at most 13"}, "keywords"),
        ([{"path": ["products", 0, "offerings", 0, "price"], "type": "number", "message": "too low"}], "price"),
        ({"error": [{"path": "image_ids", "type": "array_too_short", "message": "expected 1"}]}, "images"),
        ({"error": "The when_made value is not valid"}, "attributes.when_made"),
        ({"error": "Shipping profile 5 is not complete"}, ""),
        ({"error": "no word that is known"}, ""),
        ("plain words", ""),
    ],
)
def test_a_refusal_names_the_field_and_keeps_their_words(connect: Connect, body: Any, field: str) -> None:
    error = error_for(response(400, body), body, connect("http://127.0.0.1:1"))
    assert isinstance(error, Rejected)
    (finding,) = error.findings
    assert (finding.field, finding.blocks) == (field, True)
    assert finding.fix
    assert finding.original
    assert finding.original.split()[0] in error.original or finding.original.startswith("products")


def test_a_refusal_without_words_is_a_finding_all_the_same(connect: Connect) -> None:
    for body in (None, {}, [], {"error": None}):
        error = error_for(response(400, body), body, connect("http://127.0.0.1:1"))
        assert isinstance(error, Rejected)
        assert [one.blocks for one in error.findings] == [True]


@pytest.mark.parametrize(
    ("status", "words", "kind"),
    [
        (401, "invalid_token", SignInNeeded),
        (403, "insufficient_scope: needs listings_w", SignInNeeded),
        (403, "Shared secret is required in x-api-key header.", SignInNeeded),
        (403, "The shop does not belong to you", Rejected),
        (404, "Resource not found", Rejected),
        (409, "This listing is frozen", Rejected),
        (422, "Inventory cannot be read", Rejected),
        (302, "moved", UnexpectedReply),
    ],
)
def test_the_status_decides(connect: Connect, status: int, words: str, kind: type[Exception]) -> None:
    body = {"error": words}
    error = error_for(response(status, body), body, connect("http://127.0.0.1:1"))
    assert type(error) is kind
    assert error.hint


def test_a_conflict_of_pictures_is_over_soon(connect: Connect) -> None:
    body = {"error": "Another image is being processed"}
    error = picture_error(response(409, body), body, connect("http://127.0.0.1:1"))
    assert isinstance(error, Unavailable)
    assert error.retry_after_s == 5


def test_a_wrong_key_is_not_taken_for_an_old_token() -> None:
    assert is_token_refused(response(401, None), {"error": "invalid_token"})
    assert not is_token_refused(response(401, None), {"error": "API key not found"})
    assert not is_token_refused(response(403, None), {"error": "invalid_token"})


def test_several_complaints_are_several_findings() -> None:
    body = [{"path": "a.sku", "message": "too long"}, {"path": "a.quantity", "message": "too low"}]
    assert [one.field for one in read_findings(body)] == ["sku", "quantity"]
