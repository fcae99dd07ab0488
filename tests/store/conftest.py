"""What the tests of several stores begin with."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from mmhub_desktop.store.database import Database


@pytest.fixture
def db(tmp_path: Path) -> Iterator[Database]:
    """A new workspace file, open."""
    opened = Database.open(tmp_path / "shop.mmhub")
    yield opened
    opened.close()
