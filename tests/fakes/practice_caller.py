"""A caller of the practice MercadoLibre that shares nothing with the adapter."""

import base64
import hashlib
import struct
import zlib
from typing import Any

import httpx

REDIRECT = "https://practice.invalid/callback"
APP = {"client_id": "practice-app", "client_secret": "practice-secret"}
VERIFIER = "a-verifier-of-more-than-forty-three-characters-for-the-test"


def png(width: int, height: int) -> bytes:
    """A grey PNG of that size."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = zlib.compress((b"\0" + b"\x80" * width) * height)
    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


class Caller:
    """Speaks to the practice marketplace as an integrator would."""

    def __init__(self, http: httpx.AsyncClient) -> None:
        self.http = http
        self.user_id = 0
        self.refresh_token = ""

    async def consent(self, **query: str) -> httpx.Response:
        challenge = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode()
        asked = {
            "response_type": "code",
            "client_id": APP["client_id"],
            "redirect_uri": REDIRECT,
            "state": "s1",
            "code_challenge": challenge,
            "code_challenge_method": "S256",
            **query,
        }
        return await self.http.get("/authorization", params=asked)

    async def code(self, **query: str) -> str:
        response = await self.consent(**query)
        return httpx.URL(response.headers["Location"]).params["code"]

    async def exchange(self, code: str, **changes: str) -> httpx.Response:
        form = {
            "grant_type": "authorization_code",
            **APP,
            "code": code,
            "redirect_uri": REDIRECT,
            "code_verifier": VERIFIER,
            **changes,
        }
        return await self.http.post("/oauth/token", data=form)

    async def refresh(self, token: str | None = None) -> httpx.Response:
        form = {"grant_type": "refresh_token", **APP, "refresh_token": token or self.refresh_token}
        return await self.http.post("/oauth/token", data=form)

    async def sign_in(self, **query: str) -> None:
        self.use((await self.exchange(await self.code(**query))).json())

    def use(self, tokens: dict[str, Any]) -> None:
        self.user_id = tokens["user_id"]
        self.refresh_token = tokens["refresh_token"]
        self.http.headers["Authorization"] = f"Bearer {tokens['access_token']}"

    async def faults(self, **changes: Any) -> None:
        response = await self.http.post("/_practice/faults", json=changes)
        assert response.status_code == 200, response.text

    async def state(self, *, items: bool = True) -> dict[str, Any]:
        response = await self.http.get("/_practice/state", params={"items": str(items).lower()})
        return dict(response.json())

    async def upload(self, data: bytes | None = None) -> httpx.Response:
        files = {"file": ("mug.png", data or png(600, 500), "image/png")}
        return await self.http.post("/pictures/items/upload", files=files)

    async def draft(self, sku: str = "MUG-1", **changes: Any) -> dict[str, Any]:
        """A draft that the old model takes; a change to None leaves the field out."""
        draft = {
            "title": "Taza de cerámica Loza Sur T1",
            "category_id": "MLC2001",
            "price": 9990,
            "currency_id": "CLP",
            "available_quantity": 3,
            "buying_mode": "buy_it_now",
            "listing_type_id": "gold_special",
            "pictures": [{"id": (await self.upload()).json()["id"]}] if "pictures" not in changes else [],
            "attributes": attributes(sku),
            **changes,
        }
        return {name: value for name, value in draft.items() if value is not None}

    async def create(self, sku: str = "MUG-1", **changes: Any) -> dict[str, Any]:
        response = await self.http.post("/items", json=await self.draft(sku, **changes))
        assert response.status_code == 201, response.text
        return dict(response.json())

    async def find(self, sku: str) -> list[str]:
        response = await self.http.get(f"/users/{self.user_id}/items/search", params={"seller_sku": sku})
        assert response.status_code == 200, response.text
        return list(response.json()["results"])


def attributes(sku: str = "MUG-1", **changes: str | None) -> list[dict[str, Any]]:
    """The attributes a mug needs; a change to None leaves one out."""
    named: dict[str, str | None] = {
        "BRAND": "Loza Sur",
        "MODEL": "T1",
        "SELLER_SKU": sku,
        "ITEM_CONDITION": "Nuevo",
        "EMPTY_GTIN_REASON": "Artesanal",
        **changes,
    }
    return [{"id": name, "value_name": value} for name, value in named.items() if value is not None]


def cause_ids(response: httpx.Response) -> list[int]:
    """Ids of the causes that block."""
    assert response.status_code == 400, response.text
    return [cause["cause_id"] for cause in response.json()["cause"] if cause["type"] == "error"]
