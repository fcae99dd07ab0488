"""Kills placed exactly, above all between "the marketplace did it" and "we wrote it", at every task of every action."""

import asyncio
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from mmhub_desktop.actions import ACTIONS
from tests.fakes.kills import SCENES, TASKS, Call, Program, calls_of, kill_at, points_of, prepare

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="the processes to be killed are made by fork")


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A shop to copy."""
    folder = tmp_path_factory.mktemp("shop")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MMHUB_HOME", str(folder / "home"))
        asyncio.run(prepare(folder))
    return folder


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Program]:
    """The processes that are killed."""
    folder = tmp_path_factory.mktemp("program")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MMHUB_HOME", str(folder / "home"))
        made = Program(folder / "errors.txt")
    yield made
    made.close()


@pytest.fixture(scope="module")
def calls() -> dict[str, list[Call]]:
    """What each action calls, once it is known."""
    return {}


def test_every_action_has_its_scene() -> None:
    assert set(SCENES) == set(ACTIONS), "a new action needs a scene in tests/fakes/kills.py"


@pytest.mark.timeout(120)
@pytest.mark.parametrize(("action", "task"), TASKS)
async def test_killed_at_every_point_of_a_task(
    program: Program, template: Path, calls: dict[str, list[Call]], tmp_path: Path, action: str, task: str
) -> None:
    if action not in calls:
        calls[action] = await calls_of(program, template, tmp_path / "whole", action)
    for number, point in enumerate(points_of(action, task, calls[action], every_call=False)):
        outcome = await kill_at(program, template, tmp_path / str(number), action, point)
        assert outcome.killed, f"{point}: the program was not killed"
        assert outcome.wrong == [], str(point)
