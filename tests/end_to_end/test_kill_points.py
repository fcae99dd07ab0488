"""Kills placed exactly, above all between "the marketplace did it" and "we wrote it", at every task of every action."""

import asyncio
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from mmhub_desktop.actions import ACTIONS
from tests.fakes.kill_scenes import OTHERS, SCENES, Stage
from tests.fakes.kills import TASKS, Call, Program, calls_of, kill_at, points_of, prepare, prepare_fresh

FOLLOWED = ("create_listing", "follow", "complete", "confirm_live")  # where submissions and feeds are sent and followed

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


@pytest.fixture(scope="module")
def others() -> dict[str, tuple[Path, list[Call]]]:
    """For other marketplaces: a shop to copy, and what publishing calls."""
    return {}


def test_every_action_has_its_scene() -> None:
    assert set(SCENES) == set(ACTIONS), "a new action needs a scene in tests/fakes/kill_scenes.py"


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


@pytest.mark.timeout(120)
@pytest.mark.parametrize("task", FOLLOWED)
@pytest.mark.parametrize("stage", OTHERS, ids=lambda stage: stage.marketplace)
async def test_killed_while_submissions_and_feeds_are_under_way(
    program: Program,
    tmp_path_factory: pytest.TempPathFactory,
    others: dict[str, tuple[Path, list[Call]]],
    tmp_path: Path,
    stage: Stage,
    task: str,
) -> None:
    if stage.marketplace not in others:
        template = tmp_path_factory.mktemp(stage.marketplace)
        await prepare_fresh(template, stage)
        calls = await calls_of(program, template, tmp_path / "whole", "publish", stage)
        others[stage.marketplace] = template, calls
    template, calls = others[stage.marketplace]
    for number, point in enumerate(points_of("publish", task, calls, every_call=False)):
        outcome = await kill_at(program, template, tmp_path / str(number), "publish", point, stage)
        assert outcome.killed, f"{point}: the program was not killed"
        assert outcome.wrong == [], str(point)
