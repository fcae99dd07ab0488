"""One Etsy shop as an account: who it is, its access, and what of its settings decides how it is spoken to."""

from collections.abc import Mapping

from mmhub_desktop.errors import UnexpectedReply
from mmhub_desktop.marketplaces.api import Api
from mmhub_desktop.marketplaces.base import AccountIdentity, Connection
from mmhub_desktop.marketplaces.etsy.auth import API, PAGES, EtsyAccess, shop_warnings, token_endpoint
from mmhub_desktop.marketplaces.etsy.changing import Paths
from mmhub_desktop.marketplaces.etsy.mapping import Seller
from mmhub_desktop.marketplaces.etsy.problems import LABEL, error_for, is_token_refused
from mmhub_desktop.marketplaces.oauth import TokenSource
from mmhub_desktop.marketplaces.signed_in import SignedInAdapter


class EtsyAccount(SignedInAdapter):
    """The part of the adapter that signs in; used on the loop."""

    def __init__(self, connection: Connection) -> None:
        super().__init__(connection)
        self._tokens = TokenSource(connection, token_endpoint(connection))
        self._api = Api(
            connection,
            label=LABEL,
            hosts={"": API, "pages": PAGES},
            access=EtsyAccess(connection, self._tokens),
            refuse=error_for,
            is_token_refused=is_token_refused,
        )
        self._identity: Mapping[str, str] = dict(connection.account.identity)

    async def check_credentials(self) -> AccountIdentity:
        """The shop behind the token, with its currency and country."""
        me = (await self._api.call("GET", "/v3/application/users/me")).fields
        if not me.get("shop_id"):
            raise UnexpectedReply(f"{LABEL} did not say which shop this is.", original=f"fields: {sorted(me)}")
        shop = (await self._api.call("GET", f"/v3/application/shops/{me['shop_id']}")).fields
        settings = {
            "shop_id": str(me["shop_id"]),
            "user_id": str(me.get("user_id") or ""),
            "nickname": str(shop.get("shop_name") or ""),
            "currency": str(shop.get("currency_code") or ""),
            "country": str(shop.get("shop_location_country_iso") or ""),
        }
        self._identity = settings
        return AccountIdentity(
            remote_id=settings["shop_id"],
            name=settings["nickname"] or settings["shop_id"],
            site="",
            currency=settings["currency"],
            settings=settings,
            warnings=shop_warnings(shop),
            token_expires_at=await self.token_expires_at(),
        )

    def _seller(self, currency: str = "") -> Seller:
        known = self._identity
        settings = self.connection.account.settings
        return Seller(known.get("currency", "") or currency, known.get("country", ""), settings)

    def _legacy(self) -> dict[str, str]:
        word = self.connection.account.settings.get("legacy", "") or "false"
        return {"legacy": word} if word in ("true", "false") else {}

    async def _paths(self) -> Paths:
        repeats = self.connection.account.settings.get("lists") == "repeat"
        return Paths(await self._known("shop_id"), self._legacy(), repeats)

    async def _known(self, key: str) -> str:
        if not self._identity.get(key):
            await self.check_credentials()
        return self._identity[key]
