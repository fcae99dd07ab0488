"""The rules of accounts for their listings. Read once: a workspace is open in one program at a time."""

import json

from sqlalchemy import Connection, select
from sqlalchemy.dialects.sqlite import insert as upsert

from mmhub_desktop.domain.ids import AccountId
from mmhub_desktop.domain.listing_rules import ListingRules, from_form, to_form
from mmhub_desktop.store.database import Database, now_ms
from mmhub_desktop.store.schema import account_rule


class RuleStore:
    """Listing rules by account; every method is for the loop."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._known: dict[AccountId, ListingRules] | None = None

    async def of(self, account_id: AccountId) -> ListingRules:
        """The account's rules; plain ones where the seller set none."""
        return (await self.all()).get(account_id) or ListingRules()

    async def all(self) -> dict[AccountId, ListingRules]:
        """The rules of every account that has some; not to be changed."""
        if self._known is None:
            self._known = await self._db.read(read_rules)
        return self._known

    async def save(self, account_id: AccountId, rules: ListingRules) -> None:
        """Keep an account's rules."""
        values = {"form": json.dumps(to_form(rules), ensure_ascii=False), "changed_at": now_ms()}
        statement = upsert(account_rule).values(account_id=account_id, **values)
        statement = statement.on_conflict_do_update(index_elements=[account_rule.c.account_id], set_=values)

        def keep(connection: Connection) -> None:
            connection.execute(statement)

        await self._db.write(keep)
        self._known = None


def read_rules(connection: Connection) -> dict[AccountId, ListingRules]:
    """``RuleStore.all`` as part of a transaction of the store's own."""
    rows = connection.execute(select(account_rule.c.account_id, account_rule.c.form))
    return {AccountId(row.account_id): from_form(json.loads(row.form)) for row in rows}
