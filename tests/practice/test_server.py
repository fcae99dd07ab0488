"""The server: restarts without forgetting, in the same process and in its own; many calls at once."""

import asyncio
import json
import os
import signal
import sys
import time
from pathlib import Path

import httpx
import pytest

from mmhub_desktop.errors import UserMistake
from mmhub_desktop.practice.server import PracticeServer
from mmhub_desktop.practice.state import State
from tests.fakes.practice_caller import Caller, png


async def test_everything_survives_a_restart(tmp_path):
    server = PracticeServer("mercadolibre", tmp_path / "state" / "practice.jsonl")
    first_url = await server.start()
    async with httpx.AsyncClient(base_url=first_url) as http:
        caller = Caller(http)
        await caller.sign_in()
        await caller.faults(lookup_lag_s=0.0, seed=5)
        picture = (await caller.upload(png(700, 700))).json()
        item = await caller.create("KEPT", pictures=[{"id": picture["id"]}])
        await http.put(f"/items/{item['id']}", json={"price": 4321})
        await http.post(f"/items/{item['id']}/description", json={"plain_text": "Hola"})
        before = await caller.state()
    await server.stop()
    second_url = await server.start()
    async with httpx.AsyncClient(base_url=second_url, headers=http.headers) as again:
        later = Caller(again)
        later.user_id, later.refresh_token = caller.user_id, caller.refresh_token
        assert await later.find("KEPT") == [item["id"]]
        read = (await again.get(f"/items/{item['id']}")).json()
        assert read["price"] == 4321
        assert read["permalink"].startswith(second_url)
        assert (await again.get(f"/_practice/pictures/{picture['id']}")).content == png(700, 700)
        after = await later.state()
        assert after["items"] == before["items"]
        assert after["requests"]["POST /items"] == 1
        assert (await again.get("/_practice/faults")).json()["seed"] == 5
        assert (await later.refresh()).status_code == 200
        other = await later.create("NEXT")
        assert other["id"] != item["id"]
    await server.stop()


def test_a_torn_last_line_is_skipped_and_the_file_is_compacted(tmp_path):
    path = tmp_path / "state.jsonl"
    state = State(path)
    for number in range(50):
        state.put("items", "a", {"n": number})
        state.count("calls")
    state.put("items", "b", 1)
    state.remove("items", "b")
    state.close()
    with path.open("a") as file:
        file.write('["items","a",{"n":')
    again = State(path)
    assert again.table("items") == {"a": {"n": 49}}
    assert again.counted("") == {"calls": 50}
    again.close()
    assert len(path.read_text().splitlines()) == 2


async def test_start_and_stop_may_be_repeated_and_a_taken_port_is_told():
    server = PracticeServer()
    url = await server.start()
    assert await server.start() == url
    other = PracticeServer()
    with pytest.raises(OSError, match="in use"):
        await other.start(int(url.rpartition(":")[2]))
    await other.stop()
    await server.stop()
    await server.stop()
    with pytest.raises(RuntimeError):
        server.practice.summary()
    with pytest.raises(UserMistake, match="mercadolibre"):
        PracticeServer("nowhere")


async def test_stopping_does_not_wait_for_requests_held_open(server, caller):
    server.practice.set_faults({"fail_next": [{"path": "/users/me", "delay_s": 60}]})
    with pytest.raises(httpx.ReadTimeout):
        await caller.http.get("/users/me", timeout=0.3)
    start = time.monotonic()
    await server.stop()
    assert time.monotonic() - start < 5


async def test_hundreds_of_creates_at_once_are_all_counted(server, caller):
    draft = await caller.draft()
    slots = asyncio.Semaphore(20)

    async def create(number: int) -> int:
        sku = {"id": "SELLER_SKU", "value_name": f"P{number}"}
        body = {**draft, "attributes": [*(a for a in draft["attributes"] if a["id"] != "SELLER_SKU"), sku]}
        async with slots:
            return (await caller.http.post("/items", json=body)).status_code

    start = time.monotonic()
    assert set(await asyncio.gather(*(create(number) for number in range(400)))) == {201}
    assert time.monotonic() - start < 8  # hundreds a second with room for a busy machine
    summary = server.practice.summary()
    assert (summary["creates"], summary["live_skus"], summary["duplicate_skus"]) == (400, 400, [])


async def test_a_caller_killed_in_the_middle_of_an_upload_leaves_no_trace(server):
    host, _, port = server.base_url.removeprefix("http://").partition(":")
    _, writer = await asyncio.open_connection(host, int(port))
    head = "POST /items HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer x\r\nContent-Length: 9999\r\n\r\n{"
    writer.write(head.encode())
    await writer.drain()
    writer.transport.abort()
    async with httpx.AsyncClient(base_url=server.base_url) as http:
        assert (await http.get("/_practice/state")).json()["creates"] == 0


@pytest.mark.skipif(sys.platform == "win32", reason="signals")
async def test_as_a_program_it_says_where_it_is_and_remembers(tmp_path):
    state = tmp_path / "practice.jsonl"
    options = ["--state", str(state), "--latency-ms", "2", "--seed", "3", "--lookup-lag", "0", "--live-after", "0"]
    ids = []
    for how in (signal.SIGKILL, signal.SIGTERM):
        program = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "mmhub_desktop.practice", "mercadolibre", *options, "--rate", "500",
            stdout=asyncio.subprocess.PIPE, cwd=Path(__file__).parents[2], env={**os.environ},
        )  # fmt: skip
        assert program.stdout is not None
        line = json.loads(await asyncio.wait_for(program.stdout.readline(), 30))
        async with httpx.AsyncClient(base_url=line["base_url"]) as http:
            caller = Caller(http)
            await caller.sign_in()
            ids.append((await caller.create(f"S{len(ids)}"))["id"])
            counts = await caller.state(items=False)
            assert counts["creates"] == len(ids)
            assert (await http.get("/_practice/faults")).json()["rate_per_s"] == 500
        program.send_signal(how)
        code = await asyncio.wait_for(program.wait(), 30)
        assert code == (0 if how == signal.SIGTERM else -signal.SIGKILL)
        assert await program.stdout.read() == b""
