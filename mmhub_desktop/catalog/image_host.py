"""The seller's own place for pictures on the web: an S3-compatible bucket (AWS, R2, B2, MinIO and others).

For marketplaces that fetch pictures instead of taking them. A picture lies under a name made of its content, so the
same picture is uploaded once and a changed one gets an address of its own.
"""

import hashlib
import io
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

import aiohttp

from mmhub_desktop.errors import MmhubError, SourceUnavailable, UserMistake
from mmhub_desktop.marketplaces.base import ImageFile
from mmhub_desktop.settings import (
    IMAGE_HOST_BUCKET,
    IMAGE_HOST_ENDPOINT,
    IMAGE_HOST_KEY_ID,
    IMAGE_HOST_PUBLIC_URL,
    IMAGE_HOST_REGION,
    Settings,
)

if TYPE_CHECKING:
    from aiohttp_s3_client import S3Client

PREFIX = "mmhub/"  # what this program puts into a bucket, and all that it ever deletes there
_ENDINGS = {"image/jpeg": "jpg", "image/png": "png", "image/webp": "webp", "image/gif": "gif", "image/bmp": "bmp"}
_A_YEAR_S = 365 * 24 * 3600
_TIMEOUT = aiohttp.ClientTimeout(total=120, sock_connect=10)


@dataclass(frozen=True, slots=True)
class Bucket:
    """Where pictures go. ``endpoint`` is the service's address, ``public_url`` what a picture's name is put behind."""

    endpoint: str
    name: str
    public_url: str
    key_id: str
    region: str = "us-east-1"
    secret: str = field(default="", repr=False)

    @classmethod
    def of(cls, settings: Settings, secret: str) -> "Bucket":
        """The one that the settings name."""
        read = settings.get
        return cls(
            read(IMAGE_HOST_ENDPOINT), read(IMAGE_HOST_BUCKET), read(IMAGE_HOST_PUBLIC_URL), read(IMAGE_HOST_KEY_ID),
            read(IMAGE_HOST_REGION), secret,
        )  # fmt: skip

    def check(self) -> None:
        """UserMistake when it cannot work as it stands."""
        for label, value in (("address", self.endpoint), ("public address", self.public_url)):
            if not value.startswith(("https://", "http://")):
                raise UserMistake(f"The image host's {label} must begin with https://.", hint="Correct it in Settings.")
            if "?" in value or "#" in value:
                raise UserMistake(f"The image host's {label} must not contain “?” or “#”.", hint="Correct it.")
        for label, value in (("bucket", self.name), ("key id", self.key_id), ("secret key", self.secret)):
            if not value.strip():
                raise UserMistake(f"The image host's {label} is missing.", hint="Enter it in Settings, Image host.")


@dataclass(frozen=True, slots=True)
class HostedImage:
    """A picture in the bucket."""

    name: str
    url: str
    size: int
    changed_at: datetime


class ImageHost:
    """Uploads to one bucket; lives on the loop. Every call may raise SourceUnavailable (later) or UserMistake."""

    def __init__(self, bucket: Bucket) -> None:
        bucket.check()
        self.bucket = bucket

    async def put(self, image: ImageFile) -> str:
        """The public address of a picture; it is uploaded unless the bucket has it already. Safe to repeat."""
        digest = hashlib.sha256(image.data).hexdigest()[:40]
        name = f"{PREFIX}{digest}.{_ENDINGS.get(image.mime, 'img')}"
        async with self._session() as session:
            if await self._has(session, name):
                return self.address(name)
            headers = {"Content-Type": image.mime, "Cache-Control": f"public, max-age={_A_YEAR_S}, immutable"}
            await self._call(session, "PUT", name, data=image.data, headers=headers)
        return self.address(name)

    def address(self, name: str) -> str:
        """Where everybody can fetch a picture of this name."""
        return f"{self.bucket.public_url.rstrip('/')}/{name}"

    async def test(self) -> None:
        """Upload a small picture, fetch it as a marketplace would, remove it. Says which of the three failed."""
        image = _small_picture()
        address = await self.put(image)
        try:
            async with self._session() as session, session.get(address, allow_redirects=False) as answer:
                data, status, mime = await answer.read(), answer.status, answer.content_type
        except (aiohttp.ClientError, TimeoutError) as error:
            raise UserMistake(
                "The picture was uploaded, and its public address does not answer.",
                hint="Correct the public address in Settings, Image host.", original=type(error).__name__,
            ) from None  # fmt: skip
        finally:
            await self.delete([address])
        if status != 200 or data != image.data:
            raise UserMistake(
                f"The picture was uploaded, and cannot be seen under its public address (status {status}).",
                hint="Allow everybody to read the bucket, or correct the public address.", original=address,
            )  # fmt: skip
        if mime != image.mime:
            raise UserMistake(
                f"The image host shows pictures as “{mime}”, not as “{image.mime}”: marketplaces refuse them.",
                hint="Let the bucket keep the content type of files.",
            )

    async def images(self) -> AsyncIterator[HostedImage]:
        """Every picture that this program has put there."""
        async with self._session() as session:
            try:
                async for page, _ in self._client(session).list_objects_v2(self.bucket.name, prefix=PREFIX):
                    for one in page:
                        yield HostedImage(one.key, self.address(one.key), one.size, one.last_modified)
            except (aiohttp.ClientError, TimeoutError) as error:
                raise _failure(error) from None

    async def delete(self, addresses: Sequence[str]) -> int:
        """Remove pictures by address or name; how many were asked to go. Only what this program has put there."""
        names = [address.removeprefix(f"{self.bucket.public_url.rstrip('/')}/") for address in addresses]
        foreign = next((name for name in names if not name.startswith(PREFIX)), None)
        if foreign is not None:
            raise UserMistake(f"“{foreign}” was not put there by this program.", hint="Delete it in the bucket itself.")
        async with self._session() as session:
            for name in names:
                await self._call(session, "DELETE", name)
        return len(names)

    async def _has(self, session: aiohttp.ClientSession, name: str) -> bool:
        return await self._call(session, "HEAD", name, missing=True) == 200

    async def _call(
        self,
        session: aiohttp.ClientSession,
        method: str,
        name: str,
        *,
        data: bytes | None = None,
        headers: dict[str, str] | None = None,
        missing: bool = False,
    ) -> int:
        content = None if data is not None else hashlib.sha256(b"").hexdigest()
        path = f"{self.bucket.name}/{name}"
        try:
            request = self._client(session).request(method, path, data=data, headers=headers, content_sha256=content)
            async with request as answer:
                said, status = (await answer.text())[:300], answer.status
        except (aiohttp.ClientError, TimeoutError) as error:
            raise _failure(error) from None
        if status < 300 or (missing and status == 404) or (method == "DELETE" and status == 404):
            return status
        raise _refusal(status, said, self.bucket.name)

    def _client(self, session: aiohttp.ClientSession) -> "S3Client":
        from aiohttp_s3_client import S3Client

        bucket = self.bucket
        return S3Client(
            session, bucket.endpoint, access_key_id=bucket.key_id, secret_access_key=bucket.secret, region=bucket.region
        )

    def _session(self) -> aiohttp.ClientSession:
        return aiohttp.ClientSession(timeout=_TIMEOUT)


def _failure(error: Exception) -> MmhubError:
    status = getattr(error, "status", 0)
    if status:
        return _refusal(int(status), "", "")
    return SourceUnavailable(
        "The image host does not answer.", hint="The program tries again by itself. Check its address in Settings.",
        original=type(error).__name__,
    )  # fmt: skip


def _refusal(status: int, said: str, bucket: str) -> MmhubError:
    original = f"{status} {said}".strip()
    if status in (401, 403):
        return UserMistake(
            "The image host does not accept the keys, or they may not write there.",
            hint="Compare key id and secret key in Settings, Image host, and the rights of the key.", original=original,
        )  # fmt: skip
    if status in (301, 307, 400):
        return UserMistake(
            "The image host does not accept the request.", hint="Check the region and the address.", original=original
        )
    if status == 404:
        return UserMistake(
            f"The image host knows no bucket “{bucket}”.", hint="Check its name and the address.", original=original
        )
    return SourceUnavailable(
        f"The image host has a problem of its own (status {status}).", hint="The program tries again by itself.",
        original=original,
    )  # fmt: skip


def _small_picture() -> ImageFile:
    """A picture of which there is no other."""
    import secrets

    from PIL import Image

    out = io.BytesIO()
    Image.frombytes("RGB", (8, 8), secrets.token_bytes(192)).save(out, "PNG")
    return ImageFile("test.png", "image/png", out.getvalue(), 8, 8)
