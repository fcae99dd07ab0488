"""What the forms of credentials say of right values, of others' values and of what sellers paste by mistake."""

import pytest

from mmhub_desktop.marketplaces.base import installed_marketplaces

HEX = "0123456789abcdef"
RIGHT: dict[str, dict[str, str]] = {
    "amazon": {
        "client_id": f"amzn1.application-oa2-client.{HEX * 2}", "client_secret": f"amzn1.oa2-cs.v1.{HEX * 4}",
        "refresh_token": f"Atzr|IwEBI{HEX * 4}", "seller_id": "A1B2C3D4E5F6G7",
    },
    "ebay": {
        "environment": "production", "client_id": "JaneDoe-Shop-PRD-1a2b3c4d5-6e7f8a9b",
        "client_secret": "PRD-1a2b3c4d5e6f-7a8b-9c0d-1e2f-3a4b", "redirect_uri": "Jane_Doe-JaneDoe-Shop-abcdef",
    },
    "etsy": {
        "client_id": "1aa2bb33c44d55eeeeee6fff", "shared_secret": "a1b2c3d4e5",
        "redirect_uri": "http://localhost:3003/oauth/redirect",
    },
    "walmart": {"client_id": "1a2b3c4d-1234-5678-9abc-0123456789ab", "client_secret": f"AL_{HEX * 5}-_Q"},
    "kaufland": {"client_key": HEX * 2, "secret_key": HEX * 4},
    "allegro": {
        "client_id": HEX * 2, "client_secret": HEX * 4, "app_page": "https://shop.example.com/about",
        "location_postcode": "00-950", "location_country": "PL",
    },
    "mercadolibre": {
        "client_id": "1234567890123456", "client_secret": HEX * 2, "redirect_uri": "https://shop.example.com/back",
    },
}  # fmt: skip


def doubts(marketplace: str, entered: dict[str, str]) -> dict[str, str]:
    fields = installed_marketplaces().things[marketplace].credential_fields
    said = {field.key: field.doubt(entered.get(field.key, ""), entered) for field in fields}
    return {key: words for key, words in said.items() if words}


@pytest.mark.parametrize("marketplace", sorted(RIGHT))
def test_right_values_are_not_doubted(marketplace: str) -> None:
    assert doubts(marketplace, RIGHT[marketplace]) == {}
    assert doubts(marketplace, {}) == {}


@pytest.mark.parametrize(
    ("marketplace", "key", "value", "said"),
    [
        ("amazon", "client_secret", RIGHT["amazon"]["client_id"], "below the client id"),
        ("amazon", "client_id", RIGHT["amazon"]["client_secret"], "begins with amzn1.application-oa2-client"),
        ("amazon", "refresh_token", "Atza|IwEBI0123456789abcdef0123456789", "begins with Atzr|"),
        ("amazon", "seller_id", "Jane's lamps", "not the shop's name"),
        ("ebay", "client_id", "JaneDoe-Shop-SBX-1a2b3c4d5-6e7f8a9b", "of the sandbox"),
        ("ebay", "client_secret", "SBX-1a2b3c4d5e6f-7a8b", "Cert ID of the sandbox"),
        ("ebay", "redirect_uri", "https://shop.example.com/ok", "This is an address"),
        ("etsy", "shared_secret", RIGHT["etsy"]["client_id"], "the keystring"),
        ("etsy", "client_id", RIGHT["etsy"]["shared_secret"], "shared secret"),
        ("etsy", "redirect_uri", "https://shop.example.com/back?from=etsy", "no “?”"),
        ("walmart", "client_secret", RIGHT["walmart"]["client_id"], "not the Client ID"),
        ("kaufland", "client_key", RIGHT["kaufland"]["secret_key"], "the one with 64 is the secret key"),
        ("kaufland", "secret_key", RIGHT["kaufland"]["client_key"], "has 64 characters"),
        ("allegro", "client_secret", RIGHT["allegro"]["client_id"], "the shorter one is the Client ID"),
        ("allegro", "location_postcode", "00950", "00-950"),
        ("mercadolibre", "client_secret", RIGHT["mercadolibre"]["client_id"], "digits alone are the id"),
        ("mercadolibre", "redirect_uri", "http://localhost:8080", "begins with https://"),
    ],
)
def test_what_sellers_mix_up_is_named(marketplace: str, key: str, value: str, said: str) -> None:
    assert said in doubts(marketplace, {**RIGHT[marketplace], key: value})[key]


def test_forms_hold_where_another_field_says_so() -> None:
    sandbox = {
        "environment": "sandbox",
        "client_id": "JaneDoe-Shop-SBX-1a2b3c4d5-6e7f8a9b",
        "client_secret": "SBX-1a2b",
    }
    assert doubts("ebay", {**RIGHT["ebay"], **sandbox}) == {}
    assert set(doubts("ebay", {**RIGHT["ebay"], "environment": "sandbox"})) == {"client_id", "client_secret"}
    assert doubts("allegro", {**RIGHT["allegro"], "location_country": "CZ", "location_postcode": "11000"}) == {}
