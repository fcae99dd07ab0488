"""Amazon's product types: found by a title, described by a schema that lies behind a short-lived link."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, urlsplit

from mmhub_desktop.errors import Unavailable, UnexpectedReply
from mmhub_desktop.marketplaces.amazon.definitions import DESCRIPTION_MAX, PICTURES_MAX, TITLE_MAX, read_rules, slim
from mmhub_desktop.marketplaces.amazon.problems import LABEL
from mmhub_desktop.marketplaces.amazon.submitting import ISSUE_LOCALE
from mmhub_desktop.marketplaces.api import Api
from mmhub_desktop.marketplaces.base import CategoryRules, CategorySuggestion
from mmhub_desktop.marketplaces.http import quote as quoted
from mmhub_desktop.marketplaces.http import read_json, send

_PATH = "/definitions/2020-09-01/productTypes"
_KEPT = 8  # parsed schemas, megabytes each
_schemas: dict[str, Mapping[str, Any]] = {}  # checksum → schema; the same for all accounts


class ProductTypes:
    """The calls about product types of one account."""

    def __init__(self, api: Api) -> None:
        self._api = api
        self._limits: dict[str, CategoryRules] = {}

    async def propose(self, title: str, marketplace_id: str) -> tuple[CategorySuggestion, ...]:
        """The product types for a title, best first."""
        words = " ".join(title.split())[:200]
        if not words:
            return ()
        params = {"marketplaceIds": marketplace_id, "itemName": words, "locale": ISSUE_LOCALE}
        rows = (await self._api.call("GET", _PATH, params=params)).fields.get("productTypes")
        return tuple(
            CategorySuggestion(str(row["name"]), str(row.get("displayName") or row["name"]))
            for row in (rows if isinstance(rows, list) else ())
            if isinstance(row, Mapping) and row.get("name")
        )

    async def read(self, name: str, marketplace_id: str, seller_id: str, currency: str) -> CategoryRules:
        """The rules of a product type. The schema is fetched only when its checksum is a new one."""
        params = {
            "marketplaceIds": marketplace_id,
            "sellerId": seller_id,
            "requirements": "LISTING",
            "requirementsEnforced": "ENFORCED",
            "locale": ISSUE_LOCALE,
        }
        definition = (await self._api.call("GET", f"{_PATH}/{quote(name, safe='')}", params=params)).fields
        schema = definition.get("schema")
        link = schema.get("link") if isinstance(schema, Mapping) else None
        if not isinstance(schema, Mapping) or not isinstance(link, Mapping) or not link.get("resource"):
            raise UnexpectedReply(f"{LABEL} did not describe product type {name}.", original=str(definition)[:300])
        rules = read_rules(definition, await self._schema(str(schema.get("checksum") or ""), link), currency)
        self._limits[name] = CategoryRules(
            rules.id, rules.name, True, rules.title_max, rules.description_max, rules.pictures_max
        )
        return rules

    def limits(self, name: str) -> CategoryRules:
        """The lengths of a product type's texts, as far as they are known here."""
        usual = CategoryRules(name, name, True, TITLE_MAX, DESCRIPTION_MAX, PICTURES_MAX)
        return self._limits.get(name, usual)

    async def _schema(self, checksum: str, link: Mapping[str, Any]) -> Mapping[str, Any]:
        found = _schemas.pop(checksum, None) if checksum else None
        if found is None:
            found = await self._fetch(str(link["resource"]))
        _schemas[checksum] = found  # used last
        while len(_schemas) > _KEPT:
            del _schemas[next(iter(_schemas))]
        return found

    async def _fetch(self, address: str) -> Mapping[str, Any]:
        """The schema behind a link: a plain download from another host, so without the account's token."""
        connection = self._api.connection
        base = connection.base_url
        if urlsplit(address).scheme != "https" and not (base and address.startswith(base)):
            raise UnexpectedReply(
                f"{LABEL} gave an unsafe link to a product type.",
                original=urlsplit(address)._replace(query="").geturl()[:200],
            )
        response = await send(connection, connection.http.build_request("GET", address), label=LABEL)
        if not response.is_success:
            raise Unavailable(
                f"{LABEL} did not hand out the description of a product type.",
                hint="The program asks for a fresh link and tries again.",
                original=quoted(response),
            )
        schema = read_json(response, label=LABEL)
        if not isinstance(schema, Mapping):
            raise UnexpectedReply(f"{LABEL} gave no description of a product type.", original=quoted(response))
        slimmed: Mapping[str, Any] = slim(schema)
        return slimmed
