"""No token, no secret and no signature of a link is kept with calls or said in errors."""

from dataclasses import replace

import pytest

from mmhub_desktop.domain.call import Call
from mmhub_desktop.errors import MmhubError, Rejected
from mmhub_desktop.marketplaces.amazon.adapter import Amazon
from tests.marketplaces.amazon.conftest import TOKENS, Canned

LINK = (
    "https://definitions.example/schema.json?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=ASIAEXAMPLE%2F20261120"
    "&X-Amz-Security-Token=IQoJb3JpZ2luX2VjEXAMPLE&X-Amz-Signature=0123456789abcdef0123456789abcdef"
)
HIDDEN = ("ASIAEXAMPLE", "IQoJb3JpZ2luX2VjEXAMPLE", "0123456789abcdef0123456789abcdef")
TOKEN = "Atza|IwEBIExampleTokenOfManyCharacters"


async def listened(amazon_on, canned: Canned) -> tuple[Amazon, list[Call]]:
    """An adapter whose calls are noted, with a token of the real ones' form."""
    calls: list[Call] = []
    made = await amazon_on(canned)
    await made.connection.secrets.save({"access_token": TOKEN})
    return Amazon(replace(made.connection, recorder=calls.append)), calls


async def test_signatures_of_links_are_not_kept(amazon_on):
    definition = {"schema": {"link": {"resource": LINK.replace("https", "http"), "verb": "GET"}, "checksum": "c"}}
    amazon, calls = await listened(amazon_on, Canned((200, definition)))
    with pytest.raises(MmhubError) as caught:
        await amazon.read_category("LAMP")
    kept = " ".join(f"{call.path} {call.request} {call.reply}" for call in calls)
    assert "X-Amz-Signature" in kept, "the reply itself is kept"
    for secret in HIDDEN:
        assert secret not in kept
        assert secret not in f"{caught.value} {caught.value.original}"


async def test_a_token_that_is_echoed_is_not_kept(amazon_on):
    answer = {"errors": [{"code": "InvalidInput", "message": f"You sent {TOKEN} to us"}]}
    amazon, calls = await listened(amazon_on, Canned((400, answer)))
    with pytest.raises(Rejected) as caught:
        await amazon.read_order("1")
    said = f"{caught.value} {caught.value.original} {caught.value.findings} {[call.reply for call in calls]}"
    assert "You sent" in said
    assert TOKEN not in said
    assert TOKENS["refresh_token"] not in said
