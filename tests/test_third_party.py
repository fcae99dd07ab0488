"""A marketplace from a package of its own: installed, found, proved by the suite, used in a workspace."""

import importlib
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from mmhub_desktop.app import App
from mmhub_desktop.domain.job import WorkRequest
from mmhub_desktop.domain.listing import ListingState
from mmhub_desktop.domain.marketplace import AccountKind
from mmhub_desktop.domain.money import Money
from mmhub_desktop.marketplaces.base import installed_marketplaces
from mmhub_desktop.practice.server import find_practice
from mmhub_desktop.settings import PLUGINS_FOLDER, Settings
from tests.fakes.shop import lamp

TEMPLATE = Path(__file__).resolve().parents[1] / "docs" / "examples" / "mmhub-corner-shop"


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What an installer makes of the template: a wheel unpacked into a folder of the seller's."""
    folder = tmp_path_factory.mktemp("plugins")
    command = [
        sys.executable,
        "-m",
        "uv",
        "pip",
        "install",
        "--quiet",
        "--no-deps",
        "--no-build-isolation",
        "--offline",
    ]
    command += ["--python", sys.executable, "--target", str(folder), str(TEMPLATE)]
    done = subprocess.run(command, text=True, capture_output=True, check=False, timeout=120)
    assert done.returncode == 0, done.stderr
    return folder


@pytest.fixture
def forgotten(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Nothing of it stays known after the test."""
    monkeypatch.setattr(sys, "path", list(sys.path))
    for cached in (installed_marketplaces, find_practice):
        cached.cache_clear()
    importlib.invalidate_caches()
    yield
    for cached in (installed_marketplaces, find_practice):
        cached.cache_clear()
    for name in [name for name in sys.modules if name.startswith("mmhub_corner_shop")]:
        del sys.modules[name]


def test_the_template_passes_its_own_tests(installed: Path) -> None:
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--rootdir", str(TEMPLATE)]
    command += ["-c", str(TEMPLATE / "pyproject.toml"), str(TEMPLATE / "tests")]
    environment = {"PYTHONPATH": str(installed), "PATH": "/usr/bin:/bin", "HOME": str(installed)}
    done = subprocess.run(command, text=True, capture_output=True, check=False, timeout=300, env=environment)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr
    assert " passed" in done.stdout
    assert "failed" not in done.stdout


@pytest.mark.usefixtures("forgotten")
async def test_it_works_like_ours(installed: Path, tmp_path: Path) -> None:
    settings = Settings()
    settings.set(PLUGINS_FOLDER, str(installed))
    app = App(settings=settings)
    workspace = await app.open_workspace(tmp_path / "shop.mmhub")
    assert workspace.marketplaces["cornershop"].label == "Corner Shop"
    account = await workspace.connect("cornershop", "Corner", AccountKind.PRACTICE, {})
    product = await workspace.products.save(lamp(1, price=Money(1299, "EUR")))
    batch_id = await workspace.submit(WorkRequest("publish", (product,), (account.id,)))
    batch = await workspace.engine.wait_batch(batch_id)
    assert batch is not None
    assert batch.completed == 1
    listing = await workspace.listings.get(product, account.id)
    assert listing.state is ListingState.LIVE
    assert listing.url.startswith("https://cornershop.example/CS")
    await app.close()
