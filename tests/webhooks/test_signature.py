"""Signatures are judged by the library of the Standard Webhooks project."""

import base64
from datetime import UTC, datetime

import pytest
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from mmhub_desktop.errors import UserMistake
from mmhub_desktop.webhooks.signature import check_secret, new_secret, sign

BODY = '{"type":"product.updated","data":{"title":"Lámpara"}}'


def test_a_signature_is_what_the_standard_library_expects() -> None:
    secret = new_secret()
    headers = sign(secret, "msg_1", int(datetime.now(UTC).timestamp()), BODY.encode())
    assert Webhook(secret).verify(BODY, headers) == {"type": "product.updated", "data": {"title": "Lámpara"}}


def test_it_makes_the_same_signature_as_the_standard_library() -> None:
    secret = new_secret()
    at = datetime.now(UTC)
    ours = sign(secret, "msg_1", int(at.timestamp()), BODY.encode())["webhook-signature"]
    assert ours == Webhook(secret).sign("msg_1", at, BODY)


@pytest.mark.parametrize("change", ["body", "id", "secret"])
def test_anything_changed_is_refused(change: str) -> None:
    secret = new_secret()
    headers = sign(secret, "msg_1", int(datetime.now(UTC).timestamp()), BODY.encode())
    body = BODY + " " if change == "body" else BODY
    if change == "id":
        headers["webhook-id"] = "msg_2"
    with pytest.raises(WebhookVerificationError):
        Webhook(new_secret() if change == "secret" else secret).verify(body, headers)


@pytest.mark.parametrize(
    "secret",
    ["", "whsec_", "whsec_?", "whsec_" + base64.b64encode(b"short").decode(), new_secret().removeprefix("w")],
    ids=["empty", "nothing", "no base64", "too short", "wrong prefix"],
)
def test_a_wrong_secret_is_refused(secret: str) -> None:
    with pytest.raises(UserMistake):
        check_secret(secret)


def test_a_secret_is_new_each_time_and_taken_back_with_spaces() -> None:
    one, other = new_secret(), new_secret()
    assert one != other
    assert check_secret(f" {one}\n") == one
