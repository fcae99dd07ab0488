"""``python -m mmhub_desktop.practice mercadolibre --port N --state FILE``: a practice marketplace of its own process.

Prints one JSON line ``{"base_url": …}`` when ready and runs until SIGTERM or Ctrl+C.
"""

import argparse
import asyncio
import json
import signal
import sys
from pathlib import Path
from typing import Any

from mmhub_desktop.practice.server import PRACTICE, PracticeServer

_SWITCHES = {
    "latency_ms": (float, "milliseconds each call takes"),
    "failure_rate": (float, "share of calls that fail, 0 to 1"),
    "seed": (int, "seed of the failures; the same seed fails the same calls"),
    "lookup_lag_s": (float, "seconds until a new item is found by its SKU"),
    "live_after_s": (float, "seconds until a new item is active; negative: never"),
    "rate_per_s": (float, "calls a second before 429; 0: no limit"),
    "expires_in": (int, "life of an access token in seconds"),
    "refresh_grace_s": (float, "seconds a used refresh token is still taken (the real one: 0)"),
    "site": (str, "site of the demo seller, such as MLC"),
}
_SHORT = {"lookup_lag_s": "--lookup-lag", "live_after_s": "--live-after", "rate_per_s": "--rate"}


def _parse(arguments: list[str] | None) -> tuple[argparse.Namespace, dict[str, Any]]:
    parser = argparse.ArgumentParser(prog="python -m mmhub_desktop.practice", description="A practice marketplace.")
    parser.add_argument("name", choices=sorted(PRACTICE))
    parser.add_argument("--port", type=int, default=0, help="port on 127.0.0.1; 0: any free one")
    parser.add_argument("--state", type=Path, help="file that keeps everything across restarts")
    for switch, (kind, text) in _SWITCHES.items():
        option = _SHORT.get(switch, "--" + switch.replace("_", "-"))
        parser.add_argument(option, dest=switch, type=kind, help=text)
    parser.add_argument("--set", action="append", default=[], metavar="SWITCH=JSON", help="any switch by name")
    parser.add_argument("--user-products", action="store_const", const=True, help="sellers are on the new item model")
    options = parser.parse_args(arguments)
    names = (*_SWITCHES, "user_products")
    faults = {name: value for name in names if (value := getattr(options, name)) is not None}
    for text in options.set:
        name, _, value = text.partition("=")
        faults[name] = json.loads(value)
    return options, faults


async def _run(options: argparse.Namespace, faults: dict[str, Any]) -> None:
    server = PracticeServer(options.name, options.state)
    base_url = await server.start(options.port)
    server.practice.set_faults(faults)
    ended = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        try:
            loop.add_signal_handler(number, ended.set)
        except NotImplementedError:  # Windows: the default handler ends the process
            break
    sys.stdout.write(json.dumps({"base_url": base_url}) + "\n")
    sys.stdout.flush()
    await ended.wait()
    await server.stop()


if __name__ == "__main__":
    asyncio.run(_run(*_parse(None)))
