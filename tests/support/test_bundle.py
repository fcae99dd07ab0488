"""A support bundle tells what happened, and holds no secret and no product text that was not asked for."""

import json
import logging
import zipfile
from pathlib import Path
from typing import Any

import pytest

from mmhub_desktop import log
from mmhub_desktop.credentials import AI_KEY
from mmhub_desktop.errors import DiskFull
from mmhub_desktop.practice.mercadolibre.auth import CLIENT_SECRET
from mmhub_desktop.settings import AI_BASE_URL
from mmhub_desktop.store.database import SCHEMA_VERSION
from mmhub_desktop.support.anonymous import Anonymizer
from mmhub_desktop.support.bundle import make_bundle
from tests.fakes.shop import Shop, lamp, open_shop
from tests.test_call_records import issued

TITLE, DESCRIPTION = "Lámpara Zafiro única de Ñandú", "Brazo de latón que nadie más vende.\nHecha a mano."
API_KEY = "key-of-the-ai-service-4711"
pytestmark = pytest.mark.expects_log


def contents(path: Path) -> dict[str, str]:
    with zipfile.ZipFile(path) as bundle:
        assert bundle.testzip() is None
        return {name: bundle.read(name).decode() for name in bundle.namelist()}


async def fail_something(shop: Shop) -> None:
    """A publication that the marketplace refuses, after calls that carried the product's texts."""
    text = lamp().original
    product = lamp(77, sku="ZAFIRO-77", original=type(text)(TITLE, DESCRIPTION))
    shop.faults(fail_next=[{"path": "/items", "method": "POST", "status": 403, "times": 50}], expires_in=2)
    await shop.workspace.secrets()
    await (await shop.workspace.secrets()).put({AI_KEY: API_KEY})
    batch = await shop.do("publish", *await shop.add(product))
    assert batch.failed == 1


@pytest.fixture
def logging_on() -> Any:
    stop = log.start_logging("debug")
    yield
    stop()


async def test_no_secret_and_no_product_text_is_in_any_file(tmp_path: Path, logging_on: None) -> None:
    del logging_on
    target = tmp_path / "bundle" / "support.zip"
    target.parent.mkdir()
    async with open_shop(tmp_path) as shop:
        await fail_something(shop)
        secrets = issued(tmp_path) | {CLIENT_SECRET, API_KEY}
        logging.getLogger("mmhub.test").warning("a foreign text: %s %s", min(secrets), TITLE)
        shop.workspace.settings.set(AI_BASE_URL, f"https://ai.test/v1?api_key={API_KEY}")
        names = await make_bundle(shop.workspace, target)
        known = set(log._secrets)
    found = contents(target)
    assert set(names) == set(found)
    assert {"about.json", "settings.json", "failed_jobs.json", "metrics.json", "log/mmhub.jsonl"} <= set(found)
    assert len(secrets) >= 5
    for name, text in found.items():
        for secret in secrets | known:
            assert secret not in text, f"a secret stands in {name}"
        for words in (TITLE, "Zafiro", "Ñandú", "latón", "Hecha a mano", "ZAFIRO-77"):
            assert words not in text, f"“{words}” stands in {name}"
            assert json.dumps(words)[1:-1] not in text, f"“{words}” stands in {name} in JSON"


async def test_it_tells_what_failed_and_where_it_ran(tmp_path: Path) -> None:
    target = tmp_path / "support.zip"
    async with open_shop(tmp_path) as shop:
        await fail_something(shop)
        await make_bundle(shop.workspace, target)
    found = contents(target)
    (job,) = json.loads(found["failed_jobs.json"])
    assert job["action"] == "publish"
    assert job["problem"]["kind"]
    refused = [call for call in job["calls"] if call["status"] == 403]
    assert refused
    assert '"title"' in refused[0]["request"], "names of fields stay"
    assert "characters #" in refused[0]["request"]
    about = json.loads(found["about.json"])
    assert about["schema"] == SCHEMA_VERSION
    assert about["jobs"]["failed"] == 1
    assert "httpx" in about["libraries"]
    assert json.loads(found["metrics.json"])
    assert all({"name", "ok", "words"} == set(check) for check in json.loads(found["health.json"]))


async def test_with_texts_the_requests_are_as_they_were(tmp_path: Path) -> None:
    target = tmp_path / "support.zip"
    async with open_shop(tmp_path) as shop:
        await fail_something(shop)
        await make_bundle(shop.workspace, target, with_texts=True)
        secrets = issued(tmp_path) | {CLIENT_SECRET, API_KEY}
    found = contents(target)
    assert "Zafiro" in found["failed_jobs.json"]
    assert not [name for name, text in found.items() for secret in secrets if secret in text]


async def test_a_part_that_cannot_be_read_says_so_and_the_rest_is_there(tmp_path: Path) -> None:
    target = tmp_path / "support.zip"
    async with open_shop(tmp_path) as shop:
        await fail_something(shop)
        await shop.workspace.db.write(lambda connection: connection.exec_driver_sql("DROP TABLE import_job").close())
        await make_bundle(shop.workspace, target)
    found = contents(target)
    assert "import_job" in json.loads(found["about.json"])["could not be read"]
    assert json.loads(found["failed_jobs.json"])[0]["calls"]


async def test_without_the_jobs_nothing_is_in_it_that_could_hold_their_texts(tmp_path: Path, logging_on: None) -> None:
    del logging_on
    target = tmp_path / "support.zip"
    async with open_shop(tmp_path, run=False) as shop:
        await shop.workspace.db.write(lambda c: c.exec_driver_sql("ALTER TABLE batch_job RENAME TO lost").close())
        await make_bundle(shop.workspace, target)
    found = contents(target)
    assert "could not be read" in found["failed_jobs.json"]
    assert "schema" in found["about.json"]
    assert not [name for name in found if name.startswith("log/")]


async def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    async with open_shop(tmp_path) as shop:
        (tmp_path / "file").write_text("")
        with pytest.raises(DiskFull):
            await make_bundle(shop.workspace, tmp_path / "file" / "support.zip")


def test_equal_texts_are_seen_to_be_equal_only_inside_one_bundle() -> None:
    one, other = Anonymizer(), Anonymizer()
    assert one.mark("Lamp") == one.mark("Lamp") != other.mark("Lamp")
    assert one.path("/search?q=blue+lamp&limit=20").endswith("&limit=20")
    assert "blue" not in one.path("/search?q=blue+lamp&limit=20")
    assert one.body('{"status": "active", "error": "some words of a buyer"}').startswith(
        '{"status": "active", "error": "['
    )
    assert one.body("<html>words</html>") == "(18 characters)"
