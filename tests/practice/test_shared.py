"""What practice marketplaces share, tried on a small one: tokens, limits, lags, background work, sales, the clock."""

import sys
from collections.abc import AsyncIterator

import httpx
import pytest

from mmhub_desktop.practice.checks import Field, check_fields
from mmhub_desktop.practice.entry import PracticeEntry
from mmhub_desktop.practice.faults import Switches
from mmhub_desktop.practice.server import PracticeServer, find_practice
from mmhub_desktop.practice.state import State
from mmhub_desktop.practice.tokens import Grant, TokenProblem, TokenRules, Tokens, pkce_challenge
from tests.fakes import small_market

LAMP = {"sku": "LAMP", "title": "Lamp <1>", "price": 9.9, "stock": 3}


@pytest.fixture
async def server(tmp_path, monkeypatch) -> AsyncIterator[PracticeServer]:
    assert small_market.__name__ in sys.modules
    entry = PracticeEntry("small", f"{small_market.__name__}:SmallMarket", {})
    find_practice.cache_clear()
    monkeypatch.setattr("mmhub_desktop.practice.server.PRACTICE", {"small": entry})
    practice = PracticeServer("small", tmp_path / "small.jsonl")
    await practice.start()
    yield practice
    await practice.stop()
    find_practice.cache_clear()


@pytest.fixture
async def http(server) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=server.base_url, timeout=10) as client:
        await sign_in(client)
        yield client


async def sign_in(client: httpx.AsyncClient) -> None:
    form = {"grant_type": "client_credentials"}
    answer = await client.post("/token", data=form, auth=("key", "secret"))
    client.headers["Authorization"] = f"Bearer {answer.json()['access_token']}"


async def switch(http: httpx.AsyncClient, **changes: object) -> None:
    assert (await http.post("/_practice/faults", json=changes)).status_code == 200


async def pass_time(http: httpx.AsyncClient, seconds: float) -> None:
    assert (await http.post("/_practice/clock", json={"advance_s": seconds})).status_code == 200


async def test_tokens_end_by_the_marketplaces_clock(http):
    assert (await http.put("/offers/LAMP", json=LAMP)).status_code == 202
    await pass_time(http, 3601)
    refused = await http.get("/offers/LAMP")
    assert (refused.status_code, refused.json()) == (401, {"error": "expired"})
    await sign_in(http)
    assert (await http.get("/offers/LAMP")).status_code == 200
    assert (await http.post("/_practice/clock", json={"advance_s": -1})).status_code == 400


async def test_only_the_right_key_gets_a_token(http):
    form = {"grant_type": "client_credentials"}
    assert (await http.post("/token", data=form, auth=("key", "wrong"))).status_code == 401
    assert (await http.post("/token", data=form, headers={"Authorization": "Basic %%%"})).status_code == 401
    assert (await http.post("/token", json=form, auth=("key", "secret"))).json() == {"errors": [{"code": 400}]}


async def test_reads_and_searches_lag_behind_the_truth(http):
    await http.put("/offers/LAMP", json=LAMP)
    await switch(http, read_lag_s=60, lookup_lag_s=100)
    await pass_time(http, 70)
    assert (await http.get("/search", params={"sku": "LAMP"})).json() == []
    await http.put("/offers/LAMP", json={**LAMP, "price": 5})
    assert (await http.get("/offers/LAMP")).json()["price"] == 9.9
    await pass_time(http, 61)
    assert (await http.get("/offers/LAMP")).json()["price"] == 5
    assert (await http.get("/search", params={"sku": "LAMP"})).json() == ["LAMP"]
    await http.put("/offers/NEW", json={**LAMP, "sku": "NEW"})
    assert (await http.get("/offers/NEW")).status_code == 404


async def test_background_work_takes_time_and_polls(http):
    await switch(http, ready_after_s=30, ready_after_polls=2)
    await http.put("/offers/LAMP", json=LAMP)
    assert [(await http.get("/offers/LAMP")).json()["done"] for _ in range(3)] == [False] * 3
    await pass_time(http, 30)
    assert (await http.get("/offers/LAMP")).json()["done"]


async def test_declared_limits_tell_what_is_left_and_refuse_when_switched_on(http):
    assert (await http.put("/offers/LAMP", json=LAMP)).headers["X-Left"] == "1"
    await http.get("/offers/LAMP")
    assert (await http.get("/offers/LAMP")).status_code == 200
    await switch(http, limits=True)
    refused = await http.get("/offers/LAMP")
    assert (refused.status_code, refused.json()) == (429, {"errors": [{"code": 429}]})
    assert "Retry-After" in refused.headers
    await pass_time(http, 1)
    assert (await http.get("/offers/LAMP")).status_code == 200
    assert (await http.get("/search", params={"sku": "x"})).status_code == 200


async def test_bodies_are_checked_field_by_field(http):
    answer = await http.put("/offers/X", json={"sku": "", "price": 0, "stock": True, "colour": "red"})
    assert answer.status_code == 422
    wrong = [["sku", "short"], ["title", "missing"], ["price", "low"], ["stock", "type"], ["colour", "unknown"]]
    assert answer.json() == wrong


def test_checks_reach_into_lists_and_objects():
    word = Field(longest=3, pattern="[a-z]+")
    fields = {"a": Field("object", fields={"b": Field("list", longest=2, entry=word)}), "c": Field(choices=("x", "y"))}

    def codes(body):
        return [(problem.path, problem.code) for problem in check_fields(body, fields)]

    assert codes({"a": {"b": ["ab", "cd"]}, "c": "x"}) == []
    assert codes({"a": {"b": ["abcd", "A", "a"]}, "c": "z"}) == [
        ("a.b", "long"), ("a.b[0]", "long"), ("a.b[1]", "pattern"), ("c", "choice"),
    ]  # fmt: skip


async def test_a_sale_takes_stock_and_a_buyer_sees_the_page(http):
    await http.put("/offers/LAMP", json=LAMP)
    assert (await http.post("/_practice/sell/LAMP", json={"quantity": 2})).json() == {"offer": "LAMP", "quantity": 2}
    assert (await http.post("/_practice/sell/LAMP", json={"quantity": 2})).status_code == 400
    assert (await http.post("/_practice/sell/NONE")).status_code == 404
    page = await http.get("/_practice/items/LAMP")
    assert "Lamp &lt;1&gt;" in page.text
    assert "&lt;b&gt;x&lt;/b&gt;" in page.text
    assert "In stock: 1" in page.text
    assert "/_practice/items/LAMP" in (await http.get("/_practice/")).text
    assert (await http.get("/_practice/items")).json()[0]["quantity"] == 1
    state = (await http.get("/_practice/state")).json()
    assert (state["creates"], state["live_items"], state["items"]["LAMP"]["sku"]) == (1, 1, "LAMP")


async def test_a_restart_forgets_nothing_and_a_reset_everything(server, http):
    await http.put("/offers/LAMP", json=LAMP)
    await pass_time(http, 500)
    port = int(server.base_url.rpartition(":")[2])
    await server.stop()
    await server.start(port)
    assert (await http.get("/search", params={"sku": "LAMP"})).json() == ["LAMP"]
    await http.post("/_practice/reset")
    await sign_in(http)
    assert (await http.get("/search", params={"sku": "LAMP"})).json() == []


async def test_an_answer_made_up_by_a_test_says_so(http):
    await switch(http, fail_next=[{"status": 503}, {"status": 503, "body": {"nonsense": 1}}])
    assert "X-Practice-On-Purpose" not in (await http.get("/search")).headers
    assert (await http.get("/search")).headers["X-Practice-On-Purpose"] == "1"


@pytest.mark.parametrize(("rotates", "newest_only"), [(True, True), (True, False), (False, False)])
def test_refresh_tokens_rotate_as_the_marketplace_says(rotates, newest_only):
    now = 1000.0
    switches = Switches(refresh_grace_s=10)
    tokens = Tokens(State(), lambda: now, lambda: switches, TokenRules(rotates=rotates, newest_only=newest_only))
    first = tokens.issue(Grant("seller", ("read", "write")))
    second = tokens.issue(Grant("seller"))
    now += 11
    renewed = tokens.refresh(second.refresh)
    assert bool(renewed.refresh) == rotates
    now += 11
    assert problem_of(lambda: tokens.refresh(second.refresh)) == ("used" if rotates else "")
    assert problem_of(lambda: tokens.refresh(first.refresh, ["read"])) == ("used" if newest_only else "")
    if not newest_only:
        narrow = tokens.refresh(first.refresh, ["read"]) if not rotates else tokens.issue(Grant("seller", ("read",)))
        assert problem_of(lambda: tokens.who(narrow.access, "write")) == "scope"
        assert tokens.who(narrow.access, "read").seller == "seller"


def test_a_code_works_once_with_its_verifier():
    now = 1000.0
    tokens = Tokens(State(), lambda: now, Switches, TokenRules(code_life_s=60))
    challenge = pkce_challenge("v" * 43, "S256")
    code = tokens.new_code("seller", "http://x", challenge=challenge, method="S256", scopes=["a"])
    assert problem_of(lambda: tokens.take_code(code, "http://y", "v" * 43)) == "redirect"
    assert problem_of(lambda: tokens.take_code(code, "http://x")) == "verifier_missing"
    assert problem_of(lambda: tokens.take_code(code, "http://x", "w" * 43)) == "verifier_wrong"
    assert tokens.take_code(code, "http://x", "v" * 43) == Grant("seller", ("a",))
    assert problem_of(lambda: tokens.take_code(code, "http://x", "v" * 43)) == "unknown"
    late = tokens.new_code("seller", "http://x")
    now += 61
    assert problem_of(lambda: tokens.take_code(late, "http://x")) == "expired"


def problem_of(act) -> str:
    try:
        act()
    except TokenProblem as problem:
        return problem.reason
    return ""
