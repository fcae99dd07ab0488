"""Failures on purpose: planned, at random by seed, limits, and what the seller cannot help."""

import time

import httpx
import pytest

from mmhub_desktop.practice.faults import KINDS, Faults
from mmhub_desktop.practice.mercadolibre.switches import Switches
from mmhub_desktop.practice.state import State

LOST = (httpx.RemoteProtocolError, httpx.ReadError)


async def test_a_planned_failure_happens_as_often_as_asked(caller):
    rule = {"path": "/users/me", "status": 503, "times": 2, "headers": {"Retry-After": "7"}, "body": {"message": "m"}}
    await caller.faults(fail_next=[rule])
    responses = [await caller.http.get("/users/me") for _ in range(3)]
    assert [r.status_code for r in responses] == [503, 503, 200]
    assert (responses[0].headers["Retry-After"], responses[0].json()) == ("7", {"message": "m"})


async def test_planned_failures_tell_methods_and_paths_apart(caller):
    item = await caller.create()
    await caller.faults(fail_next=[{"path": "/items/*", "method": "PUT", "status": 500}])
    assert (await caller.http.get(f"/items/{item['id']}")).status_code == 200
    assert (await caller.http.put(f"/items/{item['id']}", json={"price": 1})).status_code == 500
    await caller.faults(fail_next=[{"path": "*", "status": 500, "times": 9}])
    await caller.faults(fail_next=[])
    assert (await caller.http.get("/users/me")).status_code == 200


@pytest.mark.parametrize(("after_effect", "creates"), [(False, 0), (True, 1)])
async def test_a_dropped_connection_leaves_the_effect_or_not(caller, after_effect, creates):
    draft = await caller.draft("LOST")
    rule = {"path": "/items", "method": "POST", "drop": True, "after_effect": after_effect}
    await caller.faults(fail_next=[rule])
    with pytest.raises(LOST):
        await caller.http.post("/items", json=draft)
    assert (await caller.state())["creates"] == creates
    assert len(await caller.find("LOST")) == creates


async def test_an_error_after_the_effect_hides_a_success(caller):
    draft = await caller.draft("HIDDEN")
    await caller.faults(fail_next=[{"path": "/items", "method": "POST", "status": 500, "after_effect": True}])
    assert (await caller.http.post("/items", json=draft)).status_code == 500
    assert len(await caller.find("HIDDEN")) == 1


async def test_a_lost_refresh_answer_ends_the_grant_as_it_does_in_earnest(caller):
    await caller.faults(fail_next=[{"path": "/oauth/token", "drop": True, "after_effect": True}])
    with pytest.raises(LOST):
        await caller.refresh()
    assert (await caller.refresh()).json()["error"] == "invalid_grant"


async def test_a_silent_marketplace_takes_the_item_and_never_answers(caller):
    draft = await caller.draft("SILENT")
    rule = {"path": "/items", "method": "POST", "drop": True, "after_effect": True, "delay_s": 30}
    await caller.faults(fail_next=[rule])
    with pytest.raises(httpx.ReadTimeout):
        await caller.http.post("/items", json=draft, timeout=0.3)
    assert len(await caller.find("SILENT")) == 1


async def _kinds_of(caller, calls: int) -> list[str]:
    seen = []
    for _ in range(calls):
        try:
            seen.append(str((await caller.http.get("/currencies/CLP")).status_code))
        except LOST:
            seen.append("lost")
        if seen[-1] == "401":
            await caller.faults(failure_rate=0)
            await caller.sign_in()
            await caller.faults(failure_rate=0.5)
    return seen


async def test_random_failures_are_the_same_for_the_same_seed_and_of_every_kind(caller):
    switches = {"failure_rate": 0.5, "seed": 11, "slow_s": 0, "timeout_s": 0}
    runs = []
    for seed in (11, 11, 12):
        await caller.http.post("/_practice/reset")
        await caller.sign_in()
        await caller.faults(**{**switches, "seed": seed})
        runs.append(await _kinds_of(caller, 150))
        assert set((await caller.state())["failures"]) == set(KINDS)
    assert runs[0] == runs[1] != runs[2]
    assert {"200", "500", "502", "503", "429", "401", "lost"} <= set(runs[0])


async def test_random_failures_never_take_the_grant_away():
    faults = Faults(State(), Switches, token_routes={"/oauth/token"})
    faults.merge({"failure_rate": 1})
    mishaps = [faults.next("POST", "/oauth/token", "/oauth/token") for _ in range(200)]
    assert all(mishap is not None and not mishap.after_effect for mishap in mishaps)
    assert any(mishap is not None and mishap.drop for mishap in mishaps)


async def test_a_random_401_really_ends_the_access_token(caller):
    await caller.faults(failure_rate=1, failure_kinds=["401"])
    assert (await caller.http.get("/users/me")).status_code == 401
    await caller.faults(failure_rate=0)
    assert (await caller.http.get("/users/me")).status_code == 401
    caller.use((await caller.refresh()).json())
    assert (await caller.http.get("/users/me")).status_code == 200


async def test_the_rate_limit_lets_a_burst_through_and_then_answers_429(caller):
    await caller.faults(rate_per_s=5)
    codes = [(await caller.http.get("/users/me")).status_code for _ in range(30)]
    assert codes[:5] == [200] * 5
    assert codes.count(429) >= 15
    limited = await caller.http.get("/users/me")
    assert limited.json()["error"] == "local_rate_limited"
    assert "Retry-After" not in limited.headers
    await caller.faults(rate_per_s=0)
    assert (await caller.http.get("/users/me")).status_code == 200


async def test_latency_slows_each_call(caller):
    await caller.faults(latency_ms=120)
    start = time.monotonic()
    await caller.http.get("/users/me")
    assert time.monotonic() - start >= 0.12


@pytest.mark.parametrize(
    ("switch", "status", "error"),
    [("forbidden", 403, "forbidden"), ("blocked", 401, "unauthorized_scopes")],
)
async def test_an_application_that_may_not_call(caller, switch, status, error):
    await caller.faults(**{switch: True})
    response = await caller.http.get("/users/me")
    assert (response.status_code, response.json()["error"]) == (status, error)


async def test_a_seller_who_may_not_list(caller):
    draft = await caller.draft()
    await caller.faults(unable_to_list=True, not_authorised_brands=["Loza Sur"])
    response = await caller.http.post("/items", json=draft)
    assert (response.status_code, response.json()["error"]) == (403, "seller.unable_to_list")
    await caller.faults(unable_to_list=False)
    assert [c["cause_id"] for c in (await caller.http.post("/items", json=draft)).json()["cause"]].count(3250) == 1


async def test_partial_answers_say_what_is_missing(caller):
    item = await caller.create()
    await caller.faults(partial=True)
    response = await caller.http.get(f"/items/{item['id']}")
    assert response.status_code == 206
    missing = response.headers["X-Content-Missing"].split(", ")
    assert missing
    assert not set(missing) & set(response.json())


async def test_an_unknown_switch_or_kind_is_refused(caller):
    for body in ({"latencyms": 1}, {"failure_kinds": ["418"]}):
        response = await caller.http.post("/_practice/faults", json=body)
        assert response.status_code == 400
        assert "there are" in response.json()["message"]


async def test_unknown_paths_methods_and_broken_json(caller):
    assert (await caller.http.get("/nowhere")).json()["error"] == "not_found"
    assert (await caller.http.delete("/items")).status_code == 405
    assert (await caller.http.post("/items", content=b"{")).status_code == 400
    assert (await caller.http.post("/items", json=[1])).status_code == 400
