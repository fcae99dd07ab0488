"""All practice marketplaces at once: so many products published on each while 2 % of all calls fail in every way.

Each marketplace runs in a process of its own; every request and every reply is checked against the official documents
where there are any. Promised: all live, none doubled, none lost, no violation, at most 300 MB, and each account needs
at most 5 % more than the minimum that its limits leave it: for the kind of call that is limited most, the calls beyond
a burst ÷ their rate, and the waits that “too many calls” asked of them; where only one call may be under way, also
the time by which calls lasted longer than the pause between two. Signing in, before the work begins, is not counted.

The real limits take three quarters of an hour. Faster ones (``--speed 20``) hold only where this machine is not the
limit, and weigh what does not get faster with them: waits after failures, slow answers. What all accounts may call
together is printed beside what was called.

    .venv/bin/python tests/benchmarks/side_by_side.py [--products 1000] [--only etsy,ebay] [--speed 1]
"""

import argparse
import asyncio
import contextlib
import gc
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import Any

import httpx

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from mmhub_desktop import connections
from mmhub_desktop.connections import PracticeAccess
from mmhub_desktop.credentials import MemorySecrets, Secrets
from mmhub_desktop.domain.ids import AccountId
from mmhub_desktop.domain.job import WorkRequest
from mmhub_desktop.domain.marketplace import AccountKind
from mmhub_desktop.domain.product import Product
from mmhub_desktop.events import Bus
from mmhub_desktop.jobs.pace import _place
from mmhub_desktop.jobs.rate_limit import TOLD_NOTHING_S
from mmhub_desktop.marketplaces.base import Marketplace
from mmhub_desktop.marketplaces.call_groups import present_group
from mmhub_desktop.practice.faults import KINDS
from mmhub_desktop.practice.server import PRACTICE, find_practice
from mmhub_desktop.settings import Settings
from mmhub_desktop.workspace import Workspace
from tests.fakes.shop import lamp
from tests.fidelity.documents import MARKETPLACES, why_missing
from tests.fidelity.specification import load_specification

ROOT = Path(__file__).resolve().parents[2]
FAULTS = {"failure_rate": 0.02, "seed": 7, "timeout_s": 1.0, "slow_s": 0.5}
FINAL = {"kaufland": {"401"}}  # keys without an end: refused, they stay so until the seller acts, and work waits
MOST_MB = 300
SLACK = 0.05
MADE_BY = {"walmart": ("test_through_the_program", "us_lamp")}  # other places of a marketplace's product


@dataclass
class Heard:
    """The calls of one marketplace."""

    calls: int = 0
    last: float = 0.0
    violations: Counter[str] = field(default_factory=Counter)
    groups: Counter[str] = field(default_factory=Counter)  # calls that count to a limit of their own
    told: Counter[str] = field(default_factory=Counter)  # seconds “too many calls” asked to wait, overlapping ones once
    told_until: Counter[str] = field(default_factory=Counter)  # both by group, of all calls under ""
    lasted: list[float] = field(default_factory=list)  # seconds, each call

    def refuse(self, group: str, now: float, wait_s: float) -> None:
        """The call was one too many."""
        for counted in {"", group}:
            self.told[counted] += max(0.0, now + wait_s - max(now, self.told_until[counted]))
            self.told_until[counted] = max(self.told_until[counted], now + wait_s)

    def least(self, marketplace: Marketplace, speed: float) -> float:
        """Seconds that the calls need by the declared limits, however well they are made."""
        first, *others = marketplace.rate_limits
        pause = 1 / (first.per_second * speed)
        held = sum(max(0.0, lasted - pause) for lasted in self.lasted) if marketplace.concurrency == 1 else 0.0
        every = held + self.told[""] + (self.calls - first.burst * speed) * pause
        groups = [
            self.told[one.group] + (self.groups[one.group] - one.burst * speed) / (one.per_second * speed)
            for one in others
        ]
        return max(every, *groups) if groups else every


class Ear:
    """Hears what adapters send and what is answered, and asks the referee."""

    def __init__(self) -> None:
        self.of: dict[str, Heard] = {name: Heard() for name in PRACTICE}
        self.began = 0.0

    def begin(self) -> None:
        """The work begins: the calls so far were to sign in."""
        self.began = time.monotonic()
        self.of = {name: Heard(violations=heard.violations) for name, heard in self.of.items()}

    def hear(self, request: httpx.Request, response: httpx.Response | None, sent: float) -> None:
        """One call."""
        name = str(request.extensions.get("marketplace", ""))
        path, _, query = request.url.raw_path.decode("ascii").partition("?")
        heard, now = self.of.get(name), time.monotonic()
        if heard is None:
            return
        heard.calls += 1
        group = present_group() or (place.group if (place := _place.get()) else "")
        heard.groups[group] += 1
        if response is not None and response.status_code == httpx.codes.TOO_MANY_REQUESTS:
            heard.refuse(group, now, float(response.headers.get("Retry-After") or TOLD_NOTHING_S))
        heard.last = now
        heard.lasted.append(now - sent)
        if name not in MARKETPLACES or why_missing(name):
            return
        book = load_specification(name)
        body = request.read() if isinstance(request.stream, httpx.SyncByteStream) else b""
        for line in book.check_request(request.method, path, query, dict(request.headers), body):
            heard.violations[line] += 1
        if response is not None and response.is_closed and "X-Practice-On-Purpose" not in response.headers:
            headers = dict(response.headers)
            for line in book.check_reply(request.method, path, response.status_code, headers, response.content):
                heard.violations[line] += 1

    @contextlib.contextmanager
    def listening(self) -> Iterator[None]:
        """Within, every asynchronous client is heard."""
        send = httpx.AsyncClient.send

        async def heard_send(client: httpx.AsyncClient, request: httpx.Request, **options: Any) -> httpx.Response:
            response, sent = None, time.monotonic()
            try:
                response = await send(client, request, **options)
                return response
            finally:
                self.hear(request, response, sent)

        httpx.AsyncClient.send = heard_send  # type: ignore[method-assign]
        try:
            yield
        finally:
            httpx.AsyncClient.send = send  # type: ignore[method-assign]


@contextlib.contextmanager
def marketplaces(names: Sequence[str], folder: Path) -> Iterator[Mapping[str, str]]:
    """One process each; name → address."""
    with contextlib.ExitStack() as stack:
        addresses = {}
        for name in names:
            command = [sys.executable, "-m", "mmhub_desktop.practice", name, "--state", str(folder / f"{name}.jsonl")]
            process = stack.enter_context(subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT))
            stack.callback(process.terminate)
            assert process.stdout is not None
            addresses[name] = json.loads(process.stdout.readline())["base_url"]
        yield addresses


def tell(address: str, path: str, body: Any = None) -> Any:
    """Ask a practice marketplace behind the program's back."""
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(f"{address}/_practice/{path}", data, {"Content-Type": "application/json"})  # noqa: S310
    with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310 - on 127.0.0.1
        return json.load(answer)


def product_of(name: str) -> Callable[..., Product]:
    """What makes a product that this marketplace takes."""
    if name == "mercadolibre":
        return lamp
    module, function = MADE_BY.get(name, ("test_whole_way", f"{name}_lamp"))
    made: Callable[..., Product] = getattr(import_module(f"tests.marketplaces.{name}.{module}"), function)
    return made


async def publish(
    folder: Path, addresses: Mapping[str, str], count: int, kinds: Sequence[str], begin: Callable[[], None]
) -> dict[str, tuple[AccountId, int, float]]:
    """Publish on all; name → account, jobs completed, seconds until its batch had ended."""
    secrets = MemorySecrets()

    async def place() -> Secrets:
        return secrets

    async def practice(name: str) -> PracticeAccess:
        return PracticeAccess(addresses[name], {**find_practice(name).values, "lookup_lag_s": "0,0"})

    workspace = await Workspace.open(
        folder / "shop.mmhub", settings=Settings(), bus=Bus(), holder="a benchmark", secrets=place, practice=practice
    )
    batches = {}
    for name, address in addresses.items():
        account = await workspace.connect(name, name, AccountKind.PRACTICE, {})
        make = product_of(name)
        ids = [
            await workspace.products.save(make(number, sku=f"{name[:4].upper()}-{number}"))
            for number in range(1, count + 1)
        ]
        batches[name] = account.id, await workspace.submit(WorkRequest("publish", tuple(ids), (account.id,)))
        tell(
            address, "faults", {**FAULTS, "failure_kinds": [kind for kind in kinds if kind not in FINAL.get(name, ())]}
        )
    gc.freeze()  # as window and command line do
    began = time.monotonic()
    begin()
    await workspace.engine.start()
    done: dict[str, tuple[AccountId, int, float]] = {}

    async def wait(name: str) -> None:
        account_id, batch_id = batches[name]
        batch = await workspace.engine.wait_batch(batch_id)
        assert batch is not None
        done[name] = account_id, batch.completed, time.monotonic() - began
        if batch.failed:
            jobs = await workspace.jobs.jobs(await workspace.jobs.job_ids(batch_id))
            problems = Counter(f"{job.problem.message} {job.problem.original}"[:160] for job in jobs if job.problem)
            print(f"{name:13} failed: {problems.most_common(3)}")

    await asyncio.gather(*(wait(name) for name in addresses))
    await workspace.close()
    return done


def main() -> int:
    """Print a line for each marketplace; 1 when a promise is not kept."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--products", type=int, default=1_000)
    parser.add_argument("--only", default="", help="names, separated by commas")
    parser.add_argument("--without", default="", help="kinds of failure left out, such as 429,429_retry_after")
    parser.add_argument("--speed", type=float, default=1.0, help="times the real rate limits")
    options = parser.parse_args()
    names = [name for name in PRACTICE if not options.only or name in options.only.split(",")]
    kinds = [kind for kind in KINDS if kind not in options.without.split(",")]
    connections.PRACTICE_SPEED = options.speed
    ear, kept = Ear(), True
    with tempfile.TemporaryDirectory() as home, marketplaces(names, Path(home)) as addresses:
        os.environ["MMHUB_HOME"] = home
        began = time.monotonic()
        with ear.listening():
            done = asyncio.run(publish(Path(home), addresses, options.products, kinds, ear.begin))
        took = time.monotonic() - began
        declared = connections.installed_marketplaces().things
        for name in names:
            summary, heard = tell(addresses[name], "state?items=false"), ear.of[name]
            least, needed = heard.least(declared[name], options.speed), heard.last - ear.began
            completed, live = done[name][1], summary["live_items"]
            doubled = len(summary["duplicate_skus"])
            good = completed == live == options.products and not doubled and not heard.violations
            in_time = needed <= least * (1 + SLACK)
            kept = kept and good and in_time
            print(
                f"{name:13} {completed}/{options.products} completed, {live} live, {doubled} doubled, "
                f"{sum(summary['failures'].values())} failures, {heard.calls} calls, "
                f"{sum(heard.violations.values())} violations{'' if good else '  MISS'}; "
                f"{needed:.1f} s, its limits' minimum {least:.1f} s ({needed / least - 1:+.0%})"
                f"{'' if in_time else '  slower than its limit'}"
            )
            for line, times in heard.violations.most_common(5):
                print(f"              {times} × {line}")
    allowed = sum(declared[name].rate_limits[0].per_second * options.speed for name in names)
    calls = sum(heard.calls for heard in ear.of.values())
    megabytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"together      {calls} calls in {took:.1f} s ({calls / took:.0f}/s; their limits allow {allowed:.0f}/s)")
    print(f"memory        {megabytes:.0f} MB at most (promised {MOST_MB})")
    return 0 if kept and megabytes <= MOST_MB else 1


if __name__ == "__main__":
    sys.exit(main())
