"""Creating: each check of both item models, and reading back."""

import json

import pytest

from tests.fakes.practice_caller import attributes, cause_ids


async def test_a_good_draft_is_valid_and_listed_and_read_back(caller):
    draft = await caller.draft()
    assert (await caller.http.post("/items/validate", json=draft)).status_code == 204
    assert (await caller.state())["creates"] == 0
    created = await caller.http.post("/items", json=draft)
    assert created.status_code == 201
    item = created.json()
    assert (item["status"], item["price"], item["available_quantity"]) == ("active", 9990, 3)
    read = (await caller.http.get(f"/items/{item['id']}")).json()
    assert read["title"] == draft["title"]
    assert read["pictures"][0]["id"] == draft["pictures"][0]["id"]
    page = await caller.http.get(read["permalink"])
    assert page.status_code == 200
    assert "Taza de cerámica Loza Sur T1" in page.text
    assert "9 990" in page.text


@pytest.mark.parametrize(
    ("changes", "cause_id"),
    [
        ({"title": None}, 369),
        ({"price": None}, 369),
        ({"title": "x" * 61}, 90002),
        ({"title": "A"}, 3705),
        ({"family_name": "Taza"}, 90001),
        ({"colour": "red"}, 90001),
        ({"price": "9990"}, 101),
        ({"price": 0.5}, 109),
        ({"price": 9990.5}, 109),
        ({"price": 10**10}, 129),
        ({"currency_id": "ARS"}, 90003),
        ({"category_id": "MLC2000"}, 126),
        ({"category_id": "MLA2001"}, 126),
        ({"available_quantity": 0}, 90004),
        ({"available_quantity": 2.5}, 101),
        ({"available_quantity": 2, "listing_type_id": "free"}, 90004),
        ({"listing_type_id": "bronze"}, 90006),
        ({"buying_mode": "auction"}, 90005),
        ({"pictures": []}, 173),
        ({"pictures": [{"id": "0-MLC0"}]}, 204),
        ({"pictures": [{"source": "https://x.invalid/1.jpg"}] * 13}, 201),
        ({"attributes": attributes(BRAND=None)}, 147),
        ({"attributes": attributes(ITEM_CONDITION=None)}, 147),
        ({"attributes": attributes(BRAND="")}, 3510),
        ({"attributes": attributes(BRAND="x" * 256)}, 394),
        ({"attributes": attributes(ITEM_CONDITION="Nuevecito")}, 3510),
        ({"attributes": attributes(CAPACITY="a lot")}, 3708),
        ({"attributes": attributes(EMPTY_GTIN_REASON=None)}, 7810),
        ({"attributes": attributes(GTIN="78046502000AB")}, 7710),
        ({"attributes": attributes(GTIN="7804650200016")}, 7711),
        ({"sale_terms": [{"id": "WARRANTY_TYPE", "value_name": "Lifelong"}]}, 90007),
        ({"variations": [{"price": 9990, "available_quantity": 1}]}, 369),
    ],
)
async def test_a_wrong_draft_is_refused_with_its_cause(caller, changes, cause_id):
    draft = await caller.draft(**changes)
    for path in ("/items/validate", "/items"):
        response = await caller.http.post(path, json=draft)
        assert cause_id in cause_ids(response)
        assert response.json()["error"] == "validation_error"
    assert (await caller.state())["creates"] == 0


async def test_all_attribute_errors_come_at_once_and_warnings_do_not_block(caller):
    draft = await caller.draft(
        attributes=[{"id": "CAPACITY", "value_name": "big"}, {"id": "NOSUCH", "value_name": "1"}]
    )
    response = await caller.http.post("/items/validate", json=draft)
    assert set(cause_ids(response)) == {147, 3708, 7810}
    missing = next(c for c in response.json()["cause"] if c["cause_id"] == 147)
    assert "BRAND, MODEL" in missing["message"]
    item = await caller.create(attributes=[*attributes(COLOR="negro"), {"id": "NOSUCH", "value_name": "1"}])
    assert {c["cause_id"] for c in item["warnings"]} >= {1212, 90008}
    color = next(a for a in item["attributes"] if a["id"] == "COLOR")
    assert (color["value_name"], bool(color["value_id"])) == ("Negro", True)


async def test_attributes_that_do_not_apply_are_hidden(caller):
    item = await caller.create(attributes=[*attributes(), {"id": "COLOR", "value_id": "-1", "value_name": None}])
    shown = (await caller.http.get(f"/items/{item['id']}")).json()["attributes"]
    inner = await caller.http.get(f"/items/{item['id']}", params={"include_internal_attributes": "true"})
    assert "COLOR" not in [a["id"] for a in shown]
    assert "COLOR" in [a["id"] for a in inner.json()["attributes"]]


async def test_decimals_are_fine_where_the_currency_has_them(stranger):
    await stranger.sign_in(site="MLA")
    item = await stranger.create(category_id="MLA2001", currency_id="ARS", price=9990.55)
    assert item["price"] == 9990.55
    draft = await stranger.draft(category_id="MLA2001", currency_id="ARS", price=1.005)
    assert 109 in cause_ids(await stranger.http.post("/items", json=draft))


async def test_the_title_must_not_name_another_gender(caller):
    clothes = {"category_id": "MLC3001", "title": "Camiseta de mujer"}
    draft = await caller.draft(**clothes, attributes=attributes(GENDER="Hombre"))
    assert cause_ids(await caller.http.post("/items", json=draft)) == [4210]
    await caller.create(**clothes, attributes=attributes(GENDER="Mujer"))


async def test_used_clothes_are_sold_one_by_one(caller):
    clothes = {"category_id": "MLC3001", "attributes": attributes(ITEM_CONDITION="Usado", EMPTY_GTIN_REASON=None)}
    assert cause_ids(await caller.http.post("/items", json=await caller.draft(**clothes))) == [90004]
    assert (await caller.create(**clothes, available_quantity=1))["condition"] == "used"


async def test_the_new_model_wants_a_family_and_makes_the_title(stranger):
    await stranger.sign_in(login_hint="user_products")
    old = await stranger.http.post("/items", json=await stranger.draft())
    assert set(cause_ids(old)) == {90001, 369}
    with_variations = await stranger.draft(title=None, family_name="Taza", variations=[])
    assert cause_ids(await stranger.http.post("/items", json=with_variations)) == [90001]
    family = {"title": None, "family_name": "Taza Loza Sur"}
    red = await stranger.create("R", **family, attributes=attributes("R", COLOR="Rojo"))
    blue = await stranger.create("B", **family, attributes=attributes("B", COLOR="Azul"))
    again = await stranger.create("R2", **family, attributes=attributes("R2", COLOR="Rojo"))
    assert red["title"] == "Taza Loza Sur Rojo"
    assert red["family_id"] == blue["family_id"]
    assert red["user_product_id"] == again["user_product_id"] != blue["user_product_id"]


async def test_a_user_product_holds_thirty_items(stranger):
    await stranger.sign_in(login_hint="user_products")
    draft = await stranger.draft(title=None, family_name="Taza")
    codes = [(await stranger.http.post("/items", json=draft)).status_code for _ in range(31)]
    assert codes == [201] * 30 + [400]


async def test_old_model_variations(caller):
    combination = {
        "attribute_combinations": [{"id": "COLOR", "value_name": "Rojo"}],
        "price": 500,
        "available_quantity": 2,
    }
    item = await caller.create(price=None, available_quantity=None, variations=[combination, combination])
    assert (item["price"], item["available_quantity"], len(item["variations"])) == (500, 4, 2)


async def test_sending_the_same_draft_twice_lists_it_twice_and_is_counted(caller):
    first, second = await caller.create("TWICE"), await caller.create("TWICE")
    await caller.create("ONCE")
    assert set(await caller.find("TWICE")) == {first["id"], second["id"]}
    state = await caller.state()
    assert (state["creates"], state["creates_by_sku"]) == (3, {"TWICE": 2, "ONCE": 1})
    assert (state["duplicate_skus"], state["live_items"], state["live_skus"]) == (["TWICE"], 3, 2)
    assert state["requests"]["POST /items"] == 3
    assert state["items"][first["id"]]["sent"][0]["body"]["title"] == "Taza de cerámica Loza Sur T1"


async def test_the_look_up_by_sku_lags_behind(caller):
    await caller.faults(lookup_lag_s=3600)
    item = await caller.create("LATE")
    assert await caller.find("LATE") == []
    assert (await caller.http.get(f"/items/{item['id']}")).status_code == 200
    await caller.faults(lookup_lag_s=0)
    assert await caller.find("LATE") == [item["id"]]
    legacy = await caller.http.get(f"/users/{caller.user_id}/items/search", params={"sku": "LATE"})
    assert legacy.json()["results"] == []


async def test_multiget_answers_each_row_for_itself(caller):
    item = await caller.create()
    rows = (await caller.http.get("/items", params={"ids": f"{item['id']},MLC1", "attributes": "id,price"})).json()
    assert [row["code"] for row in rows] == [200, 404]
    assert rows[0]["body"] == {"id": item["id"], "price": 9990}
    assert (await caller.http.get("/items", params={"ids": ",".join(["MLC1"] * 21)})).status_code == 400


async def test_scan_walks_through_everything_and_pages_end_at_a_thousand(caller):
    made = [(await caller.create(f"S{n}"))["id"] for n in range(7)]
    path, found, scroll = f"/users/{caller.user_id}/items/search", [], None
    while True:
        params = {"search_type": "scan", "limit": 3, **({"scroll_id": scroll} if scroll else {})}
        page = (await caller.http.get(path, params=params)).json()
        if not page["results"]:
            break
        found += page["results"]
        scroll = page["scroll_id"]
    assert sorted(found) == sorted(made)
    assert (await caller.http.get(path, params={"limit": 101})).status_code == 400
    assert (await caller.http.get(path, params={"offset": 1000})).status_code == 400
    assert (await caller.http.get(path, params={"search_type": "scan", "offset": 1})).status_code == 400


@pytest.mark.parametrize("junk", [None, [], {}, "x", 7, True, [1], [{"id": 3}], {"a": 1}, [None], -1, 1e400])
async def test_no_junk_in_a_field_breaks_the_marketplace(caller, junk):
    good = await caller.draft(shipping={}, variations=[], condition="new")
    for name in good:
        body = json.dumps({**good, name: junk})
        response = await caller.http.post("/items/validate", content=body)
        assert response.status_code in {204, 400}, (name, junk, response.text)
    item = await caller.create()
    for name in ("price", "available_quantity", "title", "pictures", "attributes", "status", "deleted", "sale_terms"):
        response = await caller.http.put(f"/items/{item['id']}", content=json.dumps({name: junk}))
        assert response.status_code in {200, 400}, (name, junk, response.text)
