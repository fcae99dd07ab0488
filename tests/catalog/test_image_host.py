"""The seller's own bucket: pictures uploaded once, seen by everybody, removed; every refusal in plain words."""

from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from pathlib import Path

import httpx
import pytest

from mmhub_desktop.catalog.image_host import PREFIX, Bucket, ImageHost
from mmhub_desktop.credentials import IMAGE_HOST_SECRET
from mmhub_desktop.errors import MmhubError, SourceUnavailable, UserMistake
from mmhub_desktop.marketplaces.base import ImageFile
from mmhub_desktop.settings import (
    IMAGE_HOST_BUCKET,
    IMAGE_HOST_ENDPOINT,
    IMAGE_HOST_KEY_ID,
    IMAGE_HOST_PUBLIC_URL,
)
from tests.fakes.bucket_server import BUCKET, KEY_ID, SECRET, bucket_server
from tests.fakes.feed_market import open_feed_shop
from tests.fakes.shop import lamp

LAMP = ImageFile("lamp.jpg", "image/jpeg", b"\xff\xd8 not really a lamp", 500, 500)


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with bucket_server() as found:
        yield found


@pytest.fixture
async def bucket(address: str) -> AsyncIterator[Bucket]:
    bucket = Bucket(address, BUCKET, f"{address}/{BUCKET}", KEY_ID, secret=SECRET)
    yield bucket
    await ImageHost(bucket).delete(await names(ImageHost(bucket)))


async def names(host: ImageHost) -> list[str]:
    return [image.name async for image in host.images()]


async def test_a_picture_is_uploaded_once_and_everybody_sees_it(bucket: Bucket) -> None:
    host = ImageHost(bucket)
    first, again = await host.put(LAMP), await host.put(LAMP)
    other = await host.put(replace(LAMP, data=b"\xff\xd8 another one", mime="image/png"))
    assert first == again
    assert first.endswith(".jpg")
    assert other.endswith(".png")
    assert sorted(await names(host)) == sorted(one.removeprefix(f"{bucket.public_url}/") for one in (first, other))
    async with httpx.AsyncClient() as client:
        seen = await client.get(first)
    assert (seen.status_code, seen.content, seen.headers["Content-Type"]) == (200, LAMP.data, "image/jpeg")
    assert "immutable" in seen.headers["Cache-Control"]
    assert await host.delete([first, other.removeprefix(f"{bucket.public_url}/")]) == 2
    assert await host.delete([first]) == 1  # safe to repeat
    assert await names(host) == []


async def test_what_others_put_there_is_never_removed(bucket: Bucket) -> None:
    with pytest.raises(UserMistake, match="not put there by this program"):
        await ImageHost(bucket).delete([f"{bucket.public_url}/holiday.jpg"])
    with pytest.raises(UserMistake, match="not put there by this program"):
        await ImageHost(bucket).delete(["https://elsewhere.example/mmhub/1.jpg"])


async def test_the_test_uploads_sees_and_removes(bucket: Bucket) -> None:
    await ImageHost(bucket).test()
    assert await names(ImageHost(bucket)) == []


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"public_url": "http://127.0.0.1:9"}, "its public address does not answer"),
        ({"public_url": "{endpoint}/elsewhere"}, "cannot be seen under its public address"),
        ({"name": "no-such-bucket"}, "knows no bucket “no-such-bucket”"),
    ],
)
async def test_what_is_set_up_wrongly_is_said(bucket: Bucket, changes: dict[str, str], words: str) -> None:
    changes = {key: value.format(endpoint=bucket.endpoint) for key, value in changes.items()}
    with pytest.raises(UserMistake, match=words) as caught:
        await ImageHost(replace(bucket, **changes)).test()
    assert caught.value.hint
    assert await names(ImageHost(bucket)) == []  # the picture of the test is not left behind


async def test_a_host_that_is_away_is_tried_again_later(bucket: Bucket) -> None:
    with pytest.raises(SourceUnavailable, match="does not answer"):
        await ImageHost(replace(bucket, endpoint="http://127.0.0.1:9")).put(LAMP)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"endpoint": "s3.example.com"}, "must begin with https://"),
        ({"public_url": "https://pictures.example.com/?a=b"}, "must not contain"),
        ({"name": " "}, "bucket is missing"),
        ({"key_id": ""}, "key id is missing"),
        ({"secret": ""}, "secret key is missing"),
    ],
)
def test_what_is_missing_is_named(bucket: Bucket, changes: dict[str, str], words: str) -> None:
    with pytest.raises(UserMistake, match=words):
        ImageHost(replace(bucket, **changes))


def test_the_secret_is_in_no_words(bucket: Bucket) -> None:
    assert SECRET not in repr(bucket)


async def test_pictures_of_this_machine_are_published_by_way_of_the_bucket(bucket: Bucket, tmp_path: Path) -> None:
    async with open_feed_shop(tmp_path) as shop:
        settings = shop.workspace.settings
        settings.set(IMAGE_HOST_ENDPOINT, bucket.endpoint)
        settings.set(IMAGE_HOST_BUCKET, bucket.name)
        settings.set(IMAGE_HOST_PUBLIC_URL, bucket.public_url)
        settings.set(IMAGE_HOST_KEY_ID, bucket.key_id)
        product = await shop.workspace.products.save(lamp(1))
        batch = await shop.do("publish", product)
        assert batch.failed == 1
        (job,) = await shop.workspace.jobs.jobs(await shop.workspace.jobs.job_ids(batch.id))
        assert job.problem is not None
        assert "secret key is missing" in job.problem.message
        await (await shop.workspace.secrets()).put({IMAGE_HOST_SECRET: bucket.secret})
        batch = await shop.do("publish", product)
        assert batch.completed == 1
        (sent,) = [one for feed in shop.server.feeds.values() for one in feed["changes"]]
        host = await shop.workspace.image_host()
        assert host is not None
        (kept,) = await names(host)
        assert sent["pictures"] == [f"{bucket.public_url}/{kept}"]
        assert kept.startswith(PREFIX)
        await host.delete([kept])


async def test_keys_that_are_refused(bucket: Bucket) -> None:
    """The test server takes every key, so what a refusal becomes is looked at where it is made."""
    from mmhub_desktop.catalog.image_host import _refusal

    refused = [_refusal(status, "<Error/>", "pictures") for status in (403, 401, 301, 500, 503)]
    assert [type(error) for error in refused] == [UserMistake] * 3 + [SourceUnavailable] * 2
    assert all(isinstance(error, MmhubError) and error.hint and "<Error/>" in error.original for error in refused)
