"""The main job as a person does it: the real program on a real screen, a file dragged onto it, then the keyboard."""

import contextlib
import json
import os
import shutil
import sqlite3
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from mmhub_desktop.paths import resource

PROGRAM = [sys.executable, "-m", "mmhub_desktop"]
TOOLS = ("Xvfb", "xdotool")

pytestmark = [
    pytest.mark.timeout(180),
    pytest.mark.skipif(
        any(shutil.which(tool) is None for tool in TOOLS), reason=f"needs {' and '.join(TOOLS)} for a virtual screen"
    ),
]


def wait_for(what: str, condition: Callable[[], Any], seconds: float = 60) -> Any:
    """Poll another process until the condition holds; its value."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        found = condition()
        if found:
            return found
        time.sleep(0.1)
    pytest.fail(f"waited {seconds:.0f} s in vain for {what}")


def wait_briefly(condition: Callable[[], Any]) -> Any:
    """The condition's value, looked at for two seconds: a key may have come before the window was ready for it."""
    deadline = time.monotonic() + 2
    while not (found := condition()) and time.monotonic() < deadline:
        time.sleep(0.1)
    return found


@contextlib.contextmanager
def running(command: list[str], **options: Any) -> Iterator[subprocess.Popen[str]]:
    """A program for the length of a test, ended whatever happens."""
    process = subprocess.Popen(command, text=True, **options)
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        for stream in (process.stdout, process.stderr):
            if stream is not None:
                stream.close()


@dataclass
class Screen:
    """A virtual screen with a mouse and a keyboard."""

    environment: dict[str, str]

    def do(self, *words: str) -> str:
        """One xdotool command."""
        done = subprocess.run(
            ["xdotool", *words], env=self.environment, text=True, capture_output=True, check=False, timeout=30
        )
        return done.stdout.strip()

    def window(self, title: str) -> str:
        """The newest visible window with this title."""
        return str(wait_for(f"a window “{title}”", lambda: self.do("search", "--onlyvisible", "--name", title)))

    def press(self, title: str, *keys: str) -> None:
        """Keys into the window of that title."""
        window = self.window(title).splitlines()[-1]
        self.do("windowfocus", "--sync", window)
        self.do("key", "--clearmodifiers", *keys)

    def drag(self, start: tuple[int, int], end: tuple[int, int]) -> None:
        """Press at ``start``, move in steps, release at ``end``."""
        self.do("mousemove", str(start[0]), str(start[1]))
        self.do("mousedown", "1")
        for step in range(1, 21):
            x = start[0] + (end[0] - start[0]) * step // 20
            y = start[1] + (end[1] - start[1]) * step // 20
            self.do("mousemove", "--sync", str(x), str(y))
            time.sleep(0.02)  # a hand is not faster; the drag needs moves that arrive one by one
        self.do("mouseup", "1")


@pytest.fixture
def screen(home: Path) -> Iterator[Screen]:
    read, write = os.pipe()
    command = ["Xvfb", "-displayfd", str(write), "-screen", "0", "1700x1000x24", "-nolisten", "tcp"]
    with running(command, pass_fds=(write,), stderr=subprocess.DEVNULL):
        os.close(write)
        with os.fdopen(read) as told:
            display = f":{told.readline().strip()}"
        yield Screen({**os.environ, "DISPLAY": display, "QT_QPA_PLATFORM": "xcb", "MMHUB_HOME": str(home)})


@pytest.fixture
def marketplace(tmp_path: Path) -> Iterator[str]:
    """A practice marketplace in a process of its own; its address."""
    command = [sys.executable, "-m", "mmhub_desktop.practice", "mercadolibre", "--state", str(tmp_path / "shop.jsonl")]
    with running(command, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        yield str(json.loads(process.stdout.readline())["base_url"])


def ask(base_url: str) -> dict[str, Any]:
    """What the marketplace holds."""
    with urllib.request.urlopen(f"{base_url}/_practice/state", timeout=10) as answer:  # noqa: S310 - on 127.0.0.1
        return dict(json.load(answer))


def count(path: Path, query: str) -> int:
    """A number from the workspace, read beside the running program."""
    with contextlib.closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as raw:
        return int(raw.execute(query).fetchone()[0])


def test_drop_a_file_enhance_publish_and_see_it_live(screen: Screen, marketplace: str, tmp_path: Path) -> None:
    workspace = tmp_path / "shop.mmhub"
    environment = {**screen.environment, "MMHUB_PRACTICE_URL": marketplace}
    add = [*PROGRAM, "--workspace", str(workspace), "accounts", "add", "mercadolibre", "--practice", "--label", "Shop"]
    subprocess.run(add, env=environment, check=True, capture_output=True, timeout=60)

    window = [*PROGRAM, "window", "--workspace", str(workspace)]
    sample = str(resource("samples/sample-products.csv"))
    with running(window, env=environment) as program:
        main = screen.window("shop – MultiMarket Hub").splitlines()[-1]  # the workspace is open
        screen.do("windowsize", "--sync", main, "1280", "820")
        screen.do("windowmove", "--sync", main, "0", "0")
        source = [sys.executable, str(Path(__file__).with_name("drag_source.py")), sample, "1500", "100"]
        with running(source, env=environment):
            screen.window("drag source")
            screen.drag((1550, 130), (700, 500))
            wait_for("the import dialog", lambda: screen.do("search", "--onlyvisible", "--name", "^Import$"))

        def imported() -> bool:
            if screen.do("search", "--onlyvisible", "--name", "^Import$"):
                screen.press("^Import$", "ctrl+Return")
            return count(workspace, "SELECT count(*) FROM product") == 24

        wait_for("24 products", imported)
        wait_for("the import to end", lambda: count(workspace, "SELECT state = 'completed' FROM import_job"))
        while screen.do("search", "--onlyvisible", "--name", "^Import$"):
            screen.press("^Import$", "Escape")

        def enhancing() -> int:
            screen.do("mousemove", "700", "420", "click", "1")
            screen.press("MultiMarket Hub", "ctrl+a")
            screen.press("MultiMarket Hub", "ctrl+e")
            return wait_briefly(lambda: count(workspace, "SELECT count(*) FROM batch_job"))

        wait_for("an enhance batch", enhancing)
        enhanced = "SELECT count(*) FROM product WHERE optimized_title IS NOT NULL"
        wait_for("24 enhanced products", lambda: count(workspace, enhanced) == 24)

        def asked() -> str:
            screen.press("MultiMarket Hub", "ctrl+Return")
            return str(wait_briefly(lambda: screen.do("search", "--onlyvisible", "--name", "^Publish 24 products")))

        wait_for("the question whether to publish", asked)
        screen.press("^Publish 24 products", "ctrl+Return")
        preview = "^Preview: publish 24 products"
        wait_for("the preview", lambda: screen.do("search", "--onlyvisible", "--name", preview))

        def sent() -> int:
            if screen.do("search", "--onlyvisible", "--name", preview):  # its button works when the preview is built
                screen.press(preview, "ctrl+Return")
            return wait_briefly(lambda: count(workspace, "SELECT count(*) FROM batch_job WHERE action = 'publish'"))

        wait_for("the publish batch", sent)
        wait_for("24 live listings", lambda: ask(marketplace)["live_items"] == 24)
        live = "SELECT count(*) FROM listing WHERE state = 'live'"
        wait_for("24 listings shown as live", lambda: count(workspace, live) == 24)

        screen.press("MultiMarket Hub", "ctrl+q")
        assert program.wait(20) == 0
    assert ask(marketplace)["creates"] == 24
    assert ask(marketplace)["duplicate_skus"] == []
