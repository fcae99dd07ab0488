"""Updates: price, stock, status, deletion, pictures, descriptions, and the traps among them."""

import pytest

from tests.fakes.practice_caller import attributes, cause_ids, png


async def put(caller, item, **changes):
    return await caller.http.put(f"/items/{item['id']}", json=changes)


async def test_price_stock_and_title_change_and_the_rest_stays(caller):
    item = await caller.create()
    changed = await put(caller, item, price=12000, available_quantity=8, title="Taza grande Loza Sur")
    assert changed.status_code == 200
    read = (await caller.http.get(f"/items/{item['id']}")).json()
    assert (read["price"], read["available_quantity"], read["title"]) == (12000, 8, "Taza grande Loza Sur")
    assert read["pictures"] == item["pictures"]
    price = await caller.http.get(f"/items/{item['id']}/sale_price", params={"context": "channel_marketplace"})
    assert price.json()["amount"] == 12000
    sent = (await caller.state())["items"][item["id"]]["sent"]
    assert [entry["method"] for entry in sent] == ["POST", "PUT"]


@pytest.mark.parametrize(
    ("changes", "cause_id"),
    [
        ({"price": 10.5}, 109),
        ({"price": 1, "available_quantity": -1}, 90004),
        ({"category_id": "MLC2002"}, 90009),
        ({"listing_type_id": "gold_pro"}, 90009),
        ({"family_name": "Taza"}, 90009),
        ({"title": "x" * 61}, 90002),
        ({"pictures": []}, 173),
        ({"status": "sleeping"}, 90010),
        ({"attributes": [{"id": "SELLER_SKU", "value_name": "N"}]}, 147),
    ],
)
async def test_a_wrong_change_is_refused_and_changes_nothing(caller, changes, cause_id):
    item = await caller.create()
    before = (await caller.http.get(f"/items/{item['id']}")).json()
    assert cause_id in cause_ids(await put(caller, item, **changes))
    assert (await caller.http.get(f"/items/{item['id']}")).json() == before


async def test_nothing_left_pauses_and_stock_wakes_it_unless_the_seller_paused_it(caller):
    item = await caller.create()
    empty = (await put(caller, item, available_quantity=0)).json()
    assert (empty["status"], empty["sub_status"]) == ("paused", ["out_of_stock"])
    assert (await put(caller, item, status="active")).status_code == 400
    assert (await put(caller, item, available_quantity=5)).json()["status"] == "active"
    by_seller = (await put(caller, item, status="paused")).json()
    assert by_seller["sub_status"] == ["paused_by_seller"]
    assert (await put(caller, item, available_quantity=6)).json()["status"] == "paused"
    assert (await put(caller, item, status="active")).json()["status"] == "active"


async def test_a_title_is_fixed_once_something_was_sold(caller):
    item = await caller.create()
    await caller.http.post(f"/_practice/items/{item['id']}", json={"sold_quantity": 1})
    assert cause_ids(await put(caller, item, title="Otra taza")) == [90009]
    assert (await put(caller, item, price=500)).status_code == 200


async def test_the_new_models_title_is_made_and_its_family_name_may_change(stranger):
    await stranger.sign_in(login_hint="user_products")
    item = await stranger.create(title=None, family_name="Taza Sur")
    assert cause_ids(await put(stranger, item, title="Taza")) == [90009]
    assert (await put(stranger, item, family_name="Taza Norte")).json()["title"] == "Taza Norte"


async def test_closing_is_final_and_only_then_it_can_be_deleted(caller):
    item = await caller.create("GONE")
    assert (await put(caller, item, deleted="true")).status_code == 400
    await caller.faults(close_lock_s=3600)
    assert (await put(caller, item, status="closed")).json()["status"] == "closed"
    locked = await put(caller, item, deleted="true")
    assert (locked.status_code, locked.json()["message"]) == (409, "item optimistic locking error: conflict")
    await caller.faults(close_lock_s=0)
    assert (await put(caller, item, status="active")).status_code == 400
    assert await caller.find("GONE") == [item["id"]]
    assert (await put(caller, item, deleted="true")).json()["sub_status"] == ["deleted"]
    assert await caller.find("GONE") == []
    assert (await caller.http.post(f"/items/{item['id']}/relist", json={})).status_code == 400


async def test_relisting_a_closed_item_gives_a_new_one(caller):
    item = await caller.create("BACK")
    body = {"price": 700, "quantity": 4, "listing_type_id": "gold_special"}
    assert (await caller.http.post(f"/items/{item['id']}/relist", json=body)).status_code == 400
    await put(caller, item, status="closed")
    new = (await caller.http.post(f"/items/{item['id']}/relist", json=body)).json()
    assert (new["parent_item_id"], new["price"], new["available_quantity"]) == (item["id"], 700, 4)
    state = await caller.state()
    assert (state["creates"], state["duplicate_skus"], state["live_items"]) == (2, [], 1)


async def test_a_changed_sku_is_found_under_its_new_name_only(caller):
    item = await caller.create("OLD")
    assert (await put(caller, item, attributes=attributes("NEW"))).status_code == 200
    assert (await caller.find("OLD"), await caller.find("NEW")) == ([], [item["id"]])


async def test_attributes_replace_the_set_or_merge_by_switch(caller):
    item = await caller.create(attributes=attributes(COLOR="Azul"))
    kept = (await put(caller, item, attributes=attributes())).json()["attributes"]
    assert "COLOR" not in [row["id"] for row in kept]
    await caller.faults(attributes_merge=True)
    merged = (await put(caller, item, attributes=[{"id": "COLOR", "value_name": "Rojo"}])).json()["attributes"]
    assert {"BRAND", "COLOR", "SELLER_SKU"} <= {row["id"] for row in merged}


async def test_pictures_are_added_and_replaced_as_a_whole(caller):
    item = await caller.create()
    extra = (await caller.upload(png(500, 500))).json()["id"]
    assert (await caller.http.post(f"/items/{item['id']}/pictures", json={"id": extra})).json()["id"] == extra
    assert len((await caller.http.get(f"/items/{item['id']}")).json()["pictures"]) == 2
    assert [p["id"] for p in (await put(caller, item, pictures=[{"id": extra}])).json()["pictures"]] == [extra]


async def test_a_picture_in_error_cannot_be_used(caller):
    await caller.faults(picture_error=True)
    picture = (await caller.upload()).json()["id"]
    assert (await caller.http.get(f"/pictures/{picture}/errors")).json() != []
    draft = await caller.draft(pictures=[{"id": picture}])
    assert cause_ids(await caller.http.post("/items", json=draft)) == [508]


async def test_a_description_is_created_once_and_then_replaced(caller):
    path = f"/items/{(await caller.create())['id']}/description"
    assert (await caller.http.get(path)).status_code == 404
    assert (await caller.http.put(f"{path}?api_version=2", json={"plain_text": "x"})).status_code == 404
    assert (await caller.http.post(path, json={"plain_text": "Línea uno\nLínea dos"})).status_code == 201
    assert cause_ids(await caller.http.post(path, json={"plain_text": "otra"})) == [90013]
    assert (await caller.http.put(path, json={"plain_text": "otra"})).status_code == 400
    assert (await caller.http.put(f"{path}?api_version=2", json={"plain_text": "otra"})).status_code == 200
    assert (await caller.http.get(path)).json()["plain_text"] == "otra"


@pytest.mark.parametrize(("text", "place"), [("Taza <b>roja</b>", 5), ("Taza 😀", 5), ("✨", 0)])
async def test_html_and_emoji_in_a_description_are_refused_with_their_place(caller, text, place):
    path = f"/items/{(await caller.create())['id']}/description"
    response = await caller.http.post(path, json={"plain_text": text})
    assert cause_ids(response) == [398]
    assert response.json()["cause"][0]["references"] == [f"plain_text[{place}]"]


async def test_too_long_a_description_is_refused(caller):
    path = f"/items/{(await caller.create())['id']}/description"
    assert cause_ids(await caller.http.post(path, json={"plain_text": "x" * 50001})) == [3707]
    assert (await caller.http.post(path, json={"plain_text": "2 < 3 áéí – “ok”"})).status_code == 201


async def test_an_automated_price_alone_is_refused_and_with_others_ignored(caller):
    item = await caller.create()
    await caller.faults(price_automation=[item["id"]])
    alone = await put(caller, item, price=1)
    assert (alone.status_code, alone.json()["error"]) == (400, "item.price.not_modifiable")
    both = await put(caller, item, price=1, available_quantity=9)
    body = both.json()
    assert (both.status_code, body["price"], body["available_quantity"]) == (200, 9990, 9)
    assert body["warnings"][0]["code"] == "item.price.not_modifiable"


async def test_warehouse_stock_on_the_item_is_ignored_and_set_on_the_user_product(caller):
    await caller.faults(warehouse=True)
    assert "warehouse_management" in (await caller.http.get("/users/me")).json()["tags"]
    item = await caller.create()
    silent = await put(caller, item, available_quantity=50)
    assert (silent.status_code, silent.json()["available_quantity"]) == (200, 3)
    path = f"/user-products/{item['user_product_id']}/stock"
    stock = await caller.http.get(path)
    version, place = stock.headers["x-version"], stock.json()["locations"][0]
    body = {"locations": [{**place, "quantity": 50}]}
    by_type = f"{path}/type/seller_warehouse"
    assert (await caller.http.put(by_type, json=body)).status_code == 400
    assert (await caller.http.put(by_type, json=body, headers={"x-version": version})).status_code == 200
    assert (await caller.http.put(by_type, json=body, headers={"x-version": version})).status_code == 409
    assert (await caller.http.get(f"/items/{item['id']}")).json()["available_quantity"] == 50


async def test_stock_at_the_sellers_address_exists_on_some_sites_only(stranger):
    for site, currency, status in (("MLA", "ARS", 200), ("MLB", "BRL", 400)):
        await stranger.sign_in(site=site)
        item = await stranger.create(category_id=f"{site}2001", currency_id=currency, attributes=_in(site))
        path = f"/user-products/{item['user_product_id']}/stock"
        version = (await stranger.http.get(path)).headers["x-version"]
        headers = {"x-version": version}
        response = await stranger.http.put(f"{path}/type/selling_address", json={"quantity": 7}, headers=headers)
        assert response.status_code == status


def _in(site: str):
    return attributes(ITEM_CONDITION="Novo" if site == "MLB" else "Nuevo")


async def test_anothers_item_cannot_be_changed(caller):
    item = await caller.create()
    await caller.sign_in(site="MLB")
    assert (await put(caller, item, price=1)).status_code == 403
    assert (await caller.http.put("/items/MLC1", json={"price": 1})).status_code == 404


async def test_a_new_item_waits_for_its_review_for_as_long_as_asked(caller):
    await caller.faults(live_after_s=-1)
    item = await caller.create()
    assert item["status"] == "under_review"
    assert (await put(caller, item, status="active")).status_code == 400
    reason = (await caller.http.get(f"/moderations/last_moderation/{item['id']}-ITM")).json()
    assert [wording["type"] for wording in reason[0]["wordings"]] == ["REASON", "REMEDY"]
    assert (await caller.state())["live_items"] == 0
    await caller.faults(live_as="picture_download_pending")
    pending = (await caller.http.get(f"/items/{item['id']}")).json()
    assert (pending["status"], pending["sub_status"]) == ("paused", ["picture_download_pending"])
    await caller.faults(live_after_s=0)
    assert (await caller.http.get(f"/items/{item['id']}")).json()["status"] == "active"
    assert (await caller.http.get(f"/moderations/last_moderation/{item['id']}-ITM")).status_code == 404


async def test_pictures_by_address_are_fetched_later_or_never(caller):
    await caller.faults(live_after_s=3600)
    item = await caller.create(pictures=[{"source": "https://shop.invalid/mug.jpg"}])
    assert (item["status"], item["sub_status"]) == ("paused", ["picture_download_pending"])
    await caller.faults(live_after_s=0)
    assert (await caller.http.get(f"/items/{item['id']}")).json()["status"] == "active"
    broken = await caller.create(pictures=[{"source": "https://shop.invalid/missing.jpg"}])
    assert (broken["status"], broken["sub_status"]) == ("under_review", ["picture_download_pending"])
