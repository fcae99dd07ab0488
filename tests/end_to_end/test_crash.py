"""The program is killed while it publishes: nothing is sent twice, nothing is lost."""

from pathlib import Path

import pytest

from tests.benchmarks.crash_soak import soak


@pytest.mark.soak
@pytest.mark.timeout(300)
def test_five_kills_lose_nothing_and_create_nothing_twice(tmp_path: Path) -> None:
    outcome = soak(tmp_path, products=40, kills=5)

    assert outcome.killed == 5
    assert outcome.twice == 0
    assert outcome.lost == 0
    assert outcome.live == outcome.shown_live == 40
    assert outcome.integrity == "ok"
