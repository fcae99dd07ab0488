"""What every test lives under: its own home folder, no stray warnings, sockets, tasks or threads."""

import asyncio
import gc
import itertools
import logging
import os
import threading
from collections.abc import Awaitable, Callable, Generator, Iterator
from pathlib import Path
from typing import Any

import pytest

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
pytest.register_assert_rewrite("mmhub_desktop.marketplaces.contract")  # before any fake brings it in

COLLECT_EVERY = 25  # tests without Qt
_TESTS = itertools.count(1)


def pytest_asyncio_loop_factories(
    config: pytest.Config, item: pytest.Item
) -> dict[str, Callable[[], asyncio.AbstractEventLoop]]:
    """A Qt loop for tests that use widgets, a plain one for the rest."""
    if "qtbot" in getattr(item, "fixturenames", ()):
        return {"qt": _qt_loop}
    return {"plain": asyncio.new_event_loop}


def _qt_loop() -> asyncio.AbstractEventLoop:
    import qasync
    from PySide6.QtWidgets import QApplication

    class Loop(qasync.QEventLoop):  # type: ignore[misc]
        """qasync's, without its last round of events after a coroutine has ended.

        No loop counts as running in that round: what an open window does there fails, and at random. The program has
        one coroutine only, and nothing is open at its end; a test has one for each fixture.
        """

        def run_until_complete(self, future: Awaitable[Any]) -> Any:
            task = asyncio.ensure_future(future, loop=self)
            task.add_done_callback(self._stop_for)
            try:
                self.run_forever()
            finally:
                task.remove_done_callback(self._stop_for)
            if not task.done():
                raise RuntimeError("the loop was stopped before the coroutine had ended")
            return task.result()

        def _stop_for(self, _task: "asyncio.Future[Any]") -> None:
            self.stop()

    return Loop(QApplication.instance(), already_running=False)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    """Python's cycle collector runs between tests, on this thread: elsewhere it would destroy widgets and timers.

    A test without Qt would do so too, with what an earlier one has left, from the store's threads: Qt then crashes.
    """
    gc.disable()
    try:
        return (yield)
    finally:
        if {"qtbot", "qapp"} & set(getattr(item, "fixturenames", ())) or next(_TESTS) % COLLECT_EVERY == 0:
            gc.collect()


def pytest_runtest_setup() -> None:
    """Sockets beyond this machine fail the test."""
    from pytest_socket import socket_allow_hosts

    socket_allow_hosts(["127.0.0.1", "localhost", "::1"], allow_unix_socket=True)


@pytest.fixture(autouse=True)
def home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home of the test's own for settings, workspaces and logs."""
    folder = tmp_path_factory.mktemp("home")
    monkeypatch.setenv("MMHUB_HOME", str(folder))
    for name in ("OPENAI_API_KEY", "OPENAI_BASE_URL", "MMHUB_VAULT_PASSPHRASE"):
        monkeypatch.delenv(name, raising=False)
    return folder


@pytest.fixture(autouse=True)
def no_stray_logs(request: pytest.FixtureRequest, caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """A WARNING or worse that the test did not expect fails it; ``@pytest.mark.expects_log`` lets them pass."""
    yield
    if request.node.get_closest_marker("expects_log"):
        return
    strays = [
        record
        for when in ("setup", "call")
        for record in caplog.get_records(when)  # type: ignore[arg-type]
        if record.levelno >= logging.WARNING
    ]
    if strays:
        pytest.fail("unexpected log: " + "; ".join(f"{r.name}: {r.getMessage()}" for r in strays))


@pytest.fixture(autouse=True)
def no_threads_left() -> Iterator[None]:
    """A thread that outlives its test fails it (the loop's own executor threads excepted)."""
    before = set(threading.enumerate())
    yield
    left = [
        thread
        for thread in set(threading.enumerate()) - before
        if thread.is_alive() and not thread.name.startswith(("asyncio_", "ThreadPoolExecutor", "QThread", "Dummy"))
    ]
    for thread in left:
        thread.join(timeout=2)
    still = [thread.name for thread in left if thread.is_alive()]
    if still:
        pytest.fail(f"threads left behind: {still}")


@pytest.fixture(autouse=True, scope="session")
def listen_to_calls() -> Iterator[None]:
    """All HTTP calls pass the official specifications, where these are at hand."""
    from tests.fidelity.listening import LISTENER, listening

    with listening(LISTENER):
        yield


@pytest.fixture(autouse=True)
def to_specification(request: pytest.FixtureRequest, listen_to_calls: None) -> Iterator[None]:
    """A call outside its marketplace's specification fails the test; ``off_specification(reason)`` lets it."""
    from tests.fidelity.listening import LISTENER

    LISTENER.forget()
    yield
    if LISTENER.violations and not request.node.get_closest_marker("off_specification"):
        pytest.fail("not as the marketplace documents it:\n" + "\n".join(LISTENER.violations))
