"""The program is killed while it publishes, updates and ends: nothing is sent twice, nothing is lost."""

from pathlib import Path

import pytest

from tests.benchmarks.crash_soak import soak


@pytest.mark.soak
@pytest.mark.timeout(600)
def test_six_kills_lose_nothing_and_do_nothing_twice(tmp_path: Path) -> None:
    outcome = soak(tmp_path, products=30, kills=6)

    assert outcome.killed.total() == 6
    assert outcome.killed.keys() >= {"publish", "end", "jobs run"}
    assert [promise for promise in outcome.promises() if promise[1] != promise[2]] == []
