"""Categories, attributes, the guess from a title, currencies, pictures."""

import pytest

from mmhub_desktop.practice.mercadolibre.categories import CATEGORIES, tags_by_attribute
from tests.fakes.practice_caller import png


@pytest.mark.parametrize(
    ("title", "number"),
    [
        ("Samsung Galaxy A54 smartphone", 1001),
        ("Funda de silicona para iPhone 13", 1002),
        ("Wireless Bluetooth Headphones", 1003),
        ("Ceramic Coffee Mug", 2001),
        ("Caneca de cerâmica", 2001),
        ("Lámpara LED de escritorio", 2004),
        ("Zapatillas running mujer", 3002),
        ("Collar para perro", 4005),
        ("Mochila para notebook", 3003),
        ("Reloj de pared silencioso", 2003),
        ("Quux 3000", 9001),
    ],
)
async def test_a_title_in_three_languages_finds_its_category_and_any_title_finds_one(caller, title, number):
    rows = (await caller.http.get("/sites/MLC/domain_discovery/search", params={"q": title, "limit": 3})).json()
    assert rows[0]["category_id"] == f"MLC{number}"
    assert rows[0]["domain_id"] == f"MLC-{CATEGORIES[number].domain}"
    assert 1 <= len(rows) <= 3


async def test_the_guess_tells_values_named_in_the_title(caller):
    params = {"q": "Celular Samsung Galaxy negro", "limit": 1}
    rows = (await caller.http.get("/sites/MLC/domain_discovery/search", params=params)).json()
    assert {(a["id"], a["value_name"]) for a in rows[0]["attributes"]} >= {("BRAND", "Samsung"), ("COLOR", "Negro")}


async def test_the_guess_needs_a_title_and_a_small_limit(caller):
    assert (await caller.http.get("/sites/MLC/domain_discovery/search")).status_code == 400
    params = {"q": "mug", "limit": 9}
    assert (await caller.http.get("/sites/MLC/domain_discovery/search", params=params)).status_code == 400


async def test_only_leaves_may_be_listed_in(caller):
    root = (await caller.http.get("/categories/MLC2000")).json()
    leaf = (await caller.http.get("/categories/MLC2001")).json()
    assert (root["settings"]["listing_allowed"], leaf["settings"]["listing_allowed"]) == (False, True)
    assert "MLC2001" in [child["id"] for child in root["children_categories"]]
    assert [step["id"] for step in leaf["path_from_root"]] == ["MLC2000", "MLC2001"]
    assert leaf["settings"]["currencies"] == ["CLP"]
    assert (await caller.http.get("/categories/MLC7")).status_code == 404


def test_every_leaf_has_a_believable_set_of_attributes():
    leaves = [category for category in CATEGORIES.values() if category.is_leaf]
    assert len(leaves) >= 15
    for category in leaves:
        tags = tags_by_attribute(category)
        assert 9 <= len(tags) <= 16, category.name
        assert 1 <= sum("required" in marks for marks in tags.values()) <= 3, category.name
        assert "conditional_required" in tags["GTIN"]


async def test_attributes_speak_the_sites_language(caller):
    spanish = {a["id"]: a for a in (await caller.http.get("/categories/MLC3001/attributes")).json()}
    portuguese = {a["id"]: a for a in (await caller.http.get("/categories/MLB3001/attributes")).json()}
    assert (spanish["COLOR"]["name"], portuguese["COLOR"]["name"]) == ("Color", "Cor")
    assert spanish["BRAND"]["tags"] == {"required": True}
    assert spanish["COLOR"]["tags"] == {"allow_variations": True}
    assert [v["id"] for v in spanish["COLOR"]["values"]] == [v["id"] for v in portuguese["COLOR"]["values"]]


async def test_a_new_product_needs_a_gtin_or_the_reason_why_not(caller):
    path = "/categories/MLC2001/attributes/conditional"

    async def needed(*rows: dict[str, str]) -> list[str]:
        body = {"category_id": "MLC2001", "attributes": list(rows)}
        return [row["id"] for row in (await caller.http.post(path, json=body)).json()["required_attributes"]]

    assert await needed() == ["GTIN"]
    assert await needed({"id": "GTIN", "value_name": "7804650200015"}) == []
    assert await needed({"id": "EMPTY_GTIN_REASON", "value_id": "17055158"}) == []
    assert await needed({"id": "ITEM_CONDITION", "value_id": "2230581"}) == []


@pytest.mark.parametrize(("currency", "places"), [("CLP", 0), ("BRL", 2), ("ARS", 2)])
async def test_currencies_have_their_decimal_places(caller, currency, places):
    assert (await caller.http.get(f"/currencies/{currency}")).json()["decimal_places"] == places


async def test_listing_types_terms_and_the_application(caller):
    kinds = {row["id"] for row in (await caller.http.get("/sites/MLC/listing_types")).json()}
    assert kinds == {"free", "gold_special", "gold_pro"}
    path = f"/users/{caller.user_id}/available_listing_types"
    mine = (await caller.http.get(path, params={"category_id": "MLC2001"})).json()
    assert {row["id"] for row in mine["available"]} == kinds
    terms = (await caller.http.get("/categories/MLC2001/sale_terms")).json()
    assert [term["id"] for term in terms] == ["WARRANTY_TYPE", "WARRANTY_TIME"]
    assert (await caller.http.get("/applications/practice-app")).json()["max_requests_per_hour"] == 18000


async def test_a_picture_is_kept_and_shown(caller):
    data = png(1200, 900)
    body = (await caller.upload(data)).json()
    assert body["variations"][0]["size"] == "1200x900"
    shown = await caller.http.get(body["variations"][0]["secure_url"])
    assert shown.content == data
    assert (await caller.http.get(f"/pictures/{body['id']}/errors")).json() == []


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (png(240, 900), "minimum size"),
        (png(499, 499), "minimum size"),
        (b"GIF89a" + bytes(100), "not a valid image"),
        (b"\xff\xd8\xff" + bytes(100), "not a valid image"),
        (png(600, 600) + bytes(10 * 1024 * 1024), "10 MB"),
    ],
)
async def test_an_unusable_picture_is_refused(caller, data, words):
    response = await caller.upload(data)
    assert response.status_code == 400
    assert words in response.text


async def test_uploads_have_their_own_quota_answered_with_400(caller):
    await caller.faults(picture_quota_per_min=1)
    assert (await caller.upload()).status_code == 201
    refused = await caller.upload()
    assert refused.status_code == 400
    assert "quota" in refused.json()["message"]


async def test_an_upload_without_a_file_is_refused(caller):
    assert (await caller.http.post("/pictures/items/upload", json={"source": "https://x.invalid"})).status_code == 400
    files = {"picture": ("a.png", png(600, 600))}
    assert (await caller.http.post("/pictures/items/upload", files=files)).status_code == 400
