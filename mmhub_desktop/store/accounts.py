"""The seller's accounts, without their secrets."""

import json
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, insert, select, update

from mmhub_desktop.domain.ids import AccountId
from mmhub_desktop.domain.marketplace import Account, AccountKind
from mmhub_desktop.errors import UserMistake
from mmhub_desktop.store.database import Database, from_ms, now_ms, to_ms
from mmhub_desktop.store.schema import account


class AccountStore:
    """Accounts by id; every method is for the loop."""

    def __init__(self, db: Database) -> None:
        self._db = db

    async def all(self) -> list[Account]:
        """Every account, in the order they were added."""
        query = select(account).order_by(account.c.id)
        return [_read(row) for row in await self._db.read(lambda c: c.execute(query).all())]

    async def get(self, account_id: AccountId) -> Account:
        """One account. UserMistake when it is gone."""
        query = select(account).where(account.c.id == account_id)
        row = await self._db.read(lambda c: c.execute(query).first())
        if row is None:
            raise UserMistake("That account does not exist any more.", hint="Choose another account.")
        return _read(row)

    async def add(self, new: Account) -> Account:
        """Keep a new account and return it with its id."""

        def keep(connection: Connection) -> int:
            result = connection.execute(insert(account).values(**_write(new), created_at=now_ms()))
            return int(result.inserted_primary_key[0])  # type: ignore[index]

        return await self.get(AccountId(await self._db.write(keep)))

    async def save(self, changed: Account) -> None:
        """Keep the new form of an account."""
        statement = update(account).where(account.c.id == changed.id).values(**_write(changed))

        def keep(connection: Connection) -> None:
            connection.execute(statement)

        await self._db.write(keep)

    async def set_token_end(self, account_id: AccountId, end: datetime | None) -> None:
        """Keep when the account's access ends now."""
        statement = update(account).where(account.c.id == account_id).values(token_expires_at=to_ms(end))

        def keep(connection: Connection) -> None:
            connection.execute(statement)

        await self._db.write(keep)

    async def set_paused(self, account_id: AccountId, paused: bool) -> Account:
        """Pause or resume all remote work of an account."""
        changed = replace(await self.get(account_id), paused=paused)
        await self.save(changed)
        return changed

    async def remove(self, account_id: AccountId) -> None:
        """Forget an account and its listings' local record; nothing changes at the marketplace."""

        def forget(connection: Connection) -> None:
            connection.execute(delete(account).where(account.c.id == account_id))

        await self._db.write(forget)


def _write(value: Account) -> dict[str, Any]:
    return {
        "marketplace": value.marketplace,
        "label": value.label,
        "kind": value.kind.value,
        "site": value.site,
        "settings": json.dumps(dict(value.settings), ensure_ascii=False),
        "identity": json.dumps(dict(value.identity), ensure_ascii=False),
        "paused": value.paused,
        "connected_at": to_ms(value.connected_at),
        "token_expires_at": to_ms(value.token_expires_at),
    }


def _read(row: Row[Any]) -> Account:
    return Account(
        id=AccountId(row.id),
        marketplace=row.marketplace,
        label=row.label,
        kind=AccountKind(row.kind),
        site=row.site,
        settings=json.loads(row.settings),
        identity=json.loads(row.identity),
        paused=row.paused,
        connected_at=from_ms(row.connected_at),
        token_expires_at=from_ms(row.token_expires_at),
        created_at=from_ms(row.created_at),
    )
